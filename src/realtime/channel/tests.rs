//! A channel without a network: frames are published by hand and read from the viewers' queues.

mod cases;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::super::frame::Frame;
use super::super::hub::HubOptions;
use super::super::testing::{STEPS, Shop, Step, buyer, proof};
use super::super::viewer::{Next, QUEUE_FRAMES_MAX, close};
use super::*;
use crate::sources::Sources;

/// Statuses of seats, then what is available of all others.
type Statuses = Vec<u32>;

/// A channel, the shop behind it, and what it showed at each boundary. Nothing runs by itself: the
/// runtime that would publish is never driven.
struct Rig {
    shop: Shop,
    channel: Arc<Channel>,
    boundaries: BTreeMap<(u64, u64), Statuses>,
    _runtime: tokio::runtime::Runtime,
}

impl Rig {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let hub = {
            let _inside = runtime.enter();
            let options = HubOptions { write_max: Duration::from_secs(3_600), ..HubOptions::default() };
            Hub::new(options)
        };
        let shop = Shop::open();
        let view = View::of(&shop.state, shop.epoch);
        let id = InventoryId::new(uuid::Uuid::from_u128(1));
        let channel = hub.open(id, shop.state.plan().clone(), view, Sources::manual(Timestamp(0)));
        let mut rig = Self { shop, channel, boundaries: BTreeMap::new(), _runtime: runtime };
        rig.is_published();
        rig
    }

    fn is_published(&mut self) {
        let state = &self.shop.state;
        let status =
            |(unit, level): (usize, &crate::domain::stock::Level)| match state.plan().is_seat(unit as u32) {
                true if level.capacity == 0 => 3,
                true => level.held + 2 * level.sold + 3 * level.blocked,
                false => level.available(),
            };
        let statuses = state.levels().iter().enumerate().map(status).collect();
        self.boundaries.insert((self.shop.epoch, state.seq()), statuses);
    }

    fn step(&mut self, step: Step) {
        if let Some(record) = self.shop.step(step) {
            self.channel.commit(&record);
        }
    }

    fn publish(&mut self) {
        let due = self.channel.lock().due;
        match due {
            Some(due) => self.channel.publish(due),
            None => assert_eq!(self.channel.lock().published.seq, self.seq(), "nobody will publish this"),
        }
        self.is_published();
    }

    /// Another owner: with what was not yet published, and perhaps a record of its own.
    fn take_over(&mut self, step: Step) {
        self.shop.epoch += 1;
        self.shop.step(step);
        let view = View::of(&self.shop.state, self.shop.epoch);
        self.channel.reset(self.shop.state.plan().clone(), view, Sources::manual(Timestamp(0)));
        self.is_published();
    }

    fn seq(&self) -> u64 {
        self.shop.state.seq()
    }

    fn join(&mut self, resume: Option<Position>) -> Watcher {
        let is_alone = self.channel.viewer_count() == 0;
        let joined = self.channel.join("test", resume).unwrap();
        if is_alone {
            self.is_published(); // at once, since nobody else waits for the tick
        }
        let (told, holds) = (self.seq(), Vec::new());
        Watcher {
            joined,
            at: resume,
            statuses: None,
            told,
            resuming: resume,
            holds,
            plan: None,
            next_plan: None,
        }
    }
}

/// A viewer as a browser would be: it believes what it was told, and checks it.
struct Watcher {
    joined: Joined,
    at: Option<Position>,
    statuses: Option<Statuses>,
    /// What it was told over HTTP before it came.
    told: u64,
    resuming: Option<Position>,
    /// Ids and states of `hold` frames.
    holds: Vec<(String, String)>,
    /// The plan of the last snapshot, and one that was announced since.
    plan: Option<u64>,
    next_plan: Option<u64>,
}

impl Watcher {
    fn position(&self) -> Option<Position> {
        self.at.filter(|_| self.statuses.is_some())
    }

    /// Reads all that waits; false: the stream is over.
    fn read(&mut self, rig: &Rig) -> bool {
        while let Some(next) = self.joined.viewer.try_next() {
            let frame = match next {
                Next::End => {
                    assert_eq!(self.joined.viewer.closed().now_or_never(), Some(close::SLOW));
                    return false;
                }
                Next::Frame(frame) => frame,
                Next::Snapshot => self.joined.snapshot_instead(),
            };
            let json: Value = serde_json::from_str(&frame.text).unwrap();
            self.apply(&json, rig);
        }
        true
    }

    fn apply(&mut self, frame: &Value, rig: &Rig) {
        let number = |name: &str| frame[name].as_u64().unwrap();
        let kind = frame["type"].as_str().unwrap();
        assert!(self.next_plan.is_none() || kind == "snapshot" || kind == "plan", "{kind} behind a plan");
        let to = match kind {
            "plan" => {
                assert!(self.position().is_some(), "not the first frame");
                assert!(self.plan < Some(number("plan_version")), "an older plan");
                return self.next_plan = Some(number("plan_version"));
            }
            "snapshot" => {
                let of = number("plan_version");
                let announced = self.next_plan.take().or(self.plan);
                assert!(announced.is_none_or(|plan| plan == of), "a snapshot of {of}, not of {announced:?}");
                self.plan = Some(of);
                let to = Position { epoch: number("epoch"), seq: number("seq") };
                let known = self.position().unwrap_or(Position { epoch: 0, seq: 0 });
                assert!(to.epoch >= known.epoch && to.seq >= known.seq, "{known:?} then {to:?}");
                self.statuses = Some(unpacked(frame, rig));
                to
            }
            "resumed" => {
                let from = self.resuming.take().expect("asked for, and the first frame");
                assert_eq!((from.epoch, from.seq), (number("epoch"), number("from")));
                self.statuses = Some(rig.boundaries[&(from.epoch, from.seq)].clone());
                if from.seq != number("to") {
                    return; // a delta follows
                }
                from
            }
            "delta" => {
                let known = self.position().expect("not the first frame");
                assert_eq!((known.epoch, known.seq), (number("epoch"), number("from")), "a gap");
                let statuses = self.statuses.as_mut().unwrap();
                for change in ["seats", "counts"].iter().flat_map(|part| frame[part].as_array().unwrap()) {
                    let unit = change[0].as_u64().unwrap() as usize;
                    statuses[unit] = change[1].as_u64().unwrap() as u32;
                }
                Position { epoch: known.epoch, seq: number("to") }
            }
            "hold" => {
                assert!(self.position().is_some(), "not the first frame");
                let text = |name: &str| frame[name].as_str().unwrap().to_owned();
                return self.holds.push((text("id"), text("state")));
            }
            _ => return assert!(self.position().is_some(), "not the first frame"),
        };
        self.resuming = None;
        self.at = Some(to);
        assert!(to.seq >= self.told, "told {} and shown {}", self.told, to.seq);
        self.told = 0;
        assert_eq!(self.statuses, rig.boundaries.get(&(to.epoch, to.seq)).cloned(), "at {to:?}");
    }
}

fn unpacked(frame: &Value, rig: &Rig) -> Statuses {
    use base64::Engine;
    let bytes = base64::prelude::BASE64_STANDARD.decode(frame["seats"].as_str().unwrap()).unwrap();
    let at = ["epoch", "seq"].map(|name| frame[name].as_u64().unwrap());
    let units = rig.boundaries[&(at[0], at[1])].len();
    assert_eq!(bytes.len(), units.div_ceil(4));
    let mut statuses: Statuses = (0..units).map(|n| u32::from(bytes[n / 4] >> (n % 4 * 2) & 3)).collect();
    let counts = frame["counts"].as_array().unwrap();
    for count in counts {
        statuses[count[0].as_u64().unwrap() as usize] = count[1].as_u64().unwrap() as u32;
    }
    statuses
}

#[derive(Debug, Clone)]
enum Act {
    Commit(Step),
    Publish,
    Join,
    /// As a viewer that left somewhere on the way.
    Resume(usize),
    /// With a position that nobody may have been at.
    ResumeAt(u64, u64),
    Leave(usize),
    Read(usize),
    Overflow(usize),
    TakeOver(Step),
}

fn act() -> impl Strategy<Value = Act> {
    let step = || (0..STEPS, any::<u32>(), any::<u32>());
    prop_oneof![
        8 => step().prop_map(Act::Commit),
        4 => Just(Act::Publish),
        2 => Just(Act::Join),
        2 => any::<usize>().prop_map(Act::Resume),
        1 => (0..4u64, 0..60u64).prop_map(|(epoch, seq)| Act::ResumeAt(epoch, seq)),
        1 => any::<usize>().prop_map(Act::Leave),
        4 => any::<usize>().prop_map(Act::Read),
        1 => any::<usize>().prop_map(Act::Overflow),
        1 => step().prop_map(Act::TakeOver),
    ]
}

/// Frames of no consequence until the queue has overflowed.
fn flood(watcher: &Watcher) {
    (0..=QUEUE_FRAMES_MAX as u64).for_each(|count| watcher.joined.viewer.push(&Frame::viewers(count)));
}

fn run(acts: Vec<Act>) {
    let mut rig = Rig::new();
    let mut here: Vec<Watcher> = Vec::new();
    let mut gone: Vec<Position> = vec![Position { epoch: 1, seq: 1 }];
    for act in acts {
        let some = |n: usize, of: usize| n % of.max(1);
        match act {
            Act::Commit(step) => rig.step(step),
            Act::Publish => rig.publish(),
            Act::Join => here.push(rig.join(None)),
            Act::Resume(n) => here.push(rig.join(Some(gone[some(n, gone.len())]))),
            Act::ResumeAt(epoch, seq) => here.push(rig.join(Some(Position { epoch, seq }))),
            Act::Leave(n) if !here.is_empty() => {
                let watcher = here.swap_remove(some(n, here.len()));
                gone.extend(watcher.position());
            }
            Act::Read(n) if !here.is_empty() => {
                let at = some(n, here.len());
                if !here[at].read(&rig) {
                    gone.extend(here.swap_remove(at).position());
                }
            }
            Act::Overflow(n) if !here.is_empty() => flood(&here[some(n, here.len())]),
            Act::Leave(_) | Act::Read(_) | Act::Overflow(_) => {}
            Act::TakeOver(step) => rig.take_over(step),
        }
    }
    rig.publish();
    here.retain_mut(|watcher| watcher.read(&rig));
    let last = Position { epoch: rig.shop.epoch, seq: rig.seq() };
    here.iter().for_each(|watcher| assert_eq!(watcher.position(), Some(last)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_viewer_shows_what_was_published_at_its_seq_whatever_happens(acts in vec(act(), 1..120)) {
        run(acts);
    }
}
