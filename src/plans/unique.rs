//! Fresh ids for what came with somebody else's: deterministic, readable, and never one that the file uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::text::TEXT_LEN_MAX;

/// What parts a fresh id from its number.
const MARK: char = '~';
/// Room for a number after a base that is cut to fit.
const NUMBER_LEN_MAX: usize = 7;

/// The ids of a file, and which of them are given.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    in_file: BTreeSet<String>,
    given: BTreeSet<String>,
    mark: String,
    /// By base: the next number to try.
    next: BTreeMap<String, u32>,
}

impl Default for Ids {
    fn default() -> Self {
        let mark = MARK.to_string();
        Self { in_file: BTreeSet::new(), given: BTreeSet::new(), mark, next: BTreeMap::new() }
    }
}

impl Ids {
    /// For a file that is too large to list its ids first: the mark of fresh ones is longer than any in it.
    pub(super) fn unlike(file: &[u8]) -> Self {
        let marks = file.split(|&byte| byte != MARK as u8);
        let longest = marks.map(<[u8]>::len).max().unwrap_or(0);
        Self { mark: MARK.to_string().repeat(longest + 1), ..Self::default() }
    }

    /// With every id that the file uses, so that a fresh one clashes with none of them, wherever it stands.
    pub(super) fn of(in_file: impl IntoIterator<Item = String>) -> Self {
        Self { in_file: in_file.into_iter().collect(), ..Self::default() }
    }

    /// Gives the id to whoever asks first; false: it is somebody's already.
    pub(super) fn claim(&mut self, id: &str) -> bool {
        self.given.insert(id.to_owned())
    }

    /// Gives `wanted` if nobody uses it.
    pub(super) fn claim_fresh(&mut self, wanted: &str) -> bool {
        !self.in_file.contains(wanted) && self.claim(wanted)
    }

    /// A fresh id `base~n`: with `first`, if it is at least 2 and free, else with the lowest number that is.
    pub(super) fn another(&mut self, base: &str, first: u32) -> String {
        let mark = self.mark.clone();
        let room = TEXT_LEN_MAX.saturating_sub(NUMBER_LEN_MAX + mark.len());
        let base: String = base.chars().take(room).collect();
        let numbered = |number: u32| format!("{base}{mark}{number}");
        if first >= 2 && self.claim_fresh(&numbered(first)) {
            return numbered(first);
        }
        let mut number = self.next.get(&base).copied().unwrap_or(2);
        while !self.claim_fresh(&numbered(number)) {
            number += 1;
        }
        let fresh = numbered(number);
        self.next.insert(base, number + 1);
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_id_is_one_that_the_file_uses_nowhere() {
        let mut ids = Ids::of(["A", "A~2", "A~4"].map(str::to_owned));
        assert!(ids.claim("A"));
        assert!(!ids.claim("A"));
        assert_eq!(ids.another("A", 0), "A~3");
        assert_eq!(ids.another("A", 4), "A~5");
        assert_eq!(ids.another("A", 9), "A~9");
        assert_eq!(ids.another("A", 9), "A~6");
        assert!(ids.claim("A~4"));
    }

    #[test]
    fn a_fresh_id_has_a_mark_that_no_text_of_the_file_has() {
        assert_eq!(Ids::unlike(b"A B~2").another("A", 0), "A~~2");
        assert_eq!(Ids::unlike(b"A").another("A", 0), "A~2");
    }

    #[test]
    fn a_fresh_id_keeps_to_the_limit() {
        let mut ids = Ids::default();
        let fresh = ids.another(&"한".repeat(TEXT_LEN_MAX), 2);
        assert!(fresh.chars().count() <= TEXT_LEN_MAX && fresh.ends_with("~2"));
    }
}
