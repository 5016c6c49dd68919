//! The lock against a real Redis: alone, in order, and past holders and waiters that died.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fairhold_loadtest::baselines::fair_lock::FairLocks;
use fairhold_loadtest::baselines::{redis_client, redis_connection};
use tokio::time::timeout;

use crate::service::Service;

async fn queue_length(redis: &Service) -> usize {
    let mut connection = redis_connection(&redis_client(&redis.url).unwrap()).await.unwrap();
    redis::cmd("LLEN").arg("queue:{event}").query_async(&mut connection).await.unwrap()
}

async fn wait_for_queue(redis: &Service, length: usize) {
    while queue_length(redis).await != length {
        tokio::task::yield_now().await;
    }
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn only_one_at_a_time_is_inside_and_nobody_is_left_out() {
    let redis = Service::start("redis", "lock-alone");
    let clients = [FairLocks::open(&redis.url).await.unwrap(), FairLocks::open(&redis.url).await.unwrap()];
    let inside = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let (locks, inside) = (clients[number % 2].clone(), Arc::clone(&inside));
            tokio::spawn(async move {
                for _ in 0..10 {
                    let held = locks.acquire("event", LONG).await.unwrap().unwrap();
                    assert!(!inside.swap(true, Ordering::SeqCst), "two are inside");
                    tokio::task::yield_now().await;
                    inside.store(false, Ordering::SeqCst);
                    assert!(held.release().await.unwrap());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(queue_length(&redis).await, 0);
}

#[tokio::test]
async fn turns_come_in_the_order_of_the_queue_across_clients() {
    let redis = Service::start("redis", "lock-order");
    let clients = [FairLocks::open(&redis.url).await.unwrap(), FairLocks::open(&redis.url).await.unwrap()];
    let first = clients[0].acquire("event", LONG).await.unwrap().unwrap();
    let turns = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..10 {
        let (locks, turns) = (clients[number % 2].clone(), Arc::clone(&turns));
        tasks.push(tokio::spawn(async move {
            let held = locks.acquire("event", LONG).await.unwrap().unwrap();
            turns.lock().unwrap().push(number);
            held.release().await.unwrap();
        }));
        wait_for_queue(&redis, number + 1).await;
    }
    first.release().await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*turns.lock().unwrap(), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_dead_holders_lock_ends_and_its_late_release_frees_nobody_elses() {
    let redis = Service::start("redis", "lock-holder");
    let locks = FairLocks::open_with_life(&redis.url, Duration::from_millis(300)).await.unwrap();
    let dead = locks.acquire("event", LONG).await.unwrap().unwrap();
    let patient = FairLocks::open(&redis.url).await.unwrap();
    let next = patient.acquire("event", LONG).await.unwrap().unwrap();
    assert!(!dead.release().await.unwrap(), "its life was over");
    assert!(patient.acquire("event", Duration::from_millis(50)).await.unwrap().is_none(), "it is held");
    assert!(next.release().await.unwrap());
}

#[tokio::test]
async fn dead_waiters_and_those_who_gave_up_are_passed_over() {
    let redis = Service::start("redis", "lock-waiter");
    let locks = FairLocks::open(&redis.url).await.unwrap();
    let held = locks.acquire("event", LONG).await.unwrap().unwrap();
    assert!(locks.acquire("event", Duration::from_millis(10)).await.unwrap().is_none());
    assert_eq!(queue_length(&redis).await, 0);
    let mut connection = redis_connection(&redis_client(&redis.url).unwrap()).await.unwrap();
    let queue: redis::RedisResult<i64> =
        redis::cmd("RPUSH").arg("queue:{event}").arg("gone:1").query_async(&mut connection).await;
    assert_eq!(queue.unwrap(), 1);
    let waiter = locks.clone();
    let next = tokio::spawn(async move { waiter.acquire("event", LONG).await.unwrap().is_some() });
    wait_for_queue(&redis, 2).await;
    assert!(held.release().await.unwrap());
    assert!(
        timeout(Duration::from_secs(5), next).await.unwrap().unwrap(),
        "its turn comes at once, not after the dead one's"
    );
}
