//! A keep-alive HTTP/1.1 connection that costs as little as possible: the request is ready bytes, the
//! answer is a status and a body by `Content-Length`. No redirects, no chunks, no TLS.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest head that is accepted.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Longest body that is accepted: a plan of 200,000 seats fits.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One open connection. After an error it must be opened again.
pub struct Conn {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A whole answer; the body borrows the connection's buffer.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

/// What a head says about the bytes that follow it.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    pub head_bytes: usize,
    pub body_bytes: usize,
    pub chunked: bool,
}

impl Conn {
    pub async fn open(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends one request and reads its whole answer.
    pub async fn call(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let head = self.read_head().await?;
        let total = head.head_bytes + head.body_bytes;
        while self.buffer.len() < total {
            self.read_more().await?;
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.head_bytes..total] })
    }

    async fn read_head(&mut self) -> io::Result<Head> {
        loop {
            self.read_more().await?;
            if let Some(head) = parse_head(&self.buffer)? {
                return if head.chunked {
                    Err(broken("chunked answer where a length is needed"))
                } else {
                    Ok(head)
                };
            }
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Reads status and length from a head; `None` while it is not complete.
pub fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_BYTES_MAX { Err(broken("head too long")) } else { Ok(None) };
    };
    let text = std::str::from_utf8(&bytes[..end]).map_err(|error| broken(&error.to_string()))?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.get(9..12)).and_then(|code| code.parse().ok());
    let mut head = Head { status: 0, head_bytes: end + 4, body_bytes: 0, chunked: false };
    head.status = status.ok_or_else(|| broken("no status line"))?;
    for line in lines {
        read_header(line, &mut head)?;
    }
    Ok(Some(head))
}

fn read_header(line: &str, head: &mut Head) -> io::Result<()> {
    let Some((name, value)) = line.split_once(':') else { return Err(broken("header without a colon")) };
    if name.eq_ignore_ascii_case("content-length") {
        head.body_bytes = value.trim().parse().map_err(|_error| broken("content-length is no number"))?;
    }
    if name.eq_ignore_ascii_case("transfer-encoding") {
        head.chunked = value.trim().eq_ignore_ascii_case("chunked");
    }
    if head.body_bytes > BODY_BYTES_MAX { Err(broken("body too long")) } else { Ok(()) }
}

/// The bytes of one request. `headers` are whole lines without their end.
pub fn request(method: &str, host: &str, path: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if method != "GET" {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    if !body.is_empty() {
        bytes.extend_from_slice(b"Content-Type: application/json\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

pub fn broken(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_only_when_it_is_whole() {
        let text = b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\nx: y\r\n\r\nhello";
        assert_eq!(parse_head(&text[..40]).unwrap(), None);
        let head = parse_head(text).unwrap().unwrap();
        assert_eq!(head, Head { status: 201, head_bytes: 50, body_bytes: 12, chunked: false });
    }

    #[test]
    fn an_answer_without_a_length_has_no_body() {
        let head = parse_head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((head.status, head.body_bytes), (204, 0));
    }
}
