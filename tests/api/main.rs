//! The HTTP API as its users meet it: real requests to a real server.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and may panic anywhere")]

mod helpers;
mod moody;
mod server;

mod auth;
mod bodies;
mod faults;
mod holds;
mod idempotency;
mod inventories;
mod live;
mod operations;
mod operator;
mod sales;
