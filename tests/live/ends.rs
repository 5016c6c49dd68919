//! How streams end, who is noticed to have gone, and how many are told to be there.

use std::time::{Duration, Instant};

use fairhold::realtime::HubOptions;

use crate::behaviour::close_frame;
use crate::raw::Raw;
use crate::server::{PATIENCE, Shop};
use crate::viewer::{BOTH, Heard, Transport, Viewer};

#[tokio::test]
async fn a_websocket_that_answers_no_ping_is_dropped_and_one_that_does_stays() {
    let live = HubOptions {
        ping_every: Duration::from_millis(100),
        silence_max: Duration::from_secs(1),
        ..HubOptions::default()
    };
    let shop = Shop::with(live, 40, |_| {}).await;
    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    let raw = Raw::open(&shop, Transport::WebSocket);
    let started = Instant::now();
    let silent = tokio::task::spawn_blocking(move || (raw.read_to_the_end(), Instant::now()));
    let mut pings = 0;
    while started.elapsed() < Duration::from_secs(3) || !silent.is_finished() {
        assert!(started.elapsed() < PATIENCE, "the silent one is still there");
        match viewer.hear().await {
            Heard::Ping => pings += 1,
            Heard::End(code) => panic!("closed with {code:?}"),
            _ => {}
        }
    }
    let (all, ended) = silent.await.unwrap();
    assert!(all.ends_with(&close_frame(4002)), "{:?}", &all[all.len().saturating_sub(8)..]);
    assert!(ended - started >= Duration::from_secs(1), "not before its time: {:?}", ended - started);
    assert!(pings >= 10, "{pings}");
    shop.wait_for_viewers(1).await;
}

#[tokio::test]
async fn a_gone_client_is_noticed() {
    let live = HubOptions { comment_every: Duration::from_millis(50), ..HubOptions::default() };
    let shop = Shop::with(live, 40, |_| {}).await;
    for transport in BOTH {
        let mut viewer = Viewer::join(&shop, transport).await;
        viewer.first().await;
        shop.wait_for_viewers(1).await;
        if transport == Transport::Events {
            let mut comments = 0;
            while comments < 3 {
                comments += usize::from(viewer.hear().await == Heard::Comment);
            }
        }
        drop(viewer);
        shop.wait_for_viewers(0).await;
    }
}

/// What a page can notice a dead stream by: it sees no pings.
#[tokio::test]
async fn a_stream_on_which_nothing_happens_says_that_it_lives() {
    let every = Duration::from_millis(50);
    let live = HubOptions { beat_every: every, comment_every: every, ..HubOptions::default() };
    let shop = Shop::with(live, 40, |_| {}).await;
    for transport in BOTH {
        let mut viewer = Viewer::join(&shop, transport).await;
        viewer.first().await;
        let mut beats = 0;
        while beats < 3 {
            beats += match viewer.hear().await {
                Heard::Comment => usize::from(transport == Transport::Events),
                Heard::Frame(frame) => usize::from(frame["type"] == "beat"),
                Heard::End(code) => panic!("closed with {code:?}"),
                _ => 0,
            };
        }
    }
}

#[tokio::test]
async fn the_number_of_viewers_is_the_truth_in_the_end_and_told_at_most_once_a_second() {
    let shop = Shop::open().await;
    let mut watcher = Viewer::join(&shop, Transport::WebSocket).await;
    assert_eq!(watcher.frame("viewers").await["count"], 1);
    let began = Instant::now();
    let mut told = vec![began];
    let mut crowd = Vec::new();
    for n in 0..12 {
        crowd.push(Viewer::join(&shop, BOTH[n % 2]).await);
        if n % 3 == 2 {
            crowd.remove(0);
        }
        let next = tokio::time::timeout(Duration::from_millis(150), watcher.frame("viewers")).await;
        told.extend(next.map(|_| Instant::now()));
    }
    shop.restock(1).await; // so that gone event streams are noticed
    let truth = 1 + crowd.len() as u64;
    // Whoever came last was told as well.
    let last = crowd.last_mut().unwrap();
    while last.frame("viewers").await["count"] != truth {
        shop.restock(1).await;
    }
    while watcher.seen.iter().rfind(|frame| frame["type"] == "viewers").unwrap()["count"] != truth {
        watcher.frame("viewers").await;
        told.push(Instant::now());
    }
    // Once a second: whoever hears late hears the next one sooner, but nobody hears more of them.
    let seconds = began.elapsed().as_secs_f64();
    assert!((told.len() as f64) <= seconds + 2.0, "{} times in {seconds:.1} s", told.len());
    assert_eq!(shop.viewers().await, truth);
}

#[tokio::test]
async fn who_takes_the_place_of_another_is_told_the_number_though_it_is_the_same() {
    let shop = Shop::open().await;
    let mut watcher = Viewer::join(&shop, Transport::WebSocket).await;
    let leaver = Viewer::join(&shop, Transport::WebSocket).await;
    while watcher.frame("viewers").await["count"] != 2 {}
    drop(leaver);
    let mut newcomer = Viewer::join(&shop, Transport::WebSocket).await;
    assert_eq!(newcomer.frame("viewers").await["count"], 2);
}

#[tokio::test]
async fn at_shutdown_streams_end_one_after_the_other_and_are_told_to_come_back() {
    let mut shop = Shop::open().await;
    let mut viewers = Vec::new();
    for transport in BOTH.into_iter().cycle().take(6) {
        let mut viewer = Viewer::join(&shop, transport).await;
        viewer.first().await;
        viewers.push((transport, viewer));
    }
    shop.wait_for_viewers(6).await;
    let started = Instant::now();
    let stopped = shop.stop();
    let ends = viewers.into_iter().map(|(transport, mut viewer)| async move {
        let code = viewer.end().await;
        assert_eq!(code, (transport == Transport::WebSocket).then_some(4000));
        started.elapsed()
    });
    let mut ends = futures_util::future::join_all(ends).await;
    stopped.await.unwrap();
    ends.sort_unstable();
    // A busy machine is later, never sooner: the n-th of six has its turn after n sixths of five seconds.
    for (turn, end) in (0..).zip(&ends) {
        assert!(*end >= Duration::from_secs(5) * turn / 6, "spread: {ends:?}");
    }
}
