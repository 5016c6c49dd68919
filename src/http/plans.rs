//! Plans of the outside world: read and looked at, before anything is made of them.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Payload};
use serde::Serialize;

use super::call::{Answer, Call, private_json};
use super::code::Code;
use super::problem::{FieldError, Problem};
use super::query::Query;
use crate::domain::{Defect, PlanDocument};
use crate::plans::{Format, ImportOptions, Imported, Repair, Report, Tally, read};

/// So many defects and repairs of each code are listed; `counts` has them all.
const LISTED_MAX: usize = 100;

/// What a file holds, and all that is wrong with it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PlanReadAnswer {
    /// In our own format, as `POST /v1/inventories` and `PUT …/plan` take it. Null: refused for its defects.
    #[schema(required, value_type = Option<BTreeMap<String, serde_json::Value>>)]
    plan: Option<PlanDocument>,
    /// What the file was read as: `fairhold`, `pretix`, `seatsio` or `csv`. Null: nobody knows.
    #[schema(required)]
    format: Option<String>,
    seats: u32,
    areas: u32,
    units: u32,
    /// What can be bought.
    offers: u32,
    /// Seats and areas that are in no offer.
    not_for_sale: u32,
    /// Seats and areas whose tickets would say what those of others say.
    read_alike: u32,
    /// What was found, also what was repaired then; pointers are into the file. The first 100 of each code.
    defects: Vec<FieldError>,
    /// What was changed, and what it was before and after. The first 100 of each code.
    repaired: Vec<FieldError>,
    /// How many there are of each code.
    counts: Vec<DefectCount>,
    /// What of the file has no place here.
    left_out: Vec<TallyAnswer>,
    /// What positions and numbers say that the file does not: who is whose neighbour.
    settled: Vec<TallyAnswer>,
}

/// How many defects have a code, and how many of them were repaired.
#[derive(Serialize, utoipa::ToSchema)]
struct DefectCount {
    code: Cow<'static, str>,
    count: u32,
    repaired: u32,
}

/// How many of what.
#[derive(Serialize, utoipa::ToSchema)]
struct TallyAnswer {
    what: String,
    count: u32,
}

impl PlanReadAnswer {
    fn of(report: Report, plan: Option<PlanDocument>) -> Self {
        let Report { format, seats, areas, units, offers, not_for_sale, read_alike, defects, .. } = report;
        let Report { repaired, left_out, settled, .. } = report;
        let defect = |Defect { code, pointer, detail }| FieldError { pointer, code: code.into(), detail };
        let repair = |Repair { code, pointer, detail }| FieldError { pointer, code: code.into(), detail };
        let tally = |Tally { what, count }| TallyAnswer { what, count: count as u32 };
        let mut counts = Vec::new();
        Self {
            plan,
            format: format.map(|format| format.to_string()),
            seats,
            areas,
            units,
            offers,
            not_for_sale,
            read_alike,
            defects: listed(defects.into_iter().map(defect), &mut counts, |count| &mut count.count),
            repaired: listed(repaired.into_iter().map(repair), &mut counts, |count| &mut count.repaired),
            counts,
            left_out: left_out.into_iter().map(tally).collect(),
            settled: settled.into_iter().map(tally).collect(),
        }
    }
}

/// The first of each code; all of them are counted.
fn listed(
    all: impl Iterator<Item = FieldError>,
    counts: &mut Vec<DefectCount>,
    counter: impl Fn(&mut DefectCount) -> &mut u32,
) -> Vec<FieldError> {
    let mut listed = Vec::new();
    for one in all {
        let known = counts.iter().position(|count| count.code == one.code);
        let place = known.unwrap_or_else(|| {
            counts.push(DefectCount { code: one.code.clone(), count: 0, repaired: 0 });
            counts.len() - 1
        });
        let count = counter(&mut counts[place]);
        *count += 1;
        if *count as usize <= LISTED_MAX {
            listed.push(one);
        }
    }
    listed
}

/// Read a seat plan or stock list in any format that `fairhold import` knows. Nothing is stored: look at the plan,
/// then create an inventory of it. The body is the file as it is.
#[utoipa::path(post, path = "/v1/plans", tag = "operator", operation_id = "read_plan",
    params(
        ("format" = Option<String>, Query, pattern = "^(auto|fairhold|pretix|seatsio|csv)$",
            description = "by its content unless given"),
        ("name" = Option<String>, Query, description = "instead of the plan's own name"),
        ("file_name" = Option<String>, Query, description = "the name of a plan that has none, such as a csv file"),
        ("currency" = Option<String>, Query, description = "ISO 4217, such as KRW"),
        ("repair" = Option<bool>, Query, description = "do what can be done safely about defects, and say so")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "the plan, or why there is none", body = PlanReadAnswer)))]
pub(super) async fn read_file(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    call.who().await?.must_be_operator()?;
    let query = Query::of(&req, &["format", "name", "file_name", "currency", "repair"])?;
    let text = |name: &str| query.text(name).map(str::to_owned);
    let options = ImportOptions {
        format: query
            .parsed::<Format>("format", "is none of auto, fairhold, pretix, seatsio and csv")?
            .unwrap_or_default(),
        name: text("name"),
        file_name: text("file_name"),
        currency: query.parsed("currency", "is not an ISO 4217 code")?,
        prices: Vec::new(),
        repair: query.parsed("repair", "is neither true nor false")?.unwrap_or(false),
    };
    let file = call.file_up_to(payload, call.api.options.plan_body_max).await?;
    // Up to 32 MiB to parse and compile: not on a thread that serves others.
    let work = move || answer(&file, &options);
    let text = web::block(work).await.map_err(|error| Problem::fault(Code::Internal, error))?;
    Ok(private_json(StatusCode::OK, text))
}

fn answer(file: &[u8], options: &ImportOptions) -> Bytes {
    let answer = match read(file, options, &mut |_, _| {}) {
        Ok(Imported { plan, report }) => PlanReadAnswer::of(report, Some(plan.document().clone())),
        Err(report) => PlanReadAnswer::of(*report, None),
    };
    serde_json::to_vec(&answer).expect("a plan has only text and finite numbers").into()
}
