//! Text from outside: what may be kept of it, and what is the same text written otherwise. Everything that people or
//! other programs give us passes here: names, reasons and channels ([`clean`]), texts of plans ([`check_seen`]), ids
//! ([`check_id`]), codes ([`fold_code`]).
//!
//! Characters that cannot be seen make two texts look like one, so they are taken out, or refused where a text must
//! not be changed silently. A text that was stored before this rule stays readable ([`check_clean`]).

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
    #[error("has characters that cannot be seen, such as zero-width or direction marks")]
    Hidden,
    #[error("has nothing but blanks")]
    Blank,
    #[error("begins or ends with a blank, or has one that is no plain space")]
    Blanks,
    #[error("has full-width or half-width forms: write plain letters and digits")]
    Width,
}

/// The text in NFC, without what cannot be seen and without blanks at its ends; or why it cannot be kept.
pub fn clean(text: &str) -> Result<String, BadText> {
    if text.is_empty() {
        return Err(BadText::Empty);
    }
    let text: String = without_hidden(text).nfc().collect();
    let text = text.trim_matches(is_blank);
    check(text).map_err(|bad| if bad == BadText::Empty { BadText::Blank } else { bad })?;
    Ok(text.to_owned())
}

/// What no text may be: empty, too long, or with control characters.
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

/// The rules that all stored texts keep to: what [`check`] refuses, and text that is not in NFC.
pub fn check_clean(text: &str) -> Result<(), BadText> {
    check(text)?;
    if is_nfc(text) { Ok(()) } else { Err(BadText::NotNfc) }
}

/// The rules of new texts that must not be changed silently: people can see all of it.
pub fn check_seen(text: &str) -> Result<(), BadText> {
    check_clean(text)?;
    if is_plain(text) {
        return Ok(());
    }
    if without_hidden(text).count() < text.chars().count() {
        return Err(BadText::Hidden);
    }
    if text.chars().all(is_blank) { Err(BadText::Blank) } else { Ok(()) }
}

/// The rules of new ids: besides, no other id may be written in a way that looks the same.
pub fn check_id(text: &str) -> Result<(), BadText> {
    check_seen(text)?;
    if is_plain(text) {
        return Ok(());
    }
    if text.chars().any(is_hidden) {
        return Err(BadText::Hidden);
    }
    if text.trim_matches(is_blank) != text || text.chars().any(|c| c != ' ' && is_blank(c)) {
        return Err(BadText::Blanks);
    }
    let is_wide = |c: char| matches!(c, '\u{ff01}'..='\u{ffee}');
    if text.chars().any(is_wide) { Err(BadText::Width) } else { Ok(()) }
}

/// The rules of buyers' ids, which are of any width: what cannot be seen is refused, and blanks at the ends.
pub fn check_buyer(text: &str) -> Result<(), BadText> {
    match check_id(text) {
        Err(BadText::Width) => Ok(()),
        checked => checked,
    }
}

/// A code as it is compared: NFKC, without case, what cannot be seen and blanks at its ends; all dashes are one.
pub fn fold_code(code: &str) -> String {
    let plain: String = code.chars().filter(|c| !is_hidden(*c) && !c.is_control()).nfkc().collect();
    let folded = plain.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let folded: String = folded.map(|c| if is_dash(c) { '-' } else { c }).nfkc().collect();
    folded.trim_matches(is_blank).to_owned()
}

/// The text with those of its letters that look like Latin ones made Latin. None: it has none.
pub fn latin_look(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let look: String = text.chars().map(|c| latin_twin(c).unwrap_or(c)).collect();
    (look != text).then_some(look)
}

/// Letters of Cyrillic and Greek that no reader tells from these.
fn latin_twin(letter: char) -> Option<char> {
    const TWINS: [(&str, &str); 3] = [
        ("АВЕЅІЈКМНОРСТУХЗаеѕіјорсух", "ABESIJKMHOPCTYX3aesijopcyx"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ", "ABEZHIKMNOPTYXocj"),
        ("ԌԚԜԛԝһԁ", "GQWqwhd"),
    ];
    TWINS.iter().find_map(|(letters, latin)| {
        let at = letters.chars().position(|known| known == letter)?;
        latin.chars().nth(at)
    })
}

/// Printable ASCII with no blank at its ends: nothing to look at more closely.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
        && bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
}

/// Leaves out what cannot be seen. Joiners stay between letters of scripts that are written with them and within
/// emoji, and so do the selectors that make a sign an emoji.
fn without_hidden(text: &str) -> impl Iterator<Item = char> {
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        loop {
            let c = chars.next()?;
            let joins = |c: &char| *c >= '\u{600}' && !is_hidden(*c) && !is_blank(*c);
            let is_kept = match c {
                '\u{200c}' | '\u{200d}' => {
                    before.is_some_and(|c| joins(&c) || c == '\u{fe0f}') && chars.peek().is_some_and(joins)
                }
                '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(|c| c >= '\u{203c}' && !c.is_alphanumeric()),
                c => !is_hidden(c),
            };
            if is_kept {
                before = Some(c);
                return Some(c);
            }
        }
    })
}

/// What of it can be seen.
pub fn seen(text: &str) -> impl Iterator<Item = char> {
    without_hidden(text)
}

/// Characters without a look of their own: marks of direction and of zero width, fillers, selectors, tags.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{2e17}'
                | '\u{2e1a}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{2e40}'
                | '\u{301c}'
                | '\u{3030}'
                | '\u{30a0}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
    )
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

    #[test]
    fn a_name_loses_what_cannot_be_seen_and_keeps_what_can() {
        for (from, to) in [
            ("A\u{200b}1", "A1"),
            ("\u{202e}gnp.exe\u{202c}", "gnp.exe"),
            ("soft\u{ad}ly", "softly"),
            ("tag\u{e0041}ged", "tagged"),
            ("A\u{fe0f}1", "A1"),
            ("\u{feff} Hall \u{2060}", "Hall"),
            ("rock ❤\u{fe0f} night", "rock ❤\u{fe0f} night"),
            ("👩\u{200d}🎤", "👩\u{200d}🎤"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("Ann\u{200d}e", "Anne"),
            ("Ａ１", "Ａ１"),
        ] {
            assert_eq!(clean(from).as_deref(), Ok(to), "{from:?}");
        }
        for blank in [" ", "\u{3000}", "\u{200b}", "\u{2800} ", "\u{3164}"] {
            assert_eq!(clean(blank), Err(BadText::Blank), "{blank:?}");
        }
    }

    #[test]
    fn no_two_ids_look_the_same() {
        for good in ["A1", "A 1", "한-1", "А1", "é", "R:A 1", "二階-3"] {
            assert_eq!(check_id(good), Ok(()), "{good:?}");
        }
        for (bad, why) in [
            ("A1\u{200b}", BadText::Hidden),
            ("A1\u{fe0e}", BadText::Hidden),
            ("❤\u{fe0f}", BadText::Hidden),
            ("A1 ", BadText::Blanks),
            (" A1", BadText::Blanks),
            ("A\u{a0}1", BadText::Blanks),
            ("  ", BadText::Blank),
            ("Ａ1", BadText::Width),
            ("A１", BadText::Width),
        ] {
            assert_eq!(check_id(bad), Err(why), "{bad:?}");
        }
        assert_eq!(latin_look("А1").as_deref(), Some("A1"));
        assert_eq!(latin_look("한1"), None);
    }

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = fold_code("VIP-2026");
        for typed in
            ["vip-2026", " VIP-2026\n", "ＶＩＰ－２０２６", "VIP–2026", "vip\u{2011}2026", "V\u{200b}IP−2026"]
        {
            assert_eq!(fold_code(typed), code, "{typed:?}");
        }
        assert_eq!(fold_code("\u{1112}\u{1161}\u{11ab}글"), fold_code("한글"));
        assert_eq!(fold_code("STRASSE"), fold_code("straße"));
        assert_ne!(fold_code("VIP2026"), code);
        assert_ne!(fold_code("VIP 2026"), code);
    }
}
