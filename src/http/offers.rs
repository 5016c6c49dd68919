//! What can be bought that is not simply one seat, and how much of it is really left.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::call::{Answer, Call, json};
use crate::domain::Money;

/// An offer as of the last committed record.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OfferAnswer<'a> {
    #[schema(example = "latte")]
    id: &'a str,
    label: &'a str,
    /// Null when unknown.
    #[schema(required)]
    price: Option<Money>,
    /// Unit id and how many of it one piece takes.
    #[schema(value_type = Vec<(String, u32)>)]
    units: Vec<(&'a str, u32)>,
    /// So many pieces could be had now: the least that any of its units is enough for.
    available: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OfferList<'a> {
    epoch: u64,
    seq: u64,
    data: Vec<OfferAnswer<'a>>,
    has_more: bool,
}

/// Areas, items and named offers; seats are in `availability`.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/offers", tag = "inventories", operation_id = "list_offers",
    responses((status = 200, description = "offers and what is left of each", body = OfferList<'static>)))]
pub(super) async fn list(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let channel = call.channel(call.inventory()?).await?;
    let left = channel.offers_left();
    let plan = &left.plan;
    let offer = |&(offer, available): &(u32, u32)| {
        let mut units = Vec::new();
        plan.bill(offer, |unit, each| units.push((&*plan.unit(unit).id, each)));
        OfferAnswer {
            id: plan.offer_id(offer),
            label: plan.offer_label(offer),
            price: plan.money(plan.offer_price(offer)),
            units,
            available,
        }
    };
    let data = left.offers.iter().map(offer).collect();
    Ok(json(StatusCode::OK, &OfferList { epoch: left.epoch, seq: left.seq, data, has_more: false }))
}
