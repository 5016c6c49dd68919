//! The world's time, randomness and ids in one value, so that a test or a simulation can replace them.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::time::Instant;
use uuid::Uuid;

use crate::domain::Timestamp;

/// Where time and ids come from. Cheap to clone; clones share the clock.
#[derive(Debug, Clone)]
pub struct Sources {
    clock: Arc<Clock>,
    chance: Arc<Chance>,
    /// Added to what the clock says.
    ahead_ms: i64,
}

#[derive(Debug)]
enum Clock {
    /// Wall time read once, carried on by the monotonic clock: a step of the wall clock moves no expiry.
    /// That clock is tokio's: where tokio's time is simulated, so is this.
    Running { wall_ms: i64, started: Instant },
    /// Moved by hand.
    Manual { now_ms: AtomicI64 },
}

#[derive(Debug)]
enum Chance {
    System,
    /// Drawn from a seed: the same calls at the same times give the same ids.
    Seeded(Mutex<Seeded>),
}

impl Sources {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn system() -> Self {
        let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let wall_ms = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Self::of(Clock::Running { wall_ms, started: Instant::now() }, Chance::System)
    }

    /// A clock that starts here and runs with tokio's time; ids and secrets that the seed repeats. For a
    /// simulation, and for nothing else: who knows the seed knows the secrets.
    pub fn seeded(start: Timestamp, seed: u64) -> Self {
        let seeded = Seeded { state: seed, last_ms: 0, count: 0 };
        let clock = Clock::Running { wall_ms: start.0, started: Instant::now() };
        Self::of(clock, Chance::Seeded(Mutex::new(seeded)))
    }

    /// A clock that stands still until [`Sources::advance_ms`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self::of(Clock::Manual { now_ms: AtomicI64::new(start.0) }, Chance::System)
    }

    fn of(clock: Clock, chance: Chance) -> Self {
        Self { clock: Arc::new(clock), chance: Arc::new(chance), ahead_ms: 0 }
    }

    /// The same sources with a clock that shows `now` now, and runs on from there.
    #[must_use]
    pub fn set_to(&self, now: Timestamp) -> Self {
        Self { ahead_ms: self.ahead_ms + now.since_ms(self.now()), ..self.clone() }
    }

    pub fn now(&self) -> Timestamp {
        let clock_ms = match &*self.clock {
            Clock::Running { wall_ms, started } => {
                wall_ms.saturating_add(i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX))
            }
            Clock::Manual { now_ms } => now_ms.load(Ordering::SeqCst),
        };
        Timestamp(clock_ms.saturating_add(self.ahead_ms))
    }

    /// How far the machine's clock is ahead of this one, which read it once: it was set since, or the machine slept.
    #[allow(clippy::disallowed_methods, reason = "a measure, by which nothing is decided")]
    pub fn behind_ms(&self) -> i64 {
        let Clock::Running { .. } = &*self.clock else { return 0 };
        let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(wall.as_millis()).unwrap_or(i64::MAX).saturating_sub(self.now().0)
    }

    /// Moves a manual clock; the system's own cannot be moved.
    pub fn advance_ms(&self, ms: i64) {
        if let Clock::Manual { now_ms } = &*self.clock {
            now_ms.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// A fresh id that sorts by time.
    pub fn fresh_id(&self) -> Uuid {
        match &*self.chance {
            Chance::System => Uuid::now_v7(),
            Chance::Seeded(seeded) => {
                seeded.lock().expect("no panic under this lock").id(self.now().0.unsigned_abs())
            }
        }
    }

    /// Bytes nobody can guess.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        match &*self.chance {
            Chance::System => {
                getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
            }
            Chance::Seeded(seeded) => {
                let mut seeded = seeded.lock().expect("no panic under this lock");
                bytes.chunks_exact_mut(8).for_each(|part| part.copy_from_slice(&seeded.next().to_be_bytes()));
            }
        }
        bytes
    }
}

#[derive(Debug)]
struct Seeded {
    state: u64,
    /// Of the last id: ids of one millisecond are numbered, so that they sort too.
    last_ms: u64,
    count: u16,
}

impl Seeded {
    /// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A UUIDv7 (RFC 9562, section 6.2, method 1): the time, a count, the rest from the seed.
    fn id(&mut self, now_ms: u64) -> Uuid {
        self.count += 1;
        // More ids than a millisecond can number borrow from the next one.
        let after = self.last_ms + u64::from(self.count > 0x0fff);
        if now_ms.max(after) > self.last_ms {
            (self.last_ms, self.count) = (now_ms.max(after), 0);
        }
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&self.count.to_be_bytes());
        bytes[2..].copy_from_slice(&self.next().to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(self.last_ms, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_seed_repeats_ids_and_secrets_and_the_clock_is_tokios() {
        let run = async || {
            let sources = Sources::seeded(Timestamp(1_777_633_200_000), 7);
            let mut ids: Vec<Uuid> = (0..10_000).map(|_| sources.fresh_id()).collect();
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            ids.push(sources.fresh_id());
            (ids, sources.secret(), sources.now())
        };
        let (ids, secret, now) = run().await;
        assert_eq!(now, Timestamp(1_777_636_800_000));
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert_eq!(run().await, (ids, secret, now));
        let other = Sources::seeded(Timestamp(1_777_633_200_000), 8);
        assert_ne!(other.secret(), secret);
    }

    #[test]
    fn a_clock_that_was_set_runs_on_beside_the_others() {
        let sources = Sources::manual(Timestamp(1_000));
        let (later, earlier) = (sources.set_to(Timestamp(4_000)), sources.set_to(Timestamp(400)));
        sources.advance_ms(10);
        assert_eq!((later.now(), earlier.now()), (Timestamp(4_010), Timestamp(410)));
        assert_eq!(later.set_to(Timestamp(5)).now(), Timestamp(5));
        assert_eq!(sources.now(), Timestamp(1_010));
    }
}
