//! What every engine must do: one suite, run on each.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod conformance;
mod damage;
mod golden;
mod groups;
mod listing;
mod lost;
mod plans;
mod postgres;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
