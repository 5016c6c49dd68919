//! Entries by subject, never more than a limit. What is at rest is forgotten when there is no room; when nothing is,
//! newcomers share a fixed number of spare entries by their hash: so whoever floods the table slows down
//! newcomers, pushes nobody's record out, and takes no more memory.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use rustc_hash::FxBuildHasher;

/// Entries that newcomers share when the table is full.
const SPARE: usize = 1_024;
/// A full table is looked through no more often than this.
const SWEEP_EVERY_US: i64 = 1_000_000;

/// An entry that says whether it can be forgotten.
pub(super) trait Rests: Default {
    /// It says what a fresh one says.
    fn is_at_rest(&self, now_us: i64) -> bool;
}

#[derive(Debug)]
pub(super) struct Table<T> {
    /// By a hash that outsiders cannot foresee.
    entries: DashMap<u64, T, FxBuildHasher>,
    spare: Vec<Mutex<T>>,
    /// About as many as there are: counting them would lock all.
    count: AtomicUsize,
    swept_at_us: AtomicI64,
    entries_max: usize,
}

impl<T: Rests> Table<T> {
    pub(super) fn new(entries_max: usize) -> Self {
        Self {
            entries: DashMap::with_hasher(FxBuildHasher),
            spare: (0..SPARE).map(|_| Mutex::default()).collect(),
            count: AtomicUsize::new(0),
            swept_at_us: AtomicI64::new(i64::MIN / 2),
            entries_max,
        }
    }

    /// Works on the subject's entry, a fresh one if there is none.
    pub(super) fn with<R>(&self, key: u64, now_us: i64, work: impl FnOnce(&mut T) -> R) -> R {
        if let Some(mut entry) = self.entries.get_mut(&key) {
            return work(&mut entry);
        }
        if self.count.load(Ordering::Relaxed) >= self.entries_max && !self.makes_room(now_us) {
            return work(&mut self.spare(key));
        }
        let mut entry = self.entries.entry(key).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Relaxed);
            T::default()
        });
        work(&mut entry)
    }

    /// Works on the entry in which `holds` something was left: its own, or the spare one of a time when there was no
    /// room.
    pub(super) fn undo(&self, key: u64, holds: impl Fn(&T) -> bool, work: impl FnOnce(&mut T)) {
        if let Some(mut entry) = self.entries.get_mut(&key)
            && holds(&entry)
        {
            return work(&mut entry);
        }
        let mut spare = self.spare(key);
        if holds(&spare) {
            work(&mut spare);
        }
    }

    fn spare(&self, key: u64) -> MutexGuard<'_, T> {
        self.spare[key as usize % SPARE].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn makes_room(&self, now_us: i64) -> bool {
        let last = self.swept_at_us.load(Ordering::Relaxed);
        let is_mine = now_us - last >= SWEEP_EVERY_US
            && self.swept_at_us.compare_exchange(last, now_us, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_mine {
            self.entries.retain(|_, entry| {
                let stays = !entry.is_at_rest(now_us);
                if !stays {
                    self.count.fetch_sub(1, Ordering::Relaxed);
                }
                stays
            });
        }
        self.count.load(Ordering::Relaxed) < self.entries_max
    }

    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Busy {
        until_us: i64,
        count: u32,
    }

    impl Rests for Busy {
        fn is_at_rest(&self, now_us: i64) -> bool {
            self.until_us <= now_us
        }
    }

    fn take(table: &Table<Busy>, key: u64, now_us: i64, until_us: i64) -> u32 {
        table.with(key, now_us, |entry| {
            (entry.until_us, entry.count) = (until_us, entry.count + 1);
            entry.count
        })
    }

    #[test]
    fn a_full_table_forgets_what_is_at_rest() {
        let table = Table::new(100);
        (0..100).for_each(|key| assert_eq!(take(&table, key, 0, if key < 50 { 10 } else { i64::MAX }), 1));
        assert_eq!(take(&table, 1_000_000, SWEEP_EVERY_US, i64::MAX), 1);
        assert_eq!(table.len(), 51);
        assert_eq!(take(&table, 77, SWEEP_EVERY_US, i64::MAX), 2, "what is not at rest is remembered");
    }

    #[test]
    fn a_table_full_of_the_busy_takes_no_more_memory_and_forgets_nobody() {
        let table = Table::new(100);
        assert!((0..100).all(|key| take(&table, key, 0, i64::MAX) == 1));
        let shared: Vec<u32> =
            (100..100_000).map(|key| take(&table, key, i64::from(key as u32) * 1_000, i64::MAX)).collect();
        assert_eq!(table.len(), 100);
        assert!(shared.iter().all(|count| *count >= 1) && shared.iter().any(|count| *count > 90), "shared");
        assert_eq!(take(&table, 5, 0, i64::MAX), 2);
    }

    #[test]
    fn what_was_taken_from_a_spare_entry_goes_back_to_it() {
        let table = Table::new(1);
        take(&table, 1, 0, 10);
        take(&table, 2, 0, 10);
        let is_taken = |entry: &Busy| entry.count > 0;
        table.undo(2, is_taken, |entry| entry.count -= 1);
        table.undo(2, is_taken, |_| panic!("it was given back"));
        assert_eq!(take(&table, 2, 0, 10), 1);
    }
}
