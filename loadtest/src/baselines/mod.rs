//! What fairhold is measured against: the ways in which shops usually keep two people from buying one
//! thing, each built as well as it can be. Every answer of theirs means a sold piece, every one of them checks
//! its idempotency key, and none of them sells twice; `audit` says so from the database.

pub mod claim;
pub mod fair_lock;
pub mod rows;
pub mod stock;
pub mod store;

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo};
use sqlx::postgres::{PgPool, PgPoolOptions};
use uuid::Uuid;

use crate::Outcome;

/// How long a request may wait for a database connection or for the lock.
pub const WAIT: Duration = Duration::from_secs(5);
/// Commands on their way to Redis at once, of one worker: all its connections may have one.
const PIPELINE: usize = 512;

/// The ways to sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// `SELECT … FOR UPDATE` on the seat's row, then update and insert, then commit
    SeatLock,
    /// The same as one statement
    SeatOneStatement,
    /// `SELECT … FOR UPDATE` on one row of stock, then update and insert, then commit
    StockLock,
    /// `UPDATE … SET quantity = quantity - 1 WHERE quantity > 0` with its insert, one statement
    StockOneStatement,
    /// A fair lock in Redis around `SeatLock`, one for each event
    FairLock,
    /// A script in Redis claims the seat, batches follow to the database
    RedisClaim,
}

impl Kind {
    /// Whether a request takes a piece of stock, whatever seat it names.
    pub fn sells_stock(self) -> bool {
        matches!(self, Self::StockLock | Self::StockOneStatement)
    }
}

/// One request, checked.
#[derive(Debug, Clone)]
pub struct Order {
    pub id: Uuid,
    pub event: Uuid,
    pub seat: String,
    pub buyer: String,
    pub key: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sold {
    /// Now, or earlier by the same key: the order's id and price.
    Yes { id: Uuid, amount: i64 },
    /// Somebody else has it, or nothing is left, or there is no such thing.
    No,
    /// Too many wait.
    Busy,
}

/// What one HTTP worker sells with: its own connections, so that no answer crosses threads.
pub enum Shop {
    Rows(PgPool),
    OneStatement(PgPool),
    StockRow(PgPool),
    StockOneStatement(PgPool),
    Locked(fair_lock::FairLocks, PgPool),
    Claims(claim::Claims),
}

impl Shop {
    /// `connections` is this worker's share of the database connections.
    pub async fn open(kind: Kind, database: &str, redis: &str, connections: u32) -> Outcome<Self> {
        let pool = pool(database, connections).await?;
        Ok(match kind {
            Kind::SeatLock => Self::Rows(pool),
            Kind::SeatOneStatement => Self::OneStatement(pool),
            Kind::StockLock => Self::StockRow(pool),
            Kind::StockOneStatement => Self::StockOneStatement(pool),
            Kind::FairLock => Self::Locked(fair_lock::FairLocks::open(redis).await?, pool),
            Kind::RedisClaim => Self::Claims(claim::Claims::open(redis).await?),
        })
    }

    pub async fn sell(&self, order: &Order) -> Outcome<Sold> {
        match self {
            Self::Rows(pool) => rows::sell_locked(pool, order).await,
            Self::OneStatement(pool) => rows::sell_at_once(pool, order).await,
            Self::StockRow(pool) => stock::sell_locked(pool, order).await,
            Self::StockOneStatement(pool) => stock::sell_at_once(pool, order).await,
            Self::Locked(locks, pool) => {
                let Some(lock) = locks.acquire(&order.event.to_string(), WAIT).await? else {
                    return Ok(Sold::Busy);
                };
                let sold = rows::sell_locked(pool, order).await;
                lock.release().await?;
                sold
            }
            Self::Claims(claims) => claims.sell(order).await,
        }
    }
}

/// Connections that are opened at once and kept; statements are prepared once on each.
pub async fn pool(database: &str, connections: u32) -> Outcome<PgPool> {
    let options = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    Ok(options.connect(database).await?)
}

/// A client that sends small commands at once (Nagle's wait off).
pub fn redis_client(url: &str) -> Outcome<Client> {
    let settings = TcpSettings::default().set_nodelay(true);
    Ok(Client::open(url.into_connection_info()?.set_tcp_settings(settings))?)
}

/// One connection for many commands at a time.
pub async fn redis_connection(client: &Client) -> Outcome<MultiplexedConnection> {
    let config =
        AsyncConnectionConfig::new().set_response_timeout(Some(WAIT)).set_pipeline_buffer_size(PIPELINE);
    Ok(client.get_multiplexed_async_connection_with_config(&config).await?)
}
