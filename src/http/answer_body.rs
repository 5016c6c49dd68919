//! What goes out, and what is left of what came in.
//!
//! Large bodies leave in slices of shared bytes: a client that does not read costs one slice, not the whole. And
//! whatever of a request nobody has read is kept until its answer is out: actix-http (3.20) ends a connection in
//! good time only while somebody still holds the unread part, and else drains a chunked one for ever.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::connection::ConnectionState;

/// What is handed to a connection at a time.
const SLICE_LEN: usize = 32 * 1024;
/// So much may still come behind an answer, from a sender who first sends all and reads then; and behind the end of
/// a WebSocket, where only what is on its way already is.
const BEHIND_ANSWER_MAX: u64 = 1 << 20;
const BEHIND_STREAM_MAX: u64 = 16 * 1024;
/// A smaller body goes out whole.
const WHOLE_LEN_MAX: usize = 64 * 1024;

/// The body of every answer.
pub struct AnswerBody {
    body: BoxBody,
    _request: Option<OpenRequest>,
}

impl AnswerBody {
    pub(super) fn new(body: BoxBody, request: Option<OpenRequest>) -> Self {
        Self { body: if is_large(&body) { sliced(body) } else { body }, _request: request }
    }
}

fn is_large(body: &BoxBody) -> bool {
    matches!(body.size(), BodySize::Sized(len) if len > WHOLE_LEN_MAX as u64)
}

fn sliced(body: BoxBody) -> BoxBody {
    body.try_into_bytes().map_or_else(|streamed| streamed, |bytes| BoxBody::new(Slices(bytes)))
}

impl MessageBody for AnswerBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

/// Bytes in slices, none of them copied.
struct Slices(Bytes);

impl MessageBody for Slices {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let len = self.0.len().min(SLICE_LEN);
        let slice = self.0.split_to(len);
        Poll::Ready((!slice.is_empty()).then_some(Ok(slice)))
    }
}

/// A request whose answer is not out.
pub(super) struct OpenRequest {
    unread: Option<Unread>,
    connection: Option<Rc<ConnectionState>>,
    /// What is still taken in behind the answer.
    behind_max: u64,
}

impl OpenRequest {
    /// Takes the payload; handlers get another way to it.
    pub(super) fn begin(payload: &mut Payload, connection: Option<Rc<ConnectionState>>) -> Self {
        let unread = match payload {
            Payload::None => None,
            _ => Some(Unread(Rc::new(RefCell::new(payload.take())))),
        };
        if let Some(unread) = &unread {
            *payload = Payload::Stream { payload: Box::pin(Unread(Rc::clone(&unread.0))) };
        }
        if let Some(connection) = &connection {
            connection.request_begins();
        }
        Self { unread, connection, behind_max: BEHIND_ANSWER_MAX }
    }

    /// It is a stream both ways from now on, and over when the answer is.
    pub(super) fn upgraded(&mut self) {
        self.behind_max = BEHIND_STREAM_MAX;
    }

    /// Whether all of the request has come, read or not. What has is read.
    pub(super) fn is_all_here(&self) -> bool {
        self.unread.as_ref().is_none_or(Unread::is_all_here)
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        let is_all_here = self.is_all_here();
        let Some(connection) = &self.connection else { return };
        connection.request_ends();
        if !is_all_here {
            connection.ends(self.behind_max);
        }
    }
}

/// A payload that two hold.
struct Unread(Rc<RefCell<Payload>>);

impl Unread {
    fn is_all_here(&self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let mut payload = self.0.borrow_mut();
        loop {
            match Pin::new(&mut *payload).poll_next(&mut context) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(None | Some(Err(_))) => return true,
                Poll::Pending => return false,
            }
        }
    }
}

impl Stream for Unread {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: BoxBody) -> (BodySize, Vec<Bytes>) {
        let mut body = AnswerBody::new(body, None);
        let size = body.size();
        let mut context = Context::from_waker(Waker::noop());
        let mut parts = Vec::new();
        while let Poll::Ready(Some(part)) = Pin::new(&mut body).poll_next(&mut context) {
            parts.push(part.unwrap());
        }
        (size, parts)
    }

    #[test]
    fn a_large_body_leaves_in_slices_that_nobody_copied() {
        let whole = Bytes::from((0..5 * SLICE_LEN + 7).map(|n| n as u8).collect::<Vec<_>>());
        let (size, parts) = read(BoxBody::new(whole.clone()));
        assert_eq!(size, BodySize::Sized(whole.len() as u64));
        assert!(parts.iter().all(|part| part.len() <= SLICE_LEN));
        assert_eq!(parts.concat(), whole);
        assert_eq!(parts[1].as_ptr(), whole[SLICE_LEN..].as_ptr());
    }

    #[test]
    fn a_small_one_goes_as_it_is_and_none_stays_none() {
        let (size, parts) = read(BoxBody::new(Bytes::from_static(b"{}")));
        assert_eq!((size, parts.len()), (BodySize::Sized(2), 1));
        let (size, parts) = read(BoxBody::new(Bytes::from(vec![b' '; WHOLE_LEN_MAX])));
        assert_eq!((size, parts.len()), (BodySize::Sized(WHOLE_LEN_MAX as u64), 1));
        assert_eq!(read(BoxBody::new(())).1.len(), 0);
    }
}
