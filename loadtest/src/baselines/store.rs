//! Tables of the baselines, what they start with, and the count afterwards.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::{Kind, Order, Sold};
use crate::wire::baseline_inventory;
use crate::{Failure, Outcome};

/// Seats of one event; their ids are those of `setup::seat_id`.
const SEATS: i32 = 200_000;
/// Pieces of one stock: more than can be sold in a run.
const STOCK: i64 = 100_000_000;

/// A row is written once more in its life, and finds room beside itself (`fillfactor`): no index is touched.
const SCHEMA: &str = "
    CREATE TABLE seats (
        event uuid NOT NULL, seat text NOT NULL, price bigint NOT NULL, status smallint NOT NULL DEFAULT 0,
        order_id uuid, PRIMARY KEY (event, seat)
    ) WITH (fillfactor = 60);
    CREATE TABLE stock (
        id uuid PRIMARY KEY, quantity bigint NOT NULL CHECK (quantity >= 0), price bigint NOT NULL
    ) WITH (fillfactor = 10);
    CREATE TABLE orders (
        id uuid PRIMARY KEY, event uuid NOT NULL, seat text NOT NULL, buyer text NOT NULL,
        idempotency_key text NOT NULL, amount bigint NOT NULL, expires_at timestamptz NOT NULL,
        UNIQUE (buyer, idempotency_key)
    );";

/// What the database says after a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Count {
    /// rows of `orders`
    pub orders: u64,
    /// orders beyond the first for the same seat; of stock, pieces that left it without an order or the reverse
    pub wrong: u64,
    /// claimed in Redis, not yet written
    pub pending: u64,
}

/// Makes the tables and fills them.
pub async fn prepare(pool: &PgPool, kind: Kind, events: u32) -> Outcome<()> {
    sqlx::raw_sql(SCHEMA).execute(pool).await?;
    for number in 0..events {
        let event = event_id(&baseline_inventory(number))?;
        if kind.sells_stock() {
            let row = "INSERT INTO stock (id, quantity, price) VALUES ($1, $2, 150000)";
            sqlx::query(row).bind(event).bind(STOCK).execute(pool).await?;
        } else if kind != Kind::RedisClaim {
            fill_seats(pool, event).await?;
        }
    }
    sqlx::raw_sql("VACUUM ANALYZE").execute(pool).await?;
    sqlx::raw_sql("CHECKPOINT").execute(pool).await?;
    Ok(())
}

async fn fill_seats(pool: &PgPool, event: Uuid) -> Outcome<()> {
    let rows = "INSERT INTO seats (event, seat, price)
        SELECT $1, chr(65 + n / 10000) || '-' || lpad((n / 100 % 100)::text, 2, '0') || '-' || lpad((n % 100)::text, 2, '0'), 150000
        FROM generate_series(0, $2 - 1) AS n";
    sqlx::query(rows).bind(event).bind(SEATS).execute(pool).await?;
    Ok(())
}

/// The event behind `inv_…`.
pub fn event_id(inventory: &str) -> Outcome<Uuid> {
    let text = inventory.strip_prefix("inv_").ok_or("not an inventory")?;
    Ok(Uuid::try_parse(text)?)
}

/// The order that the same buyer made with the same key, for a repeated request.
pub async fn earlier(pool: &PgPool, order: &Order) -> Outcome<Sold> {
    let found = sqlx::query_as("SELECT id, amount FROM orders WHERE buyer = $1 AND idempotency_key = $2")
        .bind(&order.buyer)
        .bind(&order.key)
        .fetch_optional(pool)
        .await?;
    Ok(found.map_or(Sold::No, |(id, amount)| Sold::Yes { id, amount }))
}

/// Whether the statement failed because the key is used already; it wrote nothing then.
pub fn is_repeat(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Counts what was sold and what should not have been.
pub async fn count(pool: &PgPool, kind: Kind) -> Outcome<Count> {
    let orders: i64 = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(pool).await?;
    let wrong: i64 = if kind.sells_stock() {
        let gone = "SELECT count(*) * $1 - coalesce(sum(quantity), 0)::bigint FROM stock";
        let gone: i64 = sqlx::query_scalar(gone).bind(STOCK).fetch_one(pool).await?;
        (gone - orders).abs()
    } else {
        let twice = "SELECT count(*) - count(DISTINCT (event, seat)) FROM orders";
        let twice: i64 = sqlx::query_scalar(twice).fetch_one(pool).await?;
        twice + unlike_seats(pool, kind, orders).await?
    };
    let number = |count: i64| u64::try_from(count).map_err(Failure::from);
    Ok(Count { orders: number(orders)?, wrong: number(wrong)?, pending: 0 })
}

/// Seats that are taken without their order, or the reverse.
async fn unlike_seats(pool: &PgPool, kind: Kind, orders: i64) -> Outcome<i64> {
    if kind == Kind::RedisClaim {
        return Ok(0);
    }
    let pairs = "SELECT count(*) FROM seats JOIN orders ON orders.id = seats.order_id
        AND orders.event = seats.event AND orders.seat = seats.seat WHERE status = 1";
    let pairs: i64 = sqlx::query_scalar(pairs).fetch_one(pool).await?;
    let taken: i64 =
        sqlx::query_scalar("SELECT count(*) FROM seats WHERE status <> 0").fetch_one(pool).await?;
    Ok((orders - pairs).abs() + (taken - pairs).abs())
}
