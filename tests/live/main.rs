//! The live stream as viewers meet it: a real server, WebSockets, server-sent events, and clients that
//! behave badly. Every viewer checks each frame against what it knows: never a gap, never a step back.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and may panic anywhere")]

mod board;
mod raw;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod viewer;

mod auth;
mod behaviour;
mod ends;
mod epochs;
mod limits;
mod memory;
mod plans;
mod resume;
mod slow;
mod stream;
