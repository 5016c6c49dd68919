//! Records and snapshots as bytes.
//!
//! A record's body is JSON with a version `v`; every released version stays readable (golden files in
//! `tests/golden/`). A snapshot is disposable: a format number, a checksum, then postcard. Anything that
//! does not fit is no snapshot at all.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::domain::command::KeyUse;
use crate::domain::ids::hex;
use crate::domain::state::Kept;
use crate::domain::{Caller, Cause, Event, Record, Timestamp, caller};

use super::StoredRecord;

/// The version that is written.
pub const RECORD_VERSION: u32 = 1;
/// Changes whenever the layout of [`Kept`] does.
pub const SNAPSHOT_FORMAT: u32 = 6;

/// A stored body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("record {seq}: {cause}")]
    Record { seq: u64, cause: String },
    #[error("record {seq} has version {version}, newer than this program knows")]
    Version { seq: u64, version: u32 },
}

#[derive(Serialize)]
struct BodyOut<'a> {
    v: u32,
    at: Timestamp,
    #[serde(with = "caller::by")]
    by: &'a Caller,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<[Hex; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    events: &'a [Event],
}

/// A field that is not here belongs to a rule that this program does not know: half of it would be worse than none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyIn {
    v: u32,
    at: Timestamp,
    #[serde(with = "caller::by")]
    by: Caller,
    #[serde(default)]
    key: Option<[Hex; 2]>,
    #[serde(default)]
    request: Option<String>,
    events: SmallVec<[Event; 1]>,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Hex(#[serde(with = "hex")] u128);

pub fn encode_record(record: &Record) -> Bytes {
    let body = BodyOut {
        v: RECORD_VERSION,
        at: record.at,
        by: &record.by,
        key: record.cause.key.map(|key| [Hex(key.hash), Hex(key.fingerprint)]),
        request: record.cause.request_id.as_deref(),
        events: &record.events,
    };
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, &body).expect("a record has only string keys and finite numbers");
    bytes.into()
}

pub fn decode_record(stored: &StoredRecord) -> Result<Record, Unreadable> {
    let seq = stored.seq;
    let unreadable = |cause: serde_json::Error| Unreadable::Record { seq, cause: cause.to_string() };
    let body: BodyIn = match serde_json::from_slice(&stored.body) {
        Ok(body) => body,
        Err(cause) => {
            let version = serde_json::from_slice(&stored.body).map_or(0, |Version { v }| v);
            return Err(match version > RECORD_VERSION {
                true => Unreadable::Version { seq, version },
                false => unreadable(cause),
            });
        }
    };
    // It may read well and mean something else.
    match body.v {
        RECORD_VERSION => {}
        version if version > RECORD_VERSION => return Err(Unreadable::Version { seq, version }),
        version => {
            return Err(Unreadable::Record { seq, cause: format!("there never was a version {version}") });
        }
    }
    let key = body.key.map(|[hash, fingerprint]| KeyUse { hash: hash.0, fingerprint: fingerprint.0 });
    let cause = Cause { key, request_id: body.request.map(Into::into) };
    Ok(Record { seq, epoch: stored.epoch, at: body.at, by: body.by, cause, events: body.events })
}

/// Why a row of JSON that has had no version yet cannot be read: whoever gives it one means it to be refused here.
pub(super) fn unreadable_row(body: &[u8], cause: &serde_json::Error) -> String {
    match serde_json::from_slice(body) {
        Ok(Version { v }) => format!("it has version {v}, newer than this program knows"),
        Err(_) => cause.to_string(),
    }
}

pub fn encode_snapshot(kept: &Kept) -> Bytes {
    let mut bytes = vec![0; 8];
    bytes = postcard::to_extend(kept, bytes).expect("a snapshot has a known shape");
    let checksum = crc32fast::hash(&bytes[8..]);
    bytes[..4].copy_from_slice(&SNAPSHOT_FORMAT.to_le_bytes());
    bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
    bytes.into()
}

/// None: another format, or broken. An older snapshot or a replay serves instead.
pub fn decode_snapshot(bytes: &[u8]) -> Option<Kept> {
    let (format, rest) = bytes.split_first_chunk::<4>()?;
    let (checksum, body) = rest.split_first_chunk::<4>()?;
    let known = u32::from_le_bytes(*format) == SNAPSHOT_FORMAT;
    let whole = u32::from_le_bytes(*checksum) == crc32fast::hash(body);
    if !known || !whole {
        return None;
    }
    postcard::from_bytes(body).ok()
}
