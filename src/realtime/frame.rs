//! The frames of the live protocol (`/asyncapi.json`), encoded once and shared by all viewers.

use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use base64::Engine;
use bytes::Bytes;

use super::view::Board;
use crate::domain::facts::FactsAnswer;
use crate::domain::plan::Counted;
use crate::domain::{InventoryId, UnitNo};

/// Where a viewer stands: `epoch:seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub epoch: u64,
    pub seq: u64,
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (epoch, seq) = text.split_once(':').ok_or(())?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| text.parse().ok().filter(|_| is_number(text)).ok_or(());
        Ok(Self { epoch: number(epoch)?, seq: number(seq)? })
    }
}

/// Nothing happened, and the stream lives. It has no place in a viewer's queue: what waits there says as much.
pub(super) const BEAT: &str = r#"{"type":"beat"}"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Snapshot,
    Delta,
    Resumed,
    Viewers,
    Hold,
    Plan,
    Inventory,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Delta => "delta",
            Self::Resumed => "resumed",
            Self::Viewers => "viewers",
            Self::Hold => "hold",
            Self::Plan => "plan",
            Self::Inventory => "inventory",
        }
    }
}

/// One frame: JSON text, and the same as a WebSocket message and as a server-sent event, each made when the
/// first viewer needs it.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// The position that the viewer has reached with it: only snapshots and deltas have one.
    pub(super) position: Option<Position>,
    pub(super) text: String,
    message: OnceLock<Bytes>,
    event: OnceLock<Bytes>,
}

pub(super) type SharedFrame = Arc<Frame>;

impl Frame {
    fn new(kind: Kind, position: Option<Position>, text: String) -> SharedFrame {
        Arc::new(Self { kind, position, text, message: OnceLock::new(), event: OnceLock::new() })
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// A text message as servers send it, without a mask (RFC 6455, section 5.2): the same for all viewers.
    pub(super) fn message(&self) -> Bytes {
        const WHOLE_TEXT: u8 = 0x81;
        let encode = || {
            let len = self.text.len();
            let mut bytes = Vec::with_capacity(10 + len);
            bytes.push(WHOLE_TEXT);
            match len {
                0..=125 => bytes.push(len as u8),
                126..=0xffff => {
                    bytes.push(126);
                    bytes.extend_from_slice(&(len as u16).to_be_bytes());
                }
                _ => {
                    bytes.push(127);
                    bytes.extend_from_slice(&(len as u64).to_be_bytes());
                }
            }
            bytes.extend_from_slice(self.text.as_bytes());
            bytes.into()
        };
        self.message.get_or_init(encode).clone()
    }

    pub(super) fn event(&self) -> Bytes {
        let encode = || match self.position {
            Some(Position { epoch, seq }) => format!("id: {epoch}:{seq}\ndata: {}\n\n", self.text).into(),
            None => format!("data: {}\n\n", self.text).into(),
        };
        self.event.get_or_init(encode).clone()
    }

    pub(super) fn snapshot(text: String, position: Position) -> SharedFrame {
        Self::new(Kind::Snapshot, Some(position), text)
    }

    pub(super) fn resumed(from: u64, to: Position) -> SharedFrame {
        let Position { epoch, seq } = to;
        let text = format!(r#"{{"type":"resumed","epoch":{epoch},"from":{from},"to":{seq}}}"#);
        Self::new(Kind::Resumed, None, text)
    }

    pub(super) fn viewers(count: u64) -> SharedFrame {
        Self::new(Kind::Viewers, None, format!(r#"{{"type":"viewers","count":{count}}}"#))
    }

    /// Another layout is in force: a snapshot follows.
    pub(super) fn plan(version: u32) -> SharedFrame {
        Self::new(Kind::Plan, None, format!(r#"{{"type":"plan","plan_version":{version}}}"#))
    }

    /// A buyer's own hold: the hold's JSON with a type.
    pub(super) fn hold(json: &str) -> SharedFrame {
        Self::typed(Kind::Hold, json)
    }

    /// What everybody is told of an inventory beside its units.
    pub(super) fn inventory(facts: &FactsAnswer) -> SharedFrame {
        let json = serde_json::to_string(facts).expect("an answer has only string keys");
        Self::typed(Kind::Inventory, &json)
    }

    fn typed(kind: Kind, json: &str) -> SharedFrame {
        let fields = json.strip_prefix('{').unwrap_or(json);
        Self::new(kind, None, format!(r#"{{"type":"{}",{fields}"#, kind.name()))
    }
}

/// Changed units with what they are now; the range says which records are in it.
pub(super) struct Delta<'a> {
    pub(super) epoch: u64,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) at_ms: i64,
    /// Sorted, each once.
    pub(super) units: &'a [UnitNo],
    pub(super) counted: &'a Counted,
    pub(super) board: &'a Board,
}

impl Delta<'_> {
    pub(super) fn encode(&self) -> SharedFrame {
        let Self { epoch, from, to, at_ms, .. } = self;
        let mut text = String::with_capacity(96 + self.units.len() * 10);
        let index = |unit: UnitNo| self.counted.index_of(unit);
        let seats = self.units.iter().filter(|unit| index(**unit).is_none());
        let seats = seats.map(|&unit| (unit, u32::from(self.board.status(unit))));
        let counts = self.units.iter().filter_map(|&unit| Some((unit, self.board.available[index(unit)?])));
        let _infallible =
            write!(text, r#"{{"type":"delta","epoch":{epoch},"from":{from},"to":{to},"seats":"#);
        push_pairs(&mut text, seats);
        text.push_str(r#","counts":"#);
        push_pairs(&mut text, counts);
        let _infallible = write!(text, r#","at_ms":{at_ms}}}"#);
        Frame::new(Kind::Delta, Some(Position { epoch: *epoch, seq: *to }), text)
    }
}

/// The whole board as JSON: what `availability` answers and every stream begins with.
pub(super) fn snapshot_text(
    inventory: InventoryId,
    at: Position,
    plan_version: u32,
    counted: &Counted,
    board: &Board,
) -> String {
    let Position { epoch, seq } = at;
    let mut text = String::with_capacity(160 + board.statuses.len() * 4 / 3 + board.available.len() * 14);
    let _infallible = write!(
        text,
        r#"{{"type":"snapshot","inventory":"{inventory}","epoch":{epoch},"seq":{seq},"plan_version":{plan_version},"seats":""#
    );
    base64::engine::general_purpose::STANDARD.encode_string(&board.statuses, &mut text);
    text.push_str(r#"","counts":"#);
    let counts = counted.units().iter().zip(&board.available);
    push_pairs(&mut text, counts.map(|(&unit, &available)| (unit, available)));
    text.push('}');
    text
}

fn push_pairs(text: &mut String, pairs: impl Iterator<Item = (u32, u32)>) {
    text.push('[');
    for (index, (unit, value)) in pairs.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _infallible = write!(text, "{comma}[{unit},{value}]");
    }
    text.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UnitKind;

    /// Four seats and an area.
    fn counted() -> Counted {
        use UnitKind::{Area, Seat};
        Counted::new([Seat, Seat, Seat, Seat, Area].into_iter())
    }

    #[test]
    fn a_position_is_two_numbers() {
        assert_eq!("3:42".parse(), Ok(Position { epoch: 3, seq: 42 }));
        for bad in ["", "3", "3:", ":4", "a:b", "-1:4", "+3:+4", " 3:4", "3:4:5", "3:18446744073709551616"] {
            assert!(bad.parse::<Position>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_delta_and_an_event_look_as_documented() {
        let mut board = Board { statuses: vec![0; 2], available: vec![386] };
        board.set_status(1, 2);
        let (units, counted, board) = (&[1, 4], &counted(), &board);
        let delta = Delta { epoch: 3, from: 42, to: 45, at_ms: 7, units, counted, board }.encode();
        let json =
            r#"{"type":"delta","epoch":3,"from":42,"to":45,"seats":[[1,2]],"counts":[[4,386]],"at_ms":7}"#;
        assert_eq!(&*delta.text, json);
        assert_eq!(delta.event(), format!("id: 3:45\ndata: {json}\n\n"));
        assert_eq!(Frame::viewers(812).event(), "data: {\"type\":\"viewers\",\"count\":812}\n\n");
    }

    #[test]
    fn a_message_says_its_length_in_the_shortest_way() {
        let head = |len: usize| Frame::new(Kind::Hold, None, "x".repeat(len)).message()[..10].to_vec();
        assert_eq!(head(125)[..3], [0x81, 125, b'x']);
        assert_eq!(head(126)[..5], [0x81, 126, 0, 126, b'x']);
        assert_eq!(head(0xffff)[..5], [0x81, 126, 0xff, 0xff, b'x']);
        assert_eq!(head(0x1_0000)[..], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        let message = Frame::viewers(7).message();
        assert_eq!(message[..], [&[0x81, 28][..], br#"{"type":"viewers","count":7}"#].concat());
    }

    #[test]
    fn a_snapshot_packs_two_bits_a_unit() {
        let mut board = Board { statuses: vec![0; 2], available: vec![388] };
        board.set_status(0, 1);
        board.set_status(2, 2);
        board.set_status(3, 3);
        let id = InventoryId::new(uuid::Uuid::from_u128(1));
        let text = snapshot_text(id, Position { epoch: 3, seq: 42 }, 1, &counted(), &board);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["seats"], base64::engine::general_purpose::STANDARD.encode([0b1110_0001, 0]));
        assert_eq!(json["counts"], serde_json::json!([[4, 388]]));
        assert_eq!((json["epoch"].as_u64(), json["seq"].as_u64()), (Some(3), Some(42)));
    }
}
