//! One cell: `zone:seat`, `zone:seat+`.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    pub(super) zone: &'a str,
    pub(super) seat: &'a str,
    pub(super) accessible: bool,
}

/// As a grid writes it.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", self.zone, self.seat, if self.accessible { "+" } else { "" })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadCell<'a> {
    /// There is more behind the seat.
    Junk(Cell<'a>),
    NoSeat,
}

/// Reads a cell, white space around its parts or not.
pub(super) fn parse(text: &str) -> Result<Cell<'_>, BadCell<'_>> {
    let (zone, rest) = text.split_once(':').ok_or(BadCell::NoSeat)?;
    let (zone, rest) = (zone.trim(), rest.trim());
    let end = rest.find(|c: char| !in_names(c)).unwrap_or(rest.len());
    let (seat, rest) = rest.split_at(end);
    if zone.is_empty() || seat.is_empty() || zone.starts_with('#') {
        return Err(BadCell::NoSeat);
    }
    let accessible = rest.starts_with('+');
    let cell = Cell { zone, seat, accessible };
    let rest = rest.strip_prefix('+').unwrap_or(rest);
    if rest.is_empty() { Ok(cell) } else { Err(BadCell::Junk(cell)) }
}

/// What a seat may be called with.
fn in_names(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell<'a>(zone: &'a str, seat: &'a str, accessible: bool) -> Cell<'a> {
        Cell { zone, seat, accessible }
    }

    #[test]
    fn a_cell_has_a_zone_and_a_seat() {
        assert_eq!(parse("R:A12"), Ok(cell("R", "A12", false)));
        assert_eq!(parse(" Front left : 가-12+ "), Ok(cell("Front left", "가-12", true)));
        for bad in ["", "A12", ":A12", "R:", "R:+", "# zones: R"] {
            assert_eq!(parse(bad), Err(BadCell::NoSeat), "{bad}");
        }
    }

    #[test]
    fn what_goes_on_behind_the_seat_is_junk() {
        assert_eq!(parse("R:A12x?"), Err(BadCell::Junk(cell("R", "A12x", false))));
        assert_eq!(parse("R:A12++"), Err(BadCell::Junk(cell("R", "A12", true))));
        assert_eq!(parse("R:A12 (pillar)"), Err(BadCell::Junk(cell("R", "A12", false))));
        assert_eq!(parse("R:A12:3"), Err(BadCell::Junk(cell("R", "A12", false))));
    }
}
