//! A viewer over either transport: reads frames, keeps its board, and says what it wants to see.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{SinkExt, Stream, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::board::Board;
use crate::server::{Buyer, PATIENCE, Shop};

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    Events,
}

pub const BOTH: [Transport; 2] = [Transport::WebSocket, Transport::Events];

pub struct Viewer {
    feed: Feed,
    pub board: Board,
    /// Every frame but pings, in order.
    pub seen: Vec<Value>,
}

enum Feed {
    Socket(Box<Socket>),
    Events { lines: Lines, headers: reqwest::header::HeaderMap },
}

struct Lines {
    body: Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    buffer: Vec<u8>,
}

/// What comes over the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Frame(Value),
    /// An event's id and its data, a comment, a `retry`.
    Event {
        id: Option<String>,
        frame: Value,
    },
    Comment,
    Retry(u64),
    Ping,
    Pong,
    /// The close code, where there is one.
    End(Option<u16>),
}

impl Viewer {
    pub async fn join(shop: &Shop, transport: Transport) -> Self {
        Self::open(shop, transport, "", None, Board::default()).await
    }

    /// Comes back with what it knew.
    pub async fn rejoin(shop: &Shop, transport: Transport, known: &Board) -> Self {
        let query = format!("?last_event_id={}", known.id());
        Self::open(shop, transport, &query, None, Board::resuming(known)).await
    }

    pub async fn open(
        shop: &Shop,
        transport: Transport,
        query: &str,
        buyer: Option<&Buyer>,
        board: Board,
    ) -> Self {
        let feed = match transport {
            Transport::WebSocket => socket(shop, query, &[]).await.unwrap(),
            Transport::Events => events(shop, query, buyer, &[]).await,
        };
        let mut this = Self { feed, board, seen: Vec::new() };
        if let (Transport::WebSocket, Some(buyer)) = (transport, buyer) {
            this.say(&json!({"type": "auth", "token": buyer.token}).to_string()).await;
        }
        this
    }

    /// One whose socket takes little before it is full.
    pub async fn narrow(shop: &Shop, transport: Transport) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        let stream = socket.connect(shop.address).await.unwrap();
        let feed = match transport {
            Transport::WebSocket => {
                let stream = MaybeTlsStream::Plain(stream);
                let url = shop.url("ws", "/live");
                Feed::Socket(Box::new(tokio_tungstenite::client_async(url, stream).await.unwrap().0))
            }
            Transport::Events => narrow_events(shop, stream).await,
        };
        Self { feed, board: Board::default(), seen: Vec::new() }
    }

    /// With these headers; the status if it is refused.
    pub async fn with_headers(
        shop: &Shop,
        transport: Transport,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let feed = match transport {
            Transport::WebSocket => socket(shop, query, headers).await?,
            Transport::Events => events(shop, query, None, headers).await,
        };
        Ok(Self { feed, board: Board::default(), seen: Vec::new() })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        match &self.feed {
            Feed::Events { headers, .. } => headers.get(name)?.to_str().ok(),
            Feed::Socket(_) => None,
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    pub async fn send(&mut self, message: Message) {
        match &mut self.feed {
            // The server may have closed it already.
            Feed::Socket(socket) => drop(socket.send(message).await),
            Feed::Events { .. } => panic!("nothing can be said here"),
        }
    }

    /// The next thing that comes, as it is.
    pub async fn hear(&mut self) -> Heard {
        let heard = tokio::time::timeout(PATIENCE, async {
            match &mut self.feed {
                Feed::Socket(socket) => hear_socket(socket).await,
                Feed::Events { lines, .. } => hear_event(lines).await,
            }
        });
        let heard = heard.await.expect("nothing comes");
        if let Heard::Frame(frame) | Heard::Event { frame, .. } = &heard {
            self.board.apply(frame);
            if frame["type"] != "beat" {
                self.seen.push(frame.clone());
            }
        }
        heard
    }

    /// The next frame; the code if the stream has ended.
    pub async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match self.hear().await {
                // Whoever is slow hears some: they are news of nothing.
                Heard::Frame(frame) if frame["type"] == "beat" => {}
                Heard::Frame(frame) | Heard::Event { frame, .. } => return Ok(frame),
                Heard::End(code) => return Err(code),
                Heard::Comment | Heard::Retry(_) | Heard::Ping | Heard::Pong => {}
            }
        }
    }

    /// The next frame of this type.
    pub async fn frame(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await.expect("the stream goes on");
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// The first frame that says where it stands.
    pub async fn first(&mut self) -> Value {
        self.next().await.expect("a first frame")
    }

    /// Reads until the board shows at least this seq.
    pub async fn reach(&mut self, seq: u64) {
        while self.board.seq < seq || self.seen.is_empty() {
            self.next().await.expect("the stream goes on");
        }
    }

    /// Reads until the end; its code.
    pub async fn end(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// How many frames of this type came so far.
    pub fn count(&self, kind: &str) -> usize {
        self.seen.iter().filter(|frame| frame["type"] == kind).count()
    }

    /// Nothing but this may come within the time.
    pub async fn is_quiet(&mut self, time: Duration, except: &str) {
        let deadline = tokio::time::Instant::now() + time;
        while let Ok(next) = tokio::time::timeout_at(deadline, self.next()).await {
            let frame = next.expect("the stream goes on");
            // It follows each snapshot.
            assert!(frame["type"] == except || frame["type"] == "inventory", "{frame}");
        }
    }
}

async fn socket(shop: &Shop, query: &str, headers: &[(&'static str, &str)]) -> Result<Feed, u16> {
    let mut request = shop.url("ws", &format!("/live{query}")).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Feed::Socket(Box::new(socket))),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn events(shop: &Shop, query: &str, buyer: Option<&Buyer>, headers: &[(&'static str, &str)]) -> Feed {
    let mut request = shop.client.get(shop.url("http", &format!("/live{query}")));
    if let Some(buyer) = buyer {
        request = request.bearer_auth(&buyer.token);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    Feed::Events { lines: Lines { body: Box::pin(response.bytes_stream()), buffer: Vec::new() }, headers }
}

/// Reads chunks of a response whose head nobody checks.
async fn narrow_events(shop: &Shop, mut stream: tokio::net::TcpStream) -> Feed {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
    let path = format!("/v1/inventories/{}/live", shop.inventory);
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", shop.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut reader = tokio::io::BufReader::with_capacity(1024, stream);
    let mut line = String::from("-");
    while !line.trim().is_empty() {
        line.clear();
        reader.read_line(&mut line).await.unwrap();
    }
    let chunks = futures_util::stream::unfold(reader, |mut reader| async move {
        let mut size = String::new();
        reader.read_line(&mut size).await.ok()?;
        let mut chunk = vec![0; usize::from_str_radix(size.trim(), 16).ok()? + 2];
        reader.read_exact(&mut chunk).await.ok()?;
        chunk.truncate(chunk.len() - 2);
        Some((Ok(chunk.into()), reader))
    });
    Feed::Events { lines: Lines { body: Box::pin(chunks), buffer: Vec::new() }, headers: Default::default() }
}

async fn hear_socket(socket: &mut Socket) -> Heard {
    match socket.next().await {
        Some(Ok(Message::Text(text))) => Heard::Frame(serde_json::from_str(&text).unwrap()),
        Some(Ok(Message::Ping(_))) => Heard::Ping,
        Some(Ok(Message::Close(frame))) => Heard::End(frame.map(|frame| frame.code.into())),
        Some(Ok(Message::Pong(_))) => Heard::Pong,
        Some(Ok(other)) => panic!("{other:?}"),
        Some(Err(_)) | None => Heard::End(None),
    }
}

async fn hear_event(lines: &mut Lines) -> Heard {
    let Some(block) = lines.block().await else { return Heard::End(None) };
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    if block.trim() == ":" {
        return Heard::Comment;
    }
    if let Some(retry) = field("retry") {
        return Heard::Retry(retry.parse().unwrap());
    }
    let id = field("id").map(str::to_owned);
    Heard::Event { id, frame: serde_json::from_str(field("data").expect("data")).unwrap() }
}

impl Lines {
    /// Up to the next empty line.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block = self.buffer.drain(..end + 2).collect();
                return Some(String::from_utf8(block).unwrap());
            }
            self.buffer.extend_from_slice(&self.body.next().await?.ok()?);
        }
    }
}
