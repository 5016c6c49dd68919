//! Record bodies of every released version stay readable. A new version gets a new file; none is changed.

use fairhold::domain::{Record, Timestamp};
use fairhold::persistence::StoredRecord;
use fairhold::persistence::codec::{self, RECORD_VERSION, Unreadable};
use serde_json::Value;

const V1: &str = include_str!("../golden/records.v1.jsonl");
/// With the fields that came later; absent in the file above.
const V1_HALLS: &str = include_str!("../golden/records.v1.halls.jsonl");
/// What came later, of the same version: fields and events that were not there before.
const V1_GROUPS: &str = include_str!("../golden/records.v1.groups.jsonl");
/// What came with plans that change.
const V1_PLANS: &str = include_str!("../golden/records.v1.plans.jsonl");
/// What came with changes of holds, and with buyers whose id is the name of somebody else.
const V1_CHANGES: &str = include_str!("../golden/records.v1.changes.jsonl");
/// What came with events that are renamed, put off and cancelled.
const V1_DETAILS: &str = include_str!("../golden/records.v1.details.jsonl");

fn decode(seq: u64, body: &str) -> Result<Record, Unreadable> {
    let (at, body) = (Timestamp(1), body.as_bytes().to_vec());
    codec::decode_record(&StoredRecord { seq, epoch: 3, at, link: None, body })
}

/// Whether `new` says all that `old` says.
fn covers(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, old)| new.get(key).is_some_and(|new| covers(new, old)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| covers(new, old))
        }
        _ => new == old,
    }
}

#[test]
fn records_with_all_fields_are_written_byte_for_byte() {
    let all = V1_HALLS.lines().chain(V1_PLANS.lines()).chain(V1_DETAILS.lines()).chain(V1_CHANGES.lines());
    for (seq, body) in (1..).zip(all) {
        let record = decode(seq, body).unwrap_or_else(|error| panic!("line {seq}: {error}"));
        assert_eq!(std::str::from_utf8(&codec::encode_record(&record)).unwrap(), body);
    }
}

#[test]
fn records_of_version_1_are_read_and_keep_what_they_say() {
    assert_eq!(RECORD_VERSION, 1, "write a golden file for the new version, and keep reading this one");
    let mut names = Vec::new();
    let all = V1.lines().chain(V1_GROUPS.lines()).chain(V1_PLANS.lines()).chain(V1_DETAILS.lines());
    for (seq, body) in (1..).zip(all.chain(V1_CHANGES.lines())) {
        let record = decode(seq, body).unwrap_or_else(|error| panic!("line {seq}: {error}"));
        names.extend(record.events.iter().map(|event| event.name()));
        let written = codec::encode_record(&record);
        assert_eq!(decode(seq, std::str::from_utf8(&written).unwrap()).unwrap(), record);
        let [new, old] = [&written[..], body.as_bytes()].map(|text| serde_json::from_slice(text).unwrap());
        assert!(covers(&new, &old), "{new} has lost something of {old}");
    }
    let all = [
        "opened",
        "configured",
        "held",
        "extended",
        "changed",
        "released",
        "expired",
        "purchased",
        "returned",
        "reassigned",
        "moved",
        "blocked",
        "unblocked",
        "restocked",
        "replanned",
        "cancelled",
    ];
    for name in all {
        assert!(names.contains(&name), "no golden record has {name}");
    }
}

#[test]
fn a_newer_version_is_refused_and_said_so() {
    let newer = decode(5, r#"{"v":2,"at":1,"by":"x","events":[{"melted":{}}]}"#);
    assert_eq!(newer, Err(Unreadable::Version { seq: 5, version: 2 }));
    assert!(matches!(decode(6, "{"), Err(Unreadable::Record { seq: 6, .. })));
}
