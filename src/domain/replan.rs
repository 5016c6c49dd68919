//! Another version of the plan under a sale that goes on. Nobody who holds or owns something loses it, or finds
//! another seat under the words on their ticket.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::limits::ByCategory;
use super::plan::{Change, QUANTITY_MAX, difference};
use super::seating::Seating;
use super::settings::BadSetting;
use super::{Event, Impossible, Plan, Refusal, State, UnitNo};

/// A version of the inventory's plan. The journal keeps its number; whoever reads a record attaches the plan.
#[derive(Clone)]
pub struct PlanRef {
    pub version: u32,
    /// None: just read, and not attached yet.
    pub plan: Option<Arc<Plan>>,
}

impl PartialEq for PlanRef {
    /// A version has one plan.
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Eq for PlanRef {}

impl fmt::Debug for PlanRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlanRef({})", self.version)
    }
}

impl Serialize for PlanRef {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.version.serialize(to)
    }
}

impl<'de> Deserialize<'de> for PlanRef {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { version: u32::deserialize(from)?, plan: None })
    }
}

/// Why a unit cannot become what a new plan says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Something of it is held or sold.
    Closed,
    /// It was sold, and its ticket says something else.
    Relabelled,
    /// More of it is held, sold and blocked than there would be, or there would be more than of any unit.
    Capacity,
}

impl Why {
    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Relabelled => "relabelled",
            Self::Capacity => "capacity",
        }
    }
}

/// Whether the plan, made from version `expected`, can take the place of the one in force.
pub(super) fn decide(state: &State, expected: u32, version: u32, plan: &Arc<Plan>) -> Result<Event, Refusal> {
    let current = state.plan_version();
    if expected != current || version <= current {
        return Err(Refusal::PlanChanged { version: current });
    }
    let invalid = |bad: BadSetting| Refusal::SettingInvalid { field: bad.field, must: bad.must };
    state.settings().fit(plan).map_err(invalid)?;
    let stranded = stranded(state, plan);
    if !stranded.is_empty() {
        return Err(Refusal::WouldStrand { stranded });
    }
    Ok(Event::Replanned { plan: PlanRef { version, plan: Some(plan.clone()) } })
}

/// All units that stand in the way, by their numbers.
fn stranded(state: &State, plan: &Plan) -> Vec<(UnitNo, Why)> {
    let stock = &state.kept.stock;
    let changed = difference(&state.plan, plan);
    let mut found: Vec<(UnitNo, Why)> = Vec::new();
    for &(unit, change) in &changed {
        match change {
            Change::Added(_) | Change::Reopened(_) => {}
            Change::Closed => {
                let level = stock.level(unit);
                if level.held > 0 || level.sold > 0 {
                    found.push((unit, Why::Closed));
                }
            }
            Change::By(more) => {
                let level = stock.level(unit);
                let range = level.taken() as i64..=i64::from(QUANTITY_MAX);
                if !range.contains(&(i64::from(level.capacity) + more)) {
                    found.push((unit, Why::Capacity));
                }
            }
        }
    }
    let reads_otherwise = |unit: &UnitNo| state.plan.printed(*unit) != plan.printed(*unit);
    found.extend(stock.ever_sold().filter(reads_otherwise).map(|unit| (unit, Why::Relabelled)));
    found.sort_unstable_by_key(|&(unit, why)| (unit, why.name()));
    found
}

impl State {
    pub(super) fn replanned(&mut self, to: &PlanRef) -> Result<(), Impossible> {
        let plan = to.plan.clone().ok_or(Impossible::Missing("the plan"))?;
        if to.version <= self.kept.plan_version {
            return Err(Impossible::Twice("the version of the plan"));
        }
        if plan.units().len() < self.plan.units().len() {
            return Err(Impossible::Missing("a unit of the plan before"));
        }
        self.kept.stock.follow(&difference(&self.plan, &plan))?;
        self.kept.ledger.blocks.forget(|unit| plan.unit(unit).is_closed());
        self.kept.plan_version = to.version;
        self.seating = Seating::new(&plan, |seat| self.kept.stock.available(seat) > 0);
        self.by_category = ByCategory::count(&plan, &self.kept.settings, &self.kept.ledger);
        self.plan = plan;
        Ok(())
    }
}
