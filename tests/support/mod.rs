//! What the end-to-end tests share: a server as a child process, a client that talks like a shop, viewers,
//! and the journal as these tests read it themselves.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod api;
pub(crate) mod board;
pub(crate) mod journal;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod rng;
pub(crate) mod server;
pub(crate) mod viewer;
