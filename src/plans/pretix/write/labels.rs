//! How a row numbers its seats, so that people read there what they read here: pretix puts the label of a seat
//! together from those of its row and its number.

use crate::domain::plan::Seat;

pub(super) struct Numbering<'a> {
    /// What stands in front of each number when the plan is read again.
    prefix: String,
    /// What may stand there instead: the number is the same, the label is not.
    others: [String; 2],
    pub(super) row_label: Option<&'a str>,
    pub(super) seat_label: Option<&'static str>,
    /// The row is read by its number, since it has no label to tell.
    pub(super) loses_row: bool,
}

impl<'a> Numbering<'a> {
    pub(super) fn of(id: &'a str, label: &'a str, seats: &[Seat]) -> Self {
        let row = if label.is_empty() { id } else { label };
        let loses_row = label.is_empty() && !id.is_empty();
        let row_label = Some(row).filter(|row| *row != id);
        if row.is_empty() {
            return Self {
                prefix: String::new(),
                others: [const { String::new() }; 2],
                row_label,
                seat_label: None,
                loses_row,
            };
        }
        let (in_words, dashed) = (format!("{row}, "), format!("{row}-"));
        let fitting = |prefix: &str| seats.iter().filter(|seat| number(seat, prefix).is_some()).count();
        let words_fit = row_label.is_some() || fitting(&in_words) > fitting(&dashed);
        let seat_label = (words_fit && row_label.is_none()).then_some("%s");
        let prefix = if words_fit { &in_words } else { &dashed }.clone();
        Self { prefix, others: [in_words, dashed], row_label, seat_label, loses_row }
    }

    /// The seat's number, and whether its label comes of it again.
    pub(super) fn number<'s>(&self, seat: &'s Seat) -> (&'s str, bool) {
        match number(seat, &self.prefix) {
            Some(number) => (number, true),
            None => {
                let others = self.others.iter().filter(|other| !other.is_empty());
                (others.filter_map(|other| number(seat, other)).next().unwrap_or(label(seat)), false)
            }
        }
    }
}

fn number<'s>(seat: &'s Seat, prefix: &str) -> Option<&'s str> {
    label(seat).strip_prefix(prefix).filter(|number| !number.is_empty())
}

/// What people read.
fn label(seat: &Seat) -> &str {
    if seat.label.is_empty() { &seat.id } else { &seat.label }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(labels: &[&str]) -> Vec<Seat> {
        let seat = |label: &&str| Seat { id: "id".to_owned(), label: (*label).to_owned(), ..Seat::default() };
        labels.iter().map(seat).collect()
    }

    #[test]
    fn a_label_of_row_and_number_is_kept() {
        for (id, label, seat, number, seat_label) in [
            ("A", "A", "A-7", "7", None),
            ("A", "", "A-7", "7", None),
            ("A", "A", "A, Seat 7", "Seat 7", Some("%s")),
            ("A", "Row 1", "Row 1, 7", "7", None),
            ("", "", "7", "7", None),
        ] {
            let seats = seats(&[seat]);
            let numbering = Numbering::of(id, label, &seats);
            assert_eq!(
                (numbering.number(&seats[0]), numbering.seat_label),
                ((number, true), seat_label),
                "{seat}"
            );
        }
    }

    #[test]
    fn a_label_of_its_own_is_told_to_be_lost() {
        let seats = seats(&["Throne"]);
        assert_eq!(Numbering::of("A", "A", &seats).number(&seats[0]), ("Throne", false));
        let seats = self::seats(&["A (2)-7"]);
        let numbering = Numbering::of("A~2", "A (2)", &seats);
        assert_eq!(numbering.number(&seats[0]), ("7", false), "it will read A (2), 7");
    }
}
