//! Faults, and what must be true after each of them: servers killed, stopped and doubled, databases slow,
//! restarted and full, clocks that jump, clients that flood. README.md says what each test does.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod client;
mod clock;
mod disk;
mod floods;
mod history;
mod kills;
mod linear;
mod mixed;
mod node;
mod overload;
mod own_tests;
mod owners;
mod points;
mod refusals;
mod restarts;
mod saboteur;
mod scale;
mod series;
mod slow;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
mod town;
mod trial;
mod verify;
mod watch;
