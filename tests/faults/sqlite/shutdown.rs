//! The end that was asked for: SIGTERM.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::watch;

use crate::client::{Client, End, Op, Pulse, Servers, Shelf};
use crate::scale::{in_time, seed};
use crate::support::api::{Api, Shopper};
use crate::support::journal::{Finding, Journal, store};
use crate::support::rng::Rng;
use crate::support::server::{Server, check};
use crate::support::viewer::Viewer;
use crate::town::{self, Town};
use crate::verify;

const CLIENTS: usize = 16;
const LOAD_FIRST: u64 = 300;
const READY_WITHIN: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(60);
/// What the manual promises.
const ENDS_WITHIN: Duration = Duration::from_secs(12);
/// The code that tells a viewer to come back.
const RECONNECT: u16 = 4000;

struct Running {
    town: Town,
    server: Server,
    api: Api,
    shelves: Vec<Shelf>,
}

async fn running() -> Running {
    let town = Town::found();
    let server = Server::start(town.data());
    let api = Api::new(server.url());
    api.ready(READY_WITHIN).await;
    let shelves = town::open(&api, &town.operator).await;
    Running { town, server, api, shelves }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_answers_what_is_in_flight_and_loses_nothing() {
    let Running { town, mut server, api, shelves } = running().await;
    let mut journals = Vec::new();
    for shelf in &shelves {
        journals.push(Journal::of(&api, &shelf.id).await);
    }
    let mut socket = Viewer::websocket(&api, &shelves[0].id).await;
    let mut events = Viewer::events(&api, &shelves[0].id, None).await;
    let mut rng = Rng::new(seed());
    let server_key = Shopper { token: town.operator.clone(), acts_for: Some("customer".to_owned()) };
    let (stop, stops) = watch::channel(false);
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|_| Client::new(rng.fork(), server_key.clone(), server_key.clone(), shelves.clone()))
        .map(|client| tokio::spawn(client.run(servers(&api), stops.clone())))
        .collect();
    socket.reaches(LOAD_FIRST).await;

    server.terminate();
    let (status, took) = server.ended(PATIENCE).await;
    stop.send_replace(true);
    println!("ended after {took:?}");
    in_time(took <= ENDS_WITHIN, format!("{took:?}"));
    assert_eq!(status.code(), Some(0), "{}", server.tail());
    assert_eq!(socket.is_closed().await, RECONNECT);
    assert_eq!(events.is_closed().await, 0);

    let store = store(town.data()).await;
    for journal in &mut journals {
        journal.read(&store).await;
    }
    drop(store);
    let mut findings: Vec<Finding> = Vec::new();
    let mut clients = Vec::new();
    for task in tasks {
        let client = task.await.unwrap();
        findings.extend(client.ops.iter().filter_map(|op| verify::acknowledged(&journals[op.shelf], op)));
        clients.push(client);
    }
    for viewer in [&socket, &events] {
        journals[0].compare("a viewer", &viewer.board());
    }
    findings.extend(journals.into_iter().flat_map(|journal| journal.findings));
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(check(town.data()).clean);
    nothing_was_done_without_an_answer(&town, clients).await;
}

/// A call that was turned away, or came when nobody listened any more, has had no effect.
async fn nothing_was_done_without_an_answer(town: &Town, clients: Vec<Client>) {
    let server = Server::start(town.data());
    let api = Api::new(server.url());
    let open = |op: &&Op| matches!(op.end, End::Open(_));
    let open: Vec<Op> = clients.iter().flat_map(|client| &client.ops).filter(open).cloned().collect();
    println!("{} calls were turned away or cut", open.len());
    for mut client in clients {
        client.settle(&servers(&api)).await;
        assert_eq!(client.found_committed, 0, "committed, but not answered: {open:#?}");
        assert!(client.changed_answers.is_empty(), "{:#?}", client.changed_answers);
    }
}

fn servers(api: &Api) -> Servers {
    Servers {
        apis: vec![api.clone()],
        preferred: Arc::new(AtomicUsize::new(0)),
        pulse: Arc::new(Pulse::default()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_sigterm_ends_at_once() {
    let Running { town: _town, mut server, api, shelves } = running().await;
    // Streams end one after the other over five seconds.
    let mut viewers = Vec::new();
    for _ in 0..6 {
        viewers.push(Viewer::websocket(&api, &shelves[0].id).await);
    }
    server.terminate();
    let first = viewers.iter_mut().map(|viewer| Box::pin(viewer.is_closed()));
    let (code, ..) = futures_util::future::select_all(first).await;
    assert_eq!(code, RECONNECT);
    server.terminate();
    let (status, took) = server.ended(PATIENCE).await;
    assert_eq!(status.code(), Some(130), "after {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_the_same_data_is_refused() {
    let Running { town, server, api, .. } = running().await;
    let second = crate::support::server::run(town.data(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(2));
    let text = crate::support::server::stderr(&second);
    assert!(text.contains("is in use by another `fairhold serve`"), "{text}");
    api.ready(READY_WITHIN).await;
    // The lock goes with its owner, however that ends.
    server.kill();
    Api::new(Server::start(town.data()).url()).ready(READY_WITHIN).await;
}
