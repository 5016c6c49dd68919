//! The state of an inventory as one viewer rebuilds it: a snapshot and the deltas after it. It refuses
//! nothing and counts what is wrong.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// A frame of the live stream; unknown types are ignored, as the protocol demands of clients.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Frame {
    Snapshot(Snapshot),
    Delta(Delta),
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub struct Snapshot {
    pub epoch: u64,
    pub seq: u64,
    pub seats: String,
    #[serde(default)]
    pub counts: Vec<(u32, i64)>,
}

#[derive(Debug, Deserialize)]
pub struct Delta {
    pub epoch: u64,
    pub from: u64,
    pub to: u64,
    #[serde(default)]
    pub seats: Vec<(u32, u8)>,
    #[serde(default)]
    pub counts: Vec<(u32, i64)>,
    pub at_ms: u64,
}

/// What a viewer knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Board {
    pub epoch: u64,
    pub seq: u64,
    /// two bits a unit, as in a snapshot
    seats: Vec<u8>,
    counts: BTreeMap<u32, i64>,
}

/// What a frame did to a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Started,
    /// A snapshot in the middle of a stream: legal, after a slow phase or a new epoch.
    Restarted,
    Moved,
    Ignored,
    /// The frame does not follow what is known, or is malformed.
    Gap,
}

impl Board {
    /// Takes the next frame. With `keep` false only the sequence is followed, not the state.
    pub fn apply(&mut self, frame: &Frame, keep: bool) -> Step {
        match frame {
            Frame::Snapshot(snapshot) => self.start(snapshot, keep),
            Frame::Delta(delta) if delta.epoch < self.epoch => Step::Ignored,
            Frame::Delta(delta) => self.advance(delta, keep),
            Frame::Other => Step::Ignored,
        }
    }

    fn start(&mut self, snapshot: &Snapshot, keep: bool) -> Step {
        if snapshot.epoch < self.epoch {
            return Step::Ignored;
        }
        // seq 0 is before any record: only a fresh board has it
        let fresh = self.seq == 0;
        let backwards = snapshot.seq < self.seq;
        (self.epoch, self.seq) = (snapshot.epoch, snapshot.seq);
        if keep {
            self.counts = snapshot.counts.iter().copied().collect();
            match STANDARD.decode(&snapshot.seats) {
                Ok(seats) => self.seats = seats,
                Err(_malformed) => return Step::Gap,
            }
        }
        match (backwards, fresh) {
            (true, _) => Step::Gap,
            (false, true) => Step::Started,
            (false, false) => Step::Restarted,
        }
    }

    fn advance(&mut self, delta: &Delta, keep: bool) -> Step {
        let follows = delta.epoch == self.epoch && delta.from == self.seq && delta.to > delta.from;
        self.epoch = delta.epoch;
        self.seq = self.seq.max(delta.to);
        let mut known = true;
        if keep {
            self.counts.extend(delta.counts.iter().copied());
            known = delta.seats.iter().all(|&(unit, status)| self.set(unit, status));
        }
        if follows && known { Step::Moved } else { Step::Gap }
    }

    fn set(&mut self, unit: u32, status: u8) -> bool {
        let Some(byte) = self.seats.get_mut(unit as usize / 4) else { return false };
        let shift = unit % 4 * 2;
        *byte = *byte & !(3 << shift) | (status & 3) << shift;
        status <= 3
    }

    /// How many of the first `units` units are not free.
    pub fn taken(&self, units: u32) -> u64 {
        let status =
            |unit: u32| self.seats.get(unit as usize / 4).map_or(0, |byte| byte >> (unit % 4 * 2) & 3);
        (0..units).map(|unit| u64::from(status(unit) != 0)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(json: &str) -> Frame {
        serde_json::from_str(json).unwrap()
    }

    fn started() -> Board {
        let mut board = Board::default();
        let snapshot = frame(
            r#"{"type":"snapshot","inventory":"i","epoch":3,"seq":42,"seats":"AAA=","counts":[[9,5]]}"#,
        );
        assert_eq!(board.apply(&snapshot, true), Step::Started);
        board
    }

    #[test]
    fn deltas_that_follow_give_the_state_of_a_later_snapshot() {
        let mut board = started();
        let delta = frame(
            r#"{"type":"delta","epoch":3,"from":42,"to":45,"seats":[[0,1],[5,2]],"counts":[[9,4]],"at_ms":1}"#,
        );
        assert_eq!(board.apply(&delta, true), Step::Moved);
        let mut other = Board::default();
        other
            .apply(&frame(r#"{"type":"snapshot","epoch":3,"seq":45,"seats":"AQg=","counts":[[9,4]]}"#), true);
        assert_eq!(board, other);
        assert_eq!(board.taken(8), 2);
    }

    #[test]
    fn a_delta_that_does_not_follow_is_a_gap() {
        let mut board = started();
        let delta = frame(r#"{"type":"delta","epoch":3,"from":43,"to":45,"seats":[],"counts":[],"at_ms":1}"#);
        assert_eq!(board.apply(&delta, true), Step::Gap);
    }

    #[test]
    fn frames_of_a_lower_epoch_and_of_unknown_types_are_ignored() {
        let mut board = started();
        let old = frame(r#"{"type":"delta","epoch":2,"from":42,"to":45,"at_ms":1}"#);
        assert_eq!(board.apply(&old, true), Step::Ignored);
        assert_eq!(board.apply(&frame(r#"{"type":"weather","sunny":true}"#), true), Step::Ignored);
    }

    #[test]
    fn a_unit_beyond_the_plan_is_a_gap() {
        let mut board = started();
        let delta = frame(r#"{"type":"delta","epoch":3,"from":42,"to":43,"seats":[[800,1]],"at_ms":1}"#);
        assert_eq!(board.apply(&delta, true), Step::Gap);
    }
}
