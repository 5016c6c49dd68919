//! Typed reading of somebody else's JSON: a value of the wrong type is kept as such instead of ending the
//! reading, so that each can be told with its place, and nothing is kept that nobody asks for.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor, value};

use super::findings::Findings;
use super::pointer::At;

/// A value that may be absent (or null, which is the same) or of the wrong type.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) enum Maybe<T> {
    #[default]
    Absent,
    Is(T),
    Wrong,
}

pub(super) type List<T> = Maybe<Vec<Maybe<Fields<T>>>>;
pub(super) type Object<T> = Maybe<Fields<T>>;

/// An object; fields that the type does not know are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fields<T>(pub(super) T);

/// What JSON can stand for this type. None: it is of another.
pub(super) trait Readable<'de>: Sized {
    /// As a message says it.
    const WANTED: &'static str;

    fn flag(_: bool) -> Option<Self> {
        None
    }

    fn number(_: f64) -> Option<Self> {
        None
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl Readable<'_> for bool {
    const WANTED: &'static str = "true or false";

    fn flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

impl Readable<'_> for f64 {
    const WANTED: &'static str = "a number";

    fn number(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl<'de, T: Deserialize<'de>> Readable<'de> for Vec<T> {
    const WANTED: &'static str = "a list";

    fn list<A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        Self::deserialize(value::SeqAccessDeserializer::new(list)).map(Some)
    }
}

impl<'de, T: Deserialize<'de>> Readable<'de> for Fields<T> {
    const WANTED: &'static str = "an object";

    fn object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(value::MapAccessDeserializer::new(object)).map(|fields| Some(Self(fields)))
    }
}

impl<T> Maybe<T> {
    /// The value, or a defect where it is of the wrong type; `done` says what becomes of that.
    pub(super) fn read<'de>(self, findings: &mut Findings, at: &At<'_>, done: &str) -> Option<T>
    where
        T: Readable<'de>,
    {
        match self {
            Self::Absent => None,
            Self::Is(value) => Some(value),
            Self::Wrong => {
                findings.cured("wrong_type", at, format!("must be {}", T::WANTED), done);
                None
            }
        }
    }

    /// The value, or a defect that nothing can be done about.
    pub(super) fn need<'de>(self, findings: &mut Findings, at: &At<'_>) -> Option<T>
    where
        T: Readable<'de>,
    {
        match self {
            Self::Wrong => {
                findings.beyond_repair("wrong_type", at, format!("must be {}", T::WANTED));
                None
            }
            Self::Is(value) => Some(value),
            Self::Absent => None,
        }
    }
}

impl<T> Object<T> {
    pub(super) fn fields(self) -> Option<T> {
        if let Self::Is(Fields(fields)) = self { Some(fields) } else { None }
    }
}

impl<'de, T: Readable<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything(PhantomData))
    }
}

struct Anything<T>(PhantomData<T>);

impl<'de, T: Readable<'de>> Visitor<'de> for Anything<T> {
    type Value = Maybe<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WANTED)
    }

    fn visit_unit<E>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe::Absent)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Maybe<T>, E> {
        Ok(or_wrong(T::flag(flag)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Maybe<T>, E> {
        Ok(or_wrong(T::number(number as f64)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Maybe<T>, E> {
        Ok(or_wrong(T::number(number as f64)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Maybe<T>, E> {
        Ok(or_wrong(T::number(number)))
    }

    fn visit_str<E>(self, _: &str) -> Result<Maybe<T>, E> {
        Ok(Maybe::Wrong)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Maybe<T>, A::Error> {
        T::list(list).map(or_wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Maybe<T>, A::Error> {
        T::object(object).map(or_wrong)
    }
}

fn or_wrong<T>(value: Option<T>) -> Maybe<T> {
    value.map_or(Maybe::Wrong, Maybe::Is)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Chair {
        x: Maybe<f64>,
        free: Maybe<bool>,
    }

    #[test]
    fn a_wrong_value_leaves_the_others_readable() {
        let json = r#"{"x":[{"a":1}],"free":true,"unknown":{"deep":[1]}}"#;
        let chair: Object<Chair> = serde_json::from_str(json).unwrap();
        assert_eq!(chair, Maybe::Is(Fields(Chair { x: Maybe::Wrong, free: Maybe::Is(true) })));
        let chairs: List<Chair> = serde_json::from_str(r#"[{"x":1},2,"c",null,{"free":0.5}]"#).unwrap();
        let Maybe::Is(chairs) = chairs else { panic!("not a list") };
        let free = Chair { free: Maybe::Wrong, ..Chair::default() };
        assert_eq!(chairs[0], Maybe::Is(Fields(Chair { x: Maybe::Is(1.0), free: Maybe::Absent })));
        assert_eq!(chairs[1..], [Maybe::Wrong, Maybe::Wrong, Maybe::Absent, Maybe::Is(Fields(free))]);
        assert_eq!(serde_json::from_str::<List<Chair>>("{}").unwrap(), Maybe::Wrong);
    }
}
