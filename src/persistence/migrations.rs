//! What both engines say when a database cannot be brought to the shape that this program knows.
//!
//! Migrations expand first and contract a release later, so that the release before still runs beside a new
//! one; a database that has a migration this program does not know is refused.

use sqlx::migrate::{MigrateError, Migrator};

use super::StoreError;

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
