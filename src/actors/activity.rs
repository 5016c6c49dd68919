//! What went on in an inventory in the last hour, by minute, for its operator. Counted where commits and
//! refusals pass anyway, by the inventory's own time; nothing is kept of a minute in which nothing happened, and
//! all of it ends with the incarnation.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use smallvec::SmallVec;

use super::{Failure, Inventories};
use crate::domain::{Event, InventoryId, Record, Timestamp};

/// So far back it goes.
const MINUTES: i64 = 60;
const MINUTE_MS: i64 = 60_000;

/// One minute's figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Minute {
    /// Minutes since 1970.
    number: i64,
    pub holds: u32,
    pub purchases: u32,
    pub released: u32,
    pub expired: u32,
    pub returned: u32,
    /// The most at a time, as seen once a second.
    pub viewers_max: u32,
    /// By code. Four fit before anything is allocated.
    refused: SmallVec<[(&'static str, u32); 4]>,
}

impl Minute {
    /// When it began.
    pub fn at(&self) -> Timestamp {
        Timestamp(self.number * MINUTE_MS)
    }

    pub fn refused(&self) -> BTreeMap<&'static str, u32> {
        self.refused.iter().copied().collect()
    }

    fn refuse(&mut self, code: &'static str) {
        match self.refused.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => self.refused.push((code, 1)),
        }
    }

    fn count(&mut self, event: &Event) {
        match event {
            Event::Held { .. } => self.holds += 1,
            Event::Purchased { .. } => self.purchases += 1,
            Event::Released { .. } => self.released += 1,
            Event::Expired { holds } => self.expired += u32::try_from(holds.len()).unwrap_or(u32::MAX),
            Event::Returned { .. } => self.returned += 1,
            _ => {}
        }
    }
}

/// The last hour of one incarnation.
#[derive(Debug)]
pub(super) struct Activity {
    since: Timestamp,
    /// Oldest first, only those in which something happened. Empty it has no memory of its own.
    minutes: Mutex<VecDeque<Minute>>,
}

/// What an operator is shown of it.
#[derive(Debug, Clone)]
pub struct ActivityShown {
    /// When the counting began: the inventory was loaded then.
    pub since: Timestamp,
    pub minutes: Vec<Minute>,
}

impl Activity {
    pub(super) fn since(since: Timestamp) -> Self {
        Self { since, minutes: Mutex::new(VecDeque::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Minute>> {
        self.minutes.lock().expect("no panic under this lock")
    }

    pub(super) fn committed(&self, record: &Record) {
        use Event::{Expired, Held, Purchased, Released, Returned};
        let counts = |event: &Event| {
            matches!(
                event,
                Held { .. } | Purchased { .. } | Released { .. } | Expired { .. } | Returned { .. }
            )
        };
        if record.events.iter().any(counts) {
            let mut minutes = self.lock();
            let minute = minute(&mut minutes, record.at);
            record.events.iter().for_each(|event| minute.count(event));
        }
    }

    pub(super) fn refused(&self, now: Timestamp, code: &'static str) {
        minute(&mut self.lock(), now).refuse(code);
    }

    pub(super) fn seen(&self, now: Timestamp, viewers: usize) {
        if viewers > 0 {
            let viewers = u32::try_from(viewers).unwrap_or(u32::MAX);
            let mut minutes = self.lock();
            let minute = minute(&mut minutes, now);
            minute.viewers_max = minute.viewers_max.max(viewers);
        }
    }

    fn shown(&self, now: Timestamp) -> ActivityShown {
        let first = number(now) - MINUTES + 1;
        let minutes = self.lock().iter().filter(|minute| minute.number >= first).cloned().collect();
        ActivityShown { since: self.since, minutes }
    }
}

fn number(at: Timestamp) -> i64 {
    at.0.div_euclid(MINUTE_MS)
}

/// The minute of this time. A commit may come a little after a refusal that is younger, so it need not be the
/// last one.
fn minute(minutes: &mut VecDeque<Minute>, at: Timestamp) -> &mut Minute {
    let number = number(at);
    let place = minutes.iter().rposition(|minute| minute.number <= number).map_or(0, |last| last + 1);
    let is_there = place > 0 && minutes[place - 1].number == number;
    if is_there {
        return &mut minutes[place - 1];
    }
    minutes.insert(place, Minute { number, ..Minute::default() });
    let newest = minutes.back().map_or(number, |minute| minute.number);
    let mut gone = 0;
    while place > gone && minutes.front().is_some_and(|oldest| oldest.number <= newest - MINUTES) {
        minutes.pop_front();
        gone += 1;
    }
    &mut minutes[place - gone]
}

impl Inventories {
    /// What went on in an inventory since it was loaded, at most for an hour.
    pub async fn activity(&self, inventory: InventoryId) -> Result<ActivityShown, Failure> {
        let shared = self.find(inventory).await?.shared;
        shared.touch();
        let now = shared.clock.now();
        shared.activity.seen(now, shared.channel.viewer_count());
        Ok(shared.activity.shown(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64, second: i64) -> Timestamp {
        Timestamp(minute * MINUTE_MS + second * 1000)
    }

    fn codes(activity: &Activity, now: Timestamp) -> Vec<(i64, u32)> {
        activity.shown(now).minutes.iter().map(|minute| (minute.number, minute.refused()["x"])).collect()
    }

    #[test]
    fn a_minute_begins_at_its_second_zero_and_is_kept_for_an_hour() {
        let activity = Activity::since(at(100, 0));
        for time in [at(100, 0), at(100, 59), at(101, 0), at(100, 30), at(159, 59)] {
            activity.refused(time, "x");
        }
        assert_eq!(codes(&activity, at(159, 0)), [(100, 3), (101, 1), (159, 1)]);
        assert_eq!(codes(&activity, at(160, 0)), [(101, 1), (159, 1)], "not shown, though still there");
        activity.refused(at(161, 0), "x");
        assert_eq!(codes(&activity, at(161, 0)), [(159, 1), (161, 1)]);
        assert_eq!(activity.lock().len(), 2, "the rest is gone");
    }

    #[test]
    fn however_long_it_runs_an_hour_is_kept() {
        let activity = Activity::since(at(0, 0));
        for number in 0..1_000 {
            activity.refused(at(number, 0), "x");
            activity.refused(at(number, 1), "y");
            activity.seen(at(number, 2), 7);
            activity.seen(at(number, 3), 5);
        }
        assert_eq!(activity.lock().len(), MINUTES as usize);
        let last = activity.shown(at(999, 0)).minutes.pop().unwrap();
        assert_eq!((last.viewers_max, last.refused()), (7, BTreeMap::from([("x", 1), ("y", 1)])));
    }

    #[test]
    fn one_that_nothing_happens_in_has_no_memory() {
        let activity = Activity::since(at(0, 0));
        activity.seen(at(0, 0), 0);
        assert_eq!(activity.lock().capacity(), 0);
    }
}
