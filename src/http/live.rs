//! The live stream: a WebSocket when upgraded, else server-sent events.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::MessageBody;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use smallvec::SmallVec;

use super::budget::{Keeping, StreamPlace};
use super::call::{Answer, Call};
use super::code::Code;
use super::origin::is_same;
use super::problem::{Problem, quoted};
use super::query::Query;
use crate::domain::{BuyerId, Timestamp};
use crate::limits::{Asker, Party};
use crate::realtime::{self, Unproven, Verify};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The frames of `/asyncapi.json`. With its last `epoch:seq` a client resumes where it was.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/live", tag = "live", operation_id = "live",
    params(
        ("last_event_id" = Option<String>, Query, description = "the last `epoch:seq` that was seen"),
        ("Last-Event-ID" = Option<String>, Header, description = "the same, as browsers send it")),
    responses(
        (status = 101, description = "a WebSocket"),
        (status = 200, description = "server-sent events", body = String, content_type = "text/event-stream")))]
pub(super) async fn live(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let inventory = call.inventory()?;
    origin_is_allowed(&call)?;
    let query = Query::of(&req, &["last_event_id"])?;
    let resume = call.header(LAST_EVENT_ID).or(query.text("last_event_id"));
    if is_upgrade(&call) {
        let places = places(&call, None)?;
        let channel = call.channel(inventory).await?;
        let verify = verify(&call, places.clone());
        let upgraded = realtime::websocket(&req, payload, channel, resume, verify).await;
        let answer = upgraded.map_err(|error| Problem::new(Code::BadRequest).detail(error.to_string()))?;
        return Ok(keeping(answer, places));
    }
    let proof = call.api.auth.proof(req.headers()).await?;
    let places = places(&call, proof.as_ref().map(|proof| &proof.buyer))?;
    let channel = call.channel(inventory).await?;
    Ok(keeping(realtime::event_stream(channel, resume, proof), places))
}

/// The places that one stream takes: its address's, and its buyer's once that is known.
type Places = Arc<Mutex<SmallVec<[StreamPlace; 2]>>>;

fn places(call: &Call<'_>, buyer: Option<&BuyerId>) -> Result<Places, Problem> {
    let mut places = SmallVec::new();
    if let Some(asker) = call.anybody() {
        let party = buyer.map_or(Party::Nobody, |buyer| Party::Buyer(buyer.clone()));
        places.push(StreamPlace::take(call.api, Asker { party, ..asker })?);
    }
    Ok(Arc::new(Mutex::new(places)))
}

/// A WebSocket says only later whose it is.
fn verify(call: &Call<'_>, places: Places) -> Verify {
    let (tokens, api) = (call.api.auth.tokens.verifier(), Arc::clone(call.api));
    let asker = call.anybody();
    Arc::new(move |token| {
        let proof = tokens(token)?;
        if let Some(asker) = &asker {
            let asker = Asker { party: Party::Buyer(proof.buyer.clone()), ..asker.clone() };
            let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
            // The address's own place is given back in the same breath.
            places.clear();
            places.push(StreamPlace::take(&api, asker).map_err(|_turned_away| Unproven::TooMany)?);
        }
        Ok(proof)
    })
}

fn keeping(answer: HttpResponse, places: Places) -> HttpResponse {
    answer.map_body(|_, body| Keeping { body, _kept: places }.boxed())
}

fn origin_is_allowed(call: &Call<'_>) -> Result<(), Problem> {
    let Some(origin) = call.origin() else { return Ok(()) };
    let host = call.header(header::HOST).unwrap_or_default();
    if call.api.origins.allow(origin) || is_same(origin, host) {
        return Ok(());
    }
    let (origin, host) = (quoted(origin.to_owned()), quoted(host.to_owned()));
    if call.api.refusals.is_told(call.api.sources.now()) {
        tracing::warn!(%origin, %host, "a page of another origin wants the live stream; `allowed_origins` names those that may");
    }
    let detail = format!(
        "a page of {origin} may not open the live stream of {host}: its origin is neither that nor in `allowed_origins`"
    );
    Err(Problem::new(Code::OriginNotAllowed).detail(detail))
}

/// So that whoever asks does not fill the log: one line in this time.
const TOLD_EVERY_MS: i64 = 10_000;

/// When a refusal was last written to the log.
#[derive(Debug, Default)]
pub(super) struct Refusals(AtomicI64);

impl Refusals {
    fn is_told(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        let is_due = last == 0 || now.since_ms(Timestamp(last)) >= TOLD_EVERY_MS;
        is_due && self.0.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

fn is_upgrade(call: &Call<'_>) -> bool {
    call.header(header::UPGRADE).is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_logged_at_a_bounded_rate() {
        let refusals = Refusals::default();
        let told = |at: i64| refusals.is_told(Timestamp(1_777_633_200_000 + at));
        assert_eq!([0, 1, 9_999, 10_000, 10_001, 20_000].map(told), [true, false, false, true, false, true]);
    }
}
