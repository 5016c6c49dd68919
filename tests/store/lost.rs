//! The file below SQLite: what a crash or a hand took of what was confirmed is told, and not served.

use std::path::Path;

use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{accept, check, open, open_as_it_is};
use sqlx::{Connection, Executor};

use crate::damage::{kiosk, rules, write};

/// A store as a crash leaves it: nothing of the log is in the database yet.
async fn crashed(records: u64) -> tempfile::TempDir {
    let (live, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = SqliteStore::open(live.path()).await.unwrap();
    kiosk(&store, records).await;
    for file in std::fs::read_dir(live.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
    }
    dir
}

fn wal(dir: &Path) -> std::path::PathBuf {
    dir.join("fairhold.sqlite-wal")
}

fn flip_a_bit(file: &Path, at: u64) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[at as usize] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn what_a_database_lost_of_what_was_confirmed_is_told_and_not_served() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 6] = [
        ("the log is cut", |dir| {
            let file = std::fs::File::options().write(true).open(wal(dir)).unwrap();
            let len = file.metadata().unwrap().len();
            file.set_len(len * 9 / 10).unwrap();
        }),
        ("a bit in the middle of the log", |dir| {
            let len = std::fs::metadata(wal(dir)).unwrap().len();
            flip_a_bit(&wal(dir), len * 9 / 10);
        }),
        ("the log is gone", |dir| std::fs::remove_file(wal(dir)).unwrap()),
        ("the log is emptied", |dir| drop(std::fs::File::create(wal(dir)).unwrap())),
        ("all is emptied", |dir| {
            std::fs::File::create(wal(dir)).unwrap();
            std::fs::File::create(dir.join("fairhold.sqlite")).unwrap();
        }),
        ("all is gone", |dir| {
            for name in ["fairhold.sqlite", "fairhold.sqlite-wal", "fairhold.sqlite-shm"] {
                let _may_be_missing = std::fs::remove_file(dir.join(name));
            }
        }),
    ];
    for (name, damage) in damages {
        let dir = crashed(60).await;
        damage(dir.path());
        let refused = SqliteStore::open(dir.path()).await.err().unwrap_or_else(|| panic!("{name}: it opens"));
        let words = refused.to_string();
        assert!(words.contains("confirmed") && words.contains("fairhold accept"), "{name}: {words}");
        let store = open_as_it_is("", 1, dir.path()).await.unwrap();
        let report = check(&*store, |_| {}).await.unwrap();
        assert!(rules(&report).contains(&"loss"), "{name}: {:?}", report.violations);
        assert!(SqliteStore::open(dir.path()).await.is_err(), "{name}: looking changes nothing");
        accept(&*store, true).await.unwrap();
        drop(store);
        let store = SqliteStore::open(dir.path()).await.unwrap();
        assert!(!rules(&check(&store, |_| {}).await.unwrap()).contains(&"loss"), "{name}");
    }
}

#[tokio::test]
async fn a_crash_that_loses_nothing_is_no_loss() {
    let dir = crashed(60).await;
    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert_eq!(check(&store, |_| {}).await.unwrap().violations, []);
    // Without a mark, as a release before this one leaves it, it is simply made.
    drop(store);
    std::fs::remove_file(dir.path().join("fairhold.mark")).unwrap();
    drop(SqliteStore::open(dir.path()).await.unwrap());
    assert!(dir.path().join("fairhold.mark").exists());
}

#[tokio::test]
async fn an_older_copy_and_another_database_are_told() {
    let dir = crashed(20).await;
    let older = crashed(10).await;
    for name in ["fairhold.sqlite", "fairhold.sqlite-wal", "fairhold.sqlite-shm"] {
        let _there = std::fs::copy(older.path().join(name), dir.path().join(name));
    }
    let refused = open("", 1, dir.path()).await.err().unwrap().to_string();
    assert!(refused.contains("is not the one that was used there"), "{refused}");

    let live = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(live.path()).await.unwrap();
    let id = kiosk(&store, 10).await;
    let copy = tempfile::tempdir().unwrap();
    for name in ["fairhold.sqlite", "fairhold.sqlite-wal"] {
        std::fs::copy(live.path().join(name), copy.path().join(name)).unwrap();
    }
    write(&store, id, 7).await;
    drop(store);
    std::fs::copy(live.path().join("fairhold.mark"), copy.path().join("fairhold.mark")).unwrap();
    let refused = open("", 1, copy.path()).await.err().unwrap().to_string();
    assert!(refused.contains("7 of 17 records that were confirmed are missing"), "{refused}");
}

#[tokio::test]
async fn a_page_that_is_no_page_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    kiosk(&store, 60).await;
    let file = dir.path().join("fairhold.sqlite");
    let mut connection =
        sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    connection.close().await.unwrap();
    // All but the first page, which says what the file is.
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    let told = match open_as_it_is("", 1, dir.path()).await {
        Err(cause) => cause.to_string(),
        Ok(store) => match check(&*store, |_| {}).await {
            Err(cause) => cause.to_string(),
            Ok(report) => format!("{:?}", report.violations),
        },
    };
    assert!(told.contains("malformed"), "{told}");
}
