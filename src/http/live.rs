//! The live stream: a WebSocket when upgraded, else server-sent events.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Payload;

use super::auth::Who;
use super::call::{Answer, Call};
use super::code::Code;
use super::problem::Problem;
use super::query::Query;
use crate::realtime;

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
        let channel = call.channel(inventory).await?;
        let verify = call.api.auth.tokens.verifier();
        let upgraded = realtime::websocket(&req, payload, channel, resume, verify).await;
        return upgraded.map_err(|error| Problem::new(Code::BadRequest).detail(error.to_string()));
    }
    let buyer = match call.anyone().await? {
        Some(Who::Buyer(buyer)) => Some(buyer),
        Some(Who::Key(_)) | None => None,
    };
    let channel = call.channel(inventory).await?;
    Ok(realtime::event_stream(channel, resume, buyer))
}

fn origin_is_allowed(call: &Call<'_>) -> Result<(), Problem> {
    match call.origin() {
        None => Ok(()),
        Some(origin) if call.api.origins.allow(origin) => Ok(()),
        Some(_) => Err(Problem::new(Code::OriginNotAllowed)),
    }
}

fn is_upgrade(call: &Call<'_>) -> bool {
    call.header(header::UPGRADE).is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}
