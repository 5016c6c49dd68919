//! The figures that the generators print.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What `holds` prints.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LoadReport {
    pub mode: String,
    pub connections: usize,
    pub seconds: f64,
    pub completed: u64,
    pub statuses: BTreeMap<u16, u64>,
    /// connections that broke; their request may or may not have been carried out
    pub errors: u64,
    /// answers that this mode does not expect
    pub unexpected: u64,
    /// the first of them, to see what went wrong
    pub unexpected_example: Option<String>,
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub server_cpu_seconds: f64,
    /// database and Redis, with their children
    pub store_cpu_seconds: f64,
    pub client_cpu_seconds: f64,
    /// of all cores, what neither server nor generator used: the figures are clean only near 0
    pub others_cpu_share: f64,
    /// records of one commit, as the server says
    pub batch_records: Option<f64>,
    /// how long Postgres waited for one sync of its log, as it says itself
    pub log_sync_ms: Option<f64>,
    /// every seat was asked for before the time was over
    pub exhausted: bool,
    pub audit: Option<Audit>,
}

/// What the store shows as taken, against what was acknowledged.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Audit {
    pub acknowledged: u64,
    /// asked for, and the connection broke before the answer
    pub unknown: u64,
    pub taken: u64,
    /// sold twice, or taken without its order
    pub wrong: u64,
    pub ok: bool,
}

/// What `probe` prints: how fast this disk makes a small append durable.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ProbeReport {
    pub bytes: usize,
    pub count: u64,
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl LoadReport {
    /// Whether every answer was expected and the store holds what was acknowledged.
    pub fn is_right(&self) -> bool {
        self.unexpected == 0 && self.completed > 0 && self.audit.as_ref().is_none_or(|audit| audit.ok)
    }
}
