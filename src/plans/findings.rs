//! What a reader finds: defects, what was done about them, and whether anything is beyond repair.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::file::guess;
use super::{Repair, Report, Settled};
use crate::domain::plan::Defect;
use crate::domain::text::{self, TEXT_LEN_MAX};

/// The longest value that a message quotes, in characters.
const QUOTE_LEN_MAX: usize = 60;

#[derive(Debug, Default)]
pub(super) struct Findings {
    defects: Vec<Defect>,
    repaired: Vec<Repair>,
    incurable: bool,
}

impl Findings {
    /// A defect that nothing can be done about.
    pub(super) fn beyond_repair(&mut self, code: &str, pointer: impl ToString, detail: impl Into<String>) {
        self.defects.push(Defect::new(code, pointer.to_string(), detail));
        self.incurable = true;
    }

    /// A defect, and what was done about it in the document at hand.
    pub(super) fn cured(
        &mut self,
        code: &str,
        pointer: impl ToString,
        wrong: impl Into<String>,
        done: impl Into<String>,
    ) {
        let pointer = pointer.to_string();
        self.defects.push(Defect::new(code, pointer.clone(), wrong));
        self.repaired(code, pointer, done);
    }

    /// That the file was read in another encoding than UTF-8: told before all else.
    pub(super) fn recoded(&mut self, encoding: &str) {
        self.defects.insert(0, Defect::new("bad_encoding", "", in_encoding(encoding)));
        let (code, pointer) = ("bad_encoding".to_owned(), String::new());
        self.repaired.insert(0, Repair { code, pointer, detail: format!("was read as {encoding}") });
    }

    /// What was done about a defect that is listed already.
    pub(super) fn repaired(&mut self, code: &str, pointer: impl ToString, done: impl Into<String>) {
        let pointer = pointer.to_string();
        self.repaired.push(Repair { code: code.to_owned(), pointer, detail: done.into() });
    }

    pub(super) fn repaired_count(&self) -> usize {
        self.repaired.len()
    }

    /// What was done since then about rows that had been put in order points to where their seats were listed.
    pub(super) fn as_listed(&mut self, since: usize, order: &Settled) {
        for Repair { pointer, .. } in &mut self.repaired[since..] {
            *pointer = order.as_listed(std::mem::take(pointer));
        }
    }

    /// The compiler's defects, without those that only follow from what a reader found at the same place.
    pub(super) fn compiled(&mut self, defects: Vec<Defect>) {
        let known: BTreeSet<&str> = self.defects.iter().map(|defect| defect.pointer.as_str()).collect();
        let fresh: Vec<Defect> = defects.into_iter().filter(|defect| !follows(&known, defect)).collect();
        self.defects.extend(fresh);
    }

    /// What the compiler still refuses after everything was done. Rows may have been dropped meanwhile, so
    /// pointers no longer fit the file: only codes that are new are worth a word.
    pub(super) fn left(&mut self, defects: Vec<Defect>) {
        self.incurable = true;
        let known: BTreeSet<String> = self.defects.iter().map(|defect| defect.code.clone()).collect();
        self.defects.extend(defects.into_iter().filter(|defect| !known.contains(&defect.code)));
    }

    /// Whether the file is refused.
    pub(super) fn refuse(&self, repair: bool) -> bool {
        self.incurable || (!repair && !self.defects.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.defects.is_empty()
    }

    /// Into the report; what was done about a file that was not to be repaired is nobody's business.
    pub(super) fn write(self, report: &mut Report, repair: bool) {
        report.defects = self.defects;
        if repair {
            report.repaired = self.repaired;
        }
    }
}

pub(super) fn in_encoding(encoding: &str) -> String {
    format!("is in {encoding}: save the file in UTF-8, which Excel calls `CSV UTF-8`")
}

/// Of a file whose encoding nobody knows: where it stops to be UTF-8, and how that line reads in the most usual one.
pub(super) fn in_no_encoding(file: &[u8]) -> String {
    let good = std::str::from_utf8(file).err().map_or(file.len(), |error| error.valid_up_to());
    let line = 1 + file[..good].iter().filter(|byte| **byte == b'\n').count();
    let start = file[..good].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end = file[good..].iter().position(|byte| *byte == b'\n').map_or(file.len(), |end| good + end);
    let guess = guess(&file[start..end]);
    format!(
        "is not UTF-8, from line {line} on; in a Western encoding that reads {}: save the file in UTF-8, which Excel \
         calls `CSV UTF-8`",
        quote(guess.trim())
    )
}

/// Whether a defect only follows from one at its own place, around it, or of a part that it is about.
fn follows(known: &BTreeSet<&str>, defect: &Defect) -> bool {
    let pointer = defect.pointer.as_str();
    if pointer.is_empty() {
        return false;
    }
    let ends = pointer.match_indices('/').map(|(end, _)| end).skip(1);
    if ends.chain([pointer.len()]).any(|end| known.contains(&pointer[..end])) {
        return true;
    }
    let below = |part: &str| {
        let start = format!("{pointer}/{part}");
        known.range(start.as_str()..).next().is_some_and(|next| next.starts_with(&start))
    };
    match defect.code.as_str() {
        "position_half" => below("x") || below("y"),
        _ => below(""),
    }
}

/// A text as a message quotes it: in quotes, escaped, cut where it is long.
pub(super) fn quote(value: &str) -> String {
    match value.char_indices().nth(QUOTE_LEN_MAX) {
        Some((end, _)) => format!("{:?}…", &value[..end]),
        None => format!("{value:?}"),
    }
}

/// The text as the rules want it: NFC, control characters made spaces, no space at its ends, not too long.
/// None: there is nothing to mend.
pub(super) fn mended(value: &str) -> Option<String> {
    if value.is_empty() || text::check_seen(value).is_ok() {
        return None;
    }
    let plain: String = text::seen(value).nfc().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let cut: String = plain.trim().chars().take(TEXT_LEN_MAX).collect();
    // A cut can leave a space at the end.
    Some(cut.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mending_keeps_what_is_good_and_cures_the_rest() {
        assert_eq!(mended("A-1"), None);
        assert_eq!(mended(" kept as it is "), None);
        assert_eq!(mended("\u{1112}\u{1161}\u{11ab}"), Some("한".to_owned()));
        assert_eq!(mended("\tA\u{0}1\n"), Some("A 1".to_owned()));
        assert_eq!(mended(&"한".repeat(300)), Some("한".repeat(200)));
        assert_eq!(mended("\n\n"), Some(String::new()));
    }

    #[test]
    fn a_defect_that_follows_from_another_is_not_listed() {
        let mut findings = Findings::default();
        findings.beyond_repair("wrong_type", "/zones/0/rows/1", "not an object");
        findings.beyond_repair("wrong_type", "/zones/0/rows/2/seats/0/y", "not a number");
        findings.beyond_repair("wrong_type", "/zones/0/rows/2/seats/1/label", "not text");
        findings.compiled(vec![
            Defect::new("position_half", "/zones/0/rows/2/seats/0", ""),
            Defect::new("position_half", "/zones/0/rows/2/seats/1", ""),
            Defect::new("row_empty", "/zones/0/rows/1/seats", ""),
            Defect::new("row_empty", "/zones/0/rows/10/seats", ""),
            Defect::new("plan_empty", "", ""),
        ]);
        let mut report = Report::default();
        findings.write(&mut report, false);
        let left: Vec<_> = report.defects[3..].iter().map(|defect| defect.pointer.as_str()).collect();
        assert_eq!(left, ["/zones/0/rows/2/seats/1", "/zones/0/rows/10/seats", ""]);
    }

    #[test]
    fn a_long_value_is_quoted_in_part() {
        assert_eq!(quote("a\"b"), "\"a\\\"b\"");
        assert_eq!(quote(&"x".repeat(99)).chars().count(), QUOTE_LEN_MAX + 3);
    }
}
