//! Faults, and what must be true after each of them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod linear;
mod own_tests;
#[path = "../support/mod.rs"]
mod support;
