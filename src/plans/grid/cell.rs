//! One cell: `zone:seat`, `zone:seat+`.

use crate::plans::place;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    pub(super) zone: &'a str,
    /// All that stands there: it tells this seat from every other.
    pub(super) seat: &'a str,
    pub(super) accessible: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadCell<'a> {
    /// The seat is not called as seats are, or there is more than one mark behind it.
    Odd(Cell<'a>),
    NoSeat,
}

/// Reads a cell, white space around its parts or not.
pub(super) fn parse(text: &str) -> Result<Cell<'_>, BadCell<'_>> {
    let (zone, rest) = text.split_once(':').ok_or(BadCell::NoSeat)?;
    let (zone, rest) = (zone.trim(), rest.trim());
    let seat = rest.trim_end_matches(['+', ' ']);
    if zone.is_empty() || seat.is_empty() || zone.starts_with('#') {
        return Err(BadCell::NoSeat);
    }
    let marks = rest[seat.len()..].matches('+').count();
    let cell = Cell { zone, seat, accessible: marks > 0 };
    let is_name = seat.chars().all(in_names) || place::parse(seat).is_some();
    if is_name && marks <= 1 { Ok(cell) } else { Err(BadCell::Odd(cell)) }
}

/// Whether it could be nothing else, since other texts have colons, too.
pub(super) fn is_certain(text: &str) -> bool {
    parse(text).is_ok_and(|cell| {
        cell.seat.chars().any(|c| c.is_ascii_digit())
            && !cell.zone.contains(['{', '}', '<', '>', '=', '"', '\'', '(', '/'])
    })
}

/// What a seat may be called with at least.
pub(super) fn in_names(c: char) -> bool {
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
        assert_eq!(parse("R:A 12 +"), Ok(cell("R", "A 12", true)));
        assert_eq!(parse("R:A/12"), Ok(cell("R", "A/12", false)));
        assert_eq!(parse("R:Row A, Seat 1"), Ok(cell("R", "Row A, Seat 1", false)));
        assert_eq!(parse("R:A12:3"), Ok(cell("R", "A12:3", false)));
        for bad in ["", "A12", ":A12", "R:", "R:+", "# zones: R"] {
            assert_eq!(parse(bad), Err(BadCell::NoSeat), "{bad}");
        }
    }

    #[test]
    fn a_seat_that_is_called_oddly_keeps_all_of_its_name() {
        assert_eq!(parse("R:A12x?"), Err(BadCell::Odd(cell("R", "A12x?", false))));
        assert_eq!(parse("R:A12++"), Err(BadCell::Odd(cell("R", "A12", true))));
        assert_eq!(parse("R:A12 (pillar)"), Err(BadCell::Odd(cell("R", "A12 (pillar)", false))));
    }
}
