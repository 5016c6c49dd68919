//! First frames, deltas, ticks.

use std::time::{Duration, Instant};

use fairhold::realtime::HubOptions;
use serde_json::json;

use crate::board::Board;
use crate::server::Shop;
use crate::viewer::{BOTH, Heard, Transport, Viewer};

#[tokio::test]
async fn a_stream_begins_with_the_board_and_goes_on_with_what_changes() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    shop.hold(&alice, "s-3").await;
    for transport in BOTH {
        let mut viewer = Viewer::join(&shop, transport).await;
        let first = viewer.first().await;
        assert_eq!(first["type"], "snapshot");
        assert_eq!(first, shop.get("/availability").await.ok(200).body);
        assert_eq!((viewer.board.status(3), viewer.board.status(4)), (1, 0));
        let (hold, seq) = shop.hold(&alice, "s-4").await;
        let delta = viewer.frame("delta").await;
        assert_eq!(
            (&delta["to"], &delta["seats"], &delta["counts"]),
            (&json!(seq), &json!([[4, 1]]), &json!([]))
        );
        assert_eq!(delta["at_ms"], shop.sources.now().0);
        let seq = shop.restock(-1).await;
        viewer.reach(seq).await;
        shop.release(&alice, &hold).await;
        viewer.reach(seq + 1).await;
        assert_eq!(viewer.board.status(4), 0);
    }
}

#[tokio::test]
async fn an_event_stream_says_when_to_come_back_and_numbers_what_has_a_position() {
    let shop = Shop::open().await;
    let mut viewer = Viewer::join(&shop, Transport::Events).await;
    assert_eq!(viewer.header("content-type"), Some("text/event-stream"));
    assert_eq!(viewer.header("cache-control"), Some("no-store"));
    assert_eq!(viewer.header("x-accel-buffering"), Some("no"));
    let Heard::Retry(retry_ms) = viewer.hear().await else { panic!("no retry") };
    assert!((1_000..2_000).contains(&retry_ms));
    let seq = shop.restock(1).await;
    let mut kinds = Vec::new();
    while viewer.board.seq < seq || viewer.count("viewers") == 0 {
        if let Heard::Event { id, frame } = viewer.hear().await {
            let has_position = frame["type"] == "snapshot" || frame["type"] == "delta";
            assert_eq!(id, has_position.then(|| viewer.board.id()), "{frame}");
            kinds.push(frame["type"].clone());
        }
    }
    assert_eq!(kinds[0], "snapshot");
    assert!(kinds.contains(&json!("delta")) && kinds.contains(&json!("viewers")));
}

#[tokio::test]
async fn what_a_client_was_told_is_never_followed_by_an_older_first_frame() {
    let tick = HubOptions { tick: Duration::from_millis(200), ..HubOptions::default() };
    let shop = Shop::with(tick, 40, |_| {}).await;
    let mut other = Viewer::join(&shop, Transport::WebSocket).await;
    for (round, transport) in BOTH.into_iter().cycle().take(8).enumerate() {
        // The first of a tick goes out at once, the second has to wait.
        shop.restock(1).await;
        let told = shop.restock(1).await;
        let mut viewer = match round % 4 {
            0 | 1 => Viewer::join(&shop, transport).await,
            _ => {
                other.reach(told - 1).await;
                Viewer::rejoin(&shop, transport, &other.board).await
            }
        };
        viewer.first().await;
        if viewer.count("resumed") == 1 && viewer.board.seq < told {
            viewer.first().await;
        }
        assert!(viewer.board.seq >= told, "told {told}, shown {}", viewer.board.seq);
    }
}

#[tokio::test]
async fn the_first_change_goes_out_at_once_and_the_next_ones_with_the_tick() {
    let tick = Duration::from_secs(3);
    let shop = Shop::with(HubOptions { tick, ..HubOptions::default() }, 40, |_| {}).await;
    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    viewer.first().await;
    let alone = shop.restock(1).await;
    assert_eq!(viewer.frame("delta").await["to"], alone, "at once: nothing that comes later is in it");
    let first = Instant::now();
    let mut last = 0;
    for _ in 0..20 {
        last = shop.restock(1).await;
    }
    let delta = viewer.frame("delta").await;
    assert_eq!(delta["to"], last, "all of them in one");
    assert!(first.elapsed() > tick - Duration::from_millis(500), "after {:?}", first.elapsed());
}

#[tokio::test]
async fn one_frame_a_tick_however_many_commands_there_are() {
    let tick = Duration::from_millis(100);
    let shop = Shop::with(HubOptions { tick, ..HubOptions::default() }, 40, |_| {}).await;
    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    viewer.first().await;
    let started = Instant::now();
    let many = futures_util::future::join_all((0..4).map(|_| async {
        for _ in 0..50 {
            shop.restock(1).await;
        }
    }));
    many.await;
    viewer.reach(shop.seq().await).await;
    let ticks = started.elapsed().as_millis() / tick.as_millis() + 2;
    let frames = viewer.count("delta");
    assert!(frames as u128 <= ticks && frames < 200, "{frames} frames in {ticks} ticks");
}

#[tokio::test]
async fn with_many_viewers_the_tick_is_longer() {
    // Ten frames a second for all: five viewers get one each half second.
    let few = HubOptions { frames_per_second_max: 10, ..HubOptions::default() };
    let shop = Shop::with(few, 40, |_| {}).await;
    let mut viewers = Vec::new();
    for _ in 0..5 {
        viewers.push(Viewer::join(&shop, Transport::WebSocket).await);
    }
    shop.wait_for_viewers(5).await;
    viewers[0].reach(1).await;
    let (began, mut frames) = (Instant::now(), 0);
    for _ in 0..6 {
        shop.restock(1).await;
        viewers[0].frame("delta").await;
        frames += 1;
    }
    // A busy machine gives fewer, never more.
    let ticks = began.elapsed().as_secs_f64() * 2.0;
    assert!(f64::from(frames) <= ticks + 2.0, "{frames} frames in {ticks:.1} ticks");
}

#[tokio::test]
async fn viewers_of_either_kind_end_up_with_the_same_board() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let mut viewers = Vec::new();
    for transport in BOTH.into_iter().cycle().take(6) {
        viewers.push(Viewer::open(&shop, transport, "", None, Board::default()).await);
    }
    for n in 0..10 {
        let (hold, _) = shop.hold(&alice, &format!("s-{n}")).await;
        match n % 3 {
            0 => shop.release(&alice, &hold).await,
            _ => drop(shop.purchase(&hold).await.ok(201)),
        }
        shop.restock(7).await;
        shop.block_and_unblock(20..30).await;
    }
    let seq = shop.seq().await;
    let mut truth = Board::default();
    truth.apply(&shop.get("/availability").await.ok(200).body);
    for viewer in &mut viewers {
        viewer.reach(seq).await;
        assert_eq!(viewer.board.shown(), truth.shown());
    }
}
