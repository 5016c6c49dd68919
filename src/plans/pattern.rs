//! Label patterns of other programs: `Row %s` is `Row A` for row A.
//!
//! Every pattern of every reader is filled in here, so that none is honoured in one field and not in its twin.

use std::borrow::Cow;

/// What the number or name takes the place of. `%%` is a percent sign.
const PLACE: &str = "%s";

/// The pattern with `value` in each of its places; a pattern without one is a label as it stands.
pub(super) fn filled(pattern: &str, value: &str) -> String {
    let mut label = String::with_capacity(pattern.len() + value.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        label.push_str(&rest[..at]);
        let sign = &rest[at..];
        let (text, len) = match sign.as_bytes().get(1) {
            Some(b's') => (value, PLACE.len()),
            Some(b'%') => ("%", 2),
            _ => ("%", 1),
        };
        label.push_str(text);
        rest = &sign[len..];
    }
    label.push_str(rest);
    label.trim().to_owned()
}

/// The same where many share one pattern: without a place in it, the value stands behind it, or all would be called
/// alike.
pub(super) fn filled_for_each(pattern: &str, value: &str) -> String {
    if has_place(pattern) { filled(pattern, value) } else { filled(&format!("{pattern} %s"), value) }
}

fn has_place(pattern: &str) -> bool {
    filled(pattern, "1") != filled(pattern, "2")
}

/// A label as the pattern that [`filled`] makes the label of again.
pub(super) fn escaped(label: &str) -> Cow<'_, str> {
    if filled(label, "") == label.trim() {
        Cow::Borrowed(label)
    } else {
        Cow::Owned(label.replace('%', "%%"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_filled_in_wherever_it_has_a_place() {
        for (pattern, label) in [
            ("Reihe %s", "Reihe 7"),
            ("%s", "7"),
            ("%s. Reihe, %s", "7. Reihe, 7"),
            ("Balcony", "Balcony"),
            ("100%", "100%"),
            ("100%% of %s", "100% of 7"),
            ("%%s", "%s"),
            ("%d %S", "%d %S"),
            ("줄 %s열", "줄 7열"),
            ("", ""),
        ] {
            assert_eq!(filled(pattern, "7"), label, "{pattern}");
        }
        assert_eq!(filled("Reihe %s", ""), "Reihe");
    }

    #[test]
    fn those_who_share_a_pattern_without_a_place_are_told_apart() {
        assert_eq!(filled_for_each("Seat", "7"), "Seat 7");
        assert_eq!(filled_for_each("100%%", "7"), "100% 7");
        assert_eq!(filled_for_each("Seat %s", "7"), "Seat 7");
    }

    #[test]
    fn a_label_can_be_written_as_a_pattern_of_itself() {
        for label in ["Row 1", "100%", "%s", "%%s", "50%%", "%"] {
            assert_eq!(filled(&escaped(label), "7"), label);
        }
    }
}
