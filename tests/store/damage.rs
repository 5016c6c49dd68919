//! A store that somebody or something has been at: `check` tells each damage, and what would sell by it is not served.

use std::path::Path;
use std::sync::Arc;

use fairhold::domain::{
    Caller, Cause, Details, Event, InventoryId, Plan, PlanDocument, Record, Settings, Timestamp,
};
use fairhold::persistence::postgres::PostgresStore;
use fairhold::persistence::recovery::{LoadError, Recovered, load};
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{
    Append, CheckReport, Plans, Store, accept, check, codec, new_inventory, open, open_as_it_is,
};
use fairhold::sources::Sources;
use sqlx::{Connection, Executor};

use crate::support::postgres::database;

/// Records of a journal before anything is done to it.
const RECORDS: u64 = 8;

pub(crate) fn plan() -> Plan {
    let document: PlanDocument = serde_json::from_value(serde_json::json!({
        "name": "Kiosk", "items": [{"id": "cola", "label": "Cola", "capacity": 5, "sellable": true}]}))
    .unwrap();
    Plan::compile(document).unwrap()
}

/// An inventory with a journal of some records.
pub(crate) async fn kiosk(store: &dyn Store, records: u64) -> InventoryId {
    let sources = Sources::manual(Timestamp(1_777_633_200_000));
    let new = new_inventory(&sources, Details::named("Kiosk"), &plan(), Settings::default(), "test", None);
    store.create(&new).await.unwrap();
    write(store, new.id, records - 1).await;
    new.id
}

/// So many records more.
async fn write(store: &dyn Store, kiosk: InventoryId, count: u64) {
    let epoch = store.take_over(kiosk).await.unwrap().unwrap();
    let Recovered { state, mut link } = load(store, &Plans::default(), kiosk).await.unwrap();
    let mut appender = store.appender().await.unwrap();
    for seq in state.seq() + 1..=state.seq() + count {
        let settings = Settings { hold_seconds: 100 + seq as u32, ..Settings::default() };
        let (at, events) =
            (Timestamp(1_777_633_200_000 + seq as i64), [Event::Configured { settings, details: None }]);
        let record =
            Record { seq, epoch, at, by: Caller::Clock, cause: Cause::default(), events: events.into() };
        let body = codec::encode_record(&record);
        link = link.next(kiosk, seq, epoch, at, &body);
        appender.append(&[Append { inventory: kiosk, epoch, seq, at, link, body }]).await.unwrap();
    }
}

/// Told by `check`; by which rules.
fn rules(report: &CheckReport) -> Vec<&'static str> {
    report.violations.iter().map(|violation| violation.rule).collect()
}

/// What becomes of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loads {
    Well,
    /// It is refused, and the owner is not asked to sell.
    Not,
    /// There is nobody to take over from.
    Unknown,
}

/// The damage in SQL, `{body}` being what edits a record's body; the rule that tells it; what becomes of a load.
const DAMAGES: &[(&str, &[&str], &str, Loads)] = &[
    ("a record is edited", &["UPDATE records SET body = {body} WHERE seq = 4"], "chain", Loads::Not),
    ("the last record is edited", &["UPDATE records SET body = {body} WHERE seq = 8"], "chain", Loads::Not),
    ("the first record is edited", &["UPDATE records SET body = {body} WHERE seq = 1"], "chain", Loads::Not),
    ("the last record is cut", &["DELETE FROM records WHERE seq = 8"], "chain", Loads::Not),
    ("all but the first are cut", &["DELETE FROM records WHERE seq > 1"], "chain", Loads::Not),
    ("one is taken out", &["DELETE FROM records WHERE seq = 5"], "chain", Loads::Not),
    (
        "one is taken out and the gap is closed",
        &[
            "DELETE FROM records WHERE seq = 5",
            "UPDATE records SET seq = -seq WHERE seq > 5",
            "UPDATE records SET seq = -seq - 1 WHERE seq < 0",
        ],
        "chain",
        Loads::Not,
    ),
    (
        "two change places",
        &[
            "UPDATE records SET seq = -4 WHERE seq = 4",
            "UPDATE records SET seq = 4 WHERE seq = 5",
            "UPDATE records SET seq = 5 WHERE seq = -4",
        ],
        "chain",
        Loads::Not,
    ),
    (
        "a record's epoch is raised",
        &["UPDATE records SET epoch = 2 WHERE seq = 8", "UPDATE owners SET epoch = 2"],
        "chain",
        Loads::Not,
    ),
    ("a record's time is changed", &["UPDATE records SET at = at + 1 WHERE seq = 8"], "chain", Loads::Not),
    ("a link is taken away", &["UPDATE records SET link = NULL WHERE seq = 8"], "chain", Loads::Not),
    ("a newer record", &["UPDATE records SET body = {newer} WHERE seq = 8"], "readable", Loads::Not),
    ("a head is put forward", &["UPDATE heads SET seq = 9"], "chain", Loads::Not),
    ("a head is below one", &["UPDATE heads SET seq = 0"], "chain", Loads::Well),
    ("there is no owner", &["DELETE FROM owners"], "owner", Loads::Unknown),
    ("an epoch is negative", &["UPDATE owners SET epoch = -3"], "epoch", Loads::Not),
    ("an epoch is at its end", &["UPDATE owners SET epoch = 9223372036854775807"], "epoch", Loads::Not),
    ("an epoch fell back", &["UPDATE owners SET epoch = 0"], "epoch", Loads::Well),
    ("the catalogue lost it", &["DELETE FROM inventories"], "orphan", Loads::Well),
    ("records of nobody", &["UPDATE records SET inventory = {other} WHERE seq = 8"], "orphan", Loads::Not),
    ("a plan of nobody", &["UPDATE plans SET inventory = {other}"], "orphan", Loads::Unknown),
    ("no record 1", &["DELETE FROM records"], "catalogue", Loads::Not),
    (
        "the plan that is shown is not there",
        &["UPDATE inventories SET plan_version = 2"],
        "catalogue",
        Loads::Well,
    ),
    ("the units that are shown are others", &["UPDATE inventories SET units = 2"], "catalogue", Loads::Well),
    (
        "a seq below one",
        &["INSERT INTO records (inventory, seq, epoch, at, body) SELECT inventory, -1, epoch, at, body \
        FROM records WHERE seq = 1"],
        "record",
        Loads::Well,
    ),
    ("an epoch below zero", &["UPDATE records SET epoch = -1 WHERE seq = 8"], "record", Loads::Not),
    (
        "a snapshot of a record that is not there",
        &["INSERT INTO snapshots (inventory, seq, epoch, at, figures, body) \
        SELECT inventory, 20, 1, 1, '{\"capacity\":0,\"held\":0,\"sold\":0,\"blocked\":0,\"available\":0}', body FROM records WHERE seq = 1"],
        "snapshot",
        Loads::Well,
    ),
    ("a plan that cannot be read", &["UPDATE plans SET document = {newer}"], "plan", Loads::Not),
    (
        "a version of a plan below one",
        &["INSERT INTO plans (inventory, version, document) \
        SELECT inventory, -1, document FROM plans"],
        "plan",
        Loads::Well,
    ),
    (
        "a group that nobody can read",
        &["INSERT INTO groups (id, fingerprint, state, unfinished, created_at, changed_at, body) \
        VALUES ({group}, '', 'melted', {false}, 1, 1, {newer})"],
        "groups",
        Loads::Well,
    ),
    (
        "a group that was changed before it was made",
        &["INSERT INTO groups (id, fingerprint, state, unfinished, created_at, \
        changed_at, body) VALUES ({group}, '', 'aborted', {false}, 2, 1, {newer})"],
        "groups",
        Loads::Well,
    ),
    (
        "a key of a role that is none",
        &["INSERT INTO secret_keys (hash, id, role, name, created_at) \
        VALUES ({newer}, 'key_1', 'owner', '', 1)"],
        "key",
        Loads::Well,
    ),
    (
        "a secret that is none",
        &["INSERT INTO secrets (name, value) VALUES ('token', {short})"],
        "secret",
        Loads::Well,
    ),
    ("it has no name", &["DELETE FROM store"], "store", Loads::Well),
];

fn filled(sql: &str, is_sqlite: bool) -> String {
    let words = match is_sqlite {
        true => [
            ("{body}", "CAST(replace(CAST(body AS TEXT), 'hold_seconds\":', 'hold_seconds\":1') AS BLOB)"),
            ("{newer}", "CAST('{\"v\":9}' AS BLOB)"),
            ("{other}", "'inv_00000000000000000000000000000009'"),
            ("{group}", "'grp_00000000000000000000000000000009'"),
            ("{false}", "0"),
            ("{short}", "x'00'"),
        ],
        false => [
            (
                "{body}",
                "convert_to(replace(convert_from(body, 'UTF8'), 'hold_seconds\":', 'hold_seconds\":1'), 'UTF8')",
            ),
            ("{newer}", "convert_to('{\"v\":9}', 'UTF8')"),
            ("{other}", "'00000000-0000-0000-0000-000000000009'"),
            ("{group}", "'00000000-0000-0000-0000-000000000009'"),
            ("{false}", "false"),
            ("{short}", "'\\x00'"),
        ],
    };
    words.iter().fold(sql.to_owned(), |sql, (word, text)| sql.replace(word, text))
}

async fn judge(store: &dyn Store, kiosk: InventoryId, damage: &(&str, &[&str], &str, Loads)) {
    let (name, _, rule, loads) = damage;
    let report = check(store, |_| {}).await.unwrap_or_else(|cause| panic!("{name}: {cause}"));
    assert!(rules(&report).contains(rule), "{name}: {:?}", report.violations);
    let loaded = match store.take_over(kiosk).await {
        Err(_) => Loads::Not,
        Ok(None) => Loads::Unknown,
        Ok(Some(_)) => match load(store, &Plans::default(), kiosk).await {
            Ok(_) => Loads::Well,
            Err(LoadError::Unknown) => Loads::Unknown,
            Err(_) => Loads::Not,
        },
    };
    assert_eq!(loaded, *loads, "{name}");
}

#[tokio::test]
async fn every_damage_to_a_row_is_told_on_sqlite() {
    for damage in DAMAGES {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let kiosk = kiosk(&store, RECORDS).await;
        assert_eq!(check(&store, |_| {}).await.unwrap().violations, []);
        let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
        let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
        for sql in damage.1 {
            connection.execute(sqlx::AssertSqlSafe(filled(sql, true))).await.unwrap();
        }
        judge(&store, kiosk, damage).await;
    }
}

#[tokio::test]
async fn every_damage_to_a_row_is_told_on_postgres() {
    for damage in DAMAGES {
        let url = database().await;
        let store = PostgresStore::open(&url, 2).await.unwrap();
        let kiosk = kiosk(&store, RECORDS).await;
        assert_eq!(check(&store, |_| {}).await.unwrap().violations, []);
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        for sql in damage.1 {
            connection.execute(sqlx::AssertSqlSafe(filled(sql, false))).await.unwrap();
        }
        judge(&store, kiosk, damage).await;
    }
}

/// What is behind a snapshot is read by nobody at a load, but the record that it stands on is.
#[tokio::test]
async fn a_journal_that_was_cut_below_its_snapshot_is_not_served() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let kiosk = kiosk(&store, RECORDS).await;
    let state = load(&store, &Plans::default(), kiosk).await.unwrap().state;
    let copied = fairhold::persistence::recovery::Copied::of(&state);
    let snapshot =
        fairhold::persistence::recovery::snapshot(copied, &Plans::default(), kiosk, 1).await.unwrap();
    assert!(store.keep_snapshot(&snapshot).await.unwrap());
    load(&store, &Plans::default(), kiosk).await.unwrap();
    let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
    let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
    connection.execute("DELETE FROM heads; DELETE FROM records WHERE seq > 5").await.unwrap();
    let refused = load(&store, &Plans::default(), kiosk).await.unwrap_err();
    assert!(refused.to_string().contains("it was cut"), "{refused}");
}

/// A journal of the release before: nothing in it is linked, and what is written from now on is.
#[tokio::test]
async fn a_journal_from_before_the_links_goes_on_with_links() {
    let (url, dir) = (database().await, tempfile::tempdir().unwrap());
    let postgres: Arc<dyn Store> = Arc::new(PostgresStore::open(&url, 2).await.unwrap());
    let sqlite: Arc<dyn Store> = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    let old = ["UPDATE records SET link = NULL", "DELETE FROM heads"];
    for store in [&postgres, &sqlite] {
        kiosk(&**store, RECORDS).await;
    }
    let mut on_postgres = sqlx::PgConnection::connect(&url).await.unwrap();
    let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
    let mut on_sqlite = sqlx::SqliteConnection::connect(&file).await.unwrap();
    for sql in old {
        on_postgres.execute(sql).await.unwrap();
        on_sqlite.execute(sql).await.unwrap();
    }
    for store in [postgres, sqlite] {
        let id = store.inventories(None, 1).await.unwrap()[0].id;
        assert_eq!(store.head(id).await.unwrap(), None);
        write(&*store, id, 3).await;
        assert_eq!(check(&*store, |_| {}).await.unwrap().violations, []);
        assert_eq!(store.head(id).await.unwrap().unwrap().seq, RECORDS + 3);
        let records = store.records(id, 0, 100).await.unwrap();
        assert!(records.iter().all(|record| record.link.is_some() == (record.seq > RECORDS)));
    }
}

#[tokio::test]
async fn a_journal_that_was_repaired_by_hand_is_served_once_it_is_accepted() {
    let (url, dir) = (database().await, tempfile::tempdir().unwrap());
    let postgres: Arc<dyn Store> = Arc::new(PostgresStore::open(&url, 2).await.unwrap());
    let sqlite: Arc<dyn Store> = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    let mut ids = Vec::new();
    for store in [&postgres, &sqlite] {
        ids.push(kiosk(&**store, RECORDS).await);
    }
    let cut = "DELETE FROM records WHERE seq > 5";
    sqlx::PgConnection::connect(&url).await.unwrap().execute(cut).await.unwrap();
    let file = format!("sqlite://{}/fairhold.sqlite", dir.path().display());
    sqlx::SqliteConnection::connect(&file).await.unwrap().execute(cut).await.unwrap();
    for (store, id) in [postgres, sqlite].into_iter().zip(ids) {
        assert_eq!(accept(&*store, false).await.unwrap().journals.len(), 1);
        assert!(load(&*store, &Plans::default(), id).await.is_err(), "to be told is not to be taken");
        assert_eq!(accept(&*store, true).await.unwrap().journals.len(), 1);
        assert_eq!(load(&*store, &Plans::default(), id).await.unwrap().state.seq(), 5);
        assert_eq!(check(&*store, |_| {}).await.unwrap().violations, []);
        assert!(accept(&*store, true).await.unwrap().journals.is_empty());
    }
}

// --- the file below SQLite

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
