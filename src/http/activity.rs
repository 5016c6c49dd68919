//! What went on in an inventory in the last hour.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::call::{Answer, Call, json};
use crate::actors::Minute;
use crate::domain::time::Rfc3339;

/// One minute in which something happened.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct MinuteAnswer {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Rfc3339,
    /// Holds that were made.
    holds: u32,
    /// Sales that were made.
    purchases: u32,
    /// Holds that were given back.
    released: u32,
    /// Holds that ended by their time.
    expired: u32,
    /// Returns after refunds.
    returned: u32,
    /// The most connections at a time that watched, as seen once a second.
    viewers_max: u32,
    /// Refusals by their code.
    #[schema(value_type = BTreeMap<String, u32>, example = json!({"unit_taken": 12}))]
    refused: BTreeMap<&'static str, u32>,
}

/// The last 60 minutes, as counted by this server since it loaded the inventory.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ActivityAnswer {
    /// When the counting began; nothing is known of the time before.
    #[schema(value_type = String, format = DateTime)]
    since: Rfc3339,
    /// Oldest first. A minute in which nothing happened is not here.
    minutes: Vec<MinuteAnswer>,
    /// Refusals of all these minutes, by their code.
    #[schema(value_type = BTreeMap<String, u32>, example = json!({"unit_taken": 12}))]
    refused: BTreeMap<&'static str, u32>,
}

impl From<&Minute> for MinuteAnswer {
    fn from(minute: &Minute) -> Self {
        Self {
            at: minute.at().rfc3339(),
            holds: minute.holds,
            purchases: minute.purchases,
            released: minute.released,
            expired: minute.expired,
            returned: minute.returned,
            viewers_max: minute.viewers_max,
            refused: minute.refused(),
        }
    }
}

/// What went on in the last hour, by minute: counted by this server since it loaded the inventory.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/activity", tag = "operator",
    operation_id = "get_activity",
    responses((status = 200, description = "the last 60 minutes, those in which something happened",
        body = ActivityAnswer)))]
pub(super) async fn show(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    call.who().await?.must_be_operator()?;
    let shown = call.api.inventories.activity(call.inventory()?).await?;
    let minutes: Vec<MinuteAnswer> = shown.minutes.iter().map(MinuteAnswer::from).collect();
    let mut refused = BTreeMap::new();
    for (code, count) in minutes.iter().flat_map(|minute| &minute.refused) {
        *refused.entry(*code).or_default() += count;
    }
    Ok(json(StatusCode::OK, &ActivityAnswer { since: shown.since.rfc3339(), minutes, refused }))
}
