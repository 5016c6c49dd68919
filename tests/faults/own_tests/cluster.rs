//! The private Postgres.

use sqlx::{Connection, PgConnection};

use crate::support::postgres::{Cluster, End, database};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_test_has_a_database_of_its_own_and_a_restart_keeps_it() {
    let cluster = Cluster::quick().await;
    let (one, other) = (cluster.database().await, cluster.database().await);
    let mut connection = PgConnection::connect(&one).await.unwrap();
    sqlx::query("CREATE TABLE kept AS SELECT 42 AS answer").execute(&mut connection).await.unwrap();

    cluster.stop(End::Immediate).await;
    assert!(sqlx::query("SELECT 1").execute(&mut connection).await.is_err(), "it is gone");
    assert!(PgConnection::connect(&one).await.is_err(), "it is gone");
    cluster.start_again().await;
    let mut connection = PgConnection::connect(&one).await.unwrap();
    let (answer,): (i32,) =
        sqlx::query_as("SELECT answer FROM kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(answer, 42);
    let mut connection = PgConnection::connect(&other).await.unwrap();
    assert!(sqlx::query("SELECT answer FROM kept").execute(&mut connection).await.is_err());

    let dir = cluster.dir().to_owned();
    drop(cluster);
    assert!(!dir.exists(), "it takes its files with it");
    assert!(PgConnection::connect(&one).await.is_err());
    // The one that suites share is another one.
    assert!(PgConnection::connect(&database().await).await.is_ok());
}
