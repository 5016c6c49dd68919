//! The HTTP API as its users meet it: real requests to a real server, on both engines.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and may panic anywhere")]

mod helpers;
mod moody;
#[path = "../support/mod.rs"]
mod support;

mod activity;
mod auth;
mod bodies;
mod channels;
mod connections;
mod described;
mod events;
mod faults;
mod groups;
mod holds;
mod idempotency;
mod inventories;
mod limits;
mod live;
mod moves;
mod operations;
mod operator;
mod pages;
mod parallel;
mod plans;
mod replan;
mod sales;
mod schema;
mod seating;

/// This program once more, told to use Postgres.
#[test]
fn all_of_this_holds_on_postgres() {
    use support::postgres::{ENGINE, is_engine};
    if is_engine() {
        return;
    }
    let this = std::env::current_exe().unwrap();
    let output = std::process::Command::new(this).env(ENGINE, "postgres").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("test result: ok") && !said.contains(" 0 passed"), "{said}");
}
