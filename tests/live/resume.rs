//! Viewers that come back: all that they missed, or a snapshot; never a part.

use std::time::Duration;

use fairhold::realtime::HubOptions;

use crate::board::Board;
use crate::server::Shop;
use crate::viewer::{BOTH, Transport, Viewer};

/// A viewer that has seen the beginning and left.
async fn left_early(shop: &Shop) -> Board {
    let mut viewer = Viewer::join(shop, Transport::WebSocket).await;
    let seq = shop.restock(1).await;
    viewer.reach(seq).await;
    viewer.board
}

#[tokio::test]
async fn a_viewer_that_comes_back_gets_what_it_missed() {
    let shop = Shop::open().await;
    let known = left_early(&shop).await;
    for n in 0..5 {
        shop.hold(&shop.buyer().await, &format!("s-{n}")).await;
    }
    let seq = shop.restock(1).await;
    let mut truth = Board::default();
    truth.apply(&shop.get("/availability").await.ok(200).body);
    for transport in BOTH {
        let mut viewer = Viewer::rejoin(&shop, transport, &known).await;
        assert_eq!(viewer.first().await["type"], "resumed");
        assert_eq!(viewer.next().await.unwrap()["to"], seq, "all in one delta");
        assert_eq!((viewer.board.shown(), viewer.count("snapshot")), (truth.shown(), 0));
    }
}

#[tokio::test]
async fn the_header_says_where_a_browser_was_and_is_newer_than_the_address() {
    let shop = Shop::open().await;
    let known = left_early(&shop).await;
    let seq = shop.restock(1).await;
    let id = known.id();
    for transport in BOTH {
        let headers = [("Last-Event-ID", id.as_str())];
        let query = "?last_event_id=0:0";
        let mut viewer = Viewer::with_headers(&shop, transport, query, &headers).await.unwrap();
        viewer.board = Board::resuming(&known);
        assert_eq!(viewer.first().await["type"], "resumed");
        viewer.reach(seq).await;
        assert_eq!(viewer.count("snapshot"), 0);
    }
}

#[tokio::test]
async fn a_viewer_that_missed_nothing_is_told_so() {
    let shop = Shop::open().await;
    let known = left_early(&shop).await;
    for transport in BOTH {
        let mut viewer = Viewer::rejoin(&shop, transport, &known).await;
        let resumed = viewer.first().await;
        assert_eq!((&resumed["from"], &resumed["to"]), (&known.seq.into(), &known.seq.into()));
        assert_eq!(viewer.next().await.unwrap()["type"], "inventory");
        assert_eq!(viewer.next().await.unwrap()["type"], "viewers");
    }
}

#[tokio::test]
async fn a_position_that_cannot_be_resumed_from_gets_a_snapshot() {
    let tick = HubOptions { tick: Duration::from_millis(400), ..HubOptions::default() };
    let shop = Shop::with(tick, 40, |_| {}).await;
    let mut watcher = Viewer::join(&shop, Transport::WebSocket).await;
    watcher.first().await;
    // The first goes out alone, the next two together: the one between them is no boundary.
    let boundary = shop.restock(1).await;
    watcher.frame("delta").await;
    assert_eq!(watcher.board.seq, boundary);
    let inside = shop.restock(1).await;
    let end = shop.restock(1).await;
    watcher.reach(end).await;
    assert_eq!(watcher.count("delta"), 2);
    let epoch = watcher.board.epoch;
    for bad in [
        format!("{epoch}:{inside}"),
        format!("{epoch}:{}", end + 1),
        format!("{epoch}:{}", u64::MAX),
        format!("{}:{end}", epoch + 1),
        format!("0:{end}"),
        format!("{epoch}:99999999999999999999"),
        format!("{epoch}"),
        "x:y".to_owned(),
        "%2B1:3".to_owned(),
        String::new(),
    ] {
        for transport in BOTH {
            let query = format!("?last_event_id={bad}");
            let mut viewer = Viewer::open(&shop, transport, &query, None, Board::default()).await;
            assert_eq!(viewer.first().await["type"], "snapshot", "{bad}");
            assert_eq!(viewer.board.seq, end, "{bad}");
        }
    }
    let good = Board::resuming(&watcher.board.at(boundary));
    let query = format!("?last_event_id={epoch}:{boundary}");
    let mut viewer = Viewer::open(&shop, Transport::Events, &query, None, good).await;
    assert_eq!(viewer.first().await["type"], "resumed");
}

#[tokio::test]
async fn a_viewer_that_was_away_too_long_gets_a_snapshot() {
    let fast = HubOptions { tick: Duration::from_millis(1), ..HubOptions::default() };
    let shop = Shop::with(fast, 2_000, |_| {}).await;
    let known = left_early(&shop).await;
    let mut watcher = Viewer::join(&shop, Transport::WebSocket).await;
    // Each frame has 2,000 units, and the ring 1 MiB.
    while watcher.count("delta") < 140 {
        shop.block_and_unblock(0..2_000).await;
        watcher.reach(shop.seq().await).await;
    }
    for transport in BOTH {
        let mut viewer = Viewer::rejoin(&shop, transport, &known).await;
        assert_eq!(viewer.first().await["type"], "snapshot");
        let recent = watcher.board.clone();
        let mut viewer = Viewer::rejoin(&shop, transport, &recent).await;
        assert_eq!(viewer.first().await["type"], "resumed");
    }
}
