//! fairhold: an actor-based real-time reservation server. Start at `ARCHITECTURE.md`.

pub mod actors;
pub mod cli;
pub mod domain;
pub mod http;
pub mod limits;
pub mod persistence;
pub mod plans;
pub mod realtime;
pub mod settings;
pub mod sources;
pub mod startup;
pub mod telemetry;
