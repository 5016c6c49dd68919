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

/// Times in settings were written without the milliseconds that were none; by now all have one width.
fn in_one_width(body: &str) -> String {
    body.replace(":00Z\"", ":00.000Z\"")
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
        assert_eq!(std::str::from_utf8(&codec::encode_record(&record)).unwrap(), in_one_width(body));
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
        let body = in_one_width(body);
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
    // Also where this program could read it: it means something else there.
    for body in V1.lines() {
        let newer = decode(7, &body.replacen("\"v\":1", "\"v\":9", 1));
        assert_eq!(newer, Err(Unreadable::Version { seq: 7, version: 9 }), "{body}");
    }
    for never in [r#"{"v":0,"at":1,"by":"x","events":[]}"#, r#"{"at":1,"by":"x","events":[]}"#] {
        assert!(matches!(decode(8, never), Err(Unreadable::Record { seq: 8, .. })), "{never}");
    }
}

/// All objects of a value, each with one field more than it has.
fn with_one_more(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let more = |mut fields: serde_json::Map<String, Value>| {
                fields.insert("new_rule".to_owned(), Value::Bool(true));
                Value::Object(fields)
            };
            let inner = fields.iter().flat_map(|(key, inner)| {
                with_one_more(inner).into_iter().map(|changed| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), changed);
                    Value::Object(fields)
                })
            });
            inner.chain([more(fields.clone())]).collect()
        }
        Value::Array(items) => {
            let changed = (0..items.len()).flat_map(|index| {
                with_one_more(&items[index]).into_iter().map(move |changed| (index, changed))
            });
            let put = |(index, changed)| {
                let mut items = items.clone();
                items[index] = changed;
                Value::Array(items)
            };
            changed.map(put).collect()
        }
        _ => Vec::new(),
    }
}

/// An older program must not do half of what a newer one wrote down.
#[test]
fn a_field_that_is_not_known_makes_a_record_unreadable_wherever_it_is() {
    let mut tried = 0;
    let newer = V1_GROUPS.lines().chain(V1_PLANS.lines()).chain(V1_DETAILS.lines());
    for body in V1.lines().chain(V1_HALLS.lines()).chain(newer) {
        let value: Value = serde_json::from_str(body).unwrap();
        for changed in with_one_more(&value) {
            let text = changed.to_string();
            // Keys of these are somebody's own names.
            if ["categories", "channels"]
                .iter()
                .any(|map| text.contains(&format!("\"{map}\":{{\"new_rule\"")))
            {
                continue;
            }
            tried += 1;
            assert!(matches!(decode(3, &text), Err(Unreadable::Record { .. })), "{text}");
        }
    }
    assert!(tried > 60, "{tried}");
}
