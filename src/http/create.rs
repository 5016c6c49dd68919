//! The body of `POST /v1/inventories`: from text to an inventory that only has to be stored.

use std::sync::Arc;

use serde::Deserialize;

use super::code::Code;
use super::inventories::{InventoryAnswer, SettingsAnswer};
use super::problem::{FieldError, Problem};
use crate::domain::plan::{Item, NamedOffer};
use crate::domain::settings::BadSetting;
use crate::domain::time::Rfc3339;
use crate::domain::{
    Currency, Defect, InventoryId, KeyUse, Plan, PlanDocument, Settings, SettingsPatch, Timestamp, text,
};
use crate::persistence::{NewInventory, new_inventory};
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
    /// When the event begins, if it is one. No rule hangs on it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Rfc3339>,
}

/// Ready to be stored, and what its creator is told.
pub(super) struct Draft {
    pub(super) new: Arc<NewInventory>,
    settings: Settings,
    currency: Option<Currency>,
}

impl CreateRequest {
    pub(super) fn draft(self, sources: &Sources, by: &str, key: KeyUse) -> Result<Draft, Problem> {
        let own = self.plan.as_ref().map(|plan| plan.name.as_str()).filter(|own| !own.is_empty());
        let name = self.name.as_deref().or(own);
        let name = name.ok_or_else(|| Problem::at(Code::MissingField, "/name", "give a name"))?;
        let name =
            text::clean(name).map_err(|bad| Problem::at(Code::InvalidField, "/name", bad.to_string()))?;
        let settings =
            Settings::default().patched(&self.settings.clone().unwrap_or_default()).map_err(bad_setting)?;
        let starts_at = self.starts_at.map(|at| at.0);
        let (document, prefix) = self.document(&name)?;
        let plan = Plan::compile(document).map_err(|defects| invalid(defects, prefix))?;
        settings.fit(&plan).map_err(bad_setting)?;
        let idempotency = Some((key.hash, key.fingerprint));
        let new = new_inventory(sources, &name, &plan, settings.clone(), by, idempotency);
        let new = NewInventory { starts_at, ..new };
        Ok(Draft { new: Arc::new(new), settings, currency: plan.currency() })
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
        InventoryAnswer {
            id,
            name: self.new.name.clone(),
            created_at: Rfc3339(created_at),
            starts_at: self.new.starts_at.map(Rfc3339),
            plan_version: 1,
            units: self.new.units,
            currency: self.currency,
            settings: SettingsAnswer::from(&self.settings),
            epoch: 0,
            seq: 1,
            figures: self.new.figures,
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
