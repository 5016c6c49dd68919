//! A WebSocket session: frames out, pings and an `auth` message in.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, CloseReason, ProtocolError, Session};
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::time::Instant;

use super::channel::{Channel, Joined};
use super::frame::{Position, SharedFrame};
use super::viewer::{Next, close};
use crate::domain::BuyerId;
use crate::telemetry;

const PING_EVERY: Duration = Duration::from_secs(25);
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// A write that takes longer means that nobody reads.
const WRITE_MAX: Duration = Duration::from_secs(10);
const INBOUND_MAX: usize = 4 * 1024;
/// Messages a viewer may send: a burst, refilled one each fifth of a second.
const MESSAGES_BURST: u32 = 20;
const MESSAGE_REFILL: Duration = Duration::from_millis(200);

/// Whose token this is; None if it does not hold.
pub type Verify = Arc<dyn Fn(&str) -> Option<BuyerId> + Send + Sync>;

/// Upgrades the request and serves the channel on it. The caller has checked the origin.
pub fn websocket(
    req: &HttpRequest,
    body: web::Payload,
    channel: Arc<Channel>,
    resume: Option<&str>,
    verify: Verify,
) -> actix_web::Result<HttpResponse> {
    let position: Option<Position> = resume.and_then(|text| text.parse().ok());
    let (response, session, stream) = actix_ws::handle(req, body)?;
    let Some(joined) = channel.join("websocket", position) else {
        return Ok(HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).finish());
    };
    let stream =
        stream.max_frame_size(INBOUND_MAX).aggregate_continuations().max_continuation_size(INBOUND_MAX);
    let connection = Connection { session, joined, verify, budget: Budget::full(), heard_at: Instant::now() };
    rt::spawn(connection.run(stream));
    Ok(response)
}

struct Connection {
    session: Session,
    joined: Joined,
    verify: Verify,
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
        let jitter = Duration::from_millis(self.joined.viewer_jitter() % (PING_EVERY.as_millis() as u64 / 2));
        let mut ping = tokio::time::interval_at(Instant::now() + PING_EVERY - jitter, PING_EVERY);
        let end = loop {
            let step = tokio::select! {
                next = self.joined.viewer.next() => self.forward(next).await,
                message = messages.next() => self.hear(message).await,
                _ = ping.tick() => self.ping().await,
            };
            if let Err(end) = step {
                break end;
            }
        };
        if let End::Close(code) = end {
            let reason = CloseReason { code: code.into(), description: None };
            let _gone_either_way = tokio::time::timeout(WRITE_MAX, self.session.close(Some(reason))).await;
        }
    }

    async fn forward(&mut self, next: Next) -> Result<(), End> {
        match next {
            Next::Frame(frame) => self.send(frame).await,
            Next::Snapshot => {
                let frame = self.joined.snapshot();
                self.send(frame).await
            }
            Next::Close(code) => Err(End::Close(code)),
        }
    }

    async fn send(&mut self, frame: SharedFrame) -> Result<(), End> {
        telemetry::frame_sent(frame.kind.name(), frame.len());
        match tokio::time::timeout(WRITE_MAX, self.session.text(frame.text.clone())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_closed)) => Err(End::Gone),
            Err(_elapsed) => {
                telemetry::slow_close();
                Err(End::Close(close::SLOW))
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.heard_at.elapsed() > SILENCE_MAX {
            return Err(End::Close(close::SILENT));
        }
        match tokio::time::timeout(WRITE_MAX, self.session.ping(b"")).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    async fn hear(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> Result<(), End> {
        self.heard_at = Instant::now();
        if !self.budget.take() {
            return Err(End::Close(close::FLOOD));
        }
        match message {
            None => Err(End::Gone),
            Some(Ok(AggregatedMessage::Text(text))) => self.obey(&text),
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                self.session.pong(&payload).await.map_err(|_closed| End::Gone)
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Close(_))) => Err(End::Close(1000)),
            Some(Ok(AggregatedMessage::Binary(_)) | Err(_)) => Err(End::Close(close::BAD_MESSAGE)),
        }
    }

    fn obey(&mut self, text: &str) -> Result<(), End> {
        match serde_json::from_str(text) {
            Ok(Inbound::Auth { token }) => match (self.verify)(&token) {
                Some(buyer) => {
                    self.joined.authorise(buyer);
                    Ok(())
                }
                None => Err(End::Close(close::BAD_TOKEN)),
            },
            Ok(Inbound::Unknown) => Ok(()),
            Err(_malformed) => Err(End::Close(close::BAD_MESSAGE)),
        }
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

/// A bucket of messages.
struct Budget {
    left: u32,
    refilled_at: Instant,
}

impl Budget {
    fn full() -> Self {
        Self { left: MESSAGES_BURST, refilled_at: Instant::now() }
    }

    fn take(&mut self) -> bool {
        let refills = self.refilled_at.elapsed().as_millis() / MESSAGE_REFILL.as_millis();
        if refills > 0 {
            let more = u32::try_from(refills).unwrap_or(u32::MAX);
            self.left = self.left.saturating_add(more).min(MESSAGES_BURST);
            self.refilled_at = Instant::now();
        }
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => return false,
        };
        true
    }
}
