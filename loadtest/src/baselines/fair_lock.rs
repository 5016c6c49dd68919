//! A fair lock in Redis: first come, first served; it ends by itself when its holder died; only its holder can
//! give it back. A release hands the lock straight to the next in the queue and wakes it by a message, so
//! nobody polls and no turn is lost between two round trips.
//!
//! What it cannot promise is that a holder slower than the lock's life is alone. Whoever needs that checks
//! in the database as well, as the shop around this lock does.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use redis::Script;
use redis::aio::MultiplexedConnection;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::{redis_client, redis_connection};
use crate::Outcome;

/// Longer than any transaction takes: statements end after 2 s.
const LIFE: Duration = Duration::from_secs(10);
/// How often a waiter looks whether the holder has died.
const LOOK: Duration = Duration::from_secs(1);

/// KEYS: lock, queue. ARGV: token, life in ms. A token is `<client>:<number>`; its client listens on
/// `fair:<client>`. Waiters of a client that nobody listens for any more are passed over.
const HAND_OVER: &str = "
    local function hand_over()
        while true do
            local next = redis.call('LPOP', KEYS[2])
            if not next then return end
            if redis.call('PUBLISH', 'fair:' .. string.match(next, '^[^:]+'), next) > 0 then
                redis.call('SET', KEYS[1], next, 'PX', ARGV[2])
                return
            end
        end
    end
    local function give_back()
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1])
        hand_over()
        return 1
    end ";
const ACQUIRE: &str = "
    if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('EXISTS', KEYS[2]) == 1 then
        redis.call('RPUSH', KEYS[2], ARGV[1])
        if redis.call('EXISTS', KEYS[1]) == 0 then hand_over() end
        return 0
    end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 1";
const LOOK_AGAIN: &str = "if redis.call('EXISTS', KEYS[1]) == 0 then hand_over() end return 0";
const RELEASE: &str = "return give_back()";
const GIVE_UP: &str = "if redis.call('LREM', KEYS[2], 1, ARGV[1]) == 0 then return give_back() end return 0";

/// All locks as one client sees them.
#[derive(Clone)]
pub struct FairLocks(Arc<Shared>);

struct Shared {
    client: String,
    connection: MultiplexedConnection,
    life_ms: u64,
    numbers: AtomicU64,
    waiting: Mutex<HashMap<String, oneshot::Sender<()>>>,
    scripts: Scripts,
}

struct Scripts {
    acquire: Script,
    look_again: Script,
    release: Script,
    give_up: Script,
}

/// A lock that is held until `release`, or until its life is over.
pub struct Held {
    locks: FairLocks,
    name: String,
    token: String,
}

impl FairLocks {
    pub async fn open(url: &str) -> Outcome<Self> {
        Self::open_with_life(url, LIFE).await
    }

    /// With locks that end after `life`.
    pub async fn open_with_life(url: &str, life: Duration) -> Outcome<Self> {
        let redis = redis_client(url)?;
        let client = Uuid::now_v7().simple().to_string();
        let mut messages = redis.get_async_pubsub().await?;
        messages.subscribe(format!("fair:{client}")).await?;
        let script = |body: &str| Script::new(&format!("{HAND_OVER}{body}"));
        let shared = Arc::new(Shared {
            client,
            connection: redis_connection(&redis).await?,
            life_ms: u64::try_from(life.as_millis())?,
            numbers: AtomicU64::new(0),
            waiting: Mutex::default(),
            scripts: Scripts {
                acquire: script(ACQUIRE),
                look_again: script(LOOK_AGAIN),
                release: script(RELEASE),
                give_up: script(GIVE_UP),
            },
        });
        let woken = Arc::clone(&shared);
        tokio::spawn(async move {
            let mut messages = messages.into_on_message();
            while let Some(message) = messages.next().await {
                if let Some(waiter) = message.get_payload().ok().and_then(|token: String| woken.take(&token))
                {
                    // a waiter that is gone gives up by itself
                    let _ = waiter.send(());
                }
            }
        });
        Ok(Self(shared))
    }

    /// Waits for its turn, at most so long.
    pub async fn acquire(&self, name: &str, limit: Duration) -> Outcome<Option<Held>> {
        let token = format!("{}:{}", self.0.client, self.0.numbers.fetch_add(1, Ordering::Relaxed));
        let held = Held { locks: self.clone(), name: name.to_owned(), token };
        let (wake, mut woken) = oneshot::channel();
        self.0.waiting().insert(held.token.clone(), wake);
        let deadline = Instant::now() + limit;
        if held.run(&self.0.scripts.acquire).await? {
            self.0.take(&held.token);
            return Ok(Some(held));
        }
        while Instant::now() < deadline {
            match timeout(LOOK.min(deadline - Instant::now()), &mut woken).await {
                Ok(Ok(())) => return Ok(Some(held)),
                Ok(Err(_nobody_wakes)) => break,
                Err(_elapsed) => held.run(&self.0.scripts.look_again).await?,
            };
        }
        self.0.take(&held.token);
        held.run(&self.0.scripts.give_up).await?;
        Ok(None)
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, token: &str) -> Option<oneshot::Sender<()>> {
        self.waiting().remove(token)
    }
}

impl Held {
    /// Gives the lock to the next in the queue; false if its life was over before.
    pub async fn release(self) -> Outcome<bool> {
        self.run(&self.locks.0.scripts.release).await
    }

    async fn run(&self, script: &Script) -> Outcome<bool> {
        let shared = &self.locks.0;
        let mut call = script.key(format!("lock:{{{}}}", self.name));
        call.key(format!("queue:{{{}}}", self.name)).arg(&self.token).arg(shared.life_ms);
        Ok(call.invoke_async(&mut shared.connection.clone()).await?)
    }
}
