//! What a viewer knows: applies snapshots and deltas, and refuses whatever the protocol forbids.

use base64::Engine;
use serde_json::Value;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    pub epoch: u64,
    pub seq: u64,
    /// Two bits a unit.
    seats: Vec<u8>,
    /// Unit and what is available.
    counts: Vec<(u64, u64)>,
    has_snapshot: bool,
    /// Where it asked to go on, until the server has answered.
    resuming: Option<(u64, u64)>,
}

impl Board {
    /// One that knows a position and comes back with it.
    pub fn resuming(known: &Board) -> Self {
        Self { resuming: Some((known.epoch, known.seq)), ..known.clone() }
    }

    /// As if it had not seen what came later.
    pub fn at(&self, seq: u64) -> Self {
        Self { seq, ..self.clone() }
    }

    pub fn id(&self) -> String {
        format!("{}:{}", self.epoch, self.seq)
    }

    pub fn status(&self, unit: usize) -> u8 {
        self.seats[unit / 4] >> (unit % 4 * 2) & 3
    }

    /// Statuses and counts, without the position.
    pub fn shown(&self) -> (&[u8], &[(u64, u64)]) {
        (&self.seats, &self.counts)
    }

    #[track_caller]
    pub fn apply(&mut self, frame: &Value) {
        let number = |name: &str| frame[name].as_u64().unwrap_or_else(|| panic!("{name} in {frame}"));
        let kind = frame["type"].as_str().expect("every frame has a type");
        let asked = self.resuming.take();
        if asked.is_some() || !self.has_snapshot {
            let may_be_first = kind == "snapshot" || (kind == "resumed" && asked.is_some());
            assert!(may_be_first, "the first frame is {kind}");
        }
        match kind {
            "snapshot" => {
                let (epoch, seq) = (number("epoch"), number("seq"));
                let back = epoch < self.epoch || (epoch == self.epoch && seq < self.seq && asked.is_none());
                assert!(!back, "{} and then {epoch}:{seq}", self.id());
                self.seats =
                    base64::prelude::BASE64_STANDARD.decode(frame["seats"].as_str().unwrap()).unwrap();
                self.counts = pairs(&frame["counts"]);
                (self.epoch, self.seq, self.has_snapshot) = (epoch, seq, true);
            }
            "resumed" => {
                assert_eq!(asked, Some((number("epoch"), number("from"))), "resumed from elsewhere");
                assert!(number("to") >= number("from"));
            }
            "delta" => {
                assert_eq!((number("epoch"), number("from")), (self.epoch, self.seq), "a gap");
                assert!(number("to") > self.seq, "a delta of nothing");
                for (unit, status) in pairs(&frame["seats"]) {
                    let (byte, shift) = (unit as usize / 4, unit % 4 * 2);
                    self.seats[byte] = self.seats[byte] & !(3 << shift) | (status as u8) << shift;
                }
                for (unit, available) in pairs(&frame["counts"]) {
                    self.counts.iter_mut().find(|(known, _)| *known == unit).unwrap().1 = available;
                }
                self.seq = number("to");
            }
            _ => {}
        }
    }
}

fn pairs(list: &Value) -> Vec<(u64, u64)> {
    let number = |value: &Value| value.as_u64().unwrap();
    list.as_array().unwrap().iter().map(|pair| (number(&pair[0]), number(&pair[1]))).collect()
}
