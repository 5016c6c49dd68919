//! What a server may never lose, proved on the program itself: killed under load, ended under load, and with
//! its command line beside it.
//!
//! `FAIRHOLD_CRASH_KILLS` says how often it is killed, `FAIRHOLD_CRASH_SEED` repeats a run's random choices.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod beside;
mod durability;
mod kills;
mod load;
mod rounds;
mod sabotage;
mod shop;
mod shutdown;
#[path = "../support/mod.rs"]
mod support;
mod verify;
