//! Another plan while people watch: the new layout and a snapshot, without a reload.

use serde_json::{Value, json};

use crate::board::Board;
use crate::server::{Shop, plan};
use crate::viewer::{BOTH, Transport, Viewer};

/// What is true now.
async fn truth(shop: &Shop) -> Board {
    let mut board = Board::default();
    board.apply(&shop.get("/availability").await.ok(200).body);
    board
}

fn types(viewer: &Viewer, from: usize) -> Vec<&str> {
    let types = viewer.seen[from..].iter().map(|frame| frame["type"].as_str().unwrap());
    types.filter(|kind| !["viewers", "inventory"].contains(kind)).collect()
}

#[tokio::test]
async fn every_viewer_gets_the_plan_and_then_a_snapshot() {
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
    let known = viewers[0].seen.len();
    // Seats 38 and 39 are closed, 40 to 49 new.
    let mut next = plan(50);
    next["zones"][0]["rows"][0]["seats"].as_array_mut().unwrap().drain(38..40);
    let seq = shop.replan(&next).await;
    let last = shop.hold(&alice, "s-45").await.1;
    let truth = truth(&shop).await;
    for viewer in &mut viewers {
        let from = viewer.seen.len();
        viewer.reach(last).await;
        let told = types(viewer, from);
        assert_eq!(told[..2], ["plan", "snapshot"], "after {known} frames");
        assert!(told[2..].iter().all(|kind| *kind == "delta"), "{told:?}");
        let plan = viewer.seen[from..].iter().find(|frame| frame["type"] == "plan").unwrap();
        assert_eq!(plan, &json!({"type": "plan", "plan_version": 2}));
        let snapshot = viewer.seen[from..].iter().find(|frame| frame["type"] == "snapshot").unwrap();
        assert_eq!(snapshot["plan_version"], 2);
        assert!(snapshot["seq"].as_u64().unwrap() >= seq);
        assert_eq!(viewer.board.shown(), truth.shown());
        assert_eq!([1, 38, 39, 41, 46].map(|unit| viewer.board.status(unit)), [1, 3, 3, 0, 1]);
    }
    let layout = shop.get("/plan").await.ok(200).body;
    assert_eq!((&layout["plan_version"], &layout["units"][46]["id"]), (&json!(2), &json!("s-45")));
}

#[tokio::test]
async fn nobody_resumes_across_plans() {
    let shop = Shop::open().await;
    let mut early = Viewer::join(&shop, Transport::WebSocket).await;
    let before = shop.restock(1).await;
    early.reach(before).await;
    let known = early.board.clone();
    shop.replan(&plan(44)).await;
    let seq = shop.restock(1).await;
    early.reach(seq).await;
    let truth = truth(&shop).await;
    for transport in BOTH {
        let mut back = Viewer::rejoin(&shop, transport, &known).await;
        let first = back.first().await;
        assert_eq!((&first["type"], &first["plan_version"]), (&json!("snapshot"), &json!(2)));
        back.reach(seq).await;
        assert_eq!(back.board.shown(), truth.shown());
        // From behind it, as always.
        let mut late = Viewer::rejoin(&shop, transport, &early.board).await;
        assert_eq!(late.first().await["type"], "resumed");
    }
}

#[tokio::test]
async fn who_comes_later_begins_with_the_plan_in_force() {
    let shop = Shop::open().await;
    shop.get("/plan").await.ok(200);
    shop.get("/availability").await.ok(200);
    shop.replan(&plan(60)).await;
    for transport in BOTH {
        let mut viewer = Viewer::join(&shop, transport).await;
        assert_eq!(viewer.first().await["plan_version"], 2);
        assert_eq!(viewer.count("plan"), 0, "nothing has changed for them");
    }
    assert_eq!(shop.get("/plan").await.ok(200).body["units"].as_array().map(Vec::len), Some(61));
}

#[tokio::test]
async fn a_buyer_keeps_being_told_of_holds() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let (kept, _) = shop.hold(&alice, "s-1").await;
    let mut viewers = Vec::new();
    for transport in BOTH {
        let mut viewer = Viewer::open(&shop, transport, "", Some(&alice), Board::default()).await;
        assert_eq!(viewer.frame("hold").await["id"], kept);
        viewers.push(viewer);
    }
    let (gone, _) = shop.hold(&alice, "s-2").await;
    shop.release(&alice, &gone).await;
    shop.replan(&plan(41)).await;
    let (new, _) = shop.hold(&alice, "s-40").await;
    for viewer in &mut viewers {
        let told = |seen: &[Value], id: &str, state: &str| {
            seen.iter().any(|frame| frame["type"] == "hold" && frame["id"] == id && frame["state"] == state)
        };
        while !(told(&viewer.seen, &new, "held") && told(&viewer.seen, &gone, "released")) {
            viewer.next().await.unwrap();
        }
        let at = viewer.seen.iter().position(|frame| frame["type"] == "plan").unwrap();
        assert_eq!(viewer.seen[at + 1]["type"], "snapshot");
        assert!(told(&viewer.seen[at..], &kept, "held"), "the list begins anew behind the snapshot");
    }
}

#[tokio::test]
async fn many_plans_in_a_row_end_with_the_last() {
    let shop = Shop::open().await;
    let mut viewers = Vec::new();
    for transport in BOTH {
        viewers.push(Viewer::join(&shop, transport).await);
    }
    let mut last = 0;
    for seats in 30..60 {
        last = shop.replan(&plan(seats)).await;
    }
    let truth = truth(&shop).await;
    for viewer in &mut viewers {
        viewer.reach(last).await;
        assert_eq!(viewer.board.shown(), truth.shown());
        let versions = viewer.seen.iter().filter(|frame| frame["type"] == "plan");
        let versions: Vec<u64> = versions.map(|frame| frame["plan_version"].as_u64().unwrap()).collect();
        assert!(versions.is_sorted() && versions.last() == Some(&31), "{versions:?}");
    }
    let closed = (0..60).filter(|&unit| unit != 40 && truth.status(unit) == 3).count();
    assert_eq!(closed, 0, "all that was closed has come back");
}
