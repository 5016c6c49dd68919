//! A WebSocket session: frames out, pings and an `auth` message in.
//!
//! Frames go from the viewer's queue straight into the response body, and only as fast as the socket takes
//! them; a task beside it listens, pings, and says good-bye. So what waits for a slow socket waits in the
//! bounded queue, and nobody ever waits for a write.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodyStream, BoxBody, MessageBody};
use actix_web::{FromRequest, HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, CloseReason, ProtocolError, Session};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use tokio::time::Instant;

use super::budget::Budget;
use super::channel::{Channel, Joined};
use super::frame::{BEAT, Position};
use super::frame_guard::{Breach, FrameGuard, FrameLimits};
use super::proof::{Proof, Unproven, Verify};
use super::viewer::{Next, Viewer, close};
use crate::telemetry;

const INBOUND_MAX: usize = 4 * 1024;
/// Messages a viewer may send: a burst, refilled one each fifth of a second.
const MESSAGES_BURST: u32 = 20;
const MESSAGE_REFILL: Duration = Duration::from_millis(200);
/// What a client says that leaves on its own.
const NORMAL: u16 = 1000;

/// Frames of all kinds, pieces of messages too: more than the messages may ever need.
const FRAMES: FrameLimits =
    FrameLimits { payload_max: INBOUND_MAX as u64, burst: 100, refill: Duration::from_millis(20) };

/// Upgrades the request and serves the channel on it. The caller has checked the origin.
pub async fn websocket(
    req: &HttpRequest,
    body: web::Payload,
    channel: Arc<Channel>,
    resume: Option<&str>,
    verify: Verify,
) -> actix_web::Result<HttpResponse> {
    let position: Option<Position> = resume.and_then(|text| text.parse().ok());
    let mut guarded = FrameGuard::in_front_of(body.into_inner(), FRAMES);
    let body = web::Payload::from_request(req, &mut guarded).await?;
    let (response, session, stream) = actix_ws::handle(req, body)?;
    let Some(joined) = channel.join("websocket", position) else {
        return Ok(HttpResponse::ServiceUnavailable().finish());
    };
    let stream =
        stream.max_frame_size(INBOUND_MAX).aggregate_continuations().max_continuation_size(INBOUND_MAX);
    let viewer = joined.viewer.clone();
    let budget = Budget::full(MESSAGES_BURST, MESSAGE_REFILL);
    let connection = Connection { session, joined, verify, proof: None, budget, heard_at: Instant::now() };
    rt::spawn(connection.run(stream));
    Ok(response.map_body(|_, control| BodyStream::new(Output { control, viewer, channel }).boxed()))
}

/// What goes out: the session's control frames first, then the viewer's.
struct Output {
    /// Ends with the close frame, or when the session does.
    control: BoxBody,
    viewer: Arc<Viewer>,
    channel: Arc<Channel>,
}

impl Stream for Output {
    type Item = Result<Bytes, Box<dyn std::error::Error>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(control) = Pin::new(&mut self.control).poll_next(context) {
            return Poll::Ready(control);
        }
        let frame = match self.viewer.poll_next(context) {
            Poll::Ready(Next::Frame(frame)) => frame,
            Poll::Ready(Next::Snapshot) => self.channel.snapshot_instead(&self.viewer),
            // The session sends the close frame.
            Poll::Ready(Next::End) | Poll::Pending => return Poll::Pending,
        };
        telemetry::frame_sent(frame.kind.name(), frame.len());
        Poll::Ready(Some(Ok(frame.message())))
    }
}

struct Connection {
    session: Session,
    joined: Joined,
    verify: Verify,
    /// Of the buyer whose holds are told here.
    proof: Option<Proof>,
    budget: Budget,
    heard_at: Instant,
}

/// Why a session ends: with a close frame, or because the other side has gone.
enum End {
    Close(u16),
    Gone,
}

impl Connection {
    async fn run(mut self, mut messages: actix_ws::AggregatedMessageStream) {
        let options = self.joined.options();
        let (silence_max, write_max) = (options.silence_max, options.write_max);
        let mut ping =
            tokio::time::interval_at(Instant::now() + self.joined.first_ping(), options.ping_every);
        let mut beat =
            tokio::time::interval_at(Instant::now() + self.joined.first_beat(), options.beat_every);
        let end = loop {
            let step = tokio::select! {
                code = self.joined.viewer.closed() => Err(End::Close(code)),
                message = messages.next() => tokio::time::timeout(write_max, self.hear(message))
                    .await
                    .unwrap_or(Err(End::Close(close::SLOW))),
                _ = ping.tick() => tokio::time::timeout(write_max, self.session.ping(b""))
                    .await
                    .map_or(Err(End::Close(close::SLOW)), |sent| sent.map_err(|_closed| End::Gone)),
                _ = beat.tick() => tokio::time::timeout(write_max, self.session.text(BEAT))
                    .await
                    .map_or(Err(End::Close(close::SLOW)), |sent| sent.map_err(|_closed| End::Gone)),
                () = tokio::time::sleep_until(self.heard_at + silence_max) => Err(End::Close(close::SILENT)),
                () = ended(self.proof.as_ref()) => Err(End::Close(close::TOKEN_OVER)),
            };
            if let Err(end) = step {
                break end;
            }
        };
        let Self { session, joined, .. } = self;
        drop(joined);
        if let End::Close(code) = end {
            let _gone_either_way = tokio::time::timeout(write_max, say_why(session, code, messages)).await;
        }
    }

    async fn hear(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> Result<(), End> {
        self.heard_at = Instant::now();
        if !self.budget.take(self.heard_at) {
            return Err(End::Close(close::FLOOD));
        }
        match message {
            None => Err(End::Gone),
            Some(Ok(AggregatedMessage::Text(text))) => self.obey(&text),
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                self.session.pong(&payload).await.map_err(|_closed| End::Gone)
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Close(_))) => Err(End::Close(NORMAL)),
            Some(Ok(AggregatedMessage::Binary(_))) => Err(End::Close(close::BAD_MESSAGE)),
            Some(Err(error)) => Err(End::Close(code_of(&error))),
        }
    }

    /// The first buyer stays; a newer token of the same one carries on.
    fn authorise(&mut self, proof: Proof) {
        let is_other = self.proof.as_ref().is_some_and(|known| known.buyer != proof.buyer);
        if !is_other {
            self.joined.authorise(proof.clone());
            self.proof = Some(proof);
        }
    }

    fn obey(&mut self, text: &str) -> Result<(), End> {
        match read(text) {
            Ok(Inbound::Auth { token }) => match (self.verify)(&token) {
                Ok(proof) => {
                    self.authorise(proof);
                    Ok(())
                }
                Err(Unproven::BadToken) => Err(End::Close(close::BAD_TOKEN)),
                Err(Unproven::TooMany) => Err(End::Close(close::TOO_MANY)),
            },
            Ok(Inbound::Unknown) => Ok(()),
            Err(_malformed) => Err(End::Close(close::BAD_MESSAGE)),
        }
    }
}

/// An object: serde would take the fields of one in an array as well.
fn read(text: &str) -> serde_json::Result<Inbound> {
    match text.trim_ascii_start().starts_with('{') {
        true => serde_json::from_str(text),
        false => Err(serde::de::Error::custom("not an object")),
    }
}

/// When what a token proves is over; never, where none was given.
async fn ended(proof: Option<&Proof>) {
    match proof {
        Some(proof) => tokio::time::sleep(proof.left()).await,
        None => std::future::pending().await,
    }
}

/// What a stream that broke is closed with.
fn code_of(error: &ProtocolError) -> u16 {
    let Some(breach) = Breach::behind(error) else { return close::BAD_MESSAGE };
    telemetry::socket_refused(breach.name());
    match breach {
        Breach::Flood => close::FLOOD,
        _ => close::BAD_MESSAGE,
    }
}

/// Sends the close frame, and takes what still comes in until that is out: a socket that is closed over
/// unread data is reset, and the other side may never read why.
async fn say_why(session: Session, code: u16, mut messages: actix_ws::AggregatedMessageStream) {
    let reason = CloseReason { code: code.into(), description: None };
    if session.close(Some(reason)).await.is_ok() {
        while let Some(Ok(_)) = messages.next().await {}
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Inbound {
    Auth {
        token: String,
    },
    /// Newer clients may say more than this server knows.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_messages_are_understood_as_such_and_nonsense_is_not() {
        let kind = |text: &str| match read(text) {
            Ok(Inbound::Auth { .. }) => "auth",
            Ok(Inbound::Unknown) => "unknown",
            Err(_) => "bad",
        };
        assert_eq!(kind(r#"{"type":"auth","token":"x","more":1}"#), "auth");
        assert_eq!(kind(r#"{"type":"wave","hand":[1,{}]}"#), "unknown");
        for bad in [
            "",
            "{",
            "[]",
            "1",
            "{}",
            r#"["auth","x"]"#,
            r#"["auth",{"token":"x"}]"#,
            r#"{"type":1}"#,
            r#"{"type":"auth"}"#,
            r#"{"type":"auth","token":7}"#,
        ] {
            assert_eq!(kind(bad), "bad", "{bad}");
        }
    }
}
