//! The suite on Postgres, and what only Postgres promises.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fairhold::domain::{InventoryId, Timestamp};
use fairhold::persistence::postgres::PostgresStore;
use fairhold::persistence::{Append, AppendError, Appender, Store};
use sqlx::{Connection, Executor, PgConnection};

use super::conformance;
use crate::support::postgres::database;

async fn store() -> Arc<dyn Store> {
    Arc::new(PostgresStore::open(&database().await, 4).await.unwrap())
}

macro_rules! on_postgres {
    ($($name:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            conformance::$name(store().await).await;
        }
    )*};
}

on_postgres!(
    a_batch_is_written_whole_and_read_back_in_order,
    a_stale_epoch_writes_nothing_and_is_named,
    a_seq_is_written_once,
    a_take_over_raises_the_epoch_by_one,
    an_unknown_inventory_has_nothing,
    bodies_keep_every_byte,
    snapshots_are_fenced_and_the_last_two_stay,
    an_inventory_is_created_once_per_key,
    an_inventory_is_created_once_by_two_at_once,
    the_list_is_paged_by_id_and_shows_the_last_snapshot,
    only_recently_active_inventories_are_named,
    a_key_is_found_until_it_is_revoked,
    a_secret_is_made_once,
    two_owners_never_both_write,
);

#[tokio::test]
async fn the_clock_is_the_servers_and_runs() {
    let store = store().await;
    let before = store.clock().await.unwrap().unwrap();
    let here = fairhold::sources::Sources::system().now();
    // The same machine, so the same time; seconds for a slow one.
    assert!(before.since_ms(here).abs() < 5_000, "{before:?}, here it is {here:?}");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(store.clock().await.unwrap().unwrap().since_ms(before) >= 20);
}

async fn hall(store: &dyn Store) -> (InventoryId, u64) {
    store.create(&conformance::new(1)).await.unwrap();
    let hall = conformance::id(1);
    (hall, store.take_over(hall).await.unwrap().unwrap())
}

fn row(inventory: InventoryId, epoch: u64) -> Append {
    Append { inventory, epoch, seq: 2, at: Timestamp(1), body: b"{\"v\":1}".as_slice().into() }
}

/// The heart of the fence: a take-over waits for an append that has begun, so what it then reads is all that
/// the old owner ever wrote.
#[tokio::test]
async fn a_take_over_waits_for_an_append_in_flight() {
    let url = database().await;
    let store = PostgresStore::open(&url, 4).await.unwrap();
    let (hall, _) = hall(&store).await;
    let mut appending = PgConnection::connect(&url).await.unwrap();
    let mut transaction = appending.begin().await.unwrap();
    let lock = sqlx::query("SELECT epoch FROM owners WHERE inventory = $1 FOR SHARE").bind(hall.uuid());
    lock.execute(&mut *transaction).await.unwrap();
    let taking = tokio::spawn({
        let store = store.clone();
        async move { store.take_over(hall).await }
    });
    wait_until_somebody_waits(&url).await;
    assert!(!taking.is_finished());
    transaction.commit().await.unwrap();
    assert_eq!(taking.await.unwrap().unwrap(), Some(2));
}

/// And an append that began behind a take-over writes nothing.
#[tokio::test]
async fn an_append_that_waits_for_a_take_over_is_fenced_by_it() {
    let url = database().await;
    let store = PostgresStore::open(&url, 4).await.unwrap();
    let (hall, epoch) = hall(&store).await;
    let mut appender = store.appender().await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    let raise = sqlx::query("UPDATE owners SET epoch = epoch + 1 WHERE inventory = $1").bind(hall.uuid());
    raise.execute(&mut *transaction).await.unwrap();
    let appending = tokio::spawn(async move { appender.append(&[row(hall, epoch)]).await });
    wait_until_somebody_waits(&url).await;
    transaction.commit().await.unwrap();
    assert_eq!(appending.await.unwrap().unwrap(), [row(hall, epoch).owner()]);
    assert_eq!(store.records(hall, 1, 10).await.unwrap(), []);
}

/// Until some connection of this database waits for a lock.
async fn wait_until_somebody_waits(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let deadline = Instant::now() + Duration::from_secs(10);
    while sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut connection).await.unwrap() == 0 {
        assert!(Instant::now() < deadline, "nobody waits");
    }
}

/// A lock that is not given within two seconds is worth another try; the connection serves on.
#[tokio::test]
async fn an_append_that_cannot_have_its_lock_is_tried_again() {
    let url = database().await;
    let store = PostgresStore::open(&url, 4).await.unwrap();
    let (hall, epoch) = hall(&store).await;
    let mut appender = store.appender().await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    transaction.execute("SELECT * FROM owners FOR UPDATE").await.unwrap();
    let started = Instant::now();
    let outcome = appender.append(&[row(hall, epoch)]).await;
    assert!(matches!(outcome, Err(AppendError::Again(_))), "{outcome:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    transaction.rollback().await.unwrap();
    assert_eq!(appender.append(&[row(hall, epoch)]).await.unwrap(), []);
}

/// The server ends the connection while the statement runs: nobody can say what became of it.
#[tokio::test]
async fn an_append_whose_connection_ends_is_unknown_and_the_next_one_connects_anew() {
    let url = database().await;
    let store = PostgresStore::open(&url, 4).await.unwrap();
    let (hall, epoch) = hall(&store).await;
    let mut appender = store.appender().await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    transaction.execute("SELECT * FROM owners FOR UPDATE").await.unwrap();
    let appending = tokio::spawn(async move {
        let outcome = appender.append(&[row(hall, epoch)]).await;
        (appender, outcome)
    });
    wait_until_somebody_waits(&url).await;
    let mut killer = PgConnection::connect(&url).await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
    killer.execute(kill).await.unwrap();
    let (mut appender, outcome) = appending.await.unwrap();
    assert!(matches!(outcome, Err(AppendError::Unknown(_))), "{outcome:?}");
    transaction.rollback().await.unwrap();
    assert_eq!(appender.append(&[row(hall, epoch)]).await.unwrap(), []);
}

#[tokio::test]
async fn without_a_server_nothing_waits_for_ever() {
    let started = Instant::now();
    let nowhere = PostgresStore::open("postgres://fairhold@127.0.0.1:1/nowhere", 1).await.unwrap_err();
    assert!(nowhere.to_string().contains("refused"), "{nowhere}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// Connections that gave no answer are not used again, and do not use up the pool.
#[tokio::test]
async fn a_call_that_is_not_answered_gives_its_place_back() {
    let url = database().await;
    let store = PostgresStore::open(&url, 1).await.unwrap();
    let (hall, _) = hall(&store).await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    transaction.execute("SELECT * FROM owners FOR UPDATE").await.unwrap();
    for _ in 0..2 {
        let started = Instant::now();
        assert!(store.take_over(hall).await.is_err());
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
    transaction.rollback().await.unwrap();
    assert_eq!(store.take_over(hall).await.unwrap(), Some(2));
    // An asker that goes away leaves nothing behind either.
    let asked = tokio::time::timeout(Duration::ZERO, store.take_over(hall)).await;
    assert!(asked.is_err());
    assert!(store.take_over(hall).await.unwrap().unwrap() >= 3);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_said_so() {
    let url = database().await;
    PostgresStore::open(&url, 1).await.unwrap();
    PostgresStore::open(&url, 1).await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations \
                 SELECT 99, description, now(), true, checksum, 0 FROM _sqlx_migrations LIMIT 1";
    connection.execute(newer).await.unwrap();
    let refused = PostgresStore::open(&url, 1).await.unwrap_err().to_string();
    assert!(refused.contains("newer than this program: it has migration 99"), "{refused}");
}

/// Two servers that start at once on an empty database both find it migrated.
#[tokio::test]
async fn servers_that_start_together_wait_for_each_other() {
    let url = database().await;
    let open = || async { PostgresStore::open(&url, 1).await.unwrap().ping().await.unwrap() };
    tokio::join!(open(), open(), open());
}

#[tokio::test]
async fn commits_wait_for_the_disk_whatever_the_database_says() {
    let url = database().await;
    let store = PostgresStore::open(&url, 1).await.unwrap();
    let (hall, epoch) = hall(&store).await;
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let (_, name) = url.rsplit_once('/').unwrap();
    let relax = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    admin.execute(sqlx::AssertSqlSafe(relax)).await.unwrap();
    let mut appender = PostgresStore::open(&url, 1).await.unwrap().postgres_appender().await.unwrap();
    appender.append(&[row(hall, epoch)]).await.unwrap();
    assert_eq!(appender.synchronous_commit().await.unwrap(), "on");
}
