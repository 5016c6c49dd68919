//! Versions of plans, from their rows to what a state needs.

use std::sync::{Arc, Mutex, Weak};

use rustc_hash::FxHashMap;

use super::codec::unreadable_row;
use super::recovery::{LoadError, Offload};
use super::store::{Store, StoredPlan};
use crate::domain::plan::Numbering;
use crate::domain::{Defect, InventoryId, Plan, PlanDocument, Record};

/// The version that an inventory begins with.
pub(super) const FIRST_PLAN: u32 = 1;

/// Compiled plans that somebody still uses, so that a reload compiles nothing.
#[derive(Debug, Default, Clone)]
pub struct Plans {
    known: Arc<Mutex<KnownPlans>>,
    pub(super) offload: Offload,
}

type KnownPlans = FxHashMap<(InventoryId, u32), Weak<Plan>>;

impl Plans {
    pub fn new(offload: Offload) -> Self {
        Self { known: Arc::default(), offload }
    }

    fn known(&self, key: (InventoryId, u32)) -> Option<Arc<Plan>> {
        self.known.lock().expect("no panic under this lock").get(&key)?.upgrade()
    }

    fn keep(&self, key: (InventoryId, u32), plan: &Arc<Plan>) {
        let mut known = self.known.lock().expect("no panic under this lock");
        known.retain(|_, plan| plan.strong_count() > 0);
        known.insert(key, Arc::downgrade(plan));
    }

    /// A version of the inventory's plan that is, or was, in force; compiled off the caller's thread.
    pub async fn load(
        &self,
        store: &dyn Store,
        inventory: InventoryId,
        version: u32,
    ) -> Result<Arc<Plan>, LoadError> {
        let key = (inventory, version);
        if let Some(plan) = self.known(key) {
            return Ok(plan);
        }
        let stored = store.plan(inventory, version).await?;
        let plan = match stored {
            Some(stored) => self.offload.run(move || compile(&stored)).await??,
            None if version == FIRST_PLAN => return Err(LoadError::Unknown),
            None => return Err(LoadError::Plan(format!("version {version} is not there"))),
        };
        self.keep(key, &plan);
        Ok(plan)
    }

    /// Gives records that put a plan in force that plan: without it they cannot be applied.
    pub async fn attach(
        &self,
        store: &dyn Store,
        inventory: InventoryId,
        records: &mut [Record],
    ) -> Result<(), LoadError> {
        for to in records.iter_mut().flat_map(Record::plans_mut) {
            to.plan = Some(self.load(store, inventory, to.version).await?);
        }
        Ok(())
    }
}

fn compile(stored: &StoredPlan) -> Result<Arc<Plan>, LoadError> {
    let unreadable = |body: &[u8], cause| LoadError::Plan(unreadable_row(body, &cause));
    let document: PlanDocument =
        serde_json::from_slice(&stored.document).map_err(|cause| unreadable(&stored.document, cause))?;
    let plan = match &stored.numbering {
        None => Plan::compile_stored(document),
        Some(numbering) => {
            let numbering: Numbering =
                serde_json::from_slice(numbering).map_err(|cause| unreadable(numbering, cause))?;
            Plan::compile_numbered(document, &numbering)
        }
    };
    let broken = |defects: Vec<Defect>| {
        LoadError::Plan(defects.first().map(|defect| defect.detail.clone()).unwrap_or_default())
    };
    Ok(Arc::new(plan.map_err(broken)?))
}

/// A later version of a plan as it is stored.
pub fn stored_plan(plan: &Plan) -> StoredPlan {
    let json = |value: serde_json::Result<Vec<u8>>| value.expect("plans and numberings have string keys");
    StoredPlan {
        document: json(serde_json::to_vec(plan.document())),
        numbering: Some(json(serde_json::to_vec(&plan.numbering()))),
    }
}
