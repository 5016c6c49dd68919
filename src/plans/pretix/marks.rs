//! What files say of seats beyond the schema of pretix, which has no field for it: places for wheelchairs, for those
//! who come along, with a restricted view. Some say it in fields of their own, others in a category's, a zone's or a
//! row's name.

use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks {
    pub(super) accessible: bool,
    pub(super) companion: bool,
    pub(super) restricted_view: bool,
}

/// Field names without dashes and an `is` in front, in small letters.
const ACCESSIBLE: [&str; 20] = [
    "wheelchair",
    "wheelchairs",
    "wheelchairaccessible",
    "wheelchairseat",
    "wheelchairplace",
    "wheelchairspace",
    "accessible",
    "accessibility",
    "accessibleseat",
    "ada",
    "handicap",
    "handicapped",
    "disabled",
    "pmr",
    "rollstuhl",
    "rollstuhlplatz",
    "rollstuhlfahrer",
    "barrierefrei",
    "rolstoel",
    "휠체어",
];
const COMPANION: [&str; 7] =
    ["companion", "companionseat", "carer", "carerseat", "begleitung", "begleitplatz", "동반"];
const RESTRICTED_VIEW: [&str; 8] = [
    "restrictedview",
    "obstructedview",
    "limitedview",
    "restricted",
    "obstructed",
    "sichtbehinderung",
    "sichtbehindert",
    "시야제한",
];
/// Fields whose text says what kind of a seat it is.
const KINDS: [&str; 10] = [
    "type",
    "seattype",
    "kind",
    "seatkind",
    "features",
    "attributes",
    "properties",
    "tags",
    "flags",
    "options",
];

/// Parts of words that say it in a name.
const WHEELCHAIR_WORDS: [&str; 14] = [
    "wheelchair",
    "wheel chair",
    "rollstuhl",
    "rolli",
    "rolstoel",
    "fauteuil roulant",
    "silla de ruedas",
    "carrozzina",
    "handicap",
    "barrierefrei",
    "휠체어",
    "장애인",
    "♿",
    "車椅子",
];
const COMPANION_WORDS: [&str; 7] =
    ["companion", "carer", "begleit", "accompagn", "acompañ", "동반", "보호자"];
const VIEW_WORDS: [&str; 8] = [
    "restricted view",
    "obstructed view",
    "limited view",
    "sichtbehinder",
    "sichteinschränk",
    "eingeschränkte sicht",
    "visibilité réduite",
    "시야제한",
];
const NOT: [&str; 10] = ["no ", "not ", "non-", "non ", "kein", "nicht ", "ohne ", "without", "불가", "제외"];

impl Marks {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            accessible: self.accessible || other.accessible,
            companion: self.companion || other.companion,
            restricted_view: self.restricted_view || other.restricted_view,
        }
    }

    /// What the fields of an object say.
    pub(super) fn of(object: &Value) -> Self {
        let Some(fields) = object.as_object() else { return Self::default() };
        let mut marks = Self::default();
        for (field, value) in fields {
            let plain = plain(field);
            if KINDS.contains(&plain.as_str()) {
                marks = marks.and(Self::of_kind(value));
            } else if is_yes(value) {
                marks = marks.and(Self::named(&plain));
            }
        }
        marks
    }

    /// A text, a list of texts, or an object of flags.
    fn of_kind(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::named(&plain(text)).and(Self::in_words(text)),
            Value::Array(list) => list.iter().map(Self::of_kind).fold(Self::default(), Self::and),
            Value::Object(_) => Self::of(value),
            _ => Self::default(),
        }
    }

    fn named(plain: &str) -> Self {
        Self {
            accessible: ACCESSIBLE.contains(&plain),
            companion: COMPANION.contains(&plain),
            restricted_view: RESTRICTED_VIEW.contains(&plain),
        }
    }

    /// What a name says to people.
    pub(super) fn in_words(name: &str) -> Self {
        let name = name.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&NOT) {
            return Self::default();
        }
        let companion = has(&COMPANION_WORDS);
        let is_accessible = || has(&WHEELCHAIR_WORDS) || name.split(' ').any(|word| word == "accessible");
        Self { accessible: !companion && is_accessible(), companion, restricted_view: has(&VIEW_WORDS) }
    }
}

fn plain(field: &str) -> String {
    let plain: String = field.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    plain.strip_prefix("is").map(str::to_owned).unwrap_or(plain)
}

fn is_yes(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => {
            matches!(text.trim().to_lowercase().as_str(), "true" | "yes" | "1" | "y" | "ja" | "예")
        }
        _ => false,
    }
}

/// Whether the field is such a mark and nothing else.
pub(super) fn is_known(field: &str) -> bool {
    Marks::named(&plain(field)) != Marks::default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_mark_a_seat_however_they_are_called() {
        for marked in [
            json!({"wheelchair": true}),
            json!({"is_wheelchair": 1}),
            json!({"Accessible": "yes"}),
            json!({"wheelchair-accessible": true}),
            json!({"rollstuhlplatz": "ja"}),
            json!({"type": "wheelchair"}),
            json!({"seat_type": "Wheelchair space"}),
            json!({"tags": ["aisle", "wheelchair"]}),
            json!({"attributes": {"wheelchair": true}}),
        ] {
            assert!(Marks::of(&marked).accessible, "{marked}");
        }
        for other in [
            json!({"wheelchair": false}),
            json!({"wheelchair": null}),
            json!({"accessible": "no"}),
            json!({"type": "standard"}),
            json!({"color": "wheelchair"}),
            json!([1]),
        ] {
            assert_eq!(Marks::of(&other), Marks::default(), "{other}");
        }
        assert!(Marks::of(&json!({"companion_seat": true})).companion);
        assert!(Marks::of(&json!({"obstructed_view": true})).restricted_view);
    }

    #[test]
    fn names_mark_all_that_is_called_by_them() {
        for name in ["Rollstuhlplätze", "Wheelchair spaces", "휠체어석", "♿", "Accessible seating"] {
            assert!(Marks::in_words(name).accessible, "{name}");
        }
        for name in [
            "Not wheelchair accessible",
            "Kein Rollstuhl",
            "Stalls",
            "Inaccessible",
            "Begleitperson Rollstuhl",
        ] {
            assert!(!Marks::in_words(name).accessible, "{name}");
        }
        assert!(Marks::in_words("Begleitperson Rollstuhl").companion);
        assert!(Marks::in_words("Kategorie 3, Sichtbehinderung").restricted_view);
    }
}
