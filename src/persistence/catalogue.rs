//! New inventories: everything that is written when one is created, by the API and the command line alike.

use smallvec::smallvec;

use super::codec::encode_record;
use super::store::NewInventory;
use crate::domain::state::Figures;
use crate::domain::stock::Stock;
use crate::domain::{Caller, Cause, Event, InventoryId, Plan, Record, Settings};
use crate::sources::Sources;

/// An inventory with this plan as version 1 and these settings, without a time at which it begins; `by` is who creates it, `idempotency` the
/// key hash and fingerprint of the call.
pub fn new_inventory(
    sources: &Sources,
    name: &str,
    plan: &Plan,
    settings: Settings,
    by: &str,
    idempotency: Option<(u128, u128)>,
) -> NewInventory {
    let at = sources.now();
    let first = Record {
        seq: 1,
        epoch: 0,
        at,
        by: Caller::named(by).unwrap_or(Caller::Clock),
        cause: Cause::default(),
        events: smallvec![Event::Opened { plan_version: 1, settings }],
    };
    NewInventory {
        id: InventoryId::new(sources.fresh_id()),
        name: name.to_owned(),
        at,
        starts_at: None,
        plan: serde_json::to_vec(plan.document()).expect("a plan document has string keys"),
        units: u32::try_from(plan.units().len()).unwrap_or(u32::MAX),
        figures: Figures::of(Stock::new(plan).levels()),
        first_record: encode_record(&first),
        idempotency,
    }
}
