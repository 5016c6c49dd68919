//! Tests of the harness itself.

mod cluster;
