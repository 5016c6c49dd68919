//! Row and number of a seat from one text, as people write it: `A1`, `A 1`, `A-1`, `A/1`, `Row A, Seat 1`, `가열 1번`,
//! `12A`.

/// What parts row and number, and is neither.
const SEPARATORS: [char; 12] =
    [' ', '-', '_', '/', '.', ',', ':', '#', '\u{b7}', '\u{2013}', '\u{2014}', '\u{a0}'];
const ROW_WORDS: [&str; 15] = [
    "row", "reihe", "rang", "rangée", "rangee", "rij", "rad", "fila", "fileira", "riga", "ряд", "열", "줄",
    "행", "排",
];
const SEAT_WORDS: [&str; 20] = [
    "seat",
    "platz",
    "sitz",
    "sitzplatz",
    "place",
    "siège",
    "siege",
    "stoel",
    "asiento",
    "butaca",
    "assento",
    "posto",
    "место",
    "no",
    "nr",
    "번",
    "석",
    "번호",
    "좌석",
    "座",
];
/// What Korean puts behind the name of a row, and behind a number.
const ROW_ENDS: [char; 3] = ['열', '줄', '행'];
const SEAT_ENDS: [char; 3] = ['번', '석', '호'];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Empty: only the number is known.
    pub(super) row: String,
    pub(super) number: String,
}

/// None: it is not written in any of these ways.
pub(super) fn parse(text: &str) -> Option<Named> {
    if text.chars().any(|c| !c.is_alphanumeric() && !SEPARATORS.contains(&c)) {
        return None;
    }
    let tokens = tokens(text);
    if tokens.iter().any(|token| is_word(token)) { by_words(&tokens) } else { by_end(text) }
}

/// Runs of letters and digits; `가열1번` is two of them.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    for c in text.chars() {
        let is_end = ROW_ENDS.contains(&c) || SEAT_ENDS.contains(&c);
        if let Some(last) = tokens.last_mut().filter(|_| !SEPARATORS.contains(&c)) {
            last.push(c);
        }
        if is_end || SEPARATORS.contains(&c) {
            tokens.push(String::new());
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn is_one_of(words: &[&str], token: &str) -> bool {
    words.contains(&token.to_lowercase().as_str())
}

/// The token without the ending, if it has one and more than that.
fn without<'t>(ends: &[char], token: &'t str) -> Option<&'t str> {
    token.strip_suffix(ends).filter(|rest| !rest.is_empty())
}

fn is_word(token: &str) -> bool {
    is_one_of(&ROW_WORDS, token)
        || is_one_of(&SEAT_WORDS, token)
        || without(&ROW_ENDS, token).is_some()
        || without(&SEAT_ENDS, token).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn by_words(tokens: &[String]) -> Option<Named> {
    let (mut row, mut number): (Option<&str>, Option<&str>) = (None, None);
    // Which of the two a word announced.
    let mut announced = None;
    for token in tokens {
        let token = token.as_str();
        let target = if is_one_of(&ROW_WORDS, token) || is_one_of(&SEAT_WORDS, token) {
            announced = Some(is_one_of(&ROW_WORDS, token));
            continue;
        } else {
            announced.take()
        };
        let (slot, value) = match (without(&ROW_ENDS, token), without(&SEAT_ENDS, token)) {
            (Some(rest), _) => (&mut row, rest),
            (None, Some(rest)) if rest.bytes().all(|byte| byte.is_ascii_digit()) => (&mut number, rest),
            _ if target.unwrap_or(row.is_none()) => (&mut row, token),
            _ => (&mut number, token),
        };
        if slot.replace(value).is_some() {
            return None;
        }
    }
    Some(Named { row: row.unwrap_or_default().to_owned(), number: number?.to_owned() })
}

/// Digits at the end are the number; behind a row of digits one or two letters are.
fn by_end(text: &str) -> Option<Named> {
    let text = text.trim_matches(SEPARATORS);
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if before.len() < text.len() {
        let row = before.trim_end_matches(SEPARATORS).to_owned();
        return Some(Named { row, number: text[before.len()..].to_owned() });
    }
    let before = text.trim_end_matches(char::is_alphabetic);
    let (row, number) = (before.trim_end_matches(SEPARATORS), &text[before.len()..]);
    let is_row = !row.is_empty() && row.bytes().all(|byte| byte.is_ascii_digit());
    (is_row && (1..=2).contains(&number.chars().count()))
        .then(|| Named { row: row.to_owned(), number: number.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_written_in_many_ways() {
        for (text, row, number) in [
            ("A1", "A", "1"),
            ("A 1", "A", "1"),
            ("A-1", "A", "1"),
            ("A/1", "A", "1"),
            ("A_1", "A", "1"),
            ("A.1", "A", "1"),
            ("A, 1", "A", "1"),
            ("A: 1", "A", "1"),
            ("AA12", "AA", "12"),
            ("가12", "가", "12"),
            ("3-12", "3", "12"),
            ("3/12", "3", "12"),
            ("12A", "12", "A"),
            ("12-C", "12", "C"),
            ("7", "", "7"),
            ("Left A 7", "Left A", "7"),
            ("Row A Seat 1", "A", "1"),
            ("row a, seat 1", "a", "1"),
            ("ROW A 1", "A", "1"),
            ("A Seat 1", "A", "1"),
            ("Seat 12", "", "12"),
            ("Reihe 3 Platz 14", "3", "14"),
            ("Seat 1 Row A", "A", "1"),
            ("가열 1번", "가", "1"),
            ("3열12번", "3", "12"),
            ("A열 7석", "A", "7"),
            ("열 3 번 4", "3", "4"),
        ] {
            let named = Named { row: row.to_owned(), number: number.to_owned() };
            assert_eq!(parse(text), Some(named), "{text}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_not_guessed() {
        for text in ["", "A", "Throne", "A1 (pillar)", "A1?", "Row A", "Row A Row B 1", "A B", "1AAA", "a+1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
