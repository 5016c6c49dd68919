//! What a viewer knows: a snapshot, then deltas that must join without a gap.

use std::collections::BTreeMap;

use base64::Engine;
use serde_json::Value;

/// Statuses by unit number: 0 free, 1 held, 2 sold, 3 blocked; what is left of areas and items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Units {
    pub(crate) seats: Vec<u8>,
    pub(crate) counts: BTreeMap<usize, u64>,
}

/// A board and all that was wrong on the way to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Board {
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    pub(crate) units: Units,
    pub(crate) snapshots: u32,
    pub(crate) deltas: u32,
    pub(crate) resumed: u32,
    /// Frames that did not join.
    pub(crate) gaps: Vec<String>,
    /// The close code of a WebSocket, 0 for the end of an event stream.
    pub(crate) closed: Option<u16>,
}

impl Board {
    /// Of an `availability` answer, or the first frame.
    pub(crate) fn of(snapshot: &Value) -> Self {
        let mut board = Self::default();
        board.take(snapshot);
        board
    }

    pub(crate) fn take(&mut self, frame: &Value) {
        let number = |key: &str| frame[key].as_u64().unwrap_or(u64::MAX);
        match frame["type"].as_str() {
            Some("snapshot") => self.replace(frame),
            Some("delta") => {
                self.joins(number("epoch"), number("from"), frame);
                self.seq = number("to");
                self.change(frame);
                self.deltas += 1;
            }
            Some("resumed") => {
                self.joins(number("epoch"), number("from"), frame);
                self.resumed += 1;
            }
            Some(_) => {}
            None => self.gaps.push(format!("no frame: {frame}")),
        }
    }

    fn replace(&mut self, frame: &Value) {
        let (epoch, seq) = (frame["epoch"].as_u64(), frame["seq"].as_u64());
        let (Some(epoch), Some(seq)) = (epoch, seq) else {
            self.gaps.push(format!("no position: {frame}"));
            return;
        };
        if (epoch, seq) < (self.epoch, self.seq) {
            self.gaps.push(format!("from {}:{} back to {epoch}:{seq}", self.epoch, self.seq));
        }
        let packed = base64::prelude::BASE64_STANDARD.decode(frame["seats"].as_str().unwrap_or_default());
        let packed = packed.unwrap_or_default();
        self.units.seats =
            packed.iter().flat_map(|byte| [0, 2, 4, 6].map(|shift| byte >> shift & 3)).collect();
        self.units.counts.clear();
        self.change(&serde_json::json!({"counts": frame["counts"]}));
        (self.epoch, self.seq) = (epoch, seq);
        self.snapshots += 1;
    }

    fn joins(&mut self, epoch: u64, from: u64, frame: &Value) {
        if (epoch, from) != (self.epoch, self.seq) {
            let mut frame = frame.to_string();
            frame.truncate(120);
            self.gaps.push(format!("at {}:{} came {frame}", self.epoch, self.seq));
        }
    }

    fn change(&mut self, frame: &Value) {
        let pairs = |key: &str| frame[key].as_array().cloned().unwrap_or_default();
        for pair in pairs("seats") {
            let unit = pair[0].as_u64().unwrap_or(u64::MAX) as usize;
            match self.units.seats.get_mut(unit) {
                Some(status) => *status = pair[1].as_u64().unwrap_or(9) as u8,
                None => self.gaps.push(format!("no seat has the number {unit}")),
            }
        }
        for pair in pairs("counts") {
            self.units
                .counts
                .insert(pair[0].as_u64().unwrap_or(u64::MAX) as usize, pair[1].as_u64().unwrap_or(u64::MAX));
        }
    }
}
