//! Sales: from a hold, at once, and back.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::Deserialize;

use super::body::{self, Nothing};
use super::call::{Answer, Call};
use super::code::Code;
use super::holds::{Claim, HoldRequest};
use super::picks;
use super::problem::Problem;
use crate::domain::answer::SaleAnswer;
use crate::domain::command::Pick;
use crate::domain::{Action, Caller};

/// What comes back: nothing given means all that is left of the sale.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"offers": [{"offer": "latte", "quantity": 1}]}))]
pub(super) struct ReturnRequest {
    /// At most 1,000 entries.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 1000)]
    offers: Option<Vec<Pick>>,
}

impl ReturnRequest {
    fn pieces(self, caller: &Caller) -> Result<Option<Vec<Pick>>, Problem> {
        picks::picked_by(caller, self.offers.as_deref().unwrap_or_default(), "/offers")?;
        match self.offers {
            Some(offers) if offers.is_empty() => {
                Err(Problem::at(Code::InvalidField, "/offers", "is empty; leave it out to return all"))
            }
            offers => Ok(offers),
        }
    }
}

/// Make a hold permanent. With the setting `checkout: key` a secret key has to do it, after payment.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/holds/{hold}/purchase", tag = "sales",
    operation_id = "purchase_hold",
    responses((status = 201, description = "sold", body = SaleAnswer<'static>)))]
pub(super) async fn purchase(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let (inventory, hold) = (call.inventory()?, call.hold()?);
    let body = call.body(payload).await?;
    let Nothing {} = body::parse_or_default(&body)?;
    let done = call.commit(&who, inventory, &body, Action::Purchase { hold }).await?;
    call.done(StatusCode::CREATED, &done, done.source().sale_of(&done.record))
}

/// Hold and purchase in one step, for a flash sale.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/purchases", tag = "sales",
    operation_id = "purchase_now", request_body = HoldRequest,
    responses((status = 201, description = "sold", body = SaleAnswer<'static>)))]
pub(super) async fn purchase_now(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let claim = Claim::read(&call, payload).await?;
    let purchase = |buyer, wanted, access| Action::PurchaseNow { buyer, wanted, access };
    let done = claim.commit(&call, purchase).await?;
    call.done(StatusCode::CREATED, &done, done.source().sale_of(&done.record))
}

/// Sold units come back after a refund: all that is left, or some pieces.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/sales/{sale}/return", tag = "sales",
    operation_id = "return_sale", request_body = Option<ReturnRequest>,
    responses((status = 200, description = "what came back, state `returned`", body = SaleAnswer<'static>)))]
pub(super) async fn give_back(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_key()?;
    let (inventory, sale) = (call.inventory()?, call.sale()?);
    let body = call.body(payload).await?;
    let pieces = body::parse_or_default::<ReturnRequest>(&body)?.pieces(&who.caller())?;
    let done = call.commit(&who, inventory, &body, Action::Return { sale, pieces }).await?;
    call.done(StatusCode::OK, &done, done.source().sale_of(&done.record))
}
