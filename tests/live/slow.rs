//! Viewers that do not read. Nobody else may notice.

use std::time::{Duration, Instant};

use fairhold::realtime::HubOptions;
use tokio::sync::Mutex;

use crate::board::Board;
use crate::raw::Raw;
use crate::server::{PATIENCE, Shop, until};
use crate::viewer::{BOTH, Viewer};

/// These tests count overflows in metrics that all of this process share.
static ALONE: Mutex<()> = Mutex::const_new(());

/// As many as one block may have.
const SEATS: u32 = 2_000;
const OVERFLOWS: (&str, &str) = ("fairhold_live_resyncs_total", "cause=\"overflow\"");
const SLOW_CLOSES: (&str, &str) = ("fairhold_live_slow_closes_total", "");

async fn shop(write_max: Duration) -> Shop {
    let live = HubOptions { tick: Duration::from_millis(2), write_max, ..HubOptions::default() };
    Shop::with(live, SEATS, |_| {}).await
}

/// From a buyer's click to the frame at this viewer.
async fn lag(shop: &Shop, viewer: &mut Viewer) -> Duration {
    let alice = shop.buyer().await;
    let clicked = Instant::now();
    let (hold, seq) = shop.hold(&alice, "floor").await;
    viewer.reach(seq).await;
    let lag = clicked.elapsed();
    shop.release(&alice, &hold).await;
    viewer.reach(seq + 1).await;
    lag
}

fn median(mut lags: Vec<Duration>) -> Duration {
    lags.sort_unstable();
    lags[lags.len() / 2]
}

#[tokio::test]
async fn viewers_that_stop_reading_are_dropped_and_delay_nobody() {
    let _alone = ALONE.lock().await;
    for transport in BOTH {
        let shop = shop(Duration::from_secs(1)).await;
        let mut good = Viewer::join(&shop, transport).await;
        let mut usual = Vec::new();
        for _ in 0..20 {
            shop.block_and_unblock(0..SEATS).await;
            good.reach(shop.seq().await).await;
            usual.push(lag(&shop, &mut good).await);
        }
        let stalled: Vec<Raw> = (0..5).map(|_| Raw::open(&shop, transport)).collect();
        shop.wait_for_viewers(6).await;
        let deadline = Instant::now() + PATIENCE;
        let mut meanwhile = Vec::new();
        while shop.viewers().await > 1 {
            assert!(Instant::now() < deadline, "{} are still there", shop.viewers().await);
            shop.block_and_unblock(0..SEATS).await;
            good.reach(shop.seq().await).await;
            meanwhile.push(lag(&shop, &mut good).await);
        }
        let (usual, meanwhile) = (median(usual), median(meanwhile));
        println!("{transport:?}: median lag {usual:?} alone, {meanwhile:?} beside stalled viewers");
        assert_eq!(good.count("snapshot"), 1, "the good one was never behind");
        for raw in stalled {
            let ended = tokio::task::spawn_blocking(|| raw.read_to_the_end()).await.unwrap();
            assert!(ended.len() < 16 << 20, "the connection was ended, with what the kernel kept");
        }
    }
}

/// Changes everything until the metric has grown by one.
async fn pump_until_grown(shop: &Shop, (name, label): (&str, &str), before: f64) {
    until("the queue of a viewer that does not read overflows", async || {
        shop.block_and_unblock(0..SEATS).await;
        shop.metric(name, label).await > before
    })
    .await;
}

#[tokio::test]
async fn a_viewer_that_falls_behind_once_gets_a_snapshot_and_goes_on() {
    let _alone = ALONE.lock().await;
    for transport in BOTH {
        let shop = shop(Duration::from_secs(60)).await;
        let mut viewer = Viewer::narrow(&shop, transport).await;
        viewer.first().await;
        let before = shop.metric(OVERFLOWS.0, OVERFLOWS.1).await;
        pump_until_grown(&shop, OVERFLOWS, before).await;
        let seq = shop.seq().await;
        viewer.reach(seq).await;
        assert_eq!(viewer.count("snapshot"), 2, "the first one, and one for what was dropped");
        let mut truth = Board::default();
        truth.apply(&shop.get("/availability").await.ok(200).body);
        assert_eq!(viewer.board.shown(), truth.shown());
        let next = shop.restock(1).await;
        viewer.reach(next).await;
    }
}

#[tokio::test]
async fn a_viewer_that_falls_behind_twice_in_five_seconds_is_told_to_come_back() {
    let _alone = ALONE.lock().await;
    let shop = shop(Duration::from_secs(60)).await;
    let mut viewer = Viewer::narrow(&shop, BOTH[0]).await;
    viewer.first().await;
    let closes = shop.metric(SLOW_CLOSES.0, SLOW_CLOSES.1).await;
    // On a busy machine the second time may come later than five seconds: then there is a third.
    for _ in 0..5 {
        let before = shop.metric(OVERFLOWS.0, OVERFLOWS.1).await;
        until("an overflow or the end", async || {
            shop.block_and_unblock(0..SEATS).await;
            shop.metric(OVERFLOWS.0, OVERFLOWS.1).await > before
                || shop.metric(SLOW_CLOSES.0, SLOW_CLOSES.1).await > closes
        })
        .await;
        if shop.metric(SLOW_CLOSES.0, SLOW_CLOSES.1).await > closes {
            assert_eq!(viewer.end().await, Some(4001));
            shop.wait_for_viewers(0).await;
            return;
        }
        viewer.frame("snapshot").await;
    }
    panic!("never closed");
}
