//! Lists of sales: a buyer's own, those of a unit, and for an operator all of an inventory, also as CSV.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Serialize;

use super::call::{Answer, Call, json};
use super::code::Code;
use super::problem::Problem;
use super::query::{Query, invalid};
use super::sales_csv::SalesCsv;
use crate::actors::{Failure, Inventories, SaleStanding, SalesAsked, SalesOf, SalesShown};
use crate::domain::answer::{SoldAnswer, Source};
use crate::domain::{InventoryId, SaleId};

/// Sales of one chunk of a CSV file.
const CHUNK: usize = 500;
/// While the inventory is overloaded a file that is being written waits, so often and so long.
const WAITS_MAX: usize = 50;
const WAIT: Duration = Duration::from_millis(100);

/// One page of sales, newest first, as of the last committed record.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SaleList<'a> {
    epoch: u64,
    seq: u64,
    data: Vec<SoldAnswer<'a>>,
    has_more: bool,
}

/// My sales, newest first, returned ones among them; a secret key names the buyer, or a unit to learn who has it. For
/// an operator's key that names neither: all sales of the inventory, also as CSV (`Accept: text/csv` or `format=csv`),
/// one line for each seat or area and for each line of anything else.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/sales", tag = "sales", operation_id = "list_sales",
    params(
        ("buyer" = Option<String>, Query, description = "whose, for a secret key"),
        ("unit" = Option<String>, Query, description = "of which unit, for a secret key; instead of a buyer"),
        ("state" = Option<String>, Query, pattern = "^(sold|returned)$",
            description = "where all are listed: only those of which something is left, or of which nothing is"),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$",
            description = "where all are listed; a file has all pages"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "50 unless given"),
        ("starting_after" = Option<String>, Query, pattern = "^sale_[0-9a-f]{32}$",
            description = "the last id of the page before")),
    responses((status = 200, description = "one page", content(
        (SaleList<'static> = "application/json"), (String = "text/csv")))))]
pub(super) async fn list(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let inventory = call.inventory()?;
    let query = Query::of(&req, &["buyer", "unit", "state", "format", "limit", "starting_after"])?;
    let (limit, after) = (query.limit()? as usize, query.parsed("starting_after", "is not a sale id")?);
    let standing = standing(&query)?;
    let is_csv = is_csv(&call, &query)?;
    let channel = call.channel(inventory).await?;
    let of = match (query.text("buyer"), query.text("unit")) {
        (Some(_), Some(_)) => return Err(invalid("unit", "comes instead of a buyer")),
        (None, Some(id)) => {
            who.must_be_key()?;
            let unit = channel.plan().unit_by_id(id);
            SalesOf::Unit(unit.ok_or_else(|| Problem::at(Code::UnitUnknown, "?unit", "no unit has this id"))?)
        }
        (None, None) if who.must_be_operator().is_ok() => SalesOf::All(standing),
        _ => SalesOf::Buyer(query.buyer(&who)?),
    };
    if !matches!(of, SalesOf::All(_)) && (is_csv || standing.is_some()) {
        let name = if is_csv { "format" } else { "state" };
        return Err(invalid(name, "is for an operator's key, where all sales are listed"));
    }
    if is_csv {
        let header = SalesCsv::new(&channel.plan(), &channel.summary().details);
        return file(call.api.inventories.clone(), inventory, of, header).await;
    }
    let shown = page(&call.api.inventories, inventory, SalesAsked { of, after, limit }).await?;
    let source = Source { inventory, plan: &shown.plan, epoch: shown.epoch, seq: shown.seq };
    let data = shown.sales.iter().map(|(id, sale)| source.sold(*id, sale)).collect();
    let list = SaleList { epoch: shown.epoch, seq: shown.seq, data, has_more: shown.has_more };
    Ok(json(StatusCode::OK, &list))
}

fn standing(query: &Query) -> Result<Option<SaleStanding>, Problem> {
    match query.text("state") {
        None => Ok(None),
        Some("sold") => Ok(Some(SaleStanding::Sold)),
        Some("returned") => Ok(Some(SaleStanding::Returned)),
        Some(_) => Err(invalid("state", "is `sold` or `returned`")),
    }
}

fn is_csv(call: &Call<'_>, query: &Query) -> Result<bool, Problem> {
    match query.text("format") {
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        Some(_) => Err(invalid("format", "is `json` or `csv`")),
        None => Ok(call.header(header::ACCEPT).is_some_and(prefers_csv)),
    }
}

/// Whether the first type that is one of ours is CSV.
fn prefers_csv(accept: &str) -> bool {
    let kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let ours =
        kinds.map(str::to_ascii_lowercase).find(|kind| kind == "text/csv" || kind == "application/json");
    ours.is_some_and(|kind| kind == "text/csv")
}

/// A whole page: the owner looks at so many sales at a time, that nobody waits long for it.
async fn page(
    inventories: &Inventories,
    inventory: InventoryId,
    asked: SalesAsked,
) -> Result<SalesShown, Failure> {
    let mut shown = inventories.sales_of(inventory, asked.clone()).await?;
    while shown.has_more && shown.sales.len() < asked.limit {
        let (limit, after) = (asked.limit - shown.sales.len(), shown.looked_at);
        let more = inventories.sales_of(inventory, SalesAsked { limit, after, ..asked.clone() }).await?;
        let sales = std::mem::take(&mut shown.sales).into_iter().chain(more.sales).collect();
        shown = SalesShown { sales, ..more };
    }
    Ok(shown)
}

/// Where a file that is being written has got to.
struct Writing {
    inventories: Inventories,
    inventory: InventoryId,
    of: SalesOf,
    csv: SalesCsv,
    /// None: all is written.
    next: Option<Option<SaleId>>,
}

impl Writing {
    async fn chunk(mut self) -> Result<Option<(Bytes, Self)>, Failure> {
        let Some(after) = self.next else { return Ok(None) };
        let asked = SalesAsked { of: self.of.clone(), after, limit: CHUNK };
        let mut waits = 0;
        let shown = loop {
            match self.inventories.sales_of(self.inventory, asked.clone()).await {
                Err(Failure::Overloaded) if waits < WAITS_MAX => waits += 1,
                shown => break shown?,
            }
            tokio::time::sleep(WAIT).await;
        };
        self.next = shown.has_more.then_some(shown.looked_at);
        let chunk = self.csv.lines(&shown.plan, &shown.sales);
        Ok(Some((chunk, self)))
    }
}

/// Written as it is read: a file is never whole in memory. One that breaks off ends its connection, so that nobody
/// takes it for all there is.
async fn file(inventories: Inventories, inventory: InventoryId, of: SalesOf, csv: SalesCsv) -> Answer {
    let writing = Writing { inventories, inventory, of, csv, next: Some(None) };
    let first = writing.chunk().await?;
    let rest = stream::unfold(Some(Ok(first)), |step| async move {
        match step? {
            Ok(Some((bytes, writing))) => Some((Ok(bytes), Some(writing.chunk().await))),
            Ok(None) => None,
            Err(failure) => Some((Err(failure), None)),
        }
    });
    let name = format!("attachment; filename=\"sales-{inventory}.csv\"");
    let mut response = HttpResponse::Ok();
    response
        .insert_header((
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
        ))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::CONTENT_DISPOSITION, name));
    Ok(response.streaming(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_for_those_who_ask_for_it() {
        for accept in ["text/csv", "Text/CSV; q=0.9", "text/csv, application/json"] {
            assert!(prefers_csv(accept), "{accept}");
        }
        for accept in ["", "*/*", "application/json, text/csv", "text/csvx"] {
            assert!(!prefers_csv(accept), "{accept}");
        }
    }
}
