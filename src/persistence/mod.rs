//! The journal and what stands beside it. Knows neither HTTP nor viewers: a record comes with a sink that
//! is told how it ended.
//!
//! | file | holds |
//! |---|---|
//! | `store` | the trait that an engine implements |
//! | `sqlite` | the embedded engine |
//! | `catalogue` | all that is written for a new inventory |
//! | `codec` | record bodies and snapshots as bytes |
//! | `journal` | the writer: group commit, and what a failed append means |
//! | `recovery` | snapshot + tail = state |
//! | `check` | replays every journal and verifies what always holds |

mod catalogue;
pub mod check;
pub mod codec;
pub mod intercept;
pub mod journal;
pub mod recovery;
pub mod sqlite;
pub mod store;

pub use catalogue::new_inventory;
pub use check::{CheckReport, Violation, check};
pub use intercept::{Gate, Intercepted};
pub use journal::{Entry, Journal, Loss, Sink};
pub use recovery::{LoadError, Plans};
pub use store::{
    Append, AppendError, Appender, Creation, Fenced, InventoryRow, NewInventory, NewKey, Role, SecretKey,
    Store, StoreError, StoredRecord, StoredSnapshot,
};
