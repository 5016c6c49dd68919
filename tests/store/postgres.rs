//! The suite on Postgres, and what only Postgres promises.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fairhold::domain::{InventoryId, Timestamp};
use fairhold::persistence::postgres::PostgresStore;
use fairhold::persistence::recovery::load;
use fairhold::persistence::{Append, AppendError, Appender, ChainLink, Plans, Store, StoreTrouble};
use sqlx::{Connection, Executor, PgConnection};

use super::conformance;
use crate::support::postgres::database;

async fn store() -> ((), Arc<dyn Store>) {
    ((), Arc::new(PostgresStore::open(&database().await, 4).await.unwrap()))
}

conformance::suite!(store);

/// What is bounded ends long before, also on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_clock_is_the_servers_and_runs() {
    let (_, store) = store().await;
    let before = store.clock().await.unwrap().unwrap();
    let here = fairhold::sources::Sources::system().now();
    let there = store.clock().await.unwrap().unwrap();
    // The same machine, so the same time: what was read between two looks lies between them.
    assert!(before <= here.plus_ms(1) && here <= there.plus_ms(1), "{before:?}, {here:?}, {there:?}");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(store.clock().await.unwrap().unwrap().since_ms(before) >= 20);
}

/// A database with one inventory, taken over once.
struct Scene {
    url: String,
    store: PostgresStore,
    hall: InventoryId,
    epoch: u64,
}

impl Scene {
    async fn set() -> Self {
        Self::with_connections(4).await
    }

    async fn with_connections(connections: u32) -> Self {
        let url = database().await;
        let store = PostgresStore::open(&url, connections).await.unwrap();
        store.create(&conformance::new(1)).await.unwrap();
        let hall = conformance::id(1);
        let epoch = store.take_over(hall).await.unwrap().unwrap();
        Self { url, store, hall, epoch }
    }

    /// Somebody else.
    async fn other(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    async fn run(&self, sql: impl sqlx::SqlSafeStr) {
        self.other().await.execute(sqlx::query(sql)).await.unwrap();
    }

    /// Until some connection of this database waits for a lock.
    async fn somebody_waits(&self) {
        let mut connection = self.other().await;
        let sql = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let deadline = Instant::now() + PATIENCE;
        while sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut connection).await.unwrap() == 0 {
            assert!(Instant::now() < deadline, "nobody waits");
        }
    }
}

fn row(inventory: InventoryId, epoch: u64) -> Append {
    let (link, body) = (ChainLink::ANCHOR, b"{\"v\":1}".as_slice().into());
    Append { inventory, epoch, seq: 2, at: Timestamp(1), link, body }
}

/// The heart of the fence: a take-over waits for an append that has begun, so what it then reads is all that
/// the old owner ever wrote.
#[tokio::test]
async fn a_take_over_waits_for_an_append_in_flight() {
    let scene = Scene::set().await;
    let (store, hall) = (&scene.store, scene.hall);
    let mut appending = scene.other().await;
    let mut transaction = appending.begin().await.unwrap();
    let lock = sqlx::query("SELECT epoch FROM owners WHERE inventory = $1 FOR SHARE").bind(hall.uuid());
    lock.execute(&mut *transaction).await.unwrap();
    let taking = tokio::spawn({
        let store = store.clone();
        async move { store.take_over(hall).await }
    });
    scene.somebody_waits().await;
    assert!(!taking.is_finished());
    transaction.commit().await.unwrap();
    assert_eq!(taking.await.unwrap().unwrap(), Some(2));
}

/// And an append that began behind a take-over writes nothing.
#[tokio::test]
async fn an_append_that_waits_for_a_take_over_is_fenced_by_it() {
    let scene = Scene::set().await;
    let (store, hall, epoch) = (&scene.store, scene.hall, scene.epoch);
    let mut appender = store.appender().await.unwrap();
    let mut other = scene.other().await;
    let mut transaction = other.begin().await.unwrap();
    let raise = sqlx::query("UPDATE owners SET epoch = epoch + 1 WHERE inventory = $1").bind(hall.uuid());
    raise.execute(&mut *transaction).await.unwrap();
    let appending = tokio::spawn(async move { appender.append(&[row(hall, epoch)]).await });
    scene.somebody_waits().await;
    transaction.commit().await.unwrap();
    assert_eq!(appending.await.unwrap().unwrap(), [row(hall, epoch).owner()]);
    assert_eq!(store.records(hall, 1, 10).await.unwrap(), []);
}

/// A lock that is not given within two seconds is worth another try; the connection serves on.
#[tokio::test]
async fn an_append_that_cannot_have_its_lock_is_tried_again() {
    let scene = Scene::set().await;
    let (store, hall, epoch) = (&scene.store, scene.hall, scene.epoch);
    let mut appender = store.appender().await.unwrap();
    let mut other = scene.other().await;
    let mut transaction = other.begin().await.unwrap();
    transaction.execute("SELECT * FROM owners FOR UPDATE").await.unwrap();
    let outcome = tokio::time::timeout(PATIENCE, appender.append(&[row(hall, epoch)])).await.unwrap();
    assert!(matches!(outcome, Err(AppendError::Again(_))), "{outcome:?}");
    transaction.rollback().await.unwrap();
    assert_eq!(appender.append(&[row(hall, epoch)]).await.unwrap(), []);
}

/// The server ends the connection while the statement runs: nobody can say what became of it.
#[tokio::test]
async fn an_append_whose_connection_ends_is_unknown_and_the_next_one_connects_anew() {
    let scene = Scene::set().await;
    let (store, hall, epoch) = (&scene.store, scene.hall, scene.epoch);
    let mut appender = store.appender().await.unwrap();
    let mut other = scene.other().await;
    let mut transaction = other.begin().await.unwrap();
    transaction.execute("SELECT * FROM owners FOR UPDATE").await.unwrap();
    let appending = tokio::spawn(async move {
        let outcome = appender.append(&[row(hall, epoch)]).await;
        (appender, outcome)
    });
    scene.somebody_waits().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
    scene.run(kill).await;
    let (mut appender, outcome) = appending.await.unwrap();
    assert!(matches!(outcome, Err(AppendError::Unknown(_))), "{outcome:?}");
    transaction.rollback().await.unwrap();
    assert_eq!(appender.append(&[row(hall, epoch)]).await.unwrap(), []);
}

#[tokio::test]
async fn without_a_server_nothing_waits_for_ever() {
    let opened = PostgresStore::open("postgres://fairhold@127.0.0.1:1/nowhere", 1);
    let nowhere = tokio::time::timeout(PATIENCE, opened).await.unwrap().unwrap_err();
    assert!(nowhere.to_string().contains("refused"), "{nowhere}");
}

/// Connections that gave no answer are not used again, and do not use up the pool.
#[tokio::test]
async fn a_call_that_is_not_answered_gives_its_place_back() {
    let scene = Scene::with_connections(1).await;
    let (store, hall) = (&scene.store, scene.hall);
    let mut other = scene.other().await;
    let mut transaction = other.begin().await.unwrap();
    transaction.execute("SELECT * FROM owners FOR UPDATE").await.unwrap();
    for _ in 0..2 {
        assert!(tokio::time::timeout(PATIENCE, store.take_over(hall)).await.unwrap().is_err());
    }
    transaction.rollback().await.unwrap();
    assert_eq!(store.take_over(hall).await.unwrap(), Some(2));
    // An asker that goes away leaves nothing behind either.
    let mut asking = store.take_over(hall);
    assert!(futures_util::poll!(&mut asking).is_pending());
    drop(asking);
    assert!(store.take_over(hall).await.unwrap().unwrap() >= 3);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_said_so() {
    let scene = Scene::set().await;
    PostgresStore::open(&scene.url, 1).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations \
                 SELECT 99, description, now(), true, checksum, 0 FROM _sqlx_migrations LIMIT 1";
    scene.run(newer).await;
    let refused = PostgresStore::open(&scene.url, 1).await.unwrap_err().to_string();
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
    let scene = Scene::set().await;
    let (_, name) = scene.url.rsplit_once('/').unwrap();
    scene.run(sqlx::AssertSqlSafe(format!("ALTER DATABASE {name} SET synchronous_commit = off"))).await;
    let mut appender = scene.store.postgres_appender().await.unwrap();
    appender.append(&[row(scene.hall, scene.epoch)]).await.unwrap();
    assert_eq!(appender.synchronous_commit().await.unwrap(), "on");
}

/// A server that was made a standby, or an operator who is careful: what can be read is read, and it is said that
/// nothing can be written.
#[tokio::test]
async fn a_database_that_can_only_be_read_is_told_and_read() {
    let scene = Scene::set().await;
    let kiosk = crate::damage::kiosk(&scene.store, 3).await;
    let (_, name) = scene.url.rsplit_once('/').unwrap();
    scene
        .run(sqlx::AssertSqlSafe(format!("ALTER DATABASE {name} SET default_transaction_read_only = on")))
        .await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    scene.run(kill).await;
    let store = &scene.store;
    let trouble = async || loop {
        // The first calls find that their connections are gone.
        match store.probe().await.unwrap_err().trouble() {
            StoreTrouble::Away => {}
            trouble => return trouble,
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, trouble()).await.unwrap(), StoreTrouble::ReadOnly);
    store.ping().await.unwrap();
    assert!(store.take_over(kiosk).await.is_err());
    assert_eq!(load(store, &Plans::default(), kiosk).await.unwrap().state.seq(), 3);
    let mut appender = store.appender().await.unwrap();
    let refused = appender.append(&[row(scene.hall, scene.epoch)]).await;
    assert!(matches!(refused, Err(AppendError::Again(_))), "{refused:?}");
}

#[tokio::test]
async fn a_database_without_a_table_is_no_store() {
    let scene = Scene::set().await;
    scene.run("DROP TABLE records").await;
    assert_eq!(scene.store.ping().await.unwrap_err().trouble(), StoreTrouble::Broken);
}
