//! What a commit rests on.

use std::path::PathBuf;

use fairhold::persistence::sqlite::SqliteAppender;

use crate::support::journal::store;

#[tokio::test]
async fn the_writer_commits_into_a_synchronous_write_ahead_log() {
    let dir = tempfile::tempdir().unwrap();
    let _store = store(dir.path()).await;
    let file = dir.path().join("fairhold.sqlite");
    let durability = SqliteAppender::open(file).await.unwrap().durability().await.unwrap();
    assert_eq!(durability.journal_mode, "wal");
    assert_eq!(durability.synchronous, 2, "2 is FULL");
}

#[tokio::test]
async fn a_writer_that_could_lose_a_commit_is_refused() {
    // A database in memory has no write-ahead log, as some network file systems have none.
    let refused = SqliteAppender::open(PathBuf::from(":memory:")).await.err().unwrap();
    assert!(refused.to_string().contains("not WAL with synchronous=FULL"), "{refused}");
}
