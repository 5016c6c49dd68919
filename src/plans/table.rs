//! Tables as spreadsheets save them: lines of cells, whatever parts the cells.

use std::fmt;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::findings::Findings;
use super::{Progress, Report, file, unreadable};

pub(super) const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
/// Lines that begin with it are notes.
pub(super) const NOTE: u8 = b'#';
/// So much of a file shows what it is.
const SAMPLE_LEN: usize = 4096;
/// After so many lines the progress is told.
const LINES_PER_STEP: u64 = 64;
/// No hall is wider; a line of nothing but separators would take much memory.
pub(super) const CELLS_MAX: usize = 20_000;

/// Where something stands in a table, both from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

pub(super) fn sample(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(SAMPLE_LEN)]
}

/// The separator that there is most of in its first lines.
pub(super) fn separator(bytes: &[u8]) -> u8 {
    let lines = sample(bytes).split(|&byte| byte == b'\n').filter(|line| line.first() != Some(&NOTE));
    let mut counts = [0; SEPARATORS.len()];
    for &byte in lines.flatten() {
        let kinds = SEPARATORS.iter().zip(&mut counts);
        kinds.for_each(|(separator, count)| *count += u32::from(*separator == byte));
    }
    let most = (0..SEPARATORS.len()).rev().max_by_key(|&n| counts[n]).unwrap_or(0);
    SEPARATORS[most]
}

/// The lines of a table, with their numbers in the file.
pub(super) struct Lines<'f> {
    bytes: &'f [u8],
    reader: Reader<&'f [u8]>,
    line: ByteRecord,
    counted: usize,
    number: u64,
    /// Notes that were passed over.
    pub(super) notes: usize,
}

impl<'f> Lines<'f> {
    /// Refuses a table with a line that is too wide for one.
    pub(super) fn of(bytes: &'f [u8]) -> Result<Self, Box<Report>> {
        let delimiter = separator(bytes);
        if widest(bytes, delimiter) > CELLS_MAX {
            let detail = format!("a line has more than {CELLS_MAX} cells: this is no table of seats");
            return Err(unreadable("format_unknown", detail));
        }
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter);
        let reader = builder.from_reader(bytes);
        Ok(Self { bytes, reader, line: ByteRecord::new(), counted: 0, number: 1, notes: 0 })
    }

    /// The next line that is no note, and its number. `progress` hears the share that is done.
    pub(super) fn next(&mut self, progress: Progress<'_>) -> Result<Option<(u64, &ByteRecord)>, Box<Report>> {
        loop {
            let more = self.reader.read_byte_record(&mut self.line).map_err(|error| {
                // There is no other error on bytes in memory with lines of any length.
                unreadable("format_unknown", error.to_string())
            })?;
            if !more {
                return Ok(None);
            }
            let start = start_of(self.bytes, &self.line);
            self.number += breaks(&self.bytes[self.counted..start]);
            self.counted = start;
            if self.number.is_multiple_of(LINES_PER_STEP) {
                progress(start as f64 / self.bytes.len() as f64);
            }
            let first = self.line.get(0).map(<[u8]>::trim_ascii_start);
            if first.is_none_or(|cell| cell.first() != Some(&NOTE)) {
                return Ok(Some((self.number, &self.line)));
            }
            self.notes += 1;
        }
    }
}

/// Where a reader of cells is.
#[derive(Clone, Copy, PartialEq)]
enum In {
    Start,
    Plain,
    Quotes,
    /// Behind a quote that ended the cell, or is half of one inside of it.
    Closed,
}

/// The most cells of a line, quoted separators not counted.
fn widest(bytes: &[u8], delimiter: u8) -> usize {
    let (mut widest, mut cells, mut within) = (1, 1, In::Start);
    for &byte in bytes {
        within = match (within, byte) {
            (In::Quotes, b'"') => In::Closed,
            (In::Quotes, _) | (In::Start | In::Closed, b'"') => In::Quotes,
            (_, b'\n' | b'\r') => {
                cells = 1;
                In::Start
            }
            _ if byte == delimiter => {
                cells += 1;
                widest = widest.max(cells);
                In::Start
            }
            _ => In::Plain,
        };
    }
    widest
}

/// Where the line begins, behind the ends of empty ones.
fn start_of(bytes: &[u8], line: &ByteRecord) -> usize {
    let from = line.position().map_or(0, |at| at.byte() as usize).min(bytes.len());
    let ends = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    from + ends.count()
}

/// How many lines end here, whichever way.
fn breaks(bytes: &[u8]) -> u64 {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    (ends - pairs) as u64
}

impl Findings {
    /// The text of a cell as the rules want it, without white space around it; None: it is no text.
    pub(super) fn cell(&mut self, bytes: &[u8], place: Place) -> Option<String> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let guess = file::guess(bytes);
            let wrong = format!(
                "is not UTF-8 (in a Western encoding it reads {:?}): save the file as `CSV UTF-8`",
                guess.trim()
            );
            self.beyond_repair("bad_encoding", place, wrong);
            return None;
        };
        Some(self.sound(text.trim().to_owned(), &place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_line_is_measured_as_the_reader_reads_it() {
        assert_eq!(widest(b"a,b,c\na,b", b','), 3);
        assert_eq!(widest(b"\"a,b\",c\r\n,,,", b','), 4);
        assert_eq!(widest(b"\"a\n,,,,,\",b\n", b','), 2);
        assert_eq!(widest(b"\"a\"\"b,\",c", b','), 2);
        assert_eq!(widest(b"\"\n\",,\n,", b','), 3);
        assert_eq!(widest(b"a\"b,c\"d,e", b','), 3, "a quote inside of a cell is a letter");
    }
}
