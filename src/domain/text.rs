//! Text from outside: NFC, no control characters, at most 200 characters.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The longest text that a record or a plan keeps, in characters.
pub const TEXT_LEN_MAX: usize = 200;

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    #[error("is longer than {TEXT_LEN_MAX} characters")]
    TooLong,
    #[error("has control characters")]
    Control,
    #[error("is empty")]
    Empty,
    #[error("is not in Unicode form NFC")]
    NotNfc,
}

/// The text in NFC, or why it cannot be kept.
pub fn clean(text: &str) -> Result<String, BadText> {
    let text: String = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    check(&text)?;
    Ok(text)
}

/// The same rules for text that must not be changed silently, such as an id.
pub fn check(text: &str) -> Result<(), BadText> {
    if text.is_empty() {
        return Err(BadText::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(BadText::Control);
    }
    if text.chars().nth(TEXT_LEN_MAX).is_some() {
        return Err(BadText::TooLong);
    }
    Ok(())
}

/// Both at once: what [`check`] refuses, and text that [`clean`] would change.
pub fn check_clean(text: &str) -> Result<(), BadText> {
    check(text)?;
    if is_nfc(text) { Ok(()) } else { Err(BadText::NotNfc) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decomposed_hangul_is_composed() {
        assert_eq!(clean("\u{1112}\u{1161}\u{11ab}"), Ok("한".to_owned()));
    }

    #[test]
    fn the_limit_is_counted_in_characters() {
        assert!(clean(&"한".repeat(200)).is_ok());
        assert_eq!(clean(&"한".repeat(201)), Err(BadText::TooLong));
        assert_eq!(clean("a\u{0}b"), Err(BadText::Control));
        assert_eq!(clean(""), Err(BadText::Empty));
        assert_eq!(check_clean("\u{1112}\u{1161}\u{11ab}"), Err(BadText::NotNfc));
    }
}
