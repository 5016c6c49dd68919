//! Accessible seats with companions, by trying every place.

use crate::hall::Hall;
use crate::seats::{FIRSTS, House, Seats, Split};

#[derive(Debug, Clone, Copy)]
pub struct Company {
    pub quantity: usize,
    pub accessible: usize,
    pub companions: usize,
    pub together: bool,
    pub released: bool,
}

/// Companions on ordinary seats, cost, and the seats: what makes one place better than another.
type Place = (usize, u64, usize, Seats);

/// Everybody: as if protected seats were open to all; ordinary: as it is for the rest of the party.
pub fn best(
    hall: &Hall,
    everybody: &House<'_>,
    ordinary: &House<'_>,
    company: Company,
) -> Option<(Vec<Seats>, &'static str)> {
    let Company { quantity, accessible, companions, together, .. } = company;
    let others = quantity - accessible - companions;
    let finder = Finder { hall, company };
    let row = finder.places(everybody, (accessible, companions, others), None);
    let clean = row.iter().find(|place| !ordinary.leaves_single(&place.3));
    if let Some(place) = clean {
        return Some((vec![place.3.clone()], "one_row"));
    }
    if let Some(place) = row.first() {
        return Some((vec![place.3.clone()], "one_row_single_left"));
    }
    if together {
        return None;
    }
    let whole = vec![(accessible, companions)];
    let share = |n| companions / accessible + usize::from(n < companions % accessible);
    let apart: Vec<(usize, usize)> = (0..accessible).map(|n| (1, share(n))).collect();
    for (least, one_part, step) in [(2, true, "rows"), (2, false, "sections"), (1, false, "sections")] {
        for shapes in [&whole, &apart] {
            let firsts = finder.places(everybody, (shapes[0].0, shapes[0].1, 0), None);
            let choices = firsts.into_iter().take(FIRSTS).filter_map(|first| {
                let part = one_part.then(|| hall.chairs[first.2].part);
                let split = Split { least, clean: false, part };
                finder.around(everybody.clone(), ordinary.clone(), first, &shapes[1..], others, split)
            });
            // Of equals, min_by_key gives the first.
            if let Some((_, _, groups)) = choices.min_by_key(|choice| (choice.0, choice.1)) {
                return Some((groups, step));
            }
        }
    }
    None
}

struct Finder<'a> {
    hall: &'a Hall,
    company: Company,
}

impl Finder<'_> {
    /// So many accessible seats, companions and others beside each other; nothing protected for who did not ask.
    fn places(
        &self,
        house: &House<'_>,
        (accessible, companions, others): (usize, usize, usize),
        part: Option<usize>,
    ) -> Vec<Place> {
        let unit = |place: usize| self.hall.seat(place);
        let place = |seats: Seats| {
            let wheelchairs = seats.clone().filter(|&seat| unit(seat).accessible).count();
            let is_companion = |seat: &usize| unit(*seat).companion && !unit(*seat).accessible;
            let beside = seats.clone().filter(is_companion).count();
            let fits = match self.company.released {
                true => wheelchairs >= accessible,
                false => wheelchairs == accessible && beside <= companions,
            };
            let here = part.is_none_or(|part| self.hall.chairs[seats.start].part == part);
            (fits && here)
                .then(|| (companions.saturating_sub(beside), house.cost(&seats), seats.start, seats))
        };
        let blocks = house.blocks(accessible + companions + others);
        let mut places: Vec<Place> = blocks.into_iter().filter_map(place).collect();
        places.sort_by_key(|place| (place.0, place.1, place.2));
        places
    }

    fn around(
        &self,
        mut everybody: House<'_>,
        mut ordinary: House<'_>,
        first: Place,
        shapes: &[(usize, usize)],
        others: usize,
        split: Split,
    ) -> Option<(usize, u64, Vec<Seats>)> {
        let mut take = |everybody: &mut House<'_>, seats: &Seats| {
            for list in [&mut everybody.open, &mut ordinary.open, &mut ordinary.public] {
                list[seats.clone()].fill(false);
            }
        };
        let (mut displaced, mut cost, _, first) = first;
        take(&mut everybody, &first);
        let mut groups = vec![first.clone()];
        for &(accessible, companions) in shapes {
            let near = |place: &Place| {
                (place.0, place.1 + place.3.len() as u64 * everybody.distance(&first, &place.3), place.2)
            };
            let next = self.places(&everybody, (accessible, companions, 0), split.part);
            let next = next.into_iter().min_by_key(near)?;
            displaced += next.0;
            cost += near(&next).1;
            take(&mut everybody, &next.3);
            groups.push(next.3);
        }
        let options = ordinary.options(others, split);
        let (more, rest) = ordinary.around(&first, others, &options, Vec::new())?;
        groups.extend(rest);
        Some((displaced, cost + more, groups))
    }
}
