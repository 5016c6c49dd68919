//! How much a search may cost, counted in steps: seats and sums that are looked at. Steps, not time, so that the same
//! request on the same hall always finds the same seats.

use std::cell::Cell;

/// The most steps of one way to seat a party, but for the last, which never has to try much. They pass in some ten
/// milliseconds.
pub(super) const STEPS_MAX: u64 = 250_000;

#[derive(Debug, Default)]
pub(super) struct Effort {
    #[cfg(test)]
    before: Cell<u64>,
    now: Cell<u64>,
    was_over: Cell<bool>,
}

impl Effort {
    /// Another way begins, with steps of its own.
    pub(super) fn renew(&self) {
        #[cfg(test)]
        self.before.set(self.spent());
        self.now.set(0);
    }

    pub(super) fn spend(&self, steps: u64) {
        self.now.set(self.now.get() + steps);
    }

    /// Whether this way has cost enough.
    pub(super) fn is_over(&self) -> bool {
        let is_over = self.now.get() >= STEPS_MAX;
        self.was_over.set(self.was_over.get() || is_over);
        is_over
    }

    /// Whether any way was given up.
    pub(super) fn was_over(&self) -> bool {
        self.was_over.get()
    }

    #[cfg(test)]
    pub(super) fn spent(&self) -> u64 {
        self.before.get() + self.now.get()
    }
}
