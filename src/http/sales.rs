//! Sales: from a hold, at once, and back.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::{Deserialize, Serialize};

use super::body::{self, Nothing};
use super::call::{Answer, Call, json};
use super::code::Code;
use super::holds::{Claim, HoldRequest, commit_claim};
use super::problem::Problem;
use super::query::{Query, invalid};
use crate::actors::{SalesAsked, SalesOf};
use crate::domain::Action;
use crate::domain::answer::{SaleAnswer, SoldAnswer, Source};
use crate::domain::command::Pick;
use crate::domain::settings::PIECES_PER_HOLD_MAX;

/// What comes back: nothing given means all that is left of the sale.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"offers": [{"offer": "latte", "quantity": 1}]}))]
pub(super) struct ReturnRequest {
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    offers: Option<Vec<Pick>>,
}

impl ReturnRequest {
    fn pieces(self) -> Result<Option<Vec<Pick>>, Problem> {
        match self.offers {
            Some(offers) if offers.is_empty() => {
                Err(Problem::at(Code::InvalidField, "/offers", "is empty; leave it out to return all"))
            }
            Some(offers) if offers.len() > PIECES_PER_HOLD_MAX as usize => {
                Err(Problem::new(Code::TooManyPieces).limit("offers", u64::from(PIECES_PER_HOLD_MAX)))
            }
            offers => Ok(offers),
        }
    }
}

/// One page of sales, newest first, as of the last committed record.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SaleList<'a> {
    epoch: u64,
    seq: u64,
    data: Vec<SoldAnswer<'a>>,
    has_more: bool,
}

/// My sales with what is left of them after returns, newest first; a secret key names the buyer, or a unit to
/// learn who has it.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/sales", tag = "sales", operation_id = "list_sales",
    params(
        ("buyer" = Option<String>, Query, description = "whose, for a secret key"),
        ("unit" = Option<String>, Query, description = "of which unit, for a secret key; instead of a buyer"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "50 unless given"),
        ("starting_after" = Option<String>, Query, pattern = "^sale_[0-9a-f]{32}$",
            description = "the last id of the page before")),
    responses((status = 200, description = "one page; what came back whole is not in it",
        body = SaleList<'static>)))]
pub(super) async fn list(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let inventory = call.inventory()?;
    let query = Query::of(&req, &["buyer", "unit", "limit", "starting_after"])?;
    let limit = query.limit()? as usize;
    let after = query.parsed("starting_after", "is not a sale id")?;
    let of = match query.text("unit") {
        None => SalesOf::Buyer(query.buyer(&who)?),
        Some(_) if query.text("buyer").is_some() => return Err(invalid("unit", "comes instead of a buyer")),
        Some(id) => {
            who.must_be_key()?;
            let unit = call.channel(inventory).await?.plan().unit_by_id(id);
            SalesOf::Unit(unit.ok_or_else(|| Problem::at(Code::UnitUnknown, "?unit", "no unit has this id"))?)
        }
    };
    let asked = SalesAsked { of, after, limit };
    let shown = call.api.inventories.sales_of(inventory, asked).await?;
    let source = Source { inventory, plan: &shown.plan, epoch: shown.epoch, seq: shown.seq };
    let data = shown.sales.iter().map(|(id, buyer, lines)| source.sold(*id, buyer, lines)).collect();
    let list = SaleList { epoch: shown.epoch, seq: shown.seq, data, has_more: shown.has_more };
    Ok(json(StatusCode::OK, &list))
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
    let Claim { who, inventory, body, buyer, wanted, access } = Claim::read(&call, payload).await?;
    let picks = wanted.picks().to_vec();
    let action = Action::PurchaseNow { buyer: buyer.clone(), wanted, access };
    let done = commit_claim(&call, &who, inventory, &body, &buyer, &picks, action).await?;
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
    let pieces = body::parse_or_default::<ReturnRequest>(&body)?.pieces()?;
    let done = call.commit(&who, inventory, &body, Action::Return { sale, pieces }).await?;
    call.done(StatusCode::OK, &done, done.source().sale_of(&done.record))
}
