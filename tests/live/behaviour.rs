//! What a WebSocket client may say, and what happens if it says something else.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::raw::Raw;
use crate::server::Shop;
use crate::viewer::{Transport, Viewer};

async fn ends_with(shop: &Shop, message: Message) -> Option<u16> {
    let mut viewer = Viewer::join(shop, Transport::WebSocket).await;
    viewer.first().await;
    viewer.send(message).await;
    viewer.end().await
}

#[tokio::test]
async fn nonsense_ends_the_stream_for_good() {
    let shop = Shop::open().await;
    let long = json!({"type": "wave", "pad": "x".repeat(4 * 1024)}).to_string();
    for text in ["", "hello", "{", "[]", "7", "null", "{}", r#"{"type":7}"#, r#"{"type":"auth"}"#, &long] {
        assert_eq!(ends_with(&shop, Message::text(text)).await, Some(4500), "{text:.40}");
    }
    assert_eq!(ends_with(&shop, Message::binary(vec![1, 2, 3])).await, Some(4500));
    shop.wait_for_viewers(0).await;
}

#[tokio::test]
async fn a_message_in_pieces_is_measured_as_a_whole() {
    let shop = Shop::open().await;
    let mut raw = Raw::open(&shop, Transport::WebSocket);
    raw.wait_readable();
    // Text, then continuations; none says that it is the last.
    for opcode in [1, 0, 0] {
        let mut bytes = vec![opcode, 0x80 | 126];
        bytes.extend_from_slice(&2_000_u16.to_be_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&vec![b'x'; 2_000]);
        std::io::Write::write_all(&mut raw.0, &bytes).unwrap();
    }
    let all = tokio::task::spawn_blocking(|| raw.read_to_the_end()).await.unwrap();
    assert!(all.ends_with(&close_frame(4500)), "{:?}", &all[all.len().saturating_sub(8)..]);
}

pub fn close_frame(code: u16) -> [u8; 4] {
    let [high, low] = code.to_be_bytes();
    [0x88, 2, high, low]
}

#[tokio::test]
async fn unknown_messages_are_ignored() {
    let shop = Shop::open().await;
    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    viewer.say(r#"{"type":"wave","hands":[1,2],"more":{"a":null}}"#).await;
    viewer.say(r#"{"more":1,"type":"subscribe"}"#).await;
    let seq = shop.restock(1).await;
    viewer.reach(seq).await;
}

#[tokio::test]
async fn a_flood_ends_the_stream_and_a_trickle_does_not() {
    let shop = Shop::open().await;
    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    for _ in 0..18 {
        viewer.say(r#"{"type":"wave"}"#).await;
    }
    let seq = shop.restock(1).await;
    viewer.reach(seq).await;
    for _ in 0..40 {
        viewer.send(Message::Ping(Vec::new().into())).await;
    }
    assert_eq!(viewer.end().await, Some(4502));
}

#[tokio::test]
async fn a_ping_is_answered_and_a_good_bye_too() {
    let shop = Shop::open().await;
    let mut raw = Raw::open(&shop, Transport::WebSocket);
    raw.wait_readable();
    raw.send_frame(9, b"are you there");
    raw.send_frame(8, &1001_u16.to_be_bytes());
    let all = tokio::task::spawn_blocking(|| raw.read_to_the_end()).await.unwrap();
    let pong = [&[0x8a, 13][..], b"are you there"].concat();
    assert!(all.windows(pong.len()).any(|part| part == pong), "no pong");
    assert!(all.ends_with(&close_frame(1000)), "no good-bye");
    shop.wait_for_viewers(0).await;

    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    viewer.first().await;
    let bye = CloseFrame { code: 1000.into(), reason: "done".into() };
    viewer.send(Message::Close(Some(bye))).await;
    assert_eq!(viewer.end().await, Some(1000));
}
