//! A store that somebody or something has been at: `check` tells each damage, and what would sell by it is not served.

use std::sync::Arc;

use fairhold::domain::{
    Caller, Cause, Details, Event, InventoryId, Plan, PlanDocument, Record, Settings, Timestamp,
};
use fairhold::persistence::postgres::PostgresStore;
use fairhold::persistence::recovery::{LoadError, Recovered, load};
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{Append, CheckReport, Plans, Store, accept, check, codec, new_inventory};
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
pub(crate) async fn write(store: &dyn Store, kiosk: InventoryId, count: u64) {
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
pub(crate) fn rules(report: &CheckReport) -> Vec<&'static str> {
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
