use super::*;
use crate::domain::plan::Zone;

fn seat(number: u32, at: Option<(f64, f64)>) -> Seat {
    let (x, y) = (at.map(|at| at.0), at.map(|at| at.1));
    Seat { id: format!("A-{number}"), x, y, ..Seat::default() }
}

/// Seats of these numbers with these steps between them, on a line.
fn straight(numbers: &[u32], steps: &[f64]) -> Vec<Seat> {
    let mut x = 0.0;
    let mut seats = vec![seat(numbers[0], Some((x, 0.0)))];
    for (number, step) in numbers[1..].iter().zip(steps) {
        x += step;
        seats.push(seat(*number, Some((x, 0.0))));
    }
    seats
}

fn document(rows: Vec<Vec<Seat>>) -> PlanDocument {
    let rows = rows.into_iter().map(|seats| Row { seats, ..Row::default() }).collect();
    PlanDocument { zones: vec![Zone { rows, ..Zone::default() }], ..PlanDocument::default() }
}

/// The stretches of neighbours of the first row, by number.
fn stretches(rows: Vec<Vec<Seat>>) -> String {
    let mut document = document(rows);
    settle(&mut document);
    let once = document.clone();
    assert_eq!(settle(&mut document), Settled::default(), "twice");
    assert_eq!(document, once, "settling twice changes nothing");
    let mut told = String::new();
    for (n, seat) in document.zones[0].rows[0].seats.iter().enumerate() {
        told += match (n, seat.gap_before) {
            (0, _) => "",
            (_, true) => " | ",
            _ => " ",
        };
        told += seat.id.strip_prefix("A-").unwrap();
    }
    told
}

fn evenly(count: u32, step: f64) -> Vec<Seat> {
    straight(&(1..=count).collect::<Vec<_>>(), &vec![step; count as usize - 1])
}

/// Seats on an arc of so many degrees; after the third one is left out.
fn arc(degrees: f64, count: u32) -> Vec<Seat> {
    let at = |n: u32| {
        let angle = (degrees * f64::from(n + u32::from(n > 3)) / f64::from(count)).to_radians();
        (300.0 * angle.cos(), 300.0 * angle.sin())
    };
    (1..=count).map(|n| seat(n, Some(at(n)))).collect()
}

#[test]
fn a_gap_much_larger_than_the_usual_step_parts_neighbours() {
    let numbers: Vec<u32> = (1..=7).collect();
    for (steps, told) in [
        ([30.0, 30.0, 230.0, 30.0, 30.0, 30.0], "1 2 3 | 4 5 6 7"),
        ([30.0, 30.0, 60.0, 30.0, 30.0, 30.0], "1 2 3 | 4 5 6 7"),
        ([30.0, 31.0, 29.0, 30.5, 30.0, 40.0], "1 2 3 4 5 6 7"),
        // A seat between two aisles.
        ([30.0, 30.0, 90.0, 90.0, 30.0, 30.0], "1 2 3 | 4 | 5 6 7"),
        // Wider seats in one half; a half step between pairs.
        ([20.0, 20.0, 20.0, 34.0, 34.0, 34.0], "1 2 3 4 5 6 7"),
        ([25.0, 40.0, 25.0, 40.0, 25.0, 40.0], "1 2 3 4 5 6 7"),
        ([25.0, 40.0, 25.0, 40.0, 25.0, 200.0], "1 2 3 4 5 6 | 7"),
        ([30.0, 70.0, 30.0, 70.0, 30.0, 70.0], "1 2 | 3 4 | 5 6 | 7"),
    ] {
        assert_eq!(stretches(vec![straight(&numbers, &steps)]), told, "{steps:?}");
    }
}

#[test]
fn curved_rows_have_gaps_where_straight_ones_would() {
    assert_eq!(stretches(vec![arc(90.0, 8)]), "1 2 3 | 4 5 6 7 8");
    assert_eq!(stretches(vec![arc(300.0, 14)]), "1 2 3 | 4 5 6 7 8 9 10 11 12 13 14");
}

#[test]
fn a_row_of_one_or_two_looks_at_the_others() {
    assert_eq!(stretches(vec![evenly(1, 30.0), evenly(9, 30.0)]), "1");
    assert_eq!(stretches(vec![straight(&[1, 2], &[230.0]), evenly(9, 30.0)]), "1 | 2");
    assert_eq!(stretches(vec![straight(&[1, 2], &[35.0]), evenly(9, 30.0)]), "1 2");
    assert_eq!(stretches(vec![straight(&[1, 2, 3], &[230.0, 230.0]), evenly(9, 30.0)]), "1 | 2 | 3");
    assert_eq!(stretches(vec![straight(&[1, 2], &[230.0])]), "1 2", "there is nothing to compare with");
}

#[test]
fn neighbours_are_by_place_and_not_by_listing() {
    let listed = |numbers: &[u32], at: &dyn Fn(u32) -> (f64, f64)| {
        stretches(vec![numbers.iter().map(|&number| seat(number, Some(at(number)))).collect()])
    };
    let odd_then_even = [1, 3, 5, 7, 2, 4, 6, 8];
    assert_eq!(listed(&odd_then_even, &|n| (f64::from(n) * 30.0, 5.0)), "1 2 3 4 5 6 7 8");
    assert_eq!(listed(&odd_then_even, &|n| (7.0, f64::from(n) * -30.0)), "1 2 3 4 5 6 7 8");
    // Odd numbers on the left, even ones on the right of an aisle.
    let sides =
        |n: u32| (if n % 2 == 1 { -f64::from(n) * 15.0 - 50.0 } else { f64::from(n) * 15.0 + 50.0 }, 0.0);
    assert_eq!(listed(&odd_then_even, &sides), "7 5 3 1 | 2 4 6 8");
    assert_eq!(listed(&[7, 5, 3, 1, 2, 4, 6, 8], &sides), "7 5 3 1 | 2 4 6 8");
    // Around three quarters of a circle: no line sorts them, their numbers do.
    let around = |n: u32| ((f64::from(n) * 0.6).cos() * 100.0, (f64::from(n) * 0.6).sin() * 100.0);
    assert_eq!(listed(&odd_then_even, &around), "1 2 3 4 5 6 7 8");
    // As they are listed, they stand.
    let place = |n: u32| (odd_then_even.iter().position(|&other| other == n).unwrap() as f64 * 30.0, 0.0);
    assert_eq!(listed(&odd_then_even, &place), "1 3 5 7 2 4 6 8");
}

#[test]
fn numbers_speak_where_positions_are_silent() {
    let listed =
        |numbers: &[u32]| stretches(vec![numbers.iter().map(|&number| seat(number, None)).collect()]);
    assert_eq!(listed(&[1, 3, 5, 7, 2, 4, 6, 8]), "1 2 3 4 5 6 7 8");
    assert_eq!(listed(&[1, 2, 3, 4]), "1 2 3 4");
    assert_eq!(listed(&[4, 3, 2, 1]), "4 3 2 1");
    assert_eq!(listed(&[7, 5, 3, 1, 2, 4, 6, 8]), "7 5 3 1 2 4 6 8");
    assert_eq!(listed(&[1, 2, 3, 21, 22, 23]), "1 2 3 | 21 22 23");
    assert_eq!(listed(&[1, 2, 3, 5, 6]), "1 2 3 5 6", "many a hall has no seat 4 or 13");
    let stacked =
        |numbers: &[u32]| stretches(vec![numbers.iter().map(|&n| seat(n, Some((1.0, 1.0)))).collect()]);
    assert_eq!(stacked(&[1, 3, 5, 7, 2, 4, 6, 8]), "1 2 3 4 5 6 7 8");
    let words: Vec<Seat> =
        ["Throne", "Box", "Stool"].map(|id| Seat { id: format!("A-{id}"), ..Seat::default() }).to_vec();
    assert_eq!(stretches(vec![words]), "Throne Box Stool");
}

#[test]
fn a_mark_of_the_file_stays_while_its_neighbours_do() {
    let mut seats = evenly(5, 30.0);
    seats[2].gap_before = true;
    assert_eq!(stretches(vec![seats.clone()]), "1 2 | 3 4 5");
    seats.swap(3, 4);
    assert_eq!(stretches(vec![seats]), "1 2 | 3 4 5");
}
