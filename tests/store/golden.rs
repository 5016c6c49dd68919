//! Record bodies of every released version stay readable. A new version gets a new file; none is changed.

use fairhold::domain::Record;
use fairhold::persistence::StoredRecord;
use fairhold::persistence::codec::{self, RECORD_VERSION, Unreadable};

const V1: &str = include_str!("../golden/records.v1.jsonl");
/// What came later, of the same version: fields and events that were not there before.
const V1_GROUPS: &str = include_str!("../golden/records.v1.groups.jsonl");

fn decode(seq: u64, body: &str) -> Result<Record, Unreadable> {
    codec::decode_record(&StoredRecord { seq, epoch: 3, body: body.as_bytes().to_vec() })
}

#[test]
fn records_of_version_1_are_read_and_written_byte_for_byte() {
    assert_eq!(RECORD_VERSION, 1, "write a golden file for the new version, and keep reading this one");
    let mut names = Vec::new();
    for (seq, body) in (1..).zip(V1.lines().chain(V1_GROUPS.lines())) {
        let record = decode(seq, body).unwrap_or_else(|error| panic!("line {seq}: {error}"));
        names.extend(record.events.iter().map(|event| event.name()));
        assert_eq!(std::str::from_utf8(&codec::encode_record(&record)).unwrap(), body);
    }
    let all = [
        "opened",
        "configured",
        "held",
        "extended",
        "released",
        "expired",
        "purchased",
        "returned",
        "reassigned",
        "moved",
        "blocked",
        "unblocked",
        "restocked",
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
