//! Another server takes the inventory over while people watch.

use crate::board::Board;
use crate::server::{Shop, until};
use crate::viewer::{BOTH, Transport, Viewer};

/// The server learns that it was fenced, and takes over again.
async fn reload(shop: &Shop) -> u64 {
    let alice = shop.buyer().await;
    let theirs = shop.take_over().await;
    let fenced = shop.try_hold(&alice, "s-30").await.ok(503);
    assert!(fenced.retry_after.is_some());
    shop.sources.advance_ms(1_001);
    until("the inventory comes back", async || shop.try_hold(&alice, "s-31").await.status == 201).await;
    theirs + 1
}

#[tokio::test]
async fn a_new_epoch_gives_every_viewer_one_snapshot_and_seq_runs_on() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let mut viewers = Vec::new();
    for transport in BOTH.into_iter().cycle().take(8) {
        viewers.push(Viewer::join(&shop, transport).await);
    }
    let (_, before) = shop.hold(&alice, "s-1").await;
    for viewer in &mut viewers {
        viewer.reach(before).await;
    }
    let known = viewers[0].board.clone();
    let epoch = reload(&shop).await;
    let seq = shop.restock(1).await;
    let mut truth = Board::default();
    truth.apply(&shop.get("/availability").await.ok(200).body);
    for viewer in &mut viewers {
        viewer.reach(seq).await;
        let of_new = |frame: &&serde_json::Value| frame["epoch"] == epoch;
        let news: Vec<_> = viewer.seen.iter().filter(of_new).collect();
        assert_eq!(news[0]["type"], "snapshot");
        assert_eq!(news[0]["seq"], before, "nothing was written in between");
        assert_eq!(viewer.count("snapshot"), 2, "the first one and one more");
        assert_eq!((viewer.board.epoch, viewer.board.shown()), (epoch, truth.shown()));
        assert!(
            viewer
                .seen
                .iter()
                .filter(|frame| frame["epoch"].is_u64())
                .is_sorted_by_key(|frame| frame["epoch"].as_u64())
        );
    }
    let mut back = Viewer::rejoin(&shop, Transport::Events, &known).await;
    assert_eq!(back.first().await["type"], "snapshot", "no resuming across epochs");
}

#[tokio::test]
async fn a_buyer_is_told_of_live_holds_again_in_the_new_epoch() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let (hold, _) = shop.hold(&alice, "s-1").await;
    let mut viewers = Vec::new();
    for transport in BOTH {
        let mut viewer = Viewer::open(&shop, transport, "", Some(&alice), Board::default()).await;
        assert_eq!(viewer.frame("hold").await["id"], hold);
        viewers.push(viewer);
    }
    reload(&shop).await;
    for viewer in &mut viewers {
        viewer.frame("snapshot").await;
        let again = viewer.frame("hold").await;
        assert_eq!((&again["id"], &again["state"]), (&hold.as_str().into(), &"held".into()));
    }
}
