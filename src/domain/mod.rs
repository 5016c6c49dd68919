//! The pure core: what a reservation is and when it is allowed.
//!
//! Promises: the same state, command and moment give the same answer, and replaying a journal gives the
//! same state. It refuses to know: disks, sockets, threads, clocks and randomness. Time and fresh ids come
//! in with each command ([`Moment`]).
//!
//! | file | holds |
//! |---|---|
//! | `ids`, `time`, `money` | identifiers, points in time, prices |
//! | `plan` | the layout document, compiled into numbered units and offers |
//! | `settings`, `details` | what an operator may change about a sale, and says about what is sold |
//! | `facts` | how a sale stands, as everybody is told |
//! | `caller`, `command`, `event`, `refusal` | who asks, what can be asked, what happened, why not |
//! | `state` | an inventory at one seq; `stock`, `seating` over `benches`, `ledger` are its parts |
//! | `decide`, `apply` | the two functions everything else exists for |
//! | `lines` | what a claim consists of, and whether there is enough of it |
//! | `claim` | what a hold takes: picked offers, or what `best` finds inside the same step |
//! | `access`, `allotment` | by which way a claim comes in, and what is kept for it |
//! | `limits` | how much a hold and a buyer may have |
//! | `keys` | idempotency keys, and which of them are forgotten first |
//! | `singles` | whether picked seats leave one alone |
//! | `companions` | companion seats, kept for whoever needs the place beside them |
//! | `group` | a claim on several inventories, and what each of them does for it |
//! | `change` | pieces into a hold and out of it |
//! | `moves` | other units for the same owner |
//! | `replan` | another plan under a sale that goes on |
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod access;
pub mod allotment;
pub mod answer;
pub mod apply;
mod benches;
mod best;
pub mod caller;
pub mod change;
mod claim;
pub mod command;
mod companions;
pub mod decide;
pub mod details;
pub mod event;
pub mod facts;
pub mod group;
pub mod ids;
pub mod keys;
pub mod ledger;
mod limits;
mod lines;
pub mod money;
pub mod moves;
pub mod plan;
pub mod refusal;
pub mod replan;
mod seating;
pub mod settings;
mod singles;
pub mod state;
pub mod stock;
#[cfg(test)]
mod tests;
pub mod text;
pub mod time;

pub use access::Access;
pub use apply::Impossible;
pub use caller::Caller;
pub use command::{Action, Cause, Command, KeyUse, Moment, Pick, Wanted};
pub use decide::{Events, decide};
pub use details::{Cancelled, Details, Listing};
pub use event::{Event, Line, Lines, Quantities, Record};
pub use ids::{BlockId, BuyerId, GroupId, HoldId, InventoryId, KeyId, SaleId};
pub use money::{Currency, Money};
pub use plan::{Defect, Plan, PlanDocument, UnitKind};
pub use refusal::Refusal;
pub use replan::PlanRef;
pub use settings::{Checkout, Settings, SettingsPatch};
pub use state::{Recall, State};
pub use time::Timestamp;

/// A unit's number in its plan: 0..n, for life.
pub type UnitNo = u32;
/// An offer's number, for life. In a plan's first version a unit's own offer has the unit's number, and named offers
/// follow; what is new in later versions comes behind all of them.
pub type OfferNo = u32;
/// Where an open seat stands among all of them: 0..n in the order of the plan. A new version may change it.
pub type PlaceNo = u32;
