//! What of a file nobody reads: every field that its reader does not know, by the kind of object it is in.
//!
//! One pass over the text beside the reader, which keeps nothing but counts. Values that say nothing (null, false,
//! 0, nothing between quotes or brackets) are nothing lost.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Tally;

/// So many different fields are told, and the rest of them together.
const FIELDS_MAX: usize = 200;
/// Longer names are cut.
const NAME_LEN_MAX: usize = 60;

/// The objects of one kind, and what a reader makes of their fields.
pub(super) struct Kind {
    /// In the plural, as people say it.
    pub(super) name: &'static str,
    /// What is read, and what is known to say nothing about seats.
    pub(super) known: &'static [&'static str],
    /// The same of fields that go by many names.
    pub(super) is_known: fn(&str) -> bool,
    /// Fields that hold objects of a kind, or lists of such.
    pub(super) inside: &'static [(&'static str, &'static Kind)],
}

/// Of a kind that has no such fields.
pub(super) fn none(_: &str) -> bool {
    false
}

/// What is left out of a file; nothing of one that is no JSON, which its reader tells.
pub(super) fn left_out(file: &[u8], root: &'static Kind) -> Vec<Tally> {
    let mut counts = Counts::default();
    let mut json = serde_json::Deserializer::from_slice(file);
    // What was counted before an error is told together with it.
    let _ = Census { kind: root, counts: &mut counts }.deserialize(&mut json);
    let told = |((kind, field), count): ((&str, String), usize)| {
        let what =
            if field.is_empty() { format!("other fields of {kind}") } else { format!("{field} of {kind}") };
        Tally { what, count }
    };
    counts.0.into_iter().map(told).collect()
}

#[derive(Default)]
struct Counts(BTreeMap<(&'static str, String), usize>);

impl Counts {
    fn add(&mut self, kind: &'static str, field: &str, count: usize) {
        if count == 0 {
            return;
        }
        let plain = field.chars().filter(|c| !c.is_control()).take(NAME_LEN_MAX).collect();
        let known = self.0.len() < FIELDS_MAX || self.0.contains_key(&(kind, String::clone(&plain)));
        *self.0.entry((kind, if known { plain } else { String::new() })).or_default() += count;
    }
}

/// Reads an object of a kind, or a list of them.
struct Census<'c> {
    kind: &'static Kind,
    counts: &'c mut Counts,
}

impl<'de> DeserializeSeed<'de> for Census<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Census<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(field) = object.next_key::<String>()? {
            if let Some((_, inside)) = self.kind.inside.iter().find(|(name, _)| *name == field) {
                object.next_value_seed(Census { kind: inside, counts: self.counts })?;
            } else if self.kind.known.contains(&field.as_str()) || (self.kind.is_known)(&field) {
                object.next_value::<IgnoredAny>()?;
            } else {
                let count = object.next_value_seed(Weight)?;
                self.counts.add(self.kind.name, &field, count);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { kind, counts } = self;
        while list.next_element_seed(Census { kind, counts: &mut *counts })?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// How much a value says: a list as much as it has elements, others one, or nothing.
struct Weight;

impl<'de> DeserializeSeed<'de> for Weight {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Weight {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<usize, A::Error> {
        let mut says = 0;
        while object.next_key::<IgnoredAny>()?.is_some() {
            says = says.max(object.next_value_seed(Weight)?.min(1));
        }
        Ok(says)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<usize, E> {
        Ok(usize::from(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<usize, E> {
        Ok(usize::from(number != 0))
    }

    fn visit_u64<E>(self, number: u64) -> Result<usize, E> {
        Ok(usize::from(number != 0))
    }

    fn visit_f64<E>(self, number: f64) -> Result<usize, E> {
        Ok(usize::from(number != 0.0))
    }

    fn visit_str<E>(self, text: &str) -> Result<usize, E> {
        Ok(usize::from(!text.trim().is_empty()))
    }

    fn visit_unit<E>(self) -> Result<usize, E> {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ROOT: Kind = Kind { name: "halls", known: &["name"], is_known: none, inside: &[("rooms", &ROOM)] };
    static ROOM: Kind =
        Kind { name: "rooms", known: &[], is_known: none, inside: &[("chairs", &CHAIR), ("room", &ROOM)] };
    static CHAIR: Kind = Kind { name: "chairs", known: &["id"], is_known: none, inside: &[] };

    fn told(file: &str) -> Vec<String> {
        let counted = left_out(file.as_bytes(), &ROOT);
        counted.into_iter().map(|Tally { what, count }| format!("{count} × {what}")).collect()
    }

    #[test]
    fn fields_that_nobody_knows_are_counted_where_they_say_something() {
        let file = r#"{"name":"x","rooms":[{"chairs":[{"id":1,"soft":true},{"id":2,"soft":false,"note":""},{"soft":1}],
            "doors":[1,2,3],"lamp":{"on":false},"sofa":{"of":{"red":1}},"room":{"chairs":{"note":"a"}}},null,7,"x"],
            "rooms_left":0}"#;
        assert_eq!(
            told(file),
            ["1 × note of chairs", "2 × soft of chairs", "3 × doors of rooms", "1 × sofa of rooms"]
        );
        assert_eq!(told(r#"{"a":1,"rooms":[{"#), ["1 × a of halls"]);
    }

    #[test]
    fn a_file_of_nothing_but_fields_is_told_in_short() {
        let fields: Vec<String> = (0..1_000).map(|n| format!(r#""f{n}":1"#)).collect();
        let told = told(&format!("{{{}}}", fields.join(",")));
        assert_eq!((told.len(), told.first().unwrap().as_str()), (201, "800 × other fields of halls"));
    }
}
