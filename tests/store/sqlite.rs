//! The suite on SQLite, and what only SQLite promises.

use std::sync::Arc;

use fairhold::persistence::sqlite::{Durability, SqliteAppender, SqliteStore};
use fairhold::persistence::{Filter, Store, StoreTrouble};
use sqlx::{Connection, Executor};

use super::conformance;

async fn store() -> (tempfile::TempDir, Arc<dyn Store>) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    (dir, Arc::new(store))
}

conformance::suite!(store);

#[tokio::test]
async fn the_writers_connection_is_wal_with_full_sync() {
    let dir = tempfile::tempdir().unwrap();
    SqliteStore::open(dir.path()).await.unwrap();
    let mut appender = SqliteAppender::open(dir.path().join("fairhold.sqlite")).await.unwrap();
    let durability = appender.durability().await.unwrap();
    assert_eq!(durability, Durability { journal_mode: "wal".to_owned(), synchronous: 2 });
}

#[tokio::test]
async fn a_store_opens_again_and_beside_another() {
    let dir = tempfile::tempdir().unwrap();
    let first = SqliteStore::open(dir.path()).await.unwrap();
    let second = SqliteStore::open(dir.path()).await.unwrap();
    let secret = first.secret("token", b"one").await.unwrap();
    assert_eq!(second.secret("token", b"two").await.unwrap(), secret);
}

#[tokio::test]
async fn a_new_data_directory_is_for_its_owners_eyes_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/data");
    SqliteStore::open(&data).await.unwrap();
    let mode = std::fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "the secret that signs tokens is in there");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_said_so() {
    let dir = tempfile::tempdir().unwrap();
    SqliteStore::open(dir.path()).await.unwrap();
    let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
    let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations \
                 SELECT 99, description, installed_on, true, checksum, 0 FROM _sqlx_migrations LIMIT 1";
    connection.execute(newer).await.unwrap();
    let refused = SqliteStore::open(dir.path()).await.unwrap_err().to_string();
    assert!(refused.contains("newer than this program: it has migration 99"), "{refused}");
}

/// A release before this one keeps no name to be searched in.
#[tokio::test]
async fn what_an_older_release_made_is_found_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    store.create(&conformance::new(1)).await.unwrap();
    let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
    let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
    connection.execute("UPDATE inventories SET search = NULL, name = 'Old HALL'").await.unwrap();
    let filter = Filter { name: Some("d hAl".to_owned()), ..Filter::default() };
    let found = store.inventories_like(&filter, None, 10).await.unwrap();
    assert_eq!(found.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Old HALL"]);
}

#[tokio::test]
async fn files_that_were_open_to_others_are_closed_and_so_are_new_ones() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    for name in ["fairhold.sqlite", "migrate.lock"] {
        std::fs::write(dir.path().join(name), "").unwrap();
        std::fs::set_permissions(dir.path().join(name), mode(0o644)).unwrap();
    }
    let store = SqliteStore::open(dir.path()).await.unwrap();
    crate::damage::kiosk(&store, 3).await;
    let mut names = Vec::new();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        let found = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(found, 0o600, "{:?}", file.file_name());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    let all =
        ["fairhold.mark", "fairhold.sqlite", "fairhold.sqlite-shm", "fairhold.sqlite-wal", "migrate.lock"];
    assert_eq!(names, all);
}

#[tokio::test]
async fn a_database_without_a_table_is_no_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
    sqlx::SqliteConnection::connect(&file).await.unwrap().execute("DROP TABLE records").await.unwrap();
    assert_eq!(store.ping().await.unwrap_err().trouble(), StoreTrouble::Broken);
}
