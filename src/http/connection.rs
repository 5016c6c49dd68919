//! One connection as the protocol's parser sees it, with what that parser leaves open (actix-http 3.20):
//!
//! - the head of the first request has a deadline there, those that follow on a kept connection have it here;
//! - behind an answer to a request that was not read to its end, it takes in whatever comes until its time is
//!   over: here only so much more is taken;
//! - what it refuses by itself (a head that is none, too long or too slow) it answers without a body: here that
//!   becomes the problem which every other refusal is.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// The parser's own answers are shorter.
const BARE_LEN_MAX: usize = 256;
const HEAD: &[u8] = b"HTTP/1.";
const NO_BODY: &str = "content-length: 0\r\n";

/// What goes with the refusal of a request that was none, by its status: headers, each with its line's end, and a
/// body. None: it goes as it is.
pub type Refused = Rc<dyn Fn(u16) -> Option<(String, Vec<u8>)>>;

/// A client's socket.
pub struct Connection {
    io: TcpStream,
    state: Rc<ConnectionState>,
    /// A head that has begun has to be whole within this.
    head_max: Duration,
    head_timer: Option<Pin<Box<Sleep>>>,
    refused: Refused,
    /// What is written instead of the parser's own words.
    instead: Option<Bytes>,
}

/// What the requests on a connection and the connection tell each other.
#[derive(Debug, Default)]
pub struct ConnectionState {
    /// Has had a request.
    is_used: Cell<bool>,
    /// Requests whose answer is not out.
    open: Cell<u32>,
    head_due: Cell<Option<Instant>>,
    /// Once it is to end: so many bytes are still taken in.
    left: Cell<Option<u64>>,
}

impl ConnectionState {
    pub(super) fn request_begins(&self) {
        self.is_used.set(true);
        self.open.set(self.open.get() + 1);
        self.head_due.set(None);
    }

    pub(super) fn request_ends(&self) {
        self.open.set(self.open.get().saturating_sub(1));
    }

    /// The answer is out though the request is not all in: the connection ends soon, and takes no more than this.
    pub(super) fn ends(&self, bytes_max: u64) {
        self.left.set(Some(self.left.get().unwrap_or(bytes_max).min(bytes_max)));
    }

    fn took(&self, bytes: usize, head_max: Duration) {
        if let Some(left) = self.left.get() {
            self.left.set(Some(left.saturating_sub(bytes as u64)));
        }
        if bytes > 0 && self.is_used.get() && self.open.get() == 0 && self.head_due.get().is_none() {
            self.head_due.set(Some(Instant::now() + head_max));
        }
    }
}

impl Connection {
    pub fn new(io: TcpStream, head_max: Duration, refused: Refused) -> Self {
        Self { io, state: Rc::default(), head_max, head_timer: None, refused, instead: None }
    }

    pub fn state(&self) -> Rc<ConnectionState> {
        Rc::clone(&self.state)
    }

    /// Ends with an error when a head is overdue. The timer runs on over requests that come in time, and is set
    /// anew when it has run out: most connections set it once in a while, not once a request.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let Some(due) = self.state.head_due.get() else { return Poll::Pending };
        let timer = self.head_timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        while timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= due {
                return Poll::Ready(io::Error::from(io::ErrorKind::TimedOut));
            }
            timer.as_mut().reset(due);
        }
        Poll::Pending
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.state.left.get() == Some(0) {
            return Poll::Pending; // until the parser's own timer ends it
        }
        let before = into.filled().len();
        if Pin::new(&mut self.io).poll_read(context, into)?.is_ready() {
            let head_max = self.head_max;
            self.state.took(into.filled().len() - before, head_max);
            return Poll::Ready(Ok(()));
        }
        self.poll_head(context).map(Err)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.instead.is_none() {
            if let before @ 1.. = before_refusal(bytes) {
                // Answers to the requests before it go first, as they are.
                return Pin::new(&mut this.io).poll_write(context, &bytes[..before]);
            }
            this.instead = in_other_words(bytes, &this.refused);
        }
        let Some(instead) = &mut this.instead else {
            return Pin::new(&mut this.io).poll_write(context, bytes);
        };
        while instead.has_remaining() {
            let written = ready!(Pin::new(&mut this.io).poll_write(context, instead))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            instead.advance(written);
        }
        this.instead = None;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

fn in_other_words(bytes: &[u8], refused: &Refused) -> Option<Bytes> {
    let (status, bare) = bare_refusal(bytes)?;
    let (headers, body) = refused(status)?;
    let head = bare.replacen(NO_BODY, &headers, 1);
    Some([head.as_bytes(), &body].concat().into())
}

/// How much stands before a refusal by the parser itself with which these bytes end; 0, when they are nothing else or
/// do not end so. No body of ours has an empty line in it that ends like a head.
fn before_refusal(bytes: &[u8]) -> usize {
    if !bytes.ends_with(b"\r\n\r\n") {
        return 0;
    }
    let from = bytes.len().saturating_sub(BARE_LEN_MAX);
    let begins = bytes[from..].windows(HEAD.len()).rposition(|part| part == HEAD);
    begins.map(|at| from + at).filter(|&at| bare_refusal(&bytes[at..]).is_some()).unwrap_or(0)
}

/// The status and all of it, if this is a refusal by the parser itself: an error without a body, which no call answers.
fn bare_refusal(bytes: &[u8]) -> Option<(u16, &str)> {
    if bytes.len() > BARE_LEN_MAX || !bytes.starts_with(HEAD) || !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let status: u16 = text.get(9..12)?.parse().ok()?;
    (text.contains(NO_BODY) && matches!(status, 400..=599)).then_some((status, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parsers_own_refusals_are_told_in_other_words() {
        let bare = |head: &str| bare_refusal(format!("{head}\r\n\r\n").as_bytes()).map(|(status, _)| status);
        let date = "date: Fri, 01 May 2026 11:00:00 GMT";
        assert_eq!(bare(&format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n{date}")), Some(400));
        assert_eq!(bare(&format!("HTTP/1.0 408 Request Timeout\r\ncontent-length: 0\r\n{date}")), Some(408));
        for other in [
            "HTTP/1.1 204 No Content\r\ncontent-length: 0",
            "HTTP/1.1 200 OK\r\ncontent-length: 0",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 250",
            "HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked",
            "HTTP/1.1 abc Bad Request\r\ncontent-length: 0",
            "HTTP/1.1 100 Continue",
            "400",
            "",
        ] {
            assert_eq!(bare(other), None, "{other}");
        }
    }

    #[test]
    fn a_refusal_is_found_behind_answers_that_go_out_with_it() {
        let refusal = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        let empty = "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
        let before = |parts: &[&str]| before_refusal(parts.concat().as_bytes());
        assert_eq!(before(&[answer, refusal]), answer.len());
        assert_eq!(before(&[empty, &answer.repeat(100), refusal]), empty.len() + 100 * answer.len());
        for other in [&[refusal][..], &[answer], &[answer, empty], &[refusal, answer], &[]] {
            assert_eq!(before(other), 0, "{other:?}");
        }
    }
}
