//! Anonymous buyers.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::Serialize;

use super::auth::Who;
use super::body::{self, Nothing};
use super::call::{Answer, Call, json};
use super::code::Code;
use super::problem::Problem;
use crate::domain::BuyerId;
use crate::domain::time::Rfc3339;
use crate::limits::Counted;

/// A buyer and the token that proves it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SessionAnswer {
    #[schema(value_type = String, example = "buy_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")]
    buyer_id: BuyerId,
    /// For `Authorization: Bearer …`.
    token: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Rfc3339,
}

/// A new buyer, or with a valid token in `Authorization` a new token for the same one.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", operation_id = "start_session",
    responses((status = 201, description = "valid for 24 hours", body = SessionAnswer)))]
pub(super) async fn start(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.anyone().await?;
    let Nothing {} = body::parse_or_default(&call.body(payload).await?)?;
    let buyer_id = match who {
        None => {
            if let Some(asker) = call.anybody() {
                call.api.limiter.take(&asker, Counted::Session)?;
            }
            BuyerId::anonymous(call.api.sources.fresh_id())
        }
        Some(Who::Buyer(buyer)) => buyer,
        Some(Who::Key(_)) => {
            return Err(Problem::new(Code::Forbidden).detail("a secret key needs no session"));
        }
    };
    let (token, end) =
        call.api.auth.tokens.issue(&buyer_id).map_err(|error| Problem::fault(Code::Internal, error))?;
    Ok(json(StatusCode::CREATED, &SessionAnswer { buyer_id, token, expires_at: end.rfc3339() }))
}
