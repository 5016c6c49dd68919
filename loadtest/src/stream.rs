//! One live connection, WebSocket or Server-Sent Events, reduced to its text frames. Servers do not mask,
//! and ours never splits a message, so a frame is a slice of what was read.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::client::{broken, parse_head};

/// Bytes read at once; most reads bring one frame.
const READ_BYTES: usize = 4096;
/// A masked pong without a payload (mask zero); the server counts any inbound frame as life.
const PONG: [u8; 6] = [0x8A, 0x80, 0, 0, 0, 0];
/// Receive buffer of a viewer that never reads: small, so that the server feels it soon.
const STALLED_BUFFER_BYTES: u32 = 4096;

/// How the frames travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    Sse,
}

/// A connection after its upgrade or its 200.
pub struct Stream {
    socket: TcpStream,
    transport: Transport,
    /// read, not yet taken
    raw: Vec<u8>,
    /// events of SSE, freed of their chunks
    events: Vec<u8>,
}

/// One thing that came.
#[derive(Debug, PartialEq, Eq)]
pub enum Inbound {
    Text(Vec<u8>),
    /// Ended by the server, with its close code if it gave one.
    Closed(u16),
}

/// Opens the live stream of an inventory.
pub async fn open(addr: SocketAddr, inventory: &str, transport: Transport) -> io::Result<Stream> {
    let mut stream = connect(TcpStream::connect(addr).await?, addr, inventory, transport).await?;
    let wanted = if transport == Transport::WebSocket { 101 } else { 200 };
    loop {
        stream.fill().await?;
        let Some(head) = parse_head(&stream.raw)? else { continue };
        if head.status != wanted {
            return Err(broken(&format!("live stream refused: {}", head.status)));
        }
        if transport == Transport::Sse && !head.chunked {
            return Err(broken("an event stream without chunks"));
        }
        stream.raw.drain(..head.head_bytes);
        return Ok(stream);
    }
}

/// Asks for a WebSocket and never reads anything, not even the answer.
pub async fn open_stalled(addr: SocketAddr, inventory: &str) -> io::Result<Stream> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_recv_buffer_size(STALLED_BUFFER_BYTES)?;
    connect(socket.connect(addr).await?, addr, inventory, Transport::WebSocket).await
}

async fn connect(
    mut socket: TcpStream,
    addr: SocketAddr,
    inventory: &str,
    transport: Transport,
) -> io::Result<Stream> {
    socket.set_nodelay(true)?;
    // the key need not be random here: it only proves that a server speaks WebSocket
    let headers = match transport {
        Transport::WebSocket => {
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bG9hZHRlc3QtbG9hZHRlcw==\r\n"
        }
        Transport::Sse => "Accept: text/event-stream\r\n",
    };
    let head = format!("GET /v1/inventories/{inventory}/live HTTP/1.1\r\nHost: {addr}\r\n{headers}\r\n");
    socket.write_all(head.as_bytes()).await?;
    Ok(Stream { socket, transport, raw: Vec::new(), events: Vec::new() })
}

impl Stream {
    /// The next text frame or the end.
    pub async fn next(&mut self) -> io::Result<Inbound> {
        loop {
            let found = match self.transport {
                Transport::WebSocket => self.next_message().await?,
                Transport::Sse => self.next_event()?,
            };
            if let Some(inbound) = found {
                return Ok(inbound);
            }
            match self.fill().await {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Inbound::Closed(0)),
                other => other?,
            }
        }
    }

    /// Reads what is left, unseen, until the server has ended the stream or the time is over.
    pub async fn ends_within(mut self, limit: Duration) -> bool {
        let drain = async {
            while self.fill().await.is_ok() {
                self.raw.clear();
            }
        };
        tokio::time::timeout(limit, drain).await.is_ok()
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.raw.reserve(READ_BYTES);
        if self.socket.read_buf(&mut self.raw).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    async fn next_message(&mut self) -> io::Result<Option<Inbound>> {
        while let Some((opcode, payload)) = split_message(&self.raw)? {
            let bytes = self.raw[payload.clone()].to_vec();
            self.raw.drain(..payload.end);
            match opcode {
                1 => return Ok(Some(Inbound::Text(bytes))),
                8 => return Ok(Some(Inbound::Closed(close_code(&bytes)))),
                9 => self.socket.write_all(&PONG).await?,
                _ => {}
            }
        }
        Ok(None)
    }

    fn next_event(&mut self) -> io::Result<Option<Inbound>> {
        loop {
            if let Some(end) = self.events.windows(2).position(|two| two == b"\n\n") {
                let data = event_data(&self.events[..end]);
                self.events.drain(..end + 2);
                match data {
                    Some(data) => return Ok(Some(Inbound::Text(data))),
                    None => continue,
                }
            }
            let Some((chunk, used)) = split_chunk(&self.raw)? else { return Ok(None) };
            if chunk.is_empty() {
                return Ok(Some(Inbound::Closed(0)));
            }
            self.events.extend_from_slice(&self.raw[chunk]);
            self.raw.drain(..used);
        }
    }
}

/// Opcode and payload of the first message, once it is complete.
fn split_message(raw: &[u8]) -> io::Result<Option<(u8, Range<usize>)>> {
    let [first, second, ..] = *raw else { return Ok(None) };
    if first & 0x80 == 0 || second & 0x80 != 0 {
        return Err(broken("a split or masked message from the server"));
    }
    let (head, length) = match (second, raw.get(2..4), raw.get(2..10)) {
        (126, Some(&[a, b]), _) => (4, u64::from(u16::from_be_bytes([a, b]))),
        (127, _, Some(bytes)) => (10, bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
        (126 | 127, ..) => return Ok(None),
        (short, ..) => (2, u64::from(short)),
    };
    let end = head + usize::try_from(length).map_err(|_error| broken("message too long"))?;
    Ok((raw.len() >= end).then_some((first & 0x0F, head..end)))
}

fn close_code(payload: &[u8]) -> u16 {
    payload.first_chunk().map_or(0, |code| u16::from_be_bytes(*code))
}

/// The first chunk's data, and how many bytes it and its frame take, once it is complete.
fn split_chunk(raw: &[u8]) -> io::Result<Option<(Range<usize>, usize)>> {
    let Some(line) = raw.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
    let size = std::str::from_utf8(&raw[..line]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
    let size = size.ok_or_else(|| broken("chunk without a size"))?;
    let start = line + 2;
    Ok((raw.len() >= start + size + 2).then_some((start..start + size, start + size + 2)))
}

/// The `data:` of an event; none of a comment.
fn event_data(event: &[u8]) -> Option<Vec<u8>> {
    let mut lines = event.split(|byte| *byte == b'\n');
    let data = lines.find_map(|line| line.strip_prefix(b"data:"))?;
    Some(data.strip_prefix(b" ").unwrap_or(data).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_only_when_it_is_whole() {
        assert_eq!(split_message(&[0x81, 3, b'a', b'b']).unwrap(), None);
        assert_eq!(split_message(&[0x81, 3, b'a', b'b', b'c', 0x81]).unwrap(), Some((1, 2..5)));
        let mut long = vec![0x81, 126, 1, 0];
        long.resize(260, b'x');
        assert_eq!(split_message(&long).unwrap(), Some((1, 4..260)));
        assert_eq!(split_message(&long[..3]).unwrap(), None);
    }

    #[test]
    fn chunks_and_events_are_unwrapped() {
        assert_eq!(split_chunk(b"5\r\nhello\r\nrest").unwrap(), Some((3..8, 10)));
        assert_eq!(split_chunk(b"5\r\nhell").unwrap(), None);
        assert_eq!(event_data(b"id: 3:42\ndata: {}"), Some(b"{}".to_vec()));
        assert_eq!(event_data(b": still here"), None);
    }
}
