//! How a buyer or an address stands in one inventory: what it holds and has not paid for, for how long it has held, and
//! how its holds ended.

use smallvec::SmallVec;

use crate::domain::Timestamp;

/// Whoever never pays holds for so long, …
pub(super) const HOLDING_MS_MAX: i64 = 10 * 60_000;
/// … in any time of this length.
pub(super) const WINDOW_MS: i64 = 30 * 60_000;
/// The first wait after too many holds that were given up; each further one doubles it, so often at most.
const COOL_FIRST_MS: i64 = 30_000;
const COOL_DOUBLINGS_MAX: u32 = 6;
/// Given-up holds that one purchase excuses: few people buy the first thing that they look at.
const EXCUSED_BY_A_PURCHASE: u32 = 2;
/// Changes and moves that put pieces back: so many are as much as one hold that was given up.
const SWAPS_OF_ONE: u32 = 4;
/// Spells of holding that are remembered one by one; beyond it the two oldest count as one.
const SPELLS_MAX: usize = 16;
/// What an address has paid for lets it hold more, up to so many times what it may at first.
const EARNED_MAX: u64 = 4;

/// From and until when something was held.
type Spell = (i64, i64);

#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Live holds that are not paid for, and their pieces.
    pub(super) holds: u32,
    pub(super) pieces: u64,
    /// Of this spell: since when it holds without a pause, until when its holds may last, and up to when a hold of it
    /// came to nothing.
    since: i64,
    until: i64,
    in_vain: i64,
    /// Earlier spells, oldest first: holding that came to nothing.
    spells: SmallVec<[Spell; 2]>,
    /// Holds that ended so, lately: both are halved every half hour.
    given_up: u32,
    paid: u32,
    /// Of those that a key has confirmed.
    paid_pieces: u64,
    swaps: u32,
    aged_at: i64,
    cool_until: i64,
}

impl Standing {
    pub(super) fn since(now: Timestamp) -> Self {
        Self { aged_at: now.0, ..Self::default() }
    }

    pub(super) fn begins(&mut self, pieces: u64, at: Timestamp, until: Timestamp) {
        if self.holds == 0 {
            (self.since, self.until, self.in_vain) = (at.0, until.0, at.0);
        }
        self.holds += 1;
        self.pieces += pieces;
        (self.since, self.until) = (self.since.min(at.0), self.until.max(until.0));
    }

    pub(super) fn lasts(&mut self, until: Timestamp) {
        self.until = self.until.max(until.0);
    }

    fn ends(&mut self, pieces: u64) {
        self.holds = self.holds.saturating_sub(1);
        self.pieces = self.pieces.saturating_sub(pieces);
    }

    /// A hold was paid for, and so was the time for which it kept things from others; not that of a hold beside it
    /// which came to nothing. So many pieces of it are to its credit.
    pub(super) fn pays(&mut self, pieces: u64, credit: u64, at: Timestamp) {
        self.ends(pieces);
        self.age(at.0);
        (self.paid, self.paid_pieces) = (self.paid + 1, self.paid_pieces + credit);
        if self.holds == 0 {
            self.remember((self.since, self.in_vain));
        }
    }

    /// Something of a sale was given back: it is to nobody's credit any more.
    pub(super) fn is_refunded(&mut self, pieces: u64, at: Timestamp) {
        self.age(at.0);
        self.paid = self.paid.saturating_sub(1);
        self.paid_pieces = self.paid_pieces.saturating_sub(pieces);
    }

    /// A hold was given back or ran out.
    pub(super) fn gives_up(&mut self, pieces: u64, at: Timestamp, free: u32) {
        self.passes(pieces, at);
        self.is_blamed(at, free);
    }

    /// Pieces went back out of a hold that goes on.
    pub(super) fn swaps(&mut self, at: Timestamp, free: u32) {
        self.swaps = self.swaps.wrapping_add(1);
        if self.swaps.is_multiple_of(SWAPS_OF_ONE) {
            self.is_blamed(at, free);
        }
    }

    fn is_blamed(&mut self, at: Timestamp, free: u32) {
        self.age(at.0);
        self.given_up = self.given_up.saturating_add(1);
        let excused = free.saturating_add(self.paid.saturating_mul(EXCUSED_BY_A_PURCHASE));
        if let Some(beyond) = self.given_up.checked_sub(excused.saturating_add(1)) {
            self.cool_until = at.0 + (COOL_FIRST_MS << beyond.min(COOL_DOUBLINGS_MAX));
        }
    }

    /// A hold ended without anybody's fault: a part of a group that never came about.
    pub(super) fn passes(&mut self, pieces: u64, at: Timestamp) {
        self.ends(pieces);
        self.in_vain = at.0.min(self.until);
        if self.holds == 0 {
            self.remember((self.since, self.in_vain));
        }
    }

    /// One of its holds counts elsewhere from now on.
    pub(super) fn leaves(&mut self, pieces: u64) {
        self.ends(pieces);
    }

    fn remember(&mut self, (since, until): Spell) {
        self.spells.retain(|spell| spell.1 > until - WINDOW_MS);
        if until <= since {
            return;
        }
        self.spells.push((since, until));
        if self.spells.len() > SPELLS_MAX {
            let (first, _) = self.spells.remove(0);
            self.spells[0].0 = first;
        }
    }

    fn age(&mut self, now: i64) {
        let halvings = (now - self.aged_at).max(0) / WINDOW_MS;
        if halvings > 0 {
            let halved = |count: u64| count.checked_shr(u32::try_from(halvings).unwrap_or(64)).unwrap_or(0);
            self.given_up = halved(self.given_up.into()) as u32;
            self.paid = halved(self.paid.into()) as u32;
            self.paid_pieces = halved(self.paid_pieces);
            self.aged_at = now;
        }
    }

    /// How long it has to wait after what it has given up.
    pub(super) fn cools_for_ms(&self, now: Timestamp) -> Option<i64> {
        let wait = self.cool_until - now.0;
        (wait > 0).then_some(wait)
    }

    /// When the last of its holds ends, if none is extended.
    pub(super) fn ends_after_ms(&self, now: Timestamp) -> i64 {
        (self.until - now.0).max(0)
    }

    /// Pieces that it may hold on top of those that everybody may: who pays is no hoarder.
    pub(super) fn earned(&self, everybody: u64) -> u64 {
        if self.given_up > self.paid { 0 } else { self.paid_pieces.min(everybody * EARNED_MAX) }
    }

    /// If it holds something until then, whether that is too long in any window: how long to wait instead.
    pub(super) fn holds_too_long_ms(&self, now: Timestamp, until: i64, max_ms: i64) -> Option<i64> {
        let holds_now = self.holds > 0 && self.until > now.0;
        if holds_now && until <= self.until {
            return None;
        }
        let (until, from) = (if holds_now { until.max(self.until) } else { until }, until - WINDOW_MS);
        // A part of a group stays until its group was asked, also behind its end.
        let since = if self.holds > 0 { self.since } else { now.0 };
        let in_window = |&(begin, end): &Spell| (end - begin.max(from)).max(0);
        let used: i64 = self.spells.iter().map(in_window).sum::<i64>() + until - since.max(from);
        let mut too_much = used - max_ms;
        if too_much <= 0 {
            return None;
        }
        // The oldest leaves the window first.
        for &(begin, end) in &self.spells {
            let length = in_window(&(begin, end));
            if length >= too_much {
                return Some(end - length + too_much - from);
            }
            too_much -= length;
        }
        Some(WINDOW_MS)
    }

    /// Whether anything would be allowed that is not, if it were forgotten.
    pub(super) fn matters(&self, now: Timestamp) -> bool {
        let is_recent = |spell: &Spell| spell.1 > now.0 - WINDOW_MS;
        self.holds > 0 || self.cool_until > now.0 || self.spells.iter().any(is_recent)
    }

    /// Whether nothing of it matters any more.
    pub(super) fn is_forgotten(&self, now: Timestamp) -> bool {
        !self.matters(now) && now.0 - self.aged_at > 2 * WINDOW_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(minutes * MINUTE)
    }

    fn holds(standing: &mut Standing, from: i64, until: i64) {
        standing.begins(1, at(from), at(until));
        standing.gives_up(1, at(until), 100);
    }

    fn too_long(standing: &Standing, now: i64, until: i64) -> Option<i64> {
        let wait = standing.holds_too_long_ms(at(now), until * MINUTE, HOLDING_MS_MAX);
        wait.map(|ms| ms / MINUTE)
    }

    #[test]
    fn ten_minutes_of_any_thirty_and_no_more() {
        let mut standing = Standing::default();
        holds(&mut standing, 100, 105);
        assert_eq!(too_long(&standing, 105, 110), None);
        holds(&mut standing, 105, 110);
        assert_eq!(too_long(&standing, 110, 115), Some(20), "at 130 the first five minutes have left");
        assert_eq!(too_long(&standing, 129, 134), Some(1));
        assert_eq!(too_long(&standing, 130, 135), None);
        holds(&mut standing, 130, 135);
        assert_eq!(too_long(&standing, 135, 140), None, "105 to 110 is too old by then");
    }

    /// At any time of a long row of greedy tries, never more than ten minutes of the last thirty.
    #[test]
    fn whoever_takes_all_that_is_given_stays_below_a_third() {
        let mut standing = Standing::default();
        let mut held = Vec::new();
        let mut now = 1_000 * MINUTE;
        while now < 1_400 * MINUTE {
            let length = 1_000 * (17 + (now / 1_000) % 283);
            if standing.holds_too_long_ms(Timestamp(now), now + length, HOLDING_MS_MAX).is_some() {
                now += 1_000;
                continue;
            }
            standing.begins(1, Timestamp(now), Timestamp(now + length));
            standing.gives_up(1, Timestamp(now + length), u32::MAX);
            held.push((now, now + length));
            now += length + 1_000;
        }
        assert!(held.len() > 20);
        for &(_, end) in &held {
            let inside = |&(from, until): &(i64, i64)| (until.min(end) - from.max(end - WINDOW_MS)).max(0);
            let sum: i64 = held.iter().map(inside).sum();
            assert!(sum <= HOLDING_MS_MAX, "{sum} ms up to {end}");
        }
    }

    #[test]
    fn time_that_is_held_twice_counts_once() {
        let mut standing = Standing::default();
        standing.begins(1, at(100), at(105));
        assert_eq!(too_long(&standing, 104, 105), None);
        standing.begins(1, at(104), at(109));
        assert_eq!(too_long(&standing, 105, 110), None, "100 to 110");
        assert_eq!(too_long(&standing, 106, 111), Some(30), "100 to 111, without a pause");
    }

    #[test]
    fn what_is_still_there_behind_its_end_counts() {
        let mut standing = Standing::default();
        standing.begins(1, at(100), at(105));
        assert_eq!(too_long(&standing, 106, 111), Some(30), "100 to 111, since nobody has ended it");
    }

    #[test]
    fn what_is_paid_for_does_not_count() {
        let mut standing = Standing::default();
        for start in [100, 105, 110, 115] {
            standing.begins(2, at(start), at(start + 5));
            assert_eq!(too_long(&standing, start, start + 5), None);
            standing.pays(2, 2, at(start + 4));
        }
        assert_eq!((standing.holds, standing.pieces), (0, 0));
        assert_eq!(too_long(&standing, 120, 125), None);
    }

    #[test]
    fn a_wait_doubles_after_the_free_ones_and_a_purchase_excuses_two() {
        let mut standing = Standing::since(at(100));
        let give_up = |standing: &mut Standing| {
            standing.begins(1, at(100), at(100));
            standing.gives_up(1, at(100), 2);
            standing.cools_for_ms(at(100)).unwrap_or(0) / 1_000
        };
        let waits: Vec<i64> = (0..12).map(|_| give_up(&mut standing)).collect();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 960, 1_920, 1_920, 1_920, 1_920]);
        let mut payer = Standing::since(at(100));
        payer.begins(1, at(100), at(105));
        payer.pays(1, 1, at(100));
        let waits: Vec<i64> = (0..5).map(|_| give_up(&mut payer)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30]);
        payer.gives_up(0, at(131), 3);
        assert_eq!(payer.cools_for_ms(at(131)), None, "half of it is forgotten after half an hour");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_ends() {
        let mut standing = Standing::default();
        for n in 0..100 {
            standing.begins(1, Timestamp(1_000_000 + n * 1_000), Timestamp(1_000_000 + n * 1_000 + 500));
            standing.gives_up(1, Timestamp(1_000_000 + n * 1_000 + 500), u32::MAX);
        }
        assert_eq!(standing.spells.len(), SPELLS_MAX);
        assert!(!standing.is_forgotten(Timestamp(1_100_000)));
        assert!(standing.is_forgotten(Timestamp(1_100_000 + 2 * WINDOW_MS)));
    }
}
