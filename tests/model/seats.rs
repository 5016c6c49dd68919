//! Best available, by trying every place where the seats could be: the rule as `docs/seating.md` tells it, with no
//! index and no bound.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The places that are tried for the first group.
pub const FIRSTS: usize = 32;

/// A seat; its number is its place in the list.
#[derive(Debug, Clone, Default)]
pub struct Chair {
    /// Seats with the same bench are neighbours when their numbers follow each other.
    pub bench: usize,
    /// Its section, or its zone where that has none.
    pub part: usize,
    /// How far from the best place, and where, in hundredths.
    pub cost: u64,
    pub at: (i64, i64),
}

#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub quantity: usize,
    pub together: bool,
    /// A choice that leaves no single seat goes before one in a single row that does.
    pub strict: bool,
}

/// Groups of at least so many; clean: none leaves a single seat, no two share a stretch of free seats.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    pub least: usize,
    pub clean: bool,
    pub part: Option<usize>,
}

pub type Seats = Range<usize>;

/// The house as one party finds it.
#[derive(Debug, Clone)]
pub struct House<'a> {
    pub chairs: &'a [Chair],
    /// What anybody could buy.
    pub public: Vec<bool>,
    /// What this party may have.
    pub open: Vec<bool>,
}

impl House<'_> {
    /// The groups and the step.
    pub fn best(&self, ask: Ask) -> Option<(Vec<Seats>, &'static str)> {
        let blocks = self.blocks(ask.quantity);
        let cheapest =
            |blocks: Vec<Seats>| blocks.into_iter().min_by_key(|seats| (self.cost(seats), seats.start));
        let clean = blocks.iter().filter(|seats| !self.leaves_single(seats)).cloned().collect();
        if let Some(seats) = cheapest(clean) {
            return Some((vec![seats], "one_row"));
        }
        if ask.strict && !ask.together {
            let parted = self.one_part(ask.quantity, true);
            if parted.is_some() {
                return parted.map(|groups| (groups, "rows"));
            }
        }
        if let Some(seats) = cheapest(blocks) {
            return Some((vec![seats], "one_row_single_left"));
        }
        if ask.together {
            return None;
        }
        if let Some(groups) = self.one_part(ask.quantity, false) {
            return Some((groups, "rows"));
        }
        let ways = [(2, true), (2, false), (1, true), (1, false)];
        ways.into_iter().filter(|way| ask.strict || !way.1).find_map(|(least, clean)| {
            let split = Split { least, clean, part: None };
            Some((self.split(ask.quantity, split)?.1, "sections"))
        })
    }

    /// Whether a party could be seated so that no single seat is left: in a row, or in groups of one part.
    pub fn has_clean_choice(&self, quantity: usize, together: bool) -> bool {
        self.blocks(quantity).iter().any(|seats| !self.leaves_single(seats))
            || (!together
                && self.parts().into_iter().any(|part| {
                    let split = Split { least: 2, clean: true, part: Some(part) };
                    seatable(quantity, &self.options(quantity, split), &[])
                }))
    }

    pub fn longest(&self) -> usize {
        let run = |first: usize| {
            let bench = self.chairs[first].bench;
            (first..self.chairs.len()).take_while(|&n| self.open[n] && self.chairs[n].bench == bench).count()
        };
        (0..self.chairs.len()).map(run).max().unwrap_or(0)
    }

    fn parts(&self) -> BTreeSet<usize> {
        self.chairs.iter().map(|chair| chair.part).collect()
    }

    fn one_part(&self, quantity: usize, clean: bool) -> Option<Vec<Seats>> {
        let choices = self
            .parts()
            .into_iter()
            .filter_map(|part| self.split(quantity, Split { least: 2, clean, part: Some(part) }));
        choices.min_by_key(|(cost, groups)| (*cost, groups[0].start)).map(|(_, groups)| groups)
    }

    /// Seats as groups of neighbours.
    pub fn neighbours(&self, seats: &[usize]) -> Vec<Seats> {
        let mut groups: Vec<Seats> = Vec::new();
        for &seat in seats {
            let bench = |seat: usize| self.chairs[seat].bench;
            match groups.last_mut().filter(|group| group.end == seat && bench(group.start) == bench(seat)) {
                Some(group) => group.end += 1,
                None => groups.push(seat..seat + 1),
            }
        }
        groups
    }

    /// All ways to seat so many neighbours.
    pub fn blocks(&self, len: usize) -> Vec<Seats> {
        let all = (0..(self.chairs.len() + 1).saturating_sub(len)).map(|first| first..first + len);
        all.filter(|seats| {
            seats
                .clone()
                .all(|seat| self.open[seat] && self.chairs[seat].bench == self.chairs[seats.start].bench)
        })
        .collect()
    }

    pub fn cost(&self, seats: &Seats) -> u64 {
        self.chairs[seats.clone()].iter().map(|chair| chair.cost).sum()
    }

    fn has(&self, seat: usize, bench: usize, without: &Seats) -> bool {
        seat < self.chairs.len()
            && self.chairs[seat].bench == bench
            && self.public[seat]
            && !without.contains(&seat)
    }

    /// Whether a seat beside these has a free neighbour now and none afterwards.
    pub fn leaves_single(&self, seats: &Seats) -> bool {
        let bench = self.chairs[seats.start].bench;
        let beside = [seats.start.wrapping_sub(1), seats.end];
        let alone = |seat: usize, without: &Seats| {
            self.has(seat, bench, without)
                && !self.has(seat.wrapping_sub(1), bench, without)
                && !self.has(seat + 1, bench, without)
        };
        beside.into_iter().any(|seat| alone(seat, seats) && !alone(seat, &(0..0)))
    }

    /// The first seat of the stretch of seats that anybody could buy.
    fn stretch(&self, seats: &Seats) -> usize {
        let bench = self.chairs[seats.start].bench;
        (0..=seats.start)
            .rev()
            .take_while(|&seat| self.has(seat, bench, &(0..0)))
            .last()
            .unwrap_or(seats.start)
    }

    /// The first seat of the run of seats that this party may have.
    fn run(&self, seats: &Seats) -> usize {
        let bench = self.chairs[seats.start].bench;
        let is_one = |seat: &usize| self.open[*seat] && self.chairs[*seat].bench == bench;
        (0..=seats.start).rev().take_while(is_one).last().unwrap_or(seats.start)
    }

    /// All places of a group of this size.
    fn groups(&self, size: usize, split: Split) -> Vec<Seats> {
        let suits = |seats: &Seats| {
            split.part.is_none_or(|part| self.chairs[seats.start].part == part)
                && !(split.clean && self.leaves_single(seats))
        };
        self.blocks(size).into_iter().filter(suits).collect()
    }

    /// Every group that could be, by its size.
    pub fn options(&self, most: usize, split: Split) -> Vec<Vec<Group>> {
        let group = |seats: Seats| {
            let place = if split.clean { self.stretch(&seats) } else { self.run(&seats) };
            Group { cost: self.cost(&seats), place, seats }
        };
        let of_size = |size| match size < split.least {
            true => Vec::new(),
            false => self.groups(size, split).into_iter().map(group).collect(),
        };
        (0..=most).map(of_size).collect()
    }

    /// The cheapest choice of groups: what it costs, and they.
    fn split(&self, quantity: usize, split: Split) -> Option<(u64, Vec<Seats>)> {
        let options = self.options(quantity, split);
        for size in (split.least..=quantity).rev() {
            let fits = only_where(|place| seatable(quantity - size, &options, &[place]));
            let mut firsts: Vec<&Group> = options[size].iter().filter(fits).collect();
            firsts.sort_by_key(|first| (first.cost, first.seats.start));
            let choices = firsts.into_iter().take(FIRSTS).filter_map(|first| {
                let (cost, others) =
                    self.around(&first.seats, quantity - size, &options, vec![first.place])?;
                Some((first.cost + cost, [vec![first.seats.clone()], others].concat()))
            });
            let best = choices.min_by_key(|(cost, groups)| (*cost, groups[0].start));
            if best.is_some() {
                return best;
            }
        }
        None
    }

    /// The other groups, each as large as can be and then as cheap and near as can be.
    pub fn around(
        &self,
        first: &Seats,
        mut rest: usize,
        options: &[Vec<Group>],
        mut taken: Vec<usize>,
    ) -> Option<(u64, Vec<Seats>)> {
        let (mut sum, mut groups) = (0, Vec::new());
        while rest > 0 {
            let of_size = |size: usize| {
                let is_left = |place| {
                    !taken.contains(&place)
                        && seatable(rest - size, options, &[&taken[..], &[place]].concat())
                };
                let cost = |group: &Group| group.cost + size as u64 * self.distance(first, &group.seats);
                let places = options[size].iter().filter(only_where(is_left));
                places.min_by_key(|group| (cost(group), group.seats.start)).map(|group| (cost(group), group))
            };
            let (cost, group) = (1..=rest).rev().find_map(of_size)?;
            sum += cost;
            rest -= group.seats.len();
            taken.push(group.place);
            groups.push(group.seats.clone());
        }
        Some((sum, groups))
    }

    /// Between the middles of two groups.
    pub fn distance(&self, from: &Seats, to: &Seats) -> u64 {
        let twice_middle = |seats: &Seats| {
            let (first, last) = (self.chairs[seats.start].at, self.chairs[seats.end - 1].at);
            (first.0 + last.0, first.1 + last.1)
        };
        let (from, to) = (twice_middle(from), twice_middle(to));
        (from.0.abs_diff(to.0).pow(2) + from.1.abs_diff(to.1).pow(2)).isqrt() / 2
    }
}

/// Neighbours, what they cost, and what only one group may use of it.
#[derive(Debug, Clone)]
pub struct Group {
    pub seats: Seats,
    pub place: usize,
    pub cost: u64,
}

/// Asks once for each place.
fn only_where(is_good: impl Fn(usize) -> bool) -> impl Fn(&&Group) -> bool {
    let known = RefCell::new(BTreeMap::new());
    move |group| *known.borrow_mut().entry(group.place).or_insert_with(|| is_good(group.place))
}

/// Whether so many people can sit in groups, each in a place of its own that is not taken.
fn seatable(people: usize, options: &[Vec<Group>], taken: &[usize]) -> bool {
    let mut places: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for group in options.iter().take(people + 1).flatten().filter(|group| !taken.contains(&group.place)) {
        places.entry(group.place).or_default().insert(group.seats.len());
    }
    let mut sums = BTreeSet::from([0]);
    for sizes in places.values() {
        let more: Vec<usize> = sizes.iter().flat_map(|size| sums.iter().map(move |sum| sum + size)).collect();
        sums.extend(more.into_iter().filter(|sum| *sum <= people));
    }
    sums.contains(&people)
}
