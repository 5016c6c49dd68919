//! New inventories: everything that is written when one is created, by the API and the command line alike.

use smallvec::smallvec;

use super::codec::encode_record;
use super::store::{CatalogueFacts, NewInventory};
use crate::domain::state::Figures;
use crate::domain::stock::Stock;
use crate::domain::{Caller, Cause, Details, Event, InventoryId, Plan, Record, Settings};
use crate::sources::Sources;

/// An inventory with this plan as version 1, these settings and details; `by` is who creates it, `idempotency` the
/// key hash and fingerprint of the call.
pub fn new_inventory(
    sources: &Sources,
    details: Details,
    plan: &Plan,
    settings: Settings,
    by: &str,
    idempotency: Option<(u128, u128)>,
) -> NewInventory {
    let at = sources.now();
    let shown = CatalogueFacts::new(1, &settings, Some(&details), None);
    let first = Record {
        seq: 1,
        epoch: 0,
        at,
        by: Caller::named(by).unwrap_or(Caller::Clock),
        cause: Cause::default(),
        events: smallvec![Event::Opened { plan_version: 1, settings, details: Some(details) }],
    };
    NewInventory {
        id: InventoryId::new(sources.fresh_id()),
        at,
        shown,
        plan: serde_json::to_vec(plan.document()).expect("a plan document has string keys"),
        units: u32::try_from(plan.units().len()).unwrap_or(u32::MAX),
        figures: Figures::of(Stock::new(plan).levels()),
        first_record: encode_record(&first),
        idempotency,
    }
}
