//! A TCP proxy that is a bad network: latency, little bandwidth, small pieces, silence, resets. What is wrong
//! with it is said per direction and may change at any time, also for what is under way.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::rng::Rng;

/// Bytes taken from a socket at once.
const CHUNK: usize = 16 * 1024;
/// Chunks that are under way in one direction of one connection; then the sender is made to wait.
const UNDER_WAY: usize = 1_024;

/// What is wrong in one direction. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Toxics {
    /// Every byte comes so much later, and up to `jitter` more.
    pub(crate) latency: Duration,
    pub(crate) jitter: Duration,
    pub(crate) bytes_per_second: Option<u64>,
    /// Pieces of at most so many bytes, each sent on its own.
    pub(crate) slice: Option<usize>,
    /// Nothing comes through; the connection stays open.
    pub(crate) black_hole: bool,
    /// The end of a connection is passed on so much later.
    pub(crate) slow_close: Duration,
    /// The connection ends after so many bytes.
    pub(crate) limit: Option<u64>,
}

#[derive(Debug, Clone, Default)]
struct State {
    to_server: Toxics,
    to_client: Toxics,
    /// Connections made before this number are reset.
    reset_before: u64,
}

/// Listens on a port of its own and passes everything on to one address.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    connections: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.reset();
    }
}

impl Proxy {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (state, states) = watch::channel(State::default());
        let connections = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn(accept(listener, server, states, connections.clone()));
        Self { address, state, connections, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same in both directions, from now on.
    pub(crate) fn set(&self, toxics: &Toxics) {
        self.set_each(toxics, toxics);
    }

    pub(crate) fn set_each(&self, to_server: &Toxics, to_client: &Toxics) {
        self.state.send_modify(|state| {
            state.to_server = to_server.clone();
            state.to_client = to_client.clone();
        });
    }

    pub(crate) fn heal(&self) {
        self.set(&Toxics::default());
    }

    /// Cuts all connections with a reset; what was under way is lost.
    pub(crate) fn reset(&self) {
        let made = self.connections.load(Ordering::SeqCst);
        self.state.send_modify(|state| state.reset_before = made);
    }

    /// Connections made so far.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    states: watch::Receiver<State>,
    connections: Arc<AtomicU64>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let number = connections.fetch_add(1, Ordering::SeqCst);
        let states = states.clone();
        tokio::spawn(async move {
            match TcpStream::connect(server).await {
                Ok(server) => join(client, server, number, states).await,
                // A server that is not there refuses its client as well.
                Err(_refused) => cut(&client),
            }
        });
    }
}

/// Passes on in both directions until both have ended, one has broken, or the connection is reset.
async fn join(mut client: TcpStream, mut server: TcpStream, number: u64, states: watch::Receiver<State>) {
    let _only_slower = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let direction = |of| Direction { states: states.clone(), of, rng: Rng::new(number) };
    let up = direction(|state| &state.to_server).pass(from_client, to_server);
    let down = direction(|state| &state.to_client).pass(from_server, to_client);
    let mut resets = states.clone();
    let ended = tokio::select! {
        ended = async { tokio::try_join!(up, down) } => ended.is_ok(),
        _ = resets.wait_for(|state| number < state.reset_before) => false,
    };
    if !ended {
        cut(&client);
        cut(&server);
    }
}

/// Its close will be a reset.
fn cut(stream: &TcpStream) {
    let _gone_already = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// A chunk, or the end, and when it is to come out.
struct Parcel {
    due: Instant,
    bytes: Option<Vec<u8>>,
}

struct Direction {
    states: watch::Receiver<State>,
    of: fn(&State) -> &Toxics,
    rng: Rng,
}

impl Direction {
    fn toxics(&self) -> Toxics {
        (self.of)(&self.states.borrow()).clone()
    }

    /// What is wrong when it is no black hole any more.
    async fn open(&mut self) -> io::Result<Toxics> {
        let of = self.of;
        let open = self.states.wait_for(|state| !of(state).black_hole).await;
        open.map(|state| of(&state).clone()).map_err(io::Error::other)
    }

    /// Ok: the sender has ended, and all that it sent was passed on.
    async fn pass(self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> io::Result<()> {
        let (sender, parcels) = mpsc::channel(UNDER_WAY);
        let writing = Self { states: self.states.clone(), of: self.of, rng: self.rng.clone() };
        tokio::try_join!(self.take(from, sender), writing.deliver(to, parcels)).map(drop)
    }

    async fn take(mut self, mut from: ReadHalf<'_>, parcels: mpsc::Sender<Parcel>) -> io::Result<()> {
        let mut last = Instant::now();
        loop {
            let mut bytes = Vec::with_capacity(CHUNK);
            let is_end = from.read_buf(&mut bytes).await? == 0;
            let toxics = self.toxics();
            let jitter = toxics.jitter.mul_f64(self.rng.below(1_000) as f64 / 1_000.0);
            let slow = if is_end { toxics.slow_close } else { Duration::ZERO };
            last = last.max(Instant::now() + toxics.latency + jitter + slow);
            let parcel = Parcel { due: last, bytes: (!is_end).then_some(bytes) };
            if parcels.send(parcel).await.is_err() || is_end {
                return Ok(());
            }
        }
    }

    async fn deliver(mut self, mut to: WriteHalf<'_>, mut parcels: mpsc::Receiver<Parcel>) -> io::Result<()> {
        let mut passed = 0;
        while let Some(Parcel { due, bytes }) = parcels.recv().await {
            tokio::time::sleep_until(due).await;
            let Some(bytes) = bytes else { return to.shutdown().await };
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let toxics = self.open().await?;
                let piece = piece(rest, &toxics, passed)?;
                to.write_all(piece).await?;
                passed += piece.len() as u64;
                rest = &rest[piece.len()..];
                match toxics.bytes_per_second {
                    Some(speed) => {
                        tokio::time::sleep(Duration::from_secs_f64(piece.len() as f64 / speed as f64)).await;
                    }
                    None => tokio::task::yield_now().await,
                }
            }
        }
        Ok(())
    }
}

/// What of these bytes goes next.
fn piece<'a>(rest: &'a [u8], toxics: &Toxics, passed: u64) -> io::Result<&'a [u8]> {
    // A tenth of a second's worth, so that a change of the speed is soon felt.
    let by_speed = toxics.bytes_per_second.map_or(usize::MAX, |speed| (speed / 10).max(1) as usize);
    let left = toxics.limit.map_or(u64::MAX, |limit| limit.saturating_sub(passed));
    if left == 0 {
        return Err(io::Error::other("the limit of this connection"));
    }
    let length = rest.len().min(by_speed).min(toxics.slice.unwrap_or(usize::MAX).max(1));
    Ok(&rest[..length.min(usize::try_from(left).unwrap_or(usize::MAX))])
}
