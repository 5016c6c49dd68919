//! A server that dies at a named point, the n-th time that it gets there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use fairhold::persistence::{Append, AppendError, Appender, Fenced, Gate, StoreError};
use rustix::process::{Signal, getpid, kill_process};

use crate::support::rng::Rng;

/// A statement takes about so long; death comes at a random moment of it.
const STATEMENT: Duration = Duration::from_millis(3);
/// So do the answers of a batch.
const ANSWERS: Duration = Duration::from_micros(400);

/// Written as `NAME/SKIP`: the name of the point, and how many times it is passed unharmed. Names are `before`
/// or `after` and a call of the store, and four of the append: `before append`, `during append` (while the
/// statement runs), `after append` (committed, nobody told), `while answering` (some are told).
#[derive(Debug, Clone)]
pub(super) struct Point {
    name: Arc<str>,
    left: Arc<AtomicU32>,
}

impl Point {
    pub(super) fn parse(text: &str) -> Self {
        let (name, skip) = text.split_once('/').unwrap();
        Self { name: name.into(), left: Arc::new(AtomicU32::new(skip.parse().unwrap())) }
    }

    /// Whether this is it, and it is time.
    fn is_here(&self, name: &str) -> bool {
        *self.name == *name
            && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_err()
    }

    fn reach(&self, name: &str) {
        if self.is_here(name) {
            die();
        }
    }
}

#[async_trait]
impl Gate for Point {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.reach(&format!("before {call}"));
        Ok(())
    }

    async fn after(&self, call: &'static str) {
        self.reach(&format!("after {call}"));
    }
}

fn die() {
    kill_process(getpid(), Signal::KILL).unwrap();
}

/// At a random moment of this time, whatever the others do meanwhile.
fn die_within(time: Duration) {
    let part = Rng::new(Rng::seed("")).below(1_000) as f64 / 1_000.0;
    std::thread::spawn(move || {
        std::thread::sleep(time.mul_f64(part));
        die();
    });
}

pub(super) fn before(inner: Box<dyn Appender>, point: &Point) -> Box<dyn Appender> {
    Box::new(Deadly { inner, point: point.clone() })
}

struct Deadly {
    inner: Box<dyn Appender>,
    point: Point,
}

#[async_trait]
impl Appender for Deadly {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        self.point.reach("before append");
        if self.point.is_here("during append") {
            die_within(STATEMENT);
        }
        let outcome = self.inner.append(rows).await;
        self.point.reach("after append");
        if self.point.is_here("while answering") {
            die_within(ANSWERS);
        }
        outcome
    }
}
