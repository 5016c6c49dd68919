//! Claims in Redis, orders in the database later: a script takes the seat out of the set of free ones, remembers
//! the idempotency key and puts the order on a stream, all in one round trip; a writer moves the stream to
//! Postgres in batches. Fast, and an answer may be lost: it stands in Redis, which syncs its file once a second.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::streams::StreamRangeReply;
use redis::{AsyncCommands, Script};
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::{Order, Sold, redis_client, redis_connection};
use crate::setup::seat_id;
use crate::wire::baseline_inventory;
use crate::{Failure, Outcome};

/// Every seat costs the same; a shop has its prices in memory here.
const PRICE: i64 = 150_000;
/// A key is remembered for a day, as fairhold does.
const KEY_LIFE_SECONDS: u32 = 24 * 3600;
/// Orders of one statement.
const BATCH: usize = 1_000;
/// How long the writer rests when there is nothing to write.
const REST: Duration = Duration::from_millis(5);
const STREAM: &str = "orders";
const SEATS: u32 = 200_000;

/// KEYS: free seats, idempotency key, stream. ARGV: seat, order's id, its fields, life of the key.
const CLAIM: &str = "
    local earlier = redis.call('GET', KEYS[2])
    if earlier then return earlier end
    if redis.call('SREM', KEYS[1], ARGV[1]) == 0 then return false end
    redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[4])
    redis.call('XADD', KEYS[3], '*', 'order', ARGV[3])
    return ARGV[2]";

/// What one worker claims with.
pub struct Claims {
    connection: MultiplexedConnection,
    claim: Script,
}

impl Claims {
    pub async fn open(url: &str) -> Outcome<Self> {
        Ok(Self { connection: redis_connection(&redis_client(url)?).await?, claim: Script::new(CLAIM) })
    }

    pub async fn sell(&self, order: &Order) -> Outcome<Sold> {
        let mut id = Uuid::encode_buffer();
        let id = &*order.id.hyphenated().encode_lower(&mut id);
        let fields = format!("{id}\n{}\n{}\n{}\n{}", order.event, order.seat, order.buyer, order.key);
        let mut call = self.claim.key(format!("free:{}", order.event));
        call.key(format!("key:{}:{}", order.buyer, order.key)).key(STREAM);
        call.arg(&order.seat).arg(id).arg(fields).arg(KEY_LIFE_SECONDS);
        let sold: Option<String> = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(match sold {
            Some(id) => Sold::Yes { id: Uuid::try_parse(&id)?, amount: PRICE },
            None => Sold::No,
        })
    }
}

/// Makes all seats free.
pub async fn prepare(url: &str, events: u32) -> Outcome<()> {
    let mut connection = redis_connection(&redis_client(url)?).await?;
    for number in 0..events {
        let inventory = baseline_inventory(number);
        let free = format!("free:{}", inventory.trim_start_matches("inv_"));
        let seats: Vec<_> = (0..SEATS).map(seat_id).collect();
        for some in seats.chunks(10_000) {
            let some: Vec<&[u8]> = some.iter().map(<[u8; 7]>::as_slice).collect();
            let _: () = connection.sadd(&free, some).await?;
        }
    }
    Ok(())
}

/// Orders that are not in the database yet: an order leaves the stream after its commit.
pub async fn pending(url: &str) -> Outcome<u64> {
    Ok(redis_connection(&redis_client(url)?).await?.xlen(STREAM).await?)
}

/// Writes orders for ever. A batch that fails stays in the stream; one that was written twice changes nothing.
pub async fn write(url: &str, pool: &PgPool) -> Outcome<()> {
    let mut connection = redis_connection(&redis_client(url)?).await?;
    loop {
        let found: StreamRangeReply = connection.xrange_count(STREAM, "-", "+", BATCH).await?;
        if found.ids.is_empty() {
            tokio::time::sleep(REST).await;
            continue;
        }
        let orders: Vec<String> = found.ids.iter().filter_map(|entry| entry.get("order")).collect();
        insert(pool, &orders).await?;
        let ids: Vec<&str> = found.ids.iter().map(|entry| entry.id.as_str()).collect();
        let _: u64 = connection.xdel(STREAM, &ids).await?;
    }
}

async fn insert(pool: &PgPool, orders: &[String]) -> Outcome<()> {
    let mut ids = Vec::with_capacity(orders.len());
    let mut events = Vec::with_capacity(orders.len());
    let (mut seats, mut buyers, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for order in orders {
        let mut fields = order.splitn(5, '\n');
        let mut field = || fields.next().ok_or_else(|| Failure::from("an order without all its fields"));
        ids.push(Uuid::try_parse(field()?)?);
        events.push(Uuid::try_parse(field()?)?);
        seats.push(field()?);
        buyers.push(field()?);
        keys.push(field()?);
    }
    let rows = "INSERT INTO orders (id, event, seat, buyer, idempotency_key, amount, expires_at)
        SELECT id, event, seat, buyer, key, $6, now() + interval '300 s'
        FROM unnest($1, $2, $3, $4, $5) AS o (id, event, seat, buyer, key) ON CONFLICT (id) DO NOTHING";
    sqlx::query(rows)
        .bind(ids)
        .bind(events)
        .bind(seats)
        .bind(buyers)
        .bind(keys)
        .bind(PRICE)
        .execute(pool)
        .await?;
    Ok(())
}
