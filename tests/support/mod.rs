//! What the end-to-end tests share: a server as a child process or in a thread, a client that talks like a shop, viewers,
//! and the journal as these tests read it themselves.
#![allow(dead_code, clippy::print_stdout, reason = "each test binary uses a part of it; tests may print")]

pub(crate) mod api;
pub(crate) mod board;
pub(crate) mod host;
pub(crate) mod journal;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod rng;
pub(crate) mod server;
pub(crate) mod viewer;
