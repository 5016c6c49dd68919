//! What an operator changes about a sale that is there: its settings and details, and whether it takes place.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;
use serde::Deserialize;

use super::body;
use super::call::{Answer, Call, mark_replayed};
use super::code::Code;
use super::inventories::{InventoryAnswer, shown};
use super::problem::Problem;
use super::refused::changed;
use crate::actors::Done;
use crate::domain::{Action, InventoryId, SettingsPatch, text};

/// Change settings, name, venue, time or listing. Fields that are absent stay; `null` clears what may be empty.
#[utoipa::path(patch, path = "/v1/inventories/{inventory}", tag = "operator", operation_id = "configure",
    params(("If-Match" = String, Header, description = "the ETag of the inventory that was read")),
    request_body = SettingsPatch,
    responses((status = 200, description = "as it is now", body = InventoryAnswer)))]
pub(super) async fn configure(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let tag = call.header(header::IF_MATCH).ok_or_else(|| Problem::new(Code::PreconditionRequired))?;
    let body = call.body(payload).await?;
    let patch: SettingsPatch = body::parse(&body)?;
    let now = call.channel(inventory).await?.summary();
    // A version that cannot be is none: whoever repeats a call is still told what became of it.
    let expected = if tag.trim() == "*" { now.settings_version } else { version(tag).unwrap_or_default() };
    let known = Some((*now.details).clone());
    let done = call.commit(&who, inventory, &body, Action::Configure { patch, expected, known }).await?;
    told(&call, inventory, done.replayed).await
}

/// Why the event does not take place.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The singer is ill."}))]
pub(super) struct CancelRequest {
    /// In words for those who have bought.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// End the sale for good: nothing can be held or bought any more, holds end, and everybody who watches is told. Sales
/// stay in `GET …/sales`, to be returned one by one as they are refunded. Again on one that is cancelled: nothing.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/cancel", tag = "operator", operation_id = "cancel",
    request_body = CancelRequest,
    responses((status = 200, description = "cancelled", body = InventoryAnswer)))]
pub(super) async fn cancel(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let body = call.body(payload).await?;
    let CancelRequest { reason } = body::parse(&body)?;
    let bad = |bad: text::BadText| Problem::at(Code::InvalidField, "/reason", bad.to_string());
    let reason = text::clean(&reason).map_err(bad)?;
    let done = call.run(&who, inventory, &body, Action::Cancel { reason }).await?;
    let is_replayed = matches!(done, Done::Committed { replayed: true, .. });
    told(&call, inventory, is_replayed).await
}

/// The inventory as it is now, when the catalogue knows it, too.
async fn told(call: &Call<'_>, inventory: InventoryId, is_replayed: bool) -> Answer {
    let channel = call.channel(inventory).await?;
    let inventories = call.api.inventories.clone();
    // To its end, also when whoever asked has left.
    changed(async move {
        inventories.tell_catalogue(inventory, &channel).await;
        Ok(())
    })
    .await?;
    let mut answer = shown(call, inventory).await?;
    if is_replayed {
        mark_replayed(&mut answer);
    }
    Ok(answer)
}

/// A strong tag with a number in it.
fn version(tag: &str) -> Option<u64> {
    let tag = tag.trim();
    let bare = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(tag);
    bare.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_version_in_quotes() {
        assert_eq!(version("\"42\""), Some(42));
        assert_eq!(version(" 42 "), Some(42));
        for bad in ["", "W/\"42\"", "\"x\"", "\"-1\"", "\"1\", \"2\""] {
            assert_eq!(version(bad), None, "{bad:?}");
        }
    }
}
