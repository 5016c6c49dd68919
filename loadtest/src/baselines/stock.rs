//! One row of stock for everybody: the flash sale.

use sqlx::postgres::PgPool;

use super::store::{earlier, is_repeat};
use super::{Order, Sold};
use crate::Outcome;

/// Lock the row, look, take one piece, commit: four round trips, three of them with the row locked.
pub async fn sell_locked(pool: &PgPool, order: &Order) -> Outcome<Sold> {
    let mut transaction = pool.begin().await?;
    let look = "SELECT quantity, price FROM stock WHERE id = $1 FOR UPDATE";
    let found: Option<(i64, i64)> =
        sqlx::query_as(look).bind(order.event).fetch_optional(&mut *transaction).await?;
    let Some((_left, amount)) = found.filter(|(left, _)| *left > 0) else {
        transaction.rollback().await?;
        return earlier(pool, order).await;
    };
    let sell = "WITH piece AS (UPDATE stock SET quantity = quantity - 1 WHERE id = $1)
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

/// One statement, one round trip, no lock longer than the commit takes. A used key fails the whole of it.
pub async fn sell_at_once(pool: &PgPool, order: &Order) -> Outcome<Sold> {
    let sell = "WITH piece AS (
            UPDATE stock SET quantity = quantity - 1 WHERE id = $1 AND quantity > 0 RETURNING price)
        INSERT INTO orders (id, event, seat, buyer, idempotency_key, amount, expires_at)
        SELECT $3, $1, $2, $4, $5, price, now() + interval '300 s' FROM piece RETURNING amount";
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
