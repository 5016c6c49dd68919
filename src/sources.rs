//! The world's time, randomness and ids in one value, so that a test or a simulation can replace them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use uuid::Uuid;

use crate::domain::Timestamp;

/// Where time and ids come from. Cheap to clone; clones share the clock.
#[derive(Debug, Clone)]
pub struct Sources {
    clock: Arc<Clock>,
}

#[derive(Debug)]
enum Clock {
    /// Wall time read once, carried on by the monotonic clock: a step of the wall clock moves no expiry.
    System { wall_ms: i64, started: Instant },
    /// Moved by hand.
    Manual { now_ms: AtomicI64 },
}

impl Sources {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn system() -> Self {
        let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let wall_ms = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Self { clock: Arc::new(Clock::System { wall_ms, started: Instant::now() }) }
    }

    /// A clock that stands still until [`Sources::advance_ms`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self { clock: Arc::new(Clock::Manual { now_ms: AtomicI64::new(start.0) }) }
    }

    pub fn now(&self) -> Timestamp {
        match &*self.clock {
            Clock::System { wall_ms, started } => Timestamp(
                wall_ms.saturating_add(i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX)),
            ),
            Clock::Manual { now_ms } => Timestamp(now_ms.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the system's own cannot be moved.
    pub fn advance_ms(&self, ms: i64) {
        if let Clock::Manual { now_ms } = &*self.clock {
            now_ms.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// A fresh id that sorts by time.
    pub fn fresh_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    /// Bytes nobody can guess.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}
