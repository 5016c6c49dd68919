//! What people are shown while all goes wrong: viewers that come back whenever they are cut off, and readers
//! that ask for a snapshot again and again.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

use crate::support::api::Api;
use crate::support::board::Board;

/// Between two snapshots of a reader.
const READ_EVERY: Duration = Duration::from_millis(200);
/// One in so many boards of a viewer is kept, and the last before each cut.
const KEPT_ONE_IN: u64 = 50;
const COME_BACK_AFTER: Duration = Duration::from_millis(20);
const CONNECTS_WITHIN: Duration = Duration::from_secs(6);

/// A board that somebody was shown.
pub(crate) struct Seen {
    pub(crate) shelf: usize,
    pub(crate) who: String,
    pub(crate) board: Board,
    /// When a reader asked and was answered; None: it came by stream, and may have been late.
    pub(crate) read: Option<(Instant, Instant)>,
}

/// Follows an inventory until it is stopped. Also how often it was cut off.
pub(crate) async fn follow(
    api: Api,
    node: usize,
    shelf: usize,
    inventory: String,
    mut stop: watch::Receiver<bool>,
) -> (Vec<Seen>, u64) {
    let url = api.url(&format!("/v1/inventories/{inventory}/live")).replacen("http", "ws", 1);
    let (mut seen, mut cuts) = (Vec::new(), 0);
    while !*stop.borrow() {
        let connecting = tokio::time::timeout(CONNECTS_WITHIN, tokio_tungstenite::connect_async(&url));
        if let Ok(Ok((mut socket, _))) = connecting.await {
            let mut board = Board::default();
            let who = format!("a viewer of node {node}");
            loop {
                let message = tokio::select! {
                    message = socket.next() => message,
                    _ = stop.wait_for(|stop| *stop) => None,
                };
                let Some(Ok(message)) = message else { break };
                let Message::Text(text) = message else { continue };
                board.take(&serde_json::from_str(&text).unwrap_or_default());
                if u64::from(board.deltas) % KEPT_ONE_IN == 1 {
                    let board = Board { gaps: Vec::new(), ..board.clone() };
                    seen.push(Seen { shelf, who: who.clone(), board, read: None });
                }
            }
            cuts += u64::from(!*stop.borrow());
            if board.snapshots > 0 {
                seen.push(Seen { shelf, who, board, read: None });
            }
        }
        tokio::time::sleep(COME_BACK_AFTER).await;
    }
    (seen, cuts)
}

/// Reads snapshots until it is stopped.
pub(crate) async fn read(
    api: Api,
    node: usize,
    shelf: usize,
    inventory: String,
    stop: watch::Receiver<bool>,
) -> Vec<Seen> {
    let mut seen = Vec::new();
    while !*stop.borrow() {
        seen.extend(snapshot(&api, node, shelf, &inventory).await);
        tokio::time::sleep(READ_EVERY).await;
    }
    seen
}

pub(crate) async fn snapshot(api: &Api, node: usize, shelf: usize, inventory: &str) -> Option<Seen> {
    let asked = Instant::now();
    let answer = api.try_get(&format!("/v1/inventories/{inventory}/availability")).await?;
    let read = Some((asked, Instant::now()));
    Some(Seen { shelf, who: format!("a reader of node {node}"), board: Board::of(&answer), read })
}
