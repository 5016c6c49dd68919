//! Whose holds a connection sees.

use std::time::Duration;

use fairhold::realtime::HubOptions;
use serde_json::{Value, json};

use crate::board::Board;
use crate::server::{Buyer, Shop};
use crate::viewer::{BOTH, Transport, Viewer};

async fn watching(shop: &Shop, buyer: &Buyer) -> Vec<Viewer> {
    let mut viewers = Vec::new();
    for transport in BOTH {
        let mut viewer = Viewer::open(shop, transport, "", Some(buyer), Board::default()).await;
        viewer.first().await;
        viewers.push(viewer);
    }
    viewers
}

async fn hold_frame(viewer: &mut Viewer, id: &str, state: &str) -> Value {
    let frame = viewer.frame("hold").await;
    assert_eq!((&frame["id"], &frame["state"]), (&json!(id), &json!(state)));
    frame
}

#[tokio::test]
async fn a_buyer_sees_the_life_of_each_hold_and_nobody_else_does() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer().await, shop.buyer().await);
    let mut hers = watching(&shop, &alice).await;
    let mut others = watching(&shop, &bob).await;
    for transport in BOTH {
        others.push(Viewer::join(&shop, transport).await);
    }
    let (released, _) = shop.hold(&alice, "s-1").await;
    shop.sources.advance_ms(10_000);
    let told = shop.post(&format!("/holds/{released}/extend"), &alice.token, &json!({})).await.ok(200);
    for viewer in &mut hers {
        let first = viewer.frame("hold").await;
        assert_eq!(
            (&first["id"], &first["state"], &first["buyer"]),
            (&json!(released), &json!("held"), &json!(alice.id))
        );
        let last = if first["seq"] == told.body["seq"] {
            first
        } else {
            hold_frame(viewer, &released, "held").await
        };
        for field in ["seq", "epoch", "lines", "total", "expires_at", "expires_in_seconds", "inventory"] {
            assert_eq!(last[field], told.body[field], "{field}");
        }
    }
    shop.release(&alice, &released).await;
    let (sold, _) = shop.hold(&alice, "s-2").await;
    shop.purchase(&sold).await.ok(201);
    let (expired, _) = shop.hold(&alice, "floor").await;
    shop.sources.advance_ms(301_000);
    let seq = shop.restock(1).await;
    for viewer in &mut hers {
        hold_frame(viewer, &released, "released").await;
        hold_frame(viewer, &sold, "held").await;
        hold_frame(viewer, &sold, "sold").await;
        hold_frame(viewer, &expired, "held").await;
        let over = hold_frame(viewer, &expired, "expired").await;
        assert_eq!((&over["seq"], &over["expires_in_seconds"]), (&json!(seq - 1), &json!(0)));
    }
    for viewer in &mut others {
        viewer.reach(seq).await;
        viewer.is_quiet(Duration::from_millis(100), "viewers").await;
        assert_eq!(viewer.count("hold"), 0);
        let text = viewer.seen.iter().map(Value::to_string).collect::<String>();
        assert!(!text.contains(&alice.id) && !text.contains(&sold), "the public stream names nobody");
    }
}

#[tokio::test]
async fn a_buyer_who_comes_later_is_told_of_live_holds_behind_the_first_frame() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let (over, _) = shop.hold(&alice, "s-1").await;
    shop.release(&alice, &over).await;
    let (first, _) = shop.hold(&alice, "s-2").await;
    let (second, _) = shop.hold(&alice, "s-3").await;
    for viewer in &mut watching(&shop, &alice).await {
        hold_frame(viewer, &first, "held").await;
        hold_frame(viewer, &second, "held").await;
        viewer.is_quiet(Duration::from_millis(100), "viewers").await;
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_ends_the_stream_for_good() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let forged = format!("{}x", alice.token);
    for token in [forged.as_str(), "", "sk_0000000000000000000000000000000000000000000"] {
        let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
        viewer.say(&json!({"type": "auth", "token": token}).to_string()).await;
        assert_eq!(viewer.end().await, Some(4501), "{token}");
        let request = shop.client.get(shop.url("http", "/live")).bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status(), 401, "{token}");
    }
    shop.sources.advance_ms(24 * 3_600_000);
    let mut viewer = Viewer::open(&shop, Transport::WebSocket, "", Some(&alice), Board::default()).await;
    assert_eq!(viewer.end().await, Some(4501), "expired");
    shop.wait_for_viewers(0).await;
}

/// Told that it does not hold, a page would begin anew as another buyer, and lose what the first one holds.
#[tokio::test]
async fn one_stream_too_many_does_not_say_that_the_token_is_bad() {
    let shop = Shop::with(HubOptions::default(), 40, |settings| {
        settings.raised_addresses.clear();
        settings.streams_per_buyer = 2;
    })
    .await;
    let alice = shop.buyer().await;
    let (held, _) = shop.hold(&alice, "s-1").await;
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut viewer = Viewer::open(&shop, Transport::WebSocket, "", Some(&alice), Board::default()).await;
        hold_frame(&mut viewer, &held, "held").await;
        kept.push(viewer);
    }
    let mut third = Viewer::open(&shop, Transport::WebSocket, "", Some(&alice), Board::default()).await;
    assert_eq!(third.end().await, Some(4005));
    drop(kept.pop());
    shop.wait_for_viewers(1).await;
    let mut again = Viewer::open(&shop, Transport::WebSocket, "", Some(&alice), Board::default()).await;
    hold_frame(&mut again, &held, "held").await;
}

#[tokio::test]
async fn a_connection_is_one_buyers_for_good() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer().await, shop.buyer().await);
    let mut viewer = Viewer::open(&shop, Transport::WebSocket, "", Some(&alice), Board::default()).await;
    viewer.say(&json!({"type": "auth", "token": bob.token}).to_string()).await;
    shop.hold(&bob, "s-1").await;
    let (hers, seq) = shop.hold(&alice, "s-2").await;
    hold_frame(&mut viewer, &hers, "held").await;
    viewer.reach(seq).await;
    assert_eq!(viewer.count("hold"), 1);
}

#[tokio::test]
async fn a_token_that_has_ended_shows_no_more_holds() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let hers = watching(&shop, &alice).await;
    shop.sources.advance_ms(24 * 3_600_000);
    let operators = json!({"offers": [{"offer": "s-1"}], "buyer": alice.id});
    shop.post("/holds", &shop.operator, &operators).await.ok(201);
    for (transport, mut viewer) in BOTH.into_iter().zip(hers) {
        let code = viewer.end().await;
        assert_eq!(code, (transport == Transport::WebSocket).then_some(4004), "come back with another");
        assert_eq!(viewer.count("hold"), 0);
    }
}

#[tokio::test]
async fn a_newer_token_of_the_same_buyer_carries_on() {
    let shop = Shop::open().await;
    let alice = shop.buyer().await;
    let mut viewer = Viewer::open(&shop, Transport::WebSocket, "", Some(&alice), Board::default()).await;
    viewer.first().await;
    shop.sources.advance_ms(23 * 3_600_000);
    let renewed = shop.renewed(&alice).await;
    viewer.say(&json!({"type": "auth", "token": renewed.token}).to_string()).await;
    // Until that was heard.
    let before = shop.restock(1).await;
    viewer.reach(before).await;
    viewer.send(tokio_tungstenite::tungstenite::Message::Ping(Vec::new().into())).await;
    while viewer.hear().await != crate::viewer::Heard::Pong {}
    shop.sources.advance_ms(2 * 3_600_000);
    let (id, _) = shop.hold(&renewed, "s-1").await;
    hold_frame(&mut viewer, &id, "held").await;
}
