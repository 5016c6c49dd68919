//! How many records were confirmed, written beside the database. SQLite drops the tail of a damaged log without a word,
//! and makes a new database where one is gone: only something outside of it can tell that anything is missing.
//!
//! Written after each commit, without a sync of its own: it may be behind what the database has, never ahead.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::persistence::private;

pub(super) const FILE: &str = "fairhold.mark";

/// Which store, and how many records of it were confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) store: String,
    pub(super) records: u64,
}

impl Mark {
    /// Always of the same length, so that one write replaces the other.
    fn text(&self) -> String {
        let text = format!("fairhold 1 {} {:020}", self.store, self.records);
        format!("{text} {:08x}\n", crc32fast::hash(text.as_bytes()))
    }

    /// None: a torn or foreign text.
    fn read(text: &str) -> Option<Self> {
        let (rest, checksum) = text.trim_end().rsplit_once(' ')?;
        let whole = u32::from_str_radix(checksum, 16).ok()? == crc32fast::hash(rest.as_bytes());
        let mut fields = rest.strip_prefix("fairhold 1 ")?.split(' ');
        let (store, records) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
        whole.then_some(Self { store, records })
    }

    /// The mark of a directory; None: there is none, or none that can be read.
    pub(super) fn of(dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(dir.join(FILE)).ok()?;
        let mark = Self::read(&text);
        if mark.is_none() {
            tracing::warn!(file = FILE, "the mark beside the database cannot be read: it is written anew");
        }
        mark
    }

    /// What this store has lost of that, in words.
    pub(super) fn missing_in(&self, found: &Self, dir: &Path) -> Option<String> {
        let (dir, confirmed) = (dir.display(), self.records);
        let what = if self.store != found.store {
            format!(
                "the database in {dir} is not the one that was used there: of that, {confirmed} records were confirmed"
            )
        } else if found.records < confirmed {
            let missing = confirmed - found.records;
            format!("{missing} of {confirmed} records that were confirmed are missing in {dir}")
        } else {
            return None;
        };
        Some(format!("{what}; {REMEDY}"))
    }

    /// The same where there is no database at all.
    pub(super) fn all_missing(&self, dir: &Path) -> String {
        let (dir, confirmed) = (dir.display(), self.records);
        format!("the database in {dir} is gone, of which {confirmed} records were confirmed; {REMEDY}")
    }
}

const REMEDY: &str = "put the newest copy back, or take what is there with `fairhold accept`";

/// Writes the mark.
#[derive(Debug)]
pub(super) struct Marker {
    file: File,
    mark: Mark,
    is_failing: bool,
}

impl Marker {
    /// None: it cannot be written, or says more than the store has, which nobody may overwrite in passing.
    pub(super) fn open(dir: &Path, mark: Mark) -> Option<Self> {
        if Mark::of(dir).is_some_and(|known| known.missing_in(&mark, dir).is_some()) {
            return None;
        }
        Self::overwrite(dir, mark)
    }

    pub(super) fn overwrite(dir: &Path, mark: Mark) -> Option<Self> {
        let opened = private::open_file(&dir.join(FILE));
        let written = opened.and_then(|file| {
            let this = Self { file, mark, is_failing: false };
            this.write()?;
            Ok(this)
        });
        written
            .map_err(|cause| tracing::warn!(file = FILE, %cause, "no mark is kept beside the database"))
            .ok()
    }

    fn write(&self) -> std::io::Result<()> {
        self.file.write_all_at(self.mark.text().as_bytes(), 0)
    }

    /// So many more were confirmed. A mark that cannot be written is behind, which does no harm.
    pub(super) fn add(&mut self, records: u64) {
        self.mark.records += records;
        let written = self.write();
        if let Err(cause) = &written
            && !self.is_failing
        {
            tracing::warn!(file = FILE, %cause, "the mark beside the database falls behind");
        }
        self.is_failing = written.is_err();
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        // It would reach the disk by itself, later.
        let _best_effort = self.file.sync_data();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(records: u64) -> Mark {
        Mark { store: "0123456789abcdef0123456789abcdef".to_owned(), records }
    }

    #[test]
    fn a_mark_is_read_back_and_a_torn_one_is_none() {
        let text = mark(1_234).text();
        assert_eq!(Mark::read(&text), Some(mark(1_234)));
        assert_eq!(mark(u64::MAX).text().len(), text.len());
        for cut in 0..text.len() - 1 {
            assert_eq!(Mark::read(&text[..cut]), None, "{cut}");
        }
        assert_eq!(Mark::read(&text.replace("1234", "1235")), None);
    }

    #[test]
    fn a_mark_that_says_more_than_the_store_has_stays() {
        let dir = tempfile::tempdir().unwrap();
        Marker::open(dir.path(), mark(7)).unwrap().add(3);
        assert_eq!(Mark::of(dir.path()), Some(mark(10)));
        assert!(Marker::open(dir.path(), mark(9)).is_none());
        assert_eq!(Mark::of(dir.path()), Some(mark(10)));
        drop(Marker::overwrite(dir.path(), mark(9)));
        assert_eq!(Mark::of(dir.path()), Some(mark(9)));
    }
}
