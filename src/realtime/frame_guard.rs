//! Stands between the bytes of a WebSocket and whoever makes messages of them, and reads the heads of frames
//! (RFC 6455, section 5.2) before anything is kept of what they announce.
//!
//! The stream ends at the head of a frame that is too long or of no known kind, and with the frame that is one
//! too many: what a head claims costs nothing, and fragments count like all other frames. Knows nothing of what
//! the frames say; every kind of session puts one in front, with limits of its own.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_ws::ProtocolError;
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::Instant;

use super::budget::Budget;

/// What control frames carry at most (section 5.5).
const CONTROL_LEN_MAX: u64 = 125;
/// Two bytes, eight of a length, four of a mask.
const HEAD_LEN_MAX: usize = 14;

/// What one socket may send.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameLimits {
    /// Bytes in one frame.
    pub(super) payload_max: u64,
    /// Frames of all kinds, pieces of messages and empty ones too: so many at once …
    pub(super) burst: u32,
    /// … and then one after each of these.
    pub(super) refill: Duration,
}

/// Why a stream was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Breach {
    #[error("a frame is longer than is taken")]
    TooLong,
    #[error("too many frames")]
    Flood,
    #[error("a control frame is longer than 125 bytes")]
    ControlTooLong,
    #[error("a control frame comes in pieces")]
    ControlInPieces,
    #[error("reserved bits are set")]
    ReservedBits,
    #[error("a kind of frame that is not defined")]
    ReservedOpcode,
    #[error("a client's frame is not masked")]
    Unmasked,
    #[error("a length takes more bytes than it needs")]
    LengthNotMinimal,
}

impl Breach {
    /// The breach behind an error of the message stream, if it is one.
    pub(super) fn behind(error: &ProtocolError) -> Option<Self> {
        let ProtocolError::Io(outer) = error else { return None };
        let Some(PayloadError::Io(inner)) = outer.get_ref()?.downcast_ref::<PayloadError>() else {
            return None;
        };
        inner.get_ref()?.downcast_ref::<Self>().copied()
    }

    /// As a label of metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Flood => "flood",
            Self::ControlTooLong => "control_too_long",
            Self::ControlInPieces => "control_in_pieces",
            Self::ReservedBits => "reserved_bits",
            Self::ReservedOpcode => "reserved_opcode",
            Self::Unmasked => "unmasked",
            Self::LengthNotMinimal => "length_not_minimal",
        }
    }
}

/// The same bytes, as long as they keep to the limits.
pub(super) struct FrameGuard<S> {
    inner: S,
    frames: Frames,
    is_over: bool,
}

impl FrameGuard<Payload> {
    /// In front of whatever takes a payload.
    pub(super) fn in_front_of(payload: Payload, limits: FrameLimits) -> Payload {
        Payload::Stream { payload: Box::pin(Self::new(payload, limits)) }
    }
}

impl<S> FrameGuard<S> {
    fn new(inner: S, limits: FrameLimits) -> Self {
        Self { inner, frames: Frames::new(limits), is_over: false }
    }
}

impl<S> Stream for FrameGuard<S>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let Some(mut chunk) = ready!(Pin::new(&mut self.inner).poll_next(context)?) else {
            self.is_over = true;
            return Poll::Ready(None);
        };
        match self.frames.read(&chunk, Instant::now()) {
            Ok(len) => {
                self.is_over = self.frames.is_closed();
                chunk.truncate(len);
                Poll::Ready(Some(Ok(chunk)))
            }
            Err(breach) => {
                self.is_over = true;
                Poll::Ready(Some(Err(PayloadError::Io(io::Error::other(breach)))))
            }
        }
    }
}

/// Where in the frames a stream is, however it was cut.
struct Frames {
    limits: FrameLimits,
    budget: Budget,
    at: At,
}

enum At {
    /// In a head, of which so much is here.
    Head { bytes: [u8; HEAD_LEN_MAX], len: usize },
    /// In what a frame carries: so much is to come.
    Payload { left: u64, closes: bool },
    /// Behind a close frame nothing comes any more (section 5.5.1).
    Closed,
}

impl At {
    const START: Self = Self::Head { bytes: [0; HEAD_LEN_MAX], len: 0 };
}

impl Frames {
    fn new(limits: FrameLimits) -> Self {
        Self { limits, budget: Budget::full(limits.burst, limits.refill), at: At::START }
    }

    fn is_closed(&self) -> bool {
        matches!(self.at, At::Closed)
    }

    /// How much of the chunk may pass.
    fn read(&mut self, chunk: &[u8], now: Instant) -> Result<usize, Breach> {
        let mut rest = chunk;
        while !rest.is_empty() {
            match &mut self.at {
                At::Closed => break,
                At::Payload { left, closes } => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    rest = &rest[here..];
                    *left -= here as u64;
                    if *left == 0 {
                        self.at = if *closes { At::Closed } else { At::START };
                    }
                }
                At::Head { bytes, len } => {
                    if *len == 0 && !self.budget.take(now) {
                        return Err(Breach::Flood);
                    }
                    bytes[*len] = rest[0];
                    *len += 1;
                    rest = &rest[1..];
                    if let Some(next) = head(&bytes[..*len], self.limits.payload_max)? {
                        self.at = next;
                    }
                }
            }
        }
        Ok(chunk.len() - rest.len())
    }
}

/// What comes behind this head; None: it is not whole. Refused as soon as it can be.
fn head(bytes: &[u8], payload_max: u64) -> Result<Option<At>, Breach> {
    let first = bytes[0];
    let (is_last, reserved, opcode) = (first & 0x80 != 0, first & 0x70, first & 0x0f);
    if reserved != 0 {
        return Err(Breach::ReservedBits);
    }
    if !matches!(opcode, 0..=2 | 8..=10) {
        return Err(Breach::ReservedOpcode);
    }
    let is_control = opcode >= 8;
    if is_control && !is_last {
        return Err(Breach::ControlInPieces);
    }
    let Some(&second) = bytes.get(1) else { return Ok(None) };
    if second & 0x80 == 0 {
        return Err(Breach::Unmasked);
    }
    let (short, more) = (u64::from(second & 0x7f), &bytes[2..]);
    if is_control && short > CONTROL_LEN_MAX {
        return Err(Breach::ControlTooLong);
    }
    let (len_len, least) = match short {
        126 => (2, 126),
        127 => (8, 65_536),
        _ => (0, 0),
    };
    let Some(digits) = more.get(..len_len) else { return Ok(None) };
    let len =
        if len_len == 0 { short } else { digits.iter().fold(0, |len, &byte| len << 8 | u64::from(byte)) };
    if len > payload_max {
        return Err(Breach::TooLong);
    }
    if len < least {
        return Err(Breach::LengthNotMinimal);
    }
    let is_whole = more.len() == len_len + 4;
    Ok(is_whole.then_some(match (len, opcode == 8) {
        (0, true) => At::Closed,
        (0, false) => At::START,
        (left, closes) => At::Payload { left, closes },
    }))
}

#[cfg(test)]
#[path = "frame_guard/tests.rs"]
mod tests;
