//! Failures that only tests ask for, by the name of the buyer.

use crate::domain::{Command, Record};

#[cfg(not(test))]
pub(super) fn decide(_: &Command) {}

#[cfg(not(test))]
pub(super) fn apply(_: &Record) {}

#[cfg(test)]
pub(super) fn decide(command: &Command) {
    assert_ne!(command.caller.name(), "panic-in-decide");
}

#[cfg(test)]
pub(super) fn apply(record: &Record) {
    assert_ne!(record.by.name(), "panic-in-apply");
}
