//! Who is let in, and what can be seen of it all in the metrics.

use fairhold::realtime::HubOptions;

use crate::board::Board;
use crate::server::Shop;
use crate::viewer::{BOTH, Transport, Viewer};

#[tokio::test]
async fn one_viewer_too_many_is_told_to_come_later() {
    let shop = Shop::with(HubOptions { viewers_max: 2, ..HubOptions::default() }, 40, |_| {}).await;
    let first = Viewer::join(&shop, Transport::WebSocket).await;
    let mut second = Viewer::join(&shop, Transport::Events).await;
    second.first().await;
    assert_eq!(Viewer::with_headers(&shop, Transport::WebSocket, "", &[]).await.err(), Some(503));
    let refused = shop.get("/live").await.ok(503);
    assert!(refused.retry_after.is_some_and(|seconds| seconds > 0));
    assert_eq!((&refused.body["retryable"], &refused.body["status"]), (&true.into(), &503.into()));
    drop(first);
    shop.wait_for_viewers(1).await;
    Viewer::join(&shop, Transport::WebSocket).await.first().await;
}

#[tokio::test]
async fn only_known_pages_may_watch() {
    let shop = Shop::with(HubOptions::default(), 40, |settings| {
        settings.public_url = "https://shop.example/tickets".to_owned();
        settings.allowed_origins = vec!["https://partner.example".to_owned()];
    })
    .await;
    let port = shop.address.port();
    let (listen, localhost) = (format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}"));
    let evil_port = format!("http://localhost:{}", port ^ 1);
    for transport in BOTH {
        Viewer::join(&shop, transport).await.first().await;
        for ours in [listen.as_str(), &localhost, "https://shop.example", "https://partner.example"] {
            let mut viewer =
                Viewer::with_headers(&shop, transport, "", &[("Origin", ours)]).await.expect(ours);
            viewer.first().await;
        }
    }
    for foreign in [
        "https://evil.example",
        "null",
        "http://shop.example",
        &evil_port,
        "https://shop.example.evil.example",
    ] {
        let headers = [("Origin", foreign)];
        let refused = Viewer::with_headers(&shop, Transport::WebSocket, "", &headers).await;
        assert_eq!(refused.err(), Some(403), "{foreign}");
        let request = shop.client.get(shop.url("http", "/live")).header("Origin", foreign);
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 403, "{foreign}");
        let problem: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "origin_not_allowed");
    }
}

#[tokio::test]
async fn the_metrics_count_what_the_stream_does() {
    // Other tests count in the same process: figures may only be at least so high.
    let shop = Shop::open().await;
    let names = [
        ("fairhold_live_frames_total", "type=\"snapshot\""),
        ("fairhold_live_frames_total", "type=\"delta\""),
        ("fairhold_live_frames_total", "type=\"resumed\""),
        ("fairhold_live_frames_total", "type=\"viewers\""),
        ("fairhold_live_frames_total", "type=\"hold\""),
        ("fairhold_live_bytes_total", ""),
        ("fairhold_live_deltas_published_total", ""),
        ("fairhold_live_records_published_total", ""),
        ("fairhold_live_resyncs_total", "cause=\"resume\""),
        ("fairhold_live_publish_lag_seconds_count", ""),
    ];
    let mut before = Vec::new();
    for (name, label) in names {
        before.push(shop.metric(name, label).await);
    }
    let alice = shop.buyer().await;
    for transport in BOTH {
        let mut viewer = Viewer::open(&shop, transport, "", Some(&alice), Board::default()).await;
        viewer.first().await;
        shop.hold(&alice, if transport == Transport::Events { "s-1" } else { "s-2" }).await;
        viewer.frame("hold").await;
        let known = viewer.board.clone();
        while viewer.count("viewers") == 0 {
            viewer.first().await;
        }
        let label =
            format!("transport=\"{}\"", if transport == Transport::Events { "sse" } else { "websocket" });
        assert!(shop.metric("fairhold_live_viewers", &label).await >= 1.0);
        Viewer::rejoin(&shop, transport, &known).await.first().await;
        let mut lost = Viewer::open(&shop, transport, "?last_event_id=0:0", None, Board::default()).await;
        lost.first().await;
    }
    for ((name, label), before) in names.into_iter().zip(before) {
        assert!(shop.metric(name, label).await > before, "{name} {label}");
    }
}
