//! What both engines say when a database cannot be brought to the shape that this program knows.
//!
//! Migrations expand first and contract a release later, so that the release before still runs beside a new
//! one; a database that has a migration this program does not know is refused.

use sqlx::migrate::{MigrateError, Migrator};

use super::StoreError;

/// Touches all that a server needs, and reads next to nothing: on both engines.
pub(super) const LOOK: &str = "SELECT (SELECT count(*) FROM (SELECT id FROM inventories LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT document FROM plans LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT epoch FROM owners LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT seq, at, link, body FROM records LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT link FROM heads LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT body FROM snapshots LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT body FROM groups LIMIT 1) t) \
     + (SELECT count(*) FROM (SELECT hash FROM secret_keys LIMIT 1) t)";

pub(super) const WHAT: &str = "migrate the database";

pub(super) fn failed(known: &Migrator, cause: MigrateError) -> StoreError {
    match cause {
        MigrateError::VersionMissing(version) => {
            let newest = known.iter().map(|migration| migration.version).max().unwrap_or_default();
            let detail = format!(
                "the database is newer than this program: it has migration {version}, this program knows {newest}"
            );
            StoreError::new(WHAT, detail)
        }
        cause => StoreError::new(WHAT, cause),
    }
}
