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

/// Sends these bytes and then this again and again, until the server has ended the connection: all that came, and
/// how much could be sent.
async fn flooded(shop: &Shop, first: Vec<u8>, again: &'static [u8], at_most: usize) -> (Vec<u8>, usize) {
    use std::io::Write;
    let raw = Raw::open(shop, Transport::WebSocket);
    raw.wait_readable();
    let mut writer = raw.0.try_clone().unwrap();
    let sending = tokio::task::spawn_blocking(move || {
        writer.set_write_timeout(Some(crate::server::PATIENCE)).unwrap();
        let mut sent = 0;
        let mut next = first.as_slice();
        while sent < at_most && writer.write_all(next).is_ok() {
            sent += next.len();
            next = again;
        }
        sent
    });
    let all = tokio::task::spawn_blocking(|| raw.read_to_the_end()).await.unwrap();
    (all, sending.await.unwrap())
}

/// Whether a close frame with this code stands in it, the last that came before the connection was over.
fn is_closed_with(all: &[u8], code: u16) -> bool {
    all.ends_with(&close_frame(code))
}

#[tokio::test]
async fn what_a_frame_claims_costs_nothing() {
    static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
    let shop = Shop::open().await;
    let claim = |opcode: u8, len: u64| [&[0x80 | opcode, 0xff][..], &len.to_be_bytes(), &[0; 4]].concat();
    // More than all buffers between the two together.
    let at_most = 256 << 20;
    for (first, code) in [
        (claim(1, 1 << 40), 4500),
        (claim(2, u64::MAX), 4500),
        (claim(1, 65_536), 4500),
        (claim(9, 1 << 40), 4500),
        (vec![0x81, 0xfe, 0x10, 0x01, 0, 0, 0, 0], 4500),
    ] {
        let before = resident();
        let (all, sent) = flooded(&shop, first.clone(), &ZEROS, at_most).await;
        assert!(is_closed_with(&all, code), "{first:?}: {:?}", &all[all.len().saturating_sub(8)..]);
        assert!(sent < at_most, "{first:?}: taken in without an end");
        let grown = resident() - before;
        assert!(grown < 128 << 20, "{first:?}: {grown} bytes");
    }
    shop.wait_for_viewers(0).await;
}

#[tokio::test]
async fn a_frame_of_four_kib_passes_and_one_byte_more_does_not() {
    let shop = Shop::open().await;
    let message = |len: usize| format!(r#"{{"type":"wave","pad":"{}"}}"#, "x".repeat(len));
    let bare = message(0).len();
    let mut viewer = Viewer::join(&shop, Transport::WebSocket).await;
    viewer.say(&message(4_096 - bare)).await;
    let seq = shop.restock(1).await;
    viewer.reach(seq).await;
    assert_eq!(ends_with(&shop, Message::text(message(4_097 - bare))).await, Some(4500));
}

#[tokio::test]
async fn pieces_of_a_message_without_an_end_are_a_flood() {
    let shop = Shop::open().await;
    let begun = |first: u8| vec![first, 0x80, 0, 0, 0, 0];
    for (first, again) in [
        (begun(0x01), &[0x00, 0x80, 0, 0, 0, 0][..]),
        (begun(0x02), &[0x00, 0x81, 0, 0, 0, 0, b'x'][..]),
        (begun(0x89), &[0x89, 0x80, 0, 0, 0, 0][..]),
        (begun(0x8a), &[0x8a, 0x80, 0, 0, 0, 0][..]),
    ] {
        let (all, _) = flooded(&shop, first, again, 64 << 20).await;
        assert!(is_closed_with(&all, 4502), "{again:?}: {:?}", &all[all.len().saturating_sub(8)..]);
    }
    shop.wait_for_viewers(0).await;
}

#[tokio::test]
async fn frames_that_are_none_end_the_stream() {
    let shop = Shop::open().await;
    for first in [
        vec![0xc1, 0x80],             // a reserved bit
        vec![0x83, 0x80],             // a reserved kind
        vec![0x8b, 0x80],             // and one of control
        vec![0x81, 0x02],             // no mask
        vec![0x09, 0x80],             // a ping in pieces
        vec![0x89, 0xfe, 0, 126],     // a long ping
        vec![0x81, 0xfe, 0, 5],       // a length that is longer than it needs to be
        vec![0x80, 0x80, 0, 0, 0, 0], // a piece of nothing
    ] {
        let (all, _) = flooded(&shop, first.clone(), &[0; 16], 64 << 20).await;
        assert!(is_closed_with(&all, 4500), "{first:?}: {:?}", &all[all.len().saturating_sub(8)..]);
    }
    shop.wait_for_viewers(0).await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_costs_a_slice_of_it() {
    let shop = Shop::with(fairhold::realtime::HubOptions::default(), 20_000, |_| {}).await;
    let whole = shop.client.get(shop.url("http", "/plan")).send().await.unwrap();
    assert_eq!(
        whole.headers()["content-length"].to_str().unwrap().parse(),
        Ok(whole.content_length().unwrap())
    );
    let len = whole.bytes().await.unwrap().len();
    let readers = 300;
    assert!(len * readers > 400 << 20, "{len}");
    let before = resident();
    let request = format!("GET /v1/inventories/{}/plan HTTP/1.1\r\nHost: x\r\n\r\n", shop.inventory);
    let unread: Vec<Raw> = (0..readers).map(|_| Raw::asking(&shop, &request)).collect();
    for raw in &unread {
        raw.wait_readable();
    }
    let grown = resident() - before;
    assert!(grown < 200 << 20, "{grown} bytes for {readers} times {len}");
}

/// Resident memory of this process in bytes.
fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<i64>().unwrap() * 4096
}
