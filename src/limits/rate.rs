//! A rate as one number: the time at which all that was taken is earned again (the generic cell rate algorithm,
//! ITU-T I.371). It stands beside a subject's other figures and on the server's own clock, so that one look at one
//! entry tells all.

/// So much a minute, and as much at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rate {
    earned_at_us: i64,
}

const MINUTE_US: i64 = 60_000_000;

/// What `amount` of a minute's `quota` is worth in time.
fn worth_us(amount: u64, quota: u64) -> i64 {
    let us = u128::from(amount) * MINUTE_US as u128 / u128::from(quota.max(1));
    i64::try_from(us).unwrap_or(i64::MAX / 4)
}

impl Rate {
    /// How much is left after one more; else in how many microseconds there is one.
    pub(super) fn take(&mut self, quota: u64, now_us: i64) -> Result<u64, i64> {
        let earned_at = self.earned_at_us.max(now_us) + worth_us(1, quota);
        if earned_at - now_us > MINUTE_US {
            return Err(earned_at - now_us - MINUTE_US);
        }
        self.earned_at_us = earned_at;
        Ok(self.left(quota, now_us))
    }

    /// Also what is not there.
    pub(super) fn spend(&mut self, much: u64, quota: u64, now_us: i64) {
        self.earned_at_us = self.earned_at_us.max(now_us).saturating_add(worth_us(much, quota));
    }

    /// In how many microseconds something is left again; none: now.
    pub(super) fn in_debt(&self, now_us: i64) -> Option<i64> {
        let debt = self.earned_at_us - now_us - MINUTE_US;
        (debt > 0).then_some(debt)
    }

    fn left(&self, quota: u64, now_us: i64) -> u64 {
        let free = (MINUTE_US - (self.earned_at_us - now_us)).max(0).unsigned_abs();
        u64::try_from(u128::from(free) * u128::from(quota) / MINUTE_US as u128).unwrap_or(u64::MAX)
    }

    /// Until all is there again.
    pub(super) fn full_after_us(&self, now_us: i64) -> i64 {
        (self.earned_at_us - now_us).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_at_once_and_then_as_it_is_earned() {
        let mut rate = Rate::default();
        let left: Vec<u64> = (0..60).map(|_| rate.take(60, 0).unwrap()).collect();
        assert_eq!((left[0], left[59]), (59, 0));
        assert_eq!(rate.take(60, 0), Err(1_000_000));
        assert_eq!(rate.take(60, 999_999), Err(1));
        assert!(rate.take(60, 1_000_000).is_ok());
        assert_eq!(rate.full_after_us(1_000_000), MINUTE_US);
        assert_eq!(rate.take(60, 3_600_000_000).unwrap(), 59, "a quiet hour fills it, no more");
    }

    #[test]
    fn a_debt_is_worked_off() {
        let mut rate = Rate::default();
        assert_eq!(rate.in_debt(0), None);
        rate.spend(90, 60, 0);
        assert_eq!(rate.in_debt(0), Some(30_000_000));
        assert_eq!(rate.in_debt(30_000_000), None);
        rate.spend(u64::MAX, 1, 0);
        assert!(rate.in_debt(0).is_some(), "no overflow");
    }

    #[test]
    fn nothing_allowed_means_nothing() {
        assert!(Rate::default().take(0, 0).is_ok(), "one, as a quota of 1 has it: 0 is refused as a setting");
        assert!(Rate::default().take(u64::MAX, i64::MAX / 4).is_ok());
    }
}
