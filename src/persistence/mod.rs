//! The journal and what stands beside it. Knows neither HTTP nor viewers: a record comes with a sink that
//! is told how it ended.
//!
//! | file | holds |
//! |---|---|
//! | `store` | the trait that an engine implements |
//! | `sqlite`, `postgres` | the embedded engine, the production engine |
//! | `migrations` | what both say when a database has another shape |
//! | `catalogue` | all that is written for a new inventory |
//! | `groups` | the rows that decide for claims on several inventories |
//! | `codec` | record bodies and snapshots as bytes |
//! | `journal` | the writer: group commit, and what a failed append means |
//! | `plans` | versions of plans, from their rows |
//! | `recovery` | snapshot + tail = state |
//! | `check` | replays every journal and verifies what always holds |

mod catalogue;
pub mod check;
pub mod codec;
mod groups;
pub mod intercept;
pub mod journal;
mod migrations;
pub mod plans;
pub mod postgres;
pub mod recovery;
pub mod sqlite;
pub mod store;

use std::path::Path;
use std::sync::Arc;

pub use catalogue::new_inventory;
pub use check::{CheckReport, Violation, check};
pub use groups::{Begun, GroupChange, GroupRow, GroupRows, NewGroup};
pub use intercept::{Gate, Intercepted};
pub use journal::{Entry, Journal, Loss, Sink};
pub use plans::{Plans, stored_plan};
pub use recovery::{LoadError, Offload};
pub use store::{
    Append, AppendError, Appender, CatalogueFacts, Creation, Fenced, Filter, InventoryRow, NewInventory,
    NewKey, Role, SecretKey, Store, StoreError, StoredPlan, StoredRecord, StoredSnapshot,
};

/// Opens the store that the settings choose, made and migrated if need be: the Postgres database of the URL
/// with so many connections beside the journal's, or without a URL the embedded one in the directory.
pub async fn open(database_url: &str, connections: u32, data: &Path) -> Result<Arc<dyn Store>, StoreError> {
    match database_url.split_once("://").map(|(scheme, _)| scheme) {
        None if database_url.is_empty() => Ok(Arc::new(sqlite::SqliteStore::open(data).await?)),
        Some("postgres" | "postgresql") => {
            Ok(Arc::new(postgres::PostgresStore::open(database_url, connections).await?))
        }
        _ => Err(StoreError::new("choose the store", "the database URL must begin with postgres://")),
    }
}
