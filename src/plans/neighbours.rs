//! Who is whose neighbour: the seats of a row in the order in which they stand, and gaps where an aisle parts them.
//!
//! Files list the seats of a row in any order and seldom mark aisles. Positions say both; where they are silent,
//! numbers do. What a file marks itself stays. Settling twice changes nothing.

use rustc_hash::FxHashMap;

use crate::domain::plan::{Defect, PlanDocument, Point, Row, Seat};

/// Seats that are further apart than so many times the usual step of their row are no neighbours.
const GAP: f64 = 1.5;
/// The same beside the usual step of other rows, for a row that is too short to have one: its seats may be wider.
const GAP_BESIDE_OTHERS: f64 = 2.0;
/// A row with fewer steps says little about what is usual.
const STEPS_MIN: usize = 4;
/// From here on there is room for another seat in between. Below it a step may be that of wider seats, if there are
/// many such.
const WHOLE_SEAT: f64 = 1.9;
/// How much steps that are alike may differ.
const ALIKE: f64 = 0.1;
/// Seats are in another order than listed if that makes the way along them so much shorter.
const SHORTER: f64 = 0.9;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    pub rows_in_order: usize,
    pub gaps: usize,
    /// By zone and row that was put in order: where each seat was listed before.
    listed: FxHashMap<(usize, usize), Vec<usize>>,
}

impl Settled {
    /// A pointer into the document as it was before.
    pub(super) fn as_listed(&self, pointer: String) -> String {
        if self.listed.is_empty() {
            return pointer;
        }
        let mut steps: Vec<&str> = pointer.split('/').collect();
        let &[_, "zones", z, "rows", r, "seats", s, ..] = steps.as_slice() else { return pointer };
        let number = |step: &str| step.parse::<usize>().ok();
        let row = number(z).zip(number(r)).and_then(|row| self.listed.get(&row));
        let Some(was) = row.zip(number(s)).and_then(|(row, s)| row.get(s)).map(usize::to_string) else {
            return pointer;
        };
        steps[6] = &was;
        steps.join("/")
    }

    pub(super) fn all_as_listed(&self, defects: Vec<Defect>) -> Vec<Defect> {
        let listed = |defect: Defect| Defect { pointer: self.as_listed(defect.pointer), ..defect };
        defects.into_iter().map(listed).collect()
    }
}

/// Puts the seats of every row in order and marks the gaps between them. Seats of tables are as they are listed.
pub fn settle(document: &mut PlanDocument) -> Settled {
    let mut settled = Settled::default();
    for (z, zone) in document.zones.iter_mut().enumerate() {
        for (r, row) in zone.rows.iter_mut().enumerate() {
            let Some(order) = put_in_order(&mut row.seats) else { continue };
            settled.rows_in_order += 1;
            settled.listed.insert((z, r), order);
        }
        let usual = usual_of(&zone.rows);
        for row in &mut zone.rows {
            settled.gaps += mark_gaps(&mut row.seats, usual);
        }
    }
    settled
}

/// The order that was taken, if it is another than the listed one.
fn put_in_order(seats: &mut Vec<Seat>) -> Option<Vec<usize>> {
    let order = order_of(seats).filter(|order| !order.is_sorted())?;
    let before: Vec<Option<usize>> = (0..seats.len()).map(|n| n.checked_sub(1)).collect();
    let mut listed: Vec<Option<Seat>> = std::mem::take(seats).into_iter().map(Some).collect();
    let mut last = None;
    for &n in &order {
        let Some(mut seat) = listed[n].take() else { continue };
        // A mark is about the seat that was listed before.
        seat.gap_before &= last == before[n];
        last = Some(n);
        seats.push(seat);
    }
    Some(order)
}

/// The order in which the seats stand, if it is not that of the list.
fn order_of(seats: &[Seat]) -> Option<Vec<usize>> {
    if seats.len() < 3 {
        return None;
    }
    let numbers = numbers(seats);
    let by_number = || numbers.as_ref().and_then(|numbers| sorted_by_number(numbers));
    let Some(points) = points(seats) else {
        let is_plausible = |numbers: &Vec<u64>| numbers.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 2);
        return if numbers.as_ref().is_none_or(is_plausible) { None } else { by_number() };
    };
    let listed: Vec<usize> = (0..seats.len()).collect();
    let mut best = (length(&points, &listed) * SHORTER, None);
    for order in [by_number(), Some(along(&points))].into_iter().flatten() {
        let length = length(&points, &order);
        // The second must be clearly better than the first.
        let most = if best.1.is_some() { best.0 * SHORTER } else { best.0 };
        if length < most {
            best = (length, Some(order));
        }
    }
    best.1
}

/// Where all of them stand; None: somebody stands nowhere, or all in one place.
fn points(seats: &[Seat]) -> Option<Vec<Point>> {
    let points =
        seats.iter().map(|seat| Some(Point { x: seat.x?, y: seat.y? })).collect::<Option<Vec<_>>>()?;
    let first = points.first().copied()?;
    points.iter().any(|point| distance(first, *point) > 0.0).then_some(points)
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn length(points: &[Point], order: &[usize]) -> f64 {
    order.windows(2).map(|pair| distance(points[pair[0]], points[pair[1]])).sum()
}

/// By their place along the line that they lie closest to, in the direction in which they are listed.
fn along(points: &[Point]) -> Vec<usize> {
    let count = points.len() as f64;
    let middle = Point {
        x: points.iter().map(|point| point.x).sum::<f64>() / count,
        y: points.iter().map(|point| point.y).sum::<f64>() / count,
    };
    let (mut across, mut down, mut both) = (0.0, 0.0, 0.0);
    for point in points {
        let (x, y) = (point.x - middle.x, point.y - middle.y);
        (across, down, both) = (across + x * x, down + y * y, both + x * y);
    }
    let (sin, cos) = (0.5 * f64::atan2(2.0 * both, across - down)).sin_cos();
    let place = |point: &Point| (point.x - middle.x) * cos + (point.y - middle.y) * sin;
    let half = (count - 1.0) / 2.0;
    let listed: f64 = points.iter().enumerate().map(|(n, point)| (n as f64 - half) * place(point)).sum();
    let sign = if listed < 0.0 { -1.0 } else { 1.0 };
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| (sign * place(&points[a])).total_cmp(&(sign * place(&points[b]))));
    order
}

/// The numbers at the ends of what people read, if all of them differ in nothing else.
pub(super) fn numbers(seats: &[Seat]) -> Option<Vec<u64>> {
    let read = |seat: &Seat| -> Option<(String, u64)> {
        let label = if seat.label.is_empty() { &seat.id } else { &seat.label };
        let words = label.trim_end_matches(|c: char| c.is_ascii_digit());
        Some((words.to_owned(), label[words.len()..].parse().ok()?))
    };
    let (words, first) = read(seats.first()?)?;
    let mut numbers = vec![first];
    for seat in &seats[1..] {
        numbers.push(read(seat).filter(|(others, _)| *others == words)?.1);
    }
    Some(numbers)
}

/// None: two have the same number.
pub(super) fn sorted_by_number(numbers: &[u64]) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by_key(|&n| numbers[n]);
    order.windows(2).all(|pair| numbers[pair[0]] != numbers[pair[1]]).then_some(order)
}

/// The usual step of the rows that have one.
fn usual_of(rows: &[Row]) -> Option<f64> {
    let usual = |row: &Row| {
        let steps: Vec<f64> = steps(&row.seats).into_iter().flatten().collect();
        if steps.len() < 2 { None } else { median(steps) }
    };
    median(rows.iter().filter_map(usual).collect())
}

/// From each seat to the next, where both stand somewhere.
fn steps(seats: &[Seat]) -> Vec<Option<f64>> {
    let at = |seat: &Seat| Some(Point { x: seat.x?, y: seat.y? });
    seats.windows(2).map(|pair| Some(distance(at(&pair[0])?, at(&pair[1])?))).collect()
}

/// The lower one of an even count; None: it would be nothing.
fn median(mut of: Vec<f64>) -> Option<f64> {
    of.sort_by(f64::total_cmp);
    of.get(of.len().saturating_sub(1) / 2).copied().filter(|median| *median > 0.0)
}

/// How many gaps were marked that had not been.
fn mark_gaps(seats: &mut [Seat], of_others: Option<f64>) -> usize {
    let gaps = if points(seats).is_some() { by_position(seats, of_others) } else { by_number(seats) };
    let mut marked = 0;
    for (seat, is_gap) in seats.iter_mut().skip(1).zip(gaps) {
        marked += usize::from(is_gap && !seat.gap_before);
        seat.gap_before |= is_gap;
    }
    marked
}

/// By seat from the second on, as below.
fn by_position(seats: &[Seat], of_others: Option<f64>) -> Vec<bool> {
    let steps = steps(seats);
    let known: Vec<f64> = steps.iter().flatten().copied().collect();
    let own = if known.len() < 2 { None } else { median(known.clone()) };
    let (usual, gap) = match (own, of_others) {
        (None, None) => return vec![false; steps.len()],
        (Some(own), Some(others)) if known.len() < STEPS_MIN && own > GAP_BESIDE_OTHERS * others => {
            (others, GAP_BESIDE_OTHERS)
        }
        (Some(own), _) => (own, GAP),
        (None, Some(others)) => (others, GAP_BESIDE_OTHERS),
    };
    let is_gap = |step: f64| {
        let alike = || known.iter().filter(|other| (**other - step).abs() <= ALIKE * step).count();
        let is_wider_seat =
            || step < WHOLE_SEAT * usual && alike() * 3 >= known.len() && known.len() >= STEPS_MIN;
        step > gap * usual && !is_wider_seat()
    };
    steps.into_iter().map(|step| step.is_some_and(is_gap)).collect()
}

/// Numbers go on by the usual difference, or one that is no larger than by one.
fn by_number(seats: &[Seat]) -> Vec<bool> {
    let Some(numbers) = numbers(seats).filter(|numbers| numbers.len() > 1) else {
        return vec![false; seats.len().saturating_sub(1)];
    };
    let differences: Vec<u64> = numbers.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect();
    let mut sorted = differences.clone();
    sorted.sort_unstable();
    let usual = sorted[(sorted.len() - 1) / 2].max(1);
    differences.into_iter().map(|difference| difference > usual + 1).collect()
}

#[cfg(test)]
mod tests;
