//! A request's JSON as one text, however it was written: the order of fields, white space, the spelling of numbers
//! and strings, and fields that say what their absence says make no difference. Two requests with the same text ask
//! for the same, so a repeat is known though it was written anew.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::body::without_mark;

/// The only field whose absence stands for a number.
const ONE_BY_DEFAULT: &str = "quantity";
/// Above it, floating point has no ones.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// None: it is no JSON. No body at all is an object without fields.
pub(super) fn text(body: &[u8]) -> Option<String> {
    let body = without_mark(body);
    if body.is_empty() {
        return Some("{}".to_owned());
    }
    serde_json::from_slice::<Canonical>(body).ok().map(|canonical| canonical.0)
}

struct Canonical(String);

impl<'de> Deserialize<'de> for Canonical {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Canonical;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Canonical, E> {
        Ok(Canonical("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Canonical, E> {
        Ok(Canonical(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Canonical, E> {
        Ok(Canonical(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Canonical, E> {
        Ok(Canonical(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Canonical, E> {
        let is_whole = value.fract() == 0.0 && value.abs() < EXACT_MAX;
        Ok(Canonical(if is_whole { (value as i64).to_string() } else { format!("{value:?}") }))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Canonical, E> {
        serde_json::to_string(value).map(Canonical).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Canonical, A::Error> {
        let mut text = String::from("[");
        while let Some(Canonical(item)) = items.next_element()? {
            text.push_str(&item);
            text.push(',');
        }
        text.push(']');
        Ok(Canonical(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Canonical, A::Error> {
        let mut said: Vec<(Canonical, String)> = Vec::new();
        while let Some((name, Canonical(value))) = fields.next_entry::<String, Canonical>()? {
            let is_default =
                matches!(value.as_str(), "null" | "false") || (name == ONE_BY_DEFAULT && value == "1");
            if !is_default {
                said.push((self::AnyJson.visit_str(&name)?, value));
            }
        }
        said.sort_by(|one, other| one.0.0.cmp(&other.0.0));
        let mut text = String::from("{");
        for (Canonical(name), value) in said {
            text.push_str(&name);
            text.push(':');
            text.push_str(&value);
            text.push(',');
        }
        text.push('}');
        Ok(Canonical(text))
    }
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
