//! A request's JSON as one text, however it was written: the order of fields, white space, the spelling of numbers
//! and strings, and fields that say what their absence says make no difference. Two requests with the same text ask
//! for the same, so a repeat is known though it was written anew.

use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use smallvec::SmallVec;

use super::body::without_mark;

/// The only field whose absence stands for a number.
const ONE_BY_DEFAULT: &[u8] = b"\"quantity\"";
/// Above it, floating point has no ones.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// None: it is no JSON. No body at all is an object without fields.
pub(super) fn text(body: &[u8]) -> Option<Vec<u8>> {
    let body = without_mark(body);
    if body.is_empty() {
        return Some(b"{}".to_vec());
    }
    let mut text = Vec::with_capacity(body.len() + 16);
    let mut json = serde_json::Deserializer::from_slice(body);
    AnyJson(&mut text).deserialize(&mut json).and_then(|()| json.end()).ok()?;
    Some(text)
}

/// Writes what it reads behind what is there: every request with a key is read so.
struct AnyJson<'t>(&'t mut Vec<u8>);

/// A field of an object: where it begins, where its name and where all of it ends.
type Field = (usize, usize, usize);

impl<'de> DeserializeSeed<'de> for AnyJson<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl AnyJson<'_> {
    fn word<E: Error>(self, value: impl Serialize) -> Result<(), E> {
        serde_json::to_writer(self.0, &value).map_err(E::custom)
    }
}

impl<'de> Visitor<'de> for AnyJson<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.word(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.word(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.word(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.word(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        let is_whole = value.fract() == 0.0 && value.abs() < EXACT_MAX;
        if is_whole { self.word(value as i64) } else { self.word(value) }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.word(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.push(b'[');
        while items.next_element_seed(AnyJson(self.0))?.is_some() {
            self.0.push(b',');
        }
        self.0.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let text = self.0;
        text.push(b'{');
        let mut said: SmallVec<[Field; 8]> = SmallVec::new();
        let mut begin = text.len();
        while fields.next_key_seed(AnyJson(text))?.is_some() {
            let name_end = text.len();
            text.push(b':');
            fields.next_value_seed(AnyJson(text))?;
            let (name, value) = (&text[begin..name_end], &text[name_end + 1..]);
            let is_default = matches!(value, b"null" | b"false") || (name == ONE_BY_DEFAULT && value == b"1");
            if is_default {
                text.truncate(begin);
                continue;
            }
            text.push(b',');
            said.push((begin, name_end, text.len()));
            begin = text.len();
        }
        put_in_order(text, &mut said);
        text.push(b'}');
        Ok(())
    }
}

/// The fields by their names; most come in order.
fn put_in_order(text: &mut Vec<u8>, said: &mut [Field]) {
    let name = |text: &[u8], field: &Field| text[field.0..field.1].to_vec();
    if said.is_sorted_by(|one, other| text[one.0..one.1] <= text[other.0..other.1]) {
        return;
    }
    let begin = said[0].0;
    said.sort_by_cached_key(|field| name(text, field));
    let sorted: Vec<u8> = said.iter().flat_map(|field| &text[field.0..field.2]).copied().collect();
    text.truncate(begin);
    text.extend(sorted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_is_the_same_text_however_it_is_written() {
        let plain = text(br#"{"offers":[{"offer":"A-1","quantity":1},{"offer":"B"}],"adjacent":false}"#);
        for same in [
            r#"{"offers":[{"offer":"A-1"},{"offer":"B"}]}"#,
            r#"{ "offers" : [ { "quantity" : 1 , "offer" : "A-1" } , { "offer" : "B" } ] }"#,
            "\u{feff}{\"adjacent\":false,\n\t\"offers\":[{\"offer\":\"\\u0041-1\"},{\"offer\":\"B\",\"quantity\":1}]}\r\n",
            r#"{"code":null,"offers":[{"offer":"A-1","quantity":1.0},{"offer":"B"}]}"#,
        ] {
            assert_eq!(text(same.as_bytes()), plain, "{same}");
        }
        assert_eq!(text(b""), text(b"{}"));
        assert_eq!(text(b"\xef\xbb\xbf"), text(b" { } "));
        for (one, other) in [("1", "1.0"), ("0", "-0.0"), ("100", "1e2"), ("0.5", "5e-1"), ("-3", "-3.00")] {
            assert_eq!(text(one.as_bytes()), text(other.as_bytes()), "{one} {other}");
        }
    }

    #[test]
    fn another_request_is_another_text() {
        let all = [
            r#"{"offers":[{"offer":"A"}]}"#,
            r#"{"offers":[{"offer":"a"}]}"#,
            r#"{"offers":[{"offer":"A","quantity":2}]}"#,
            r#"{"offers":[{"offer":"A","quantity":0}]}"#,
            r#"{"offers":[{"offer":"A"},{"offer":"A"}]}"#,
            r#"{"offers":[{"offer":"A"}],"adjacent":true}"#,
            r#"{"offers":[{"offer":"A"}],"code":""}"#,
            r#"{"offers":["A"]}"#,
            r#"{"offers":"A"}"#,
            r#"{"offers":[]}"#,
            r#"{}"#,
            r#"[]"#,
            r#"[null]"#,
            r#"[false]"#,
            r#"[0]"#,
            r#"["0"]"#,
            r#"[[0]]"#,
            r#"[0,0]"#,
            r#"[0.5]"#,
            r#"[18446744073709551615]"#,
            r#"[18446744073709551614]"#,
            r#"{"change":1}"#,
            r#"{"a":{"b":1},"c":2}"#,
            r#"{"a":{"b":1,"c":2}}"#,
            r#"{"a:1,\"b":2}"#,
            r#"{"a":1,"b":2}"#,
        ];
        let texts: std::collections::BTreeSet<_> =
            all.iter().map(|json| text(json.as_bytes()).unwrap()).collect();
        assert_eq!(texts.len(), all.len());
        for none in ["{", "nul", "{} {}", "\u{feff}{", "'a'"] {
            assert_eq!(text(none.as_bytes()), None, "{none}");
        }
    }
}
