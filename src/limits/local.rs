//! The limiter of one server. It forgets all at a restart: then everybody has a minute's worth again, which is all
//! that an attacker could win by one.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::asker::{Asker, Left, Party, Reason, TurnedAway, Whose};
use super::rate::Rate;
use super::rules::{CallRules, RAISED_BY, WRONG_CODES_MAX};
use super::table::{Rests, Table};
use super::{Counted, Lane, Limiter};
use crate::domain::InventoryId;
use crate::sources::Sources;
use crate::telemetry;

/// Addresses, buyers and keys that are remembered, about 100 bytes each.
const SUBJECTS_MAX: usize = 262_144;
/// Those who have lately given wrong codes, by inventory, about 130 bytes each.
const GUESSERS_MAX: usize = 65_536;
const MINUTE_US: i64 = 60_000_000;
const SAY_EVERY_US: i64 = 10_000_000;

#[derive(Debug)]
pub struct LocalLimiter {
    rules: CallRules,
    sources: Sources,
    hasher: RandomState,
    subjects: Table<Tally>,
    guessers: Table<Guesses>,
    /// Requests that were turned away since the log said so.
    unsaid: AtomicU64,
    said_at_us: AtomicI64,
}

/// What one subject has used.
#[derive(Debug, Default)]
struct Tally {
    selling: Rate,
    other: Rate,
    sessions: Rate,
    journal: Rate,
    streams: u64,
}

impl Rests for Tally {
    fn is_at_rest(&self, now_us: i64) -> bool {
        let rates = [self.selling, self.other, self.sessions, self.journal];
        self.streams == 0 && rates.iter().all(|rate| rate.full_after_us(now_us) == 0)
    }
}

impl Tally {
    fn rate(&mut self, what: Counted) -> Option<&mut Rate> {
        match what {
            Counted::Call(Lane::Selling) => Some(&mut self.selling),
            Counted::Call(Lane::Other) => Some(&mut self.other),
            Counted::Session => Some(&mut self.sessions),
            Counted::JournalByte => Some(&mut self.journal),
            Counted::Stream | Counted::WrongCode(_) => None,
        }
    }

    fn take(&mut self, whose: Whose, what: Counted, max: u64, now_us: i64) -> Result<Left, TurnedAway> {
        let away = |reason, wait_us: i64| TurnedAway { reason, whose, max, wait_ms: wait_us / 1_000 + 1 };
        if what == Counted::Call(Lane::Selling)
            && let Some(wait_us) = self.journal.in_debt(now_us)
        {
            return Err(away(Reason::JournalBytes, wait_us));
        }
        if what == Counted::Stream {
            if self.streams >= max {
                return Err(away(Reason::Streams, 5_000_000));
            }
            self.streams += 1;
            return Ok(Left { quota: max, left: max - self.streams, full_after_ms: 0 });
        }
        let reason = if what == Counted::Session { Reason::Sessions } else { Reason::Calls };
        // What is counted by an exact log has no rate.
        let Some(rate) = self.rate(what) else {
            return Ok(Left { quota: max, left: max, full_after_ms: 0 });
        };
        let left = rate.take(max, now_us).map_err(|wait_us| away(reason, wait_us))?;
        Ok(Left { quota: max, left, full_after_ms: rate.full_after_us(now_us) / 1_000 })
    }
}

/// When the last wrong codes were given. Exact, since a few more would be a gift.
#[derive(Debug)]
struct Guesses {
    at_us: [i64; WRONG_CODES_MAX],
}

impl Default for Guesses {
    fn default() -> Self {
        Self { at_us: [i64::MIN / 2; WRONG_CODES_MAX] }
    }
}

impl Rests for Guesses {
    fn is_at_rest(&self, now_us: i64) -> bool {
        self.at_us.iter().all(|at| now_us - at >= MINUTE_US)
    }
}

impl Guesses {
    /// Else in how many microseconds there is another.
    fn take(&mut self, now_us: i64) -> Result<(), i64> {
        let oldest = self.at_us.iter_mut().min_by_key(|at| **at).expect("more than none are allowed");
        let wait_us = *oldest + MINUTE_US - now_us;
        if wait_us > 0 {
            return Err(wait_us);
        }
        *oldest = now_us;
        Ok(())
    }

    fn give_back(&mut self) {
        if let Some(newest) = self.at_us.iter_mut().max_by_key(|at| **at) {
            *newest = i64::MIN / 2;
        }
    }
}

impl LocalLimiter {
    pub fn new(rules: CallRules, sources: Sources) -> Self {
        Self {
            rules,
            sources,
            hasher: RandomState::new(),
            subjects: Table::new(SUBJECTS_MAX),
            guessers: Table::new(GUESSERS_MAX),
            unsaid: AtomicU64::new(0),
            said_at_us: AtomicI64::new(i64::MIN / 2),
        }
    }

    /// Those whose budgets a request is taken from.
    fn subjects(&self, asker: &Asker) -> impl Iterator<Item = (Whose, u64)> {
        let address = (Whose::Address, self.hasher.hash_one(asker.address));
        let (first, second) = match &asker.party {
            Party::Nobody => (address, None),
            Party::Buyer(buyer) => (address, Some((Whose::Buyer, self.hasher.hash_one(buyer)))),
            Party::Key(key) => ((Whose::Key, self.hasher.hash_one(key)), None),
        };
        [Some(first), second].into_iter().flatten()
    }

    fn max(&self, asker: &Asker, whose: Whose, what: Counted) -> Option<u64> {
        let max = self.rules.max(whose, what)?;
        // Nobody has to guess more.
        let is_raised = asker.is_raised && !matches!(what, Counted::WrongCode(_));
        Some(if is_raised { max.saturating_mul(RAISED_BY) } else { max })
    }

    fn now_us(&self) -> i64 {
        self.sources.now().0.saturating_mul(1_000)
    }

    /// Counted each time, but an attack must not fill the log.
    fn say(&self, away: &TurnedAway) {
        let (reason, whose) = (away.reason.name(), away.whose.name());
        telemetry::turned_away(reason, whose);
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        let (now_us, last) = (self.now_us(), self.said_at_us.load(Ordering::Relaxed));
        let is_mine = now_us - last >= SAY_EVERY_US
            && self.said_at_us.compare_exchange(last, now_us, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_mine {
            let requests = self.unsaid.swap(0, Ordering::Relaxed);
            tracing::warn!(requests, reason, whose, "requests are turned away; the last one for this");
        }
    }

    /// This subject's wrong codes in this inventory.
    fn guesser(&self, subject: u64, inventory: InventoryId) -> u64 {
        self.hasher.hash_one((subject, inventory))
    }

    fn take_one(
        &self,
        (whose, key): (Whose, u64),
        what: Counted,
        max: u64,
        now_us: i64,
    ) -> Result<Left, TurnedAway> {
        if let Counted::WrongCode(inventory) = what {
            let guesser = self.guesser(key, inventory);
            let taken = self.guessers.with(guesser, now_us, |guesses| guesses.take(now_us));
            let away = |wait_us: i64| TurnedAway {
                reason: Reason::WrongCodes,
                whose,
                max,
                wait_ms: wait_us / 1_000 + 1,
            };
            return taken.map(|()| Left { quota: max, left: max, full_after_ms: 0 }).map_err(away);
        }
        self.subjects.with(key, now_us, |tally| tally.take(whose, what, max, now_us))
    }

    fn give_back_one(&self, key: u64, what: Counted) {
        match what {
            Counted::Stream => {
                self.subjects.undo(key, |tally| tally.streams > 0, |tally| tally.streams -= 1);
            }
            Counted::WrongCode(inventory) => {
                let key = self.guesser(key, inventory);
                let now_us = self.now_us();
                self.guessers.undo(key, |guesses| !guesses.is_at_rest(now_us), Guesses::give_back);
            }
            // A call that was made was made.
            Counted::Call(_) | Counted::Session | Counted::JournalByte => {}
        }
    }
}

impl Limiter for LocalLimiter {
    fn take(&self, asker: &Asker, what: Counted) -> Result<Left, TurnedAway> {
        let mut least: Option<Left> = None;
        let mut taken: Option<u64> = None;
        let now_us = self.now_us();
        for (whose, key) in self.subjects(asker) {
            let Some(max) = self.max(asker, whose, what) else { continue };
            match self.take_one((whose, key), what, max, now_us) {
                Ok(left) => {
                    let is_less = least.is_none_or(|least| left.left < least.left);
                    least = if is_less { Some(left) } else { least };
                    taken = Some(key);
                }
                Err(away) => {
                    if let Some(key) = taken {
                        self.give_back_one(key, what);
                    }
                    self.say(&away);
                    return Err(away);
                }
            }
        }
        telemetry::limited_subjects(self.subjects.len());
        Ok(least.unwrap_or(Left { quota: u64::MAX, left: u64::MAX, full_after_ms: 0 }))
    }

    fn spend(&self, asker: &Asker, what: Counted, much: u64) {
        let now_us = self.now_us();
        for (whose, key) in self.subjects(asker) {
            let Some(max) = self.max(asker, whose, what) else { continue };
            self.subjects.with(key, now_us, |tally| {
                if let Some(rate) = tally.rate(what) {
                    rate.spend(much, max, now_us);
                }
            });
        }
    }

    fn give_back(&self, asker: &Asker, what: Counted) {
        for (whose, key) in self.subjects(asker) {
            if self.rules.max(whose, what).is_some() {
                self.give_back_one(key, what);
            }
        }
    }
}

#[cfg(test)]
mod tests;
