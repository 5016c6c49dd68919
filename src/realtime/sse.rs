//! Server-sent events: the same frames as a stream that any browser reads and resumes by itself.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use bytes::Bytes;
use futures_util::Stream;

use super::channel::{Channel, Joined};
use super::proof::Proof;
use super::viewer::Next;
use crate::telemetry;

/// Clients come back after this and up to as much again, so that they do not all come at once.
const RETRY_MS: u64 = 1_000;

/// The stream of a channel; 503 when there are too many viewers. A client that reads nothing is cut off by
/// the socket's own time-out.
pub fn event_stream(channel: Arc<Channel>, resume: Option<&str>, proof: Option<Proof>) -> HttpResponse {
    let position = resume.and_then(|text| text.parse().ok());
    let Some(mut joined) = channel.join("sse", position) else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    if let Some(proof) = &proof {
        joined.authorise(proof.clone());
    }
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events(joined, proof))
}

/// Ends with the token that it was opened with: its buyer comes back with another.
fn events(joined: Joined, proof: Option<Proof>) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    let jitter = joined.jitter() % RETRY_MS;
    let hello = Bytes::from(format!("retry: {}\n\n", RETRY_MS + jitter));
    let comment_every = joined.options().comment_every;
    futures_util::stream::unfold((Some(hello), joined, proof), move |(hello, joined, proof)| async move {
        if let Some(hello) = hello {
            return Some((Ok(hello), (None, joined, proof)));
        }
        let patience = proof.as_ref().map_or(comment_every, |proof| comment_every.min(proof.left()));
        let frame = match tokio::time::timeout(patience, joined.viewer.next()).await {
            Err(_elapsed) if proof.as_ref().is_some_and(Proof::is_over) => return None,
            Err(_elapsed) => return Some((Ok(Bytes::from_static(b":\n\n")), (None, joined, proof))),
            Ok(Next::End) => return None,
            Ok(Next::Frame(frame)) => frame,
            Ok(Next::Snapshot) => joined.snapshot_instead(),
        };
        telemetry::frame_sent(frame.kind.name(), frame.len());
        Some((Ok(frame.event()), (None, joined, proof)))
    })
}
