//! Every way to sell, under a rush for one seat: one buyer gets it, a repeat gets the same order, and the
//! count afterwards sees what is wrong.

use std::sync::Arc;

use fairhold_loadtest::baselines::{Kind, Order, Shop, Sold, claim, pool, store};
use fairhold_loadtest::wire::baseline_inventory;
use uuid::Uuid;

use crate::service::Service;

const BUYERS: usize = 40;

/// Stores and a shop, as `baseline` opens them.
struct Market {
    postgres: Service,
    redis: Service,
    shop: Arc<Shop>,
    kind: Kind,
}

impl Market {
    async fn open(kind: Kind, name: &str) -> Self {
        let postgres = Service::start("postgres", &format!("shop-pg-{name}"));
        let redis = Service::start("redis", &format!("shop-redis-{name}"));
        let database = pool(&postgres.url, 1).await.unwrap();
        store::prepare(&database, kind, 1).await.unwrap();
        if kind == Kind::RedisClaim {
            claim::prepare(&redis.url, 1).await.unwrap();
        }
        let shop = Arc::new(Shop::open(kind, &postgres.url, &redis.url, 8).await.unwrap());
        Self { postgres, redis, shop, kind }
    }

    /// One request of each buyer, all at once; how many were sold something.
    async fn rush(&self, seat: &str) -> Vec<Order> {
        let tasks: Vec<_> = (0..BUYERS)
            .map(|buyer| {
                let (shop, order) = (Arc::clone(&self.shop), order(seat, buyer));
                tokio::spawn(async move {
                    let sold = shop.sell(&order).await.unwrap();
                    matches!(sold, Sold::Yes { id, .. } if id == order.id).then_some(order)
                })
            })
            .collect();
        let mut sold = Vec::new();
        for task in tasks {
            sold.extend(task.await.unwrap());
        }
        sold
    }

    async fn count(&self) -> store::Count {
        let database = pool(&self.postgres.url, 1).await.unwrap();
        if self.kind == Kind::RedisClaim {
            let (url, database) = (self.redis.url.clone(), database.clone());
            let writer = tokio::spawn(async move { claim::write(&url, &database).await });
            while claim::pending(&self.redis.url).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
            writer.abort();
        }
        store::count(&database, self.kind).await.unwrap()
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&pool(&self.postgres.url, 1).await.unwrap()).await.unwrap();
    }
}

fn order(seat: &str, buyer: usize) -> Order {
    Order {
        id: Uuid::now_v7(),
        event: store::event_id(&baseline_inventory(0)).unwrap(),
        seat: seat.to_owned(),
        buyer: format!("buy_{buyer}"),
        key: format!("{seat}-{buyer}"),
    }
}

async fn sells_a_seat_once(kind: Kind, name: &str) {
    let market = Market::open(kind, name).await;
    let sold = market.rush("A-00-07").await;
    assert_eq!(sold.len(), 1);
    let again = Order { id: Uuid::now_v7(), ..sold[0].clone() };
    let repeated = market.shop.sell(&again).await.unwrap();
    assert_eq!(repeated, Sold::Yes { id: sold[0].id, amount: 150_000 });
    assert_eq!(market.shop.sell(&order("Z-99-99", 0)).await.unwrap(), Sold::No, "there is no such seat");
    assert_eq!(market.rush("T-99-99").await.len(), 1);
    let count = market.count().await;
    assert_eq!((count.orders, count.wrong, count.pending), (2, 0, 0));
    market.execute("INSERT INTO orders SELECT gen_random_uuid(), event, seat, 'x', 'x', amount, now() FROM orders LIMIT 1").await;
    assert!(market.count().await.wrong > 0, "a seat sold twice is seen");
}

async fn sells_a_piece_to_everybody(kind: Kind, name: &str) {
    let market = Market::open(kind, name).await;
    let sold = market.rush("A-00-07").await;
    assert_eq!(sold.len(), BUYERS);
    let again = Order { id: Uuid::now_v7(), ..sold[0].clone() };
    let repeated = market.shop.sell(&again).await.unwrap();
    assert_eq!(repeated, Sold::Yes { id: sold[0].id, amount: 150_000 });
    let count = market.count().await;
    assert_eq!((count.orders, count.wrong), (BUYERS as u64, 0));
    market.execute("UPDATE stock SET quantity = 3").await;
    assert!(market.count().await.wrong > 0, "stock that went without an order is seen");
    assert_eq!(market.rush("A-00-08").await.len(), 3, "nothing is sold beyond the last piece");
}

#[tokio::test]
async fn a_locked_row_sells_once() {
    sells_a_seat_once(Kind::SeatLock, "row").await;
}

#[tokio::test]
async fn one_statement_on_a_row_sells_once() {
    sells_a_seat_once(Kind::SeatOneStatement, "statement").await;
}

#[tokio::test]
async fn a_fair_lock_around_a_row_sells_once() {
    sells_a_seat_once(Kind::FairLock, "lock").await;
}

#[tokio::test]
async fn a_claim_in_redis_sells_once() {
    sells_a_seat_once(Kind::RedisClaim, "claim").await;
}

#[tokio::test]
async fn a_locked_stock_sells_each_piece_once() {
    sells_a_piece_to_everybody(Kind::StockLock, "stock").await;
}

#[tokio::test]
async fn one_statement_on_a_stock_sells_each_piece_once() {
    sells_a_piece_to_everybody(Kind::StockOneStatement, "piece").await;
}
