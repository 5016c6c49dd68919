//! Viewers: a WebSocket, and server-sent events that may be told to reconnect.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::api::Api;
use super::board::Board;

const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who watches; stops when dropped.
pub(crate) struct Viewer {
    board: watch::Receiver<Board>,
    task: JoinHandle<()>,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Viewer {
    /// By WebSocket; it has its first snapshot when this returns.
    pub(crate) async fn websocket(api: &Api, inventory: &str) -> Self {
        let url = api.url(&format!("/v1/inventories/{inventory}/live")).replacen("http", "ws", 1);
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.expect("the server upgrades");
        Self::run(|board| async move {
            while let Some(Ok(message)) = socket.next().await {
                match message {
                    Message::Text(text) => take(&board, &text),
                    Message::Close(frame) => {
                        let code = frame.map_or(1005, |frame| frame.code.into());
                        board.send_modify(|board| board.closed = Some(code));
                    }
                    _ => {}
                }
            }
        })
        .await
    }

    /// By event stream; with `reconnect_after` it leaves after so many frames and comes back with its last
    /// position, over and over.
    pub(crate) async fn events(api: &Api, inventory: &str, reconnect_after: Option<usize>) -> Self {
        let (api, path) = (api.clone(), format!("/v1/inventories/{inventory}/live"));
        Self::run(move |board| async move {
            let mut last_id = None;
            loop {
                let stream = EventStream::open(&api, &path, last_id.as_deref()).await;
                let Some(mut stream) = stream else { break };
                let mut frames_left = reconnect_after.unwrap_or(usize::MAX);
                while let Some(event) = stream.next().await {
                    last_id = event.id.or(last_id);
                    take(&board, &event.data);
                    frames_left -= 1;
                    if frames_left == 0 {
                        break;
                    }
                }
                if frames_left > 0 {
                    break;
                }
            }
            board.send_modify(|board| board.closed = Some(0));
        })
        .await
    }

    async fn run<F: Future<Output = ()> + Send + 'static>(
        watch: impl FnOnce(watch::Sender<Board>) -> F,
    ) -> Self {
        let (sender, board) = watch::channel(Board::default());
        let task = tokio::spawn(watch(sender));
        let mut this = Self { board, task };
        this.wait("a first snapshot", |board| board.snapshots > 0).await;
        this
    }

    pub(crate) fn board(&self) -> Board {
        self.board.borrow().clone()
    }

    /// What it sees, as it comes.
    pub(crate) fn watch(&self) -> watch::Receiver<Board> {
        self.board.clone()
    }

    /// Waits until it has seen this seq.
    pub(crate) async fn reaches(&mut self, seq: u64) -> Board {
        self.wait(&format!("seq {seq}"), |board| board.seq >= seq).await
    }

    pub(crate) async fn is_closed(&mut self) -> u16 {
        self.wait("its end", |board| board.closed.is_some()).await.closed.unwrap_or_default()
    }

    /// Waits until its connection is gone: all that came before has been taken.
    pub(crate) async fn is_over(&mut self) -> Board {
        let over = self.board.wait_for(|_| false);
        let over = tokio::time::timeout(PATIENCE, over).await.map(|closed| closed.is_err());
        assert_eq!(over, Ok(true), "a viewer is still connected");
        self.board()
    }

    async fn wait(&mut self, what: &str, is_there: impl FnMut(&Board) -> bool) -> Board {
        let waited = tokio::time::timeout(PATIENCE, self.board.wait_for(is_there)).await;
        if let Ok(Ok(board)) = waited {
            return board.clone();
        }
        drop(waited);
        let Board { epoch, seq, closed, .. } = self.board();
        panic!("a viewer waits for {what} and is at {epoch}:{seq}, closed: {closed:?}")
    }
}

fn take(board: &watch::Sender<Board>, text: &str) {
    let frame: Value = serde_json::from_str(text).unwrap_or_default();
    board.send_modify(|board| board.take(&frame));
}

pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) data: String,
}

/// A response body, cut into events.
pub(crate) struct EventStream {
    body: std::pin::Pin<Box<dyn futures_util::Stream<Item = Option<bytes::Bytes>> + Send>>,
    text: String,
}

impl EventStream {
    pub(crate) async fn open(api: &Api, path: &str, last_id: Option<&str>) -> Option<Self> {
        let mut request = api.http().get(api.url(path)).header("accept", "text/event-stream");
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let answer = request.send().await.ok().filter(|answer| answer.status().is_success())?;
        Some(Self { body: Box::pin(answer.bytes_stream().map(Result::ok)), text: String::new() })
    }

    /// The next event with data; None: the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
                if let Some(data) = field("data: ") {
                    return Some(Event { id: field("id: ").map(str::to_owned), data: data.to_owned() });
                }
            }
            let bytes = self.body.next().await??;
            self.text.push_str(std::str::from_utf8(&bytes).expect("frames are ASCII"));
        }
    }
}
