//! The body of `POST /v1/inventories`: from text to an inventory that only has to be stored.

use std::sync::Arc;

use serde::Deserialize;

use super::code::Code;
use super::inventories::{InventoryAnswer, SettingsAnswer};
use super::problem::{FieldError, Problem};
use crate::domain::details::{self, GivenTime, public_window};
use crate::domain::facts::PublicSale;
use crate::domain::plan::{Item, NamedOffer};
use crate::domain::settings::BadSetting;
use crate::domain::time::Rfc3339;
use crate::domain::{
    Currency, Defect, Details, InventoryId, KeyUse, Listing, PlanDocument, Settings, SettingsPatch,
    Timestamp, text,
};
use crate::persistence::{NewInventory, new_inventory};
use crate::plans::compile_sent;
use crate::sources::Sources;

/// A new inventory: `plan`, or `currency`, `items` and `offers`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Sneaker drop", "currency": "KRW",
    "items": [{"id": "sneaker", "label": "Sneaker", "capacity": 1000, "sellable": true, "price": 189000}]}))]
pub(super) struct CreateRequest {
    /// Without it the plan's own.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// A whole layout, as in `docs/plan-format.md`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    plan: Option<PlanDocument>,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "KRW")]
    currency: Option<Currency>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    items: Option<Vec<Item>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    offers: Option<Vec<NamedOffer>>,
    #[serde(default)]
    settings: Option<SettingsPatch>,
    /// When the event begins, if it is one: with an offset, or as clocks in its time zone show it. The public sale ends
    /// then, unless `on_sale_until` or `sale_ends_before_start_seconds` says something else.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2026-12-05T19:00:00+09:00")]
    starts_at: Option<GivenTime>,
    /// Where clocks show the event's time, by its IANA name.
    #[serde(default)]
    #[schema(example = "Asia/Seoul")]
    time_zone: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    venue: Option<String>,
    /// Who may see it: everybody, unless it says something else.
    #[serde(default)]
    listing: Option<Listing>,
}

/// Ready to be stored, and what its creator is told.
pub(super) struct Draft {
    pub(super) new: Arc<NewInventory>,
    settings: Settings,
    details: Details,
    currency: Option<Currency>,
}

impl CreateRequest {
    pub(super) fn draft(self, sources: &Sources, by: &str, key: KeyUse) -> Result<Draft, Problem> {
        let own = self.plan.as_ref().map(|plan| plan.name.as_str()).filter(|own| !own.is_empty());
        let name = self.name.as_deref().or(own);
        let name = name.ok_or_else(|| Problem::at(Code::MissingField, "/name", "give a name"))?;
        let name =
            text::clean(name).map_err(|bad| Problem::at(Code::InvalidField, "/name", bad.to_string()))?;
        let patch = self.settings.clone().unwrap_or_default();
        if let Some(field) = patch.detail() {
            let pointer = format!("/settings/{field}");
            return Err(Problem::at(Code::UnknownField, pointer, "stands beside `settings`, not in it"));
        }
        let settings = Settings::default().patched(&patch).map_err(bad_setting)?;
        let details = self.details(&name, &patch)?;
        details::check_window(&settings, &details).map_err(bad_detail)?;
        let (document, prefix) = self.document(&name)?;
        let plan = compile_sent(document, None).map_err(|defects| invalid(defects, prefix))?;
        settings.fit(&plan).map_err(bad_setting)?;
        let idempotency = Some((key.hash, key.fingerprint));
        let new = new_inventory(sources, details.clone(), &plan, settings.clone(), by, idempotency);
        Ok(Draft { new: Arc::new(new), settings, details, currency: plan.currency() })
    }

    fn details(&self, name: &str, settings: &SettingsPatch) -> Result<Details, Problem> {
        // The start ends the sale where nobody has said what does.
        let is_silent = settings.on_sale_until.flatten().is_none();
        let with_start = (self.starts_at.is_some() && is_silent).then_some(Some(0));
        let patch = SettingsPatch {
            starts_at: self.starts_at.map(Some),
            time_zone: self.time_zone.clone().map(Some),
            venue: self.venue.clone().map(Some),
            listing: self.listing,
            sale_ends_before_start_seconds: settings.sale_ends_before_start_seconds.or(with_start),
            ..SettingsPatch::default()
        };
        Details::named(name).patched(&patch).map_err(bad_detail)
    }

    /// The plan document and where in the body it stands.
    fn document(self, name: &str) -> Result<(PlanDocument, &'static str), Problem> {
        let listed = self.currency.is_some() || self.items.is_some() || self.offers.is_some();
        match self.plan {
            Some(_) if listed => Err(Problem::at(
                Code::InvalidField,
                "",
                "give either `plan` or `currency`, `items` and `offers`",
            )),
            Some(plan) if plan.name.is_empty() => {
                Ok((PlanDocument { name: name.to_owned(), ..plan }, "/plan"))
            }
            Some(plan) => Ok((plan, "/plan")),
            None if self.items.is_none() => {
                Err(Problem::at(Code::MissingField, "/plan", "give `plan`, or `items`"))
            }
            None => {
                let document = PlanDocument {
                    name: name.to_owned(),
                    currency: self.currency,
                    items: self.items.unwrap_or_default(),
                    offers: self.offers.unwrap_or_default(),
                    ..PlanDocument::default()
                };
                Ok((document, ""))
            }
        }
    }
}

fn bad_setting(bad: BadSetting) -> Problem {
    Problem::at(Code::SettingInvalid, format!("/settings/{}", bad.field), bad.must)
}

fn bad_detail(bad: BadSetting) -> Problem {
    match bad.field {
        "sale_ends_before_start_seconds" => bad_setting(bad),
        field => Problem::at(Code::SettingInvalid, format!("/{field}"), bad.must),
    }
}

/// A plan with these defects; `prefix` is where it stands in the body.
pub(super) fn invalid(defects: Vec<Defect>, prefix: &str) -> Problem {
    let detail = format!("the plan has {} defects", defects.len());
    let error = |defect: Defect| FieldError {
        pointer: format!("{prefix}{}", defect.pointer),
        code: defect.code.into(),
        detail: defect.detail,
    };
    Problem::new(Code::PlanInvalid).detail(detail).errors(defects.into_iter().map(error).collect())
}

impl Draft {
    /// The inventory at record 1: the same for every repeat, whatever has been sold since.
    pub(super) fn answer(&self, id: InventoryId, created_at: Timestamp) -> InventoryAnswer {
        let (details, at) = (&self.details, self.new.at);
        let window = public_window(&self.settings, Some(details));
        InventoryAnswer {
            id,
            name: details.name.clone(),
            created_at: Rfc3339(created_at),
            venue: details.venue.clone(),
            listing: details.listing,
            starts_at: details.starts_at.map(Rfc3339),
            starts_at_local: details.starts_at_local(),
            time_zone: details.time_zone.clone(),
            sale: PublicSale::at(at, window, false, self.new.figures.available == 0),
            cancelled: None,
            plan_version: 1,
            units: self.new.units,
            currency: self.currency,
            settings: SettingsAnswer::of(&self.settings, details, true),
            epoch: 0,
            seq: 1,
            figures: self.new.figures,
            as_of: Rfc3339(created_at),
            viewers: 0,
            stale: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::body;
    use super::*;

    fn draft(body: &str) -> Result<Draft, (Code, serde_json::Value)> {
        let sources = Sources::manual(Timestamp(0));
        let key = KeyUse { hash: 1, fingerprint: 2 };
        body::parse::<CreateRequest>(body.as_bytes())
            .and_then(|request| request.draft(&sources, "key_1", key))
            .map_err(|bad| (bad.code(), serde_json::from_slice(&bad.render_body()).unwrap()))
    }

    #[test]
    fn items_and_offers_make_an_inventory() {
        let cafe = draft(
            r#"{"name":"Café","currency":"KRW","items":[{"id":"beans","label":"Beans","capacity":1000}],
               "offers":[{"id":"latte","label":"Latte","price":5000,"units":{"beans":18}}],
               "settings":{"hold_seconds":60}}"#,
        );
        let cafe = cafe.map_err(|(_, problem)| problem).unwrap();
        assert_eq!((cafe.new.units, cafe.new.figures.capacity, cafe.settings.hold_seconds), (1, 1000, 60));
    }

    #[test]
    fn defects_are_pointed_to_inside_the_plan() {
        let (code, problem) =
            draft(r#"{"name":"A","plan":{"items":[{"id":"","label":"x","capacity":1}]}}"#).err().unwrap();
        assert_eq!(code, Code::PlanInvalid);
        assert_eq!(problem["errors"][0]["pointer"], "/plan/items/0/id");
    }

    #[test]
    fn what_cannot_be_an_inventory_is_refused() {
        let item = r#"{"id":"a","label":"a","capacity":1}"#;
        for (body, code, pointer) in [
            (r#"{"items":[]}"#.to_owned(), Code::MissingField, "/name"),
            (r#"{"name":"A"}"#.to_owned(), Code::MissingField, "/plan"),
            (r#"{"name":"","items":[]}"#.to_owned(), Code::InvalidField, "/name"),
            (format!(r#"{{"name":"A","plan":{{}},"items":[{item}]}}"#), Code::InvalidField, ""),
            (format!(r#"{{"name":"A","items":[{item}],"currency":"won"}}"#), Code::InvalidField, "/currency"),
            (
                format!(r#"{{"name":"A","items":[{item}],"settings":{{"hold_seconds":5}}}}"#),
                Code::SettingInvalid,
                "/settings/hold_seconds",
            ),
            (r#"{"name":"A","items":[]}"#.to_owned(), Code::PlanInvalid, ""),
        ] {
            let (refused, problem) = draft(&body).err().unwrap();
            assert_eq!((refused, problem["errors"][0]["pointer"].as_str()), (code, Some(pointer)), "{body}");
        }
    }
}
