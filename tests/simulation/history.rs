//! What happened in a run, line by line, and what of it must not have.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fairhold::domain::InventoryId;

use crate::board::Units;
use crate::wire::Reply;

/// Cheap to clone; clones write the same history.
#[derive(Clone, Default)]
pub(crate) struct History(Arc<Mutex<Events>>);

#[derive(Default)]
pub(crate) struct Events {
    pub(crate) lines: Vec<String>,
    pub(crate) wrong: Vec<String>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) seen: Vec<Seen>,
    /// How long after the healing each inventory took a command.
    pub(crate) writable_after: Vec<Duration>,
    /// How often what was met; see [`MET`].
    pub(crate) met: BTreeMap<&'static str, u64>,
}

/// What the seeds of a run must have met between them: else they prove nothing about it.
pub(crate) const MET: &[&str] = &[
    "a batch not sent",
    "a batch to be sent again",
    "a batch refused",
    "an unknown outcome",
    "a commit after its sender had given up",
    "a statement rolled back",
    "an append fenced",
    "a take-over that waits",
    "a take-over whose answer is lost",
    "a failed read",
    "a slow read",
    "a snapshot kept",
    "a node crashed",
    "a partition",
    "a pause",
    "a node cut off from the store",
    "a commit pending",
    "a command not committed",
    "a command without an answer",
    "a repeat answered from its record",
    "an expiry",
    "a stream resumed",
];

/// One try of a command; a command that is repeated keeps its key.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) inventory: InventoryId,
    pub(crate) request: String,
    pub(crate) key: u64,
    /// None: no answer came.
    pub(crate) reply: Option<Reply>,
}

/// What a viewer or a reader was shown.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) by: String,
    pub(crate) inventory: InventoryId,
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    pub(crate) units: Units,
}

impl History {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Events> {
        self.0.lock().unwrap()
    }

    pub(crate) fn line(&self, at: Duration, line: &str) {
        self.lock().lines.push(format!("{:>6} {line}", at.as_millis()));
    }

    /// At the simulated time of the host that runs.
    pub(crate) fn tell(&self, line: &str) {
        self.line(now(), line);
    }

    pub(crate) fn met(&self, what: &'static str) {
        debug_assert!(MET.contains(&what), "{what} is not listed");
        *self.lock().met.entry(what).or_default() += 1;
    }

    pub(crate) fn wrong(&self, what: String) {
        self.lock().wrong.push(what);
    }

    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.lock().lines.hash(&mut hasher);
        hasher.finish()
    }
}

/// Simulated time; the beginning, where nothing is simulated.
pub(crate) fn now() -> Duration {
    turmoil::sim_elapsed().unwrap_or_default()
}
