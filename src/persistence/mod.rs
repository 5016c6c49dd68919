//! The journal and what stands beside it. Knows neither HTTP nor viewers: a record comes with a sink that
//! is told how it ended.
//!
//! | file | holds |
//! |---|---|
//! | `store` | the trait that an engine implements |
//! | `sqlite`, `postgres` | the embedded engine, the production engine |
//! | `migrations` | what both say when a database has another shape |
//! | `listed` | what the list of inventories shows, and which of them |
//! | `catalogue` | all that is written for a new inventory |
//! | `groups` | the rows that decide for claims on several inventories |
//! | `codec` | record bodies and snapshots as bytes |
//! | `chain` | each record's link to the one before it |
//! | `accept` | a store is taken as it is |
//! | `oddities` | rows that contradict each other |
//! | `health` | whether the store takes what is written |
//! | `private` | files and directories that are for their owner only |
//! | `journal` | the writer: group commit, and what a failed append means |
//! | `plans` | versions of plans, from their rows |
//! | `recovery` | snapshot + tail = state |
//! | `check` | replays every journal and verifies what always holds |

mod accept;
mod catalogue;
pub mod chain;
pub mod check;
pub mod codec;
mod groups;
pub mod health;
pub mod intercept;
pub mod journal;
mod listed;
mod migrations;
mod oddities;
pub mod plans;
pub mod postgres;
pub mod private;
pub mod recovery;
pub mod sqlite;
pub mod store;

use std::path::Path;
use std::sync::Arc;

pub use accept::{Taken, accept};
pub use catalogue::new_inventory;
pub use chain::{ChainBroken, ChainLink, ChainWalk, JournalHead};
pub use check::{CheckReport, Violation, check};
pub use groups::{Begun, GroupChange, GroupRow, GroupRows, NewGroup};
pub use health::{StoreTrouble, WriteHealth};
pub use intercept::{Gate, Intercepted};
pub use journal::{Entry, Journal, Loss, Sink};
pub use plans::{Plans, stored_plan};
pub use recovery::{LoadError, Offload};
pub use store::{
    Append, AppendError, Appender, CatalogueFacts, Creation, Fenced, Filter, InventoryRow, NewInventory,
    NewKey, Oddity, Role, SecretKey, Store, StoreError, StoredPlan, StoredRecord, StoredSnapshot,
};

/// Opens the store that the settings choose, made and migrated if need be: the Postgres database of the URL
/// with so many connections beside the journal's, or without a URL the embedded one in the directory. One that
/// lost what was once confirmed is refused.
pub async fn open(database_url: &str, connections: u32, data: &Path) -> Result<Arc<dyn Store>, StoreError> {
    if database_url.is_empty() {
        return Ok(Arc::new(sqlite::SqliteStore::open(data).await?));
    }
    // A shared database is its own keeper.
    open_as_it_is(database_url, connections, data).await
}

/// The same, whatever it lost: see [`Store::loss`].
pub async fn open_as_it_is(
    database_url: &str,
    connections: u32,
    data: &Path,
) -> Result<Arc<dyn Store>, StoreError> {
    match database_url.split_once("://").map(|(scheme, _)| scheme) {
        None if database_url.is_empty() => Ok(Arc::new(sqlite::SqliteStore::open_as_it_is(data).await?)),
        Some("postgres" | "postgresql") => {
            Ok(Arc::new(postgres::PostgresStore::open(database_url, connections).await?))
        }
        _ => Err(StoreError::new("choose the store", "the database URL must begin with postgres://")),
    }
}
