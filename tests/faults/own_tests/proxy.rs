//! Each toxic does what its name says, and is gone when it is healed.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::proxy::{Proxy, Toxics};

const SOON: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(10);

/// A proxy before somebody who sends back what comes.
async fn echo() -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                // It ends when the other side does, however that is.
                let _how = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    Proxy::before(address).await
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

/// How long so many bytes take there and back.
async fn round(stream: &mut TcpStream, bytes: usize) -> Duration {
    let started = Instant::now();
    let sent: Vec<u8> = (0..bytes).map(|n| n as u8).collect();
    let mut back = vec![0; bytes];
    let (mut from, mut to) = stream.split();
    let (read, written) = tokio::join!(from.read_exact(&mut back), to.write_all(&sent));
    assert!(read.is_ok() && written.is_ok(), "{read:?} {written:?}");
    assert_eq!(sent, back);
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latency_jitter_and_bandwidth_take_their_time() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    assert!(round(&mut stream, 100_000).await < PATIENCE);
    proxy.set(&Toxics { latency: SOON, jitter: SOON, ..Toxics::default() });
    let took = round(&mut stream, 10).await;
    assert!((2 * SOON..PATIENCE).contains(&took), "{took:?}");
    // Later bytes do not wait for earlier ones to arrive.
    let took = round(&mut stream, 400_000).await;
    assert!((2 * SOON..PATIENCE).contains(&took), "{took:?}");
    // Only one direction.
    proxy.set_each(&Toxics::default(), &Toxics { bytes_per_second: Some(10_000), ..Toxics::default() });
    let took = round(&mut stream, 5_000).await;
    assert!((4 * SOON..PATIENCE).contains(&took), "{took:?}");
    proxy.heal();
    assert!(round(&mut stream, 1_000_000).await < PATIENCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_black_hole_keeps_what_it_swallows_until_it_is_healed() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    proxy.set(&Toxics { black_hole: true, ..Toxics::default() });
    stream.write_all(b"hello").await.unwrap();
    let mut back = [0; 5];
    assert!(tokio::time::timeout(SOON, stream.read_exact(&mut back)).await.is_err());
    proxy.heal();
    stream.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"hello");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slices_come_one_by_one_and_nothing_is_lost() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    proxy.set(&Toxics { slice: Some(3), ..Toxics::default() });
    assert!(round(&mut stream, 1_000).await < PATIENCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_and_a_limit_end_the_connection_and_not_the_next_one() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    round(&mut stream, 10).await;
    proxy.reset();
    let mut one = [0; 1];
    let cause = stream.read_exact(&mut one).await.unwrap_err();
    assert_eq!(cause.kind(), std::io::ErrorKind::ConnectionReset);
    let mut next = connect(&proxy).await;
    round(&mut next, 10).await;
    proxy.set_each(&Toxics { limit: Some(20), ..Toxics::default() }, &Toxics::default());
    next.write_all(&[7; 100]).await.unwrap();
    let mut all = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, next.read_to_end(&mut all)).await.unwrap();
    assert!(ended.is_err() && all.len() <= 10, "{ended:?} after {}", all.len());
    assert_eq!(proxy.connections(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_close_is_passed_on_late() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    proxy.set_each(&Toxics { slow_close: 3 * SOON, ..Toxics::default() }, &Toxics::default());
    round(&mut stream, 10).await;
    let started = Instant::now();
    stream.shutdown().await.unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    assert!(started.elapsed() >= 3 * SOON);
}
