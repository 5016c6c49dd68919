//! The baselines against real stores: a comparison with something that is wrong would be worth nothing.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod fair_lock;
mod service;
mod shops;
