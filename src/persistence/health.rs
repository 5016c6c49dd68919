//! Whether the store takes what is written: known from those who write, and asked of the store when nobody does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::store::{Store, StoreError};
use crate::telemetry;

/// When nothing was written for so long, whoever wants to know tries.
const PROVEN_FOR: Duration = Duration::from_secs(5);
/// No more than one try in this time, however many want to know.
const TRY_EVERY: Duration = Duration::from_secs(1);
/// A store that takes longer does not take it.
const TRY_MAX: Duration = Duration::from_secs(1);

/// What keeps a store from doing its work, in words for whoever runs the server: they name no path, host or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreTrouble {
    Full,
    ReadOnly,
    Broken,
    Disk,
    Away,
    Slow,
    Refuses,
}

impl StoreTrouble {
    pub fn words(self) -> &'static str {
        match self {
            Self::Full => "the disk is full",
            Self::ReadOnly => "it can be read and not written",
            Self::Broken => "the database is malformed",
            Self::Disk => "the disk fails",
            Self::Away => "there is no connection",
            Self::Slow => "it does not answer in time",
            Self::Refuses => "it refuses; the log says why",
        }
    }

    /// Of the code of SQLite or Postgres.
    fn of_code(code: &str) -> Self {
        // SQLite's are numbers, with what they are in the low byte; Postgres' have five characters.
        let sqlite = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
        match (sqlite, code) {
            (Some(13), _) | (_, "53100") => Self::Full,
            (Some(8 | 3), _) | (_, "25006") => Self::ReadOnly,
            (Some(11 | 26), _) | (_, "XX001" | "XX002" | "42P01" | "42703") => Self::Broken,
            (Some(10 | 14), _) | (_, "58030") => Self::Disk,
            (Some(5 | 6), _) | (_, "55P03" | "57014") => Self::Slow,
            (_, code) if code.starts_with("57P") || code.starts_with("08") => Self::Away,
            // No such table or column: there is no other way to make one of ours fail like this.
            (Some(1), _) => Self::Broken,
            _ => Self::Refuses,
        }
    }
}

impl StoreError {
    /// Whether the store answered, and the answer makes no sense.
    pub fn is_unreadable(&self) -> bool {
        match self.cause.downcast_ref::<sqlx::Error>() {
            Some(cause) => matches!(cause, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)),
            None => self.what == super::groups::READ_GROUP,
        }
    }

    /// What this says about the store as a whole.
    pub fn trouble(&self) -> StoreTrouble {
        if self.cause.downcast_ref::<tokio::time::error::Elapsed>().is_some() {
            return StoreTrouble::Slow;
        }
        match self.cause.downcast_ref::<sqlx::Error>() {
            Some(sqlx::Error::Database(error)) => {
                error.code().map_or(StoreTrouble::Refuses, |code| StoreTrouble::of_code(&code))
            }
            Some(sqlx::Error::PoolTimedOut) => StoreTrouble::Slow,
            Some(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed) => StoreTrouble::Away,
            Some(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => StoreTrouble::Broken,
            _ => StoreTrouble::Refuses,
        }
    }
}

/// How the last writes went.
#[derive(Debug)]
pub struct WriteHealth {
    trouble: Mutex<Option<StoreTrouble>>,
    /// The same, for those who cannot wait for the lock.
    is_failing: AtomicBool,
    started: Instant,
    /// Milliseconds since the start.
    written_at: AtomicU64,
    tried: tokio::sync::Mutex<Option<Instant>>,
}

impl Default for WriteHealth {
    fn default() -> Self {
        Self {
            trouble: Mutex::default(),
            is_failing: AtomicBool::new(false),
            started: Instant::now(),
            written_at: AtomicU64::new(0),
            tried: tokio::sync::Mutex::default(),
        }
    }
}

impl WriteHealth {
    pub fn failed(&self, cause: &StoreError) {
        self.set(Some(cause.trouble()));
    }

    pub fn succeeded(&self) {
        self.written_at.store(self.now_ms(), Ordering::Relaxed);
        if self.is_failing.load(Ordering::Relaxed) {
            self.set(None);
        }
    }

    fn set(&self, trouble: Option<StoreTrouble>) {
        let mut known = self.trouble.lock().expect("no panic under this lock");
        *known = trouble;
        self.is_failing.store(trouble.is_some(), Ordering::Relaxed);
        telemetry::store_failing(trouble.is_some());
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// None: the store takes what is written.
    pub fn trouble(&self) -> Option<StoreTrouble> {
        *self.trouble.lock().expect("no panic under this lock")
    }

    /// The same, but what was not proven lately is tried.
    pub async fn look(&self, store: &dyn Store) -> Option<StoreTrouble> {
        let idle_ms = self.now_ms().saturating_sub(self.written_at.load(Ordering::Relaxed));
        let is_proven = self.trouble().is_none() && Duration::from_millis(idle_ms) < PROVEN_FOR;
        if !is_proven {
            let mut tried = self.tried.lock().await;
            if tried.is_none_or(|at| at.elapsed() >= TRY_EVERY) {
                match tokio::time::timeout(TRY_MAX, store.probe()).await {
                    Ok(Ok(())) => self.succeeded(),
                    Ok(Err(cause)) => self.failed(&cause),
                    Err(elapsed) => self.failed(&StoreError::new("try to write", elapsed)),
                }
                *tried = Some(Instant::now());
            }
        }
        self.trouble()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_codes_are_told_apart() {
        use StoreTrouble::*;
        let codes = [
            ("13", Full),
            ("53100", Full),
            ("8", ReadOnly),
            ("1032", ReadOnly),
            ("25006", ReadOnly),
            ("11", Broken),
            ("1", Broken),
            ("XX001", Broken),
            ("778", Disk),
            ("57P03", Away),
            ("5", Slow),
            ("2067", Refuses),
            ("23505", Refuses),
        ];
        for (code, trouble) in codes {
            assert_eq!(StoreTrouble::of_code(code), trouble, "{code}");
        }
    }
}
