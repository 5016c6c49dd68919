//! A row for each seat: lock it, look, sell it, commit.

use sqlx::postgres::PgPool;

use super::store::{earlier, is_repeat};
use super::{Order, Sold};
use crate::Outcome;

/// The transaction of the text books. Four round trips, as few as a check in the program allows: begin, lock and
/// look, update with its insert, commit.
pub async fn sell_locked(pool: &PgPool, order: &Order) -> Outcome<Sold> {
    let mut transaction = pool.begin().await?;
    let look = "SELECT status, price FROM seats WHERE event = $1 AND seat = $2 FOR UPDATE";
    let found: Option<(i16, i64)> =
        sqlx::query_as(look).bind(order.event).bind(&order.seat).fetch_optional(&mut *transaction).await?;
    let Some((0, amount)) = found else {
        transaction.rollback().await?;
        return earlier(pool, order).await;
    };
    let sell = "WITH seat AS (UPDATE seats SET status = 1, order_id = $3 WHERE event = $1 AND seat = $2)
        INSERT INTO orders (id, event, seat, buyer, idempotency_key, amount, expires_at)
        VALUES ($3, $1, $2, $4, $5, $6, now() + interval '300 s')";
    let inserted = sqlx::query(sell)
        .bind(order.event)
        .bind(&order.seat)
        .bind(order.id)
        .bind(&order.buyer)
        .bind(&order.key)
        .bind(amount)
        .execute(&mut *transaction)
        .await;
    match inserted {
        Ok(_one) => transaction.commit().await?,
        Err(error) if is_repeat(&error) => {
            transaction.rollback().await?;
            return earlier(pool, order).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Sold::Yes { id: order.id, amount })
}

/// The same in one round trip: the update locks the row and looks at it again once it has it.
pub async fn sell_at_once(pool: &PgPool, order: &Order) -> Outcome<Sold> {
    let sell = "WITH seat AS (
            UPDATE seats SET status = 1, order_id = $3 WHERE event = $1 AND seat = $2 AND status = 0 RETURNING price)
        INSERT INTO orders (id, event, seat, buyer, idempotency_key, amount, expires_at)
        SELECT $3, $1, $2, $4, $5, price, now() + interval '300 s' FROM seat RETURNING amount";
    let sold = sqlx::query_scalar(sell)
        .bind(order.event)
        .bind(&order.seat)
        .bind(order.id)
        .bind(&order.buyer)
        .bind(&order.key)
        .fetch_optional(pool)
        .await;
    match sold {
        Ok(Some(amount)) => Ok(Sold::Yes { id: order.id, amount }),
        Ok(None) => earlier(pool, order).await,
        Err(error) if is_repeat(&error) => earlier(pool, order).await,
        Err(error) => Err(error.into()),
    }
}
