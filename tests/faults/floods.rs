//! F15: clients that never read, and clients that never stop talking. Nobody else may notice.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use socket2::{Domain, Socket, Type};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{ROWS, SEATS, Shelf};
use crate::node::Node;
use crate::scale::{Times, alone, in_time, report, times};
use crate::support::api::{Api, Shopper};
use crate::support::rng::Rng;
use crate::town::{self, Town};

const READY_WITHIN: Duration = Duration::from_secs(30);
/// All that a viewer may be owed, and what its connection costs.
const VIEWER_BYTES: u64 = 320 * 1024;
/// As many as one block may have.
const CHANGED: usize = 2_000;
/// A write that stalls for ten seconds ends the connection; before that the kernel's buffers fill.
const GONE_WITHIN: Duration = Duration::from_secs(60);
const MESSAGES_PER_SECOND: u32 = 10_000;

struct Shop {
    _town: Town,
    node: Node,
    api: Api,
    hall: Shelf,
    server: Shopper,
    rng: Rng,
}

impl Shop {
    async fn open() -> Self {
        let town = Town::found();
        let mut node = Node::of(&town);
        node.start();
        let api = node.api();
        api.ready(READY_WITHIN).await;
        let hall = town::open(&api, &town.operator).await.swap_remove(0);
        let server = Shopper { token: town.operator.clone(), acts_for: Some("customer".to_owned()) };
        Self { _town: town, node, api, hall, server, rng: Rng::new(1) }
    }

    /// Another one of the same clients, for a task of its own.
    fn visitor(&mut self) -> (Api, Shelf, Shopper, Rng) {
        (self.api.clone(), self.hall.clone(), self.server.clone(), self.rng.fork())
    }

    /// Changes two thousand seats and puts them back.
    async fn change(&mut self) {
        let seats = (0..CHANGED).map(|n| format!("{}-{}", ROWS - n / SEATS, n % SEATS + 1));
        let seats: Vec<String> = seats.collect();
        let block = self.api.send(&self.server.block(&self.hall.id, self.rng.key(), &seats)).await.done();
        self.api.send(&self.server.unblock(&self.hall.id, block.id())).await.done();
    }

    async fn viewers(&self) -> u64 {
        let shown = self.api.get(&format!("/v1/inventories/{}", self.hall.id)).await;
        shown["viewers"].as_u64().unwrap()
    }

    /// Kilobytes in memory.
    fn memory(&mut self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.node.server().id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

/// How long a buyer waits for a hold, over and over for this time.
async fn buys((api, hall, server, mut rng): (Api, Shelf, Shopper, Rng), time: Duration) -> Times {
    let (started, mut waits) = (Instant::now(), Vec::new());
    while started.elapsed() < time {
        let wanted = json!({"offers": [{"offer": format!("1-{}", rng.below(SEATS) + 1)}]});
        let asked = Instant::now();
        let hold = api.send(&server.hold(&hall.id, rng.key(), wanted)).await.done();
        waits.push(asked.elapsed());
        api.send(&server.release(&hall.id, hold.id())).await.done();
    }
    waits.into_iter().collect()
}

/// Asks for the live stream and reads nothing, not even the answer.
fn deaf(address: SocketAddr, inventory: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    // Small, so that the server soon notices that nobody reads.
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    socket.connect(&address.into()).unwrap();
    let mut stream: TcpStream = socket.into();
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let path = format!("/v1/inventories/{inventory}/live");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{upgrade}\r\n").unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_never_read_cost_little_and_are_ended() {
    let mut shop = Shop::open().await;
    let (count, time) = (times(50, 2_000), Duration::from_secs(times(1, 5) as u64));
    let usual = buys(shop.visitor(), time).await;
    let address = shop.api.url("").trim_start_matches("http://").parse().unwrap();
    let before = shop.memory();
    let inventory = shop.hall.id.clone();
    let deaf: Vec<TcpStream> = (0..count).map(|_| deaf(address, &inventory)).collect();
    let started = Instant::now();
    while shop.viewers().await < count as u64 {
        assert!(started.elapsed() < READY_WITHIN, "{} viewers", shop.viewers().await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let connected = shop.memory();
    let buying = tokio::spawn(buys(shop.visitor(), time));
    let (mut most, started) = (connected, Instant::now());
    while shop.viewers().await > 0 {
        assert!(started.elapsed() < GONE_WITHIN, "{} are still there", shop.viewers().await);
        shop.change().await;
        most = most.max(shop.memory());
    }
    let (ended, meanwhile) = (started.elapsed(), buying.await.unwrap());
    drop(deaf);
    let text = format!(
        "{} MiB more when connected, {} MiB at most; p99 of a hold {:.1?}, beside them {:.1?}; all ended after {ended:.0?}",
        connected.saturating_sub(before) / 1_024,
        most.saturating_sub(before) / 1_024,
        usual.percentile(99),
        meanwhile.percentile(99),
    );
    report("F15 deaf sockets", &format!("{count} sockets"), 0, &Times::default(), &text);
    let limit = count as u64 * VIEWER_BYTES / 1_024 + 65_536;
    assert!(most - before < limit, "{} kB more, at most {limit}", most - before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_talks_too_much_is_ended_at_once() {
    let _alone = alone().await;
    let mut shop = Shop::open().await;
    let (rounds, time) = (times(1, 5), Duration::from_secs(times(1, 5) as u64));
    let usual = buys(shop.visitor(), time).await;
    let buying = tokio::spawn(buys(shop.visitor(), time));
    let mut ended = Times::default();
    for _ in 0..rounds {
        ended.add(flood(&shop.api, &shop.hall.id).await);
    }
    let (usual, meanwhile) = (usual.percentile(99), buying.await.unwrap().percentile(99));
    let text = format!("p99 of a hold {usual:.1?}, beside it {meanwhile:.1?}");
    report("F15 flood", &format!("{rounds} × {MESSAGES_PER_SECOND}/s"), 0, &ended, &text);
    in_time(ended.max() <= Duration::from_secs(1), ended);
}

/// Talks until it is cut off: when that was, from the first word.
async fn flood(api: &Api, inventory: &str) -> Duration {
    let url = api.url(&format!("/v1/inventories/{inventory}/live")).replacen("http", "ws", 1);
    let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let (mut talk, mut hear) = socket.split();
    let started = Instant::now();
    let talking = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        loop {
            tick.tick().await;
            for _ in 0..MESSAGES_PER_SECOND / 100 {
                if talk.send(Message::text("{\"type\":\"hello\"}")).await.is_err() {
                    return;
                }
            }
        }
    });
    let mut code = None;
    while let Some(Ok(message)) = hear.next().await {
        if let Message::Close(frame) = message {
            code = frame.map(|frame| u16::from(frame.code));
            break;
        }
        assert!(started.elapsed() < READY_WITHIN, "it may talk for ever");
    }
    let ended = started.elapsed();
    talking.abort();
    // A reset may overtake the close frame.
    assert!(code.is_none_or(|code| code == 4502), "{code:?}");
    ended
}
