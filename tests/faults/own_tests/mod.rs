//! Tests of the harness itself.

mod cluster;
mod linear;
mod proxy;
