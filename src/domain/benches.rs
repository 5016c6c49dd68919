//! The static half of finding seats: benches, costs and preferences of a plan, derived from it once.
//!
//! A *bench* is a stretch of a row without a gap: its seats are neighbours. Benches lie on words of their own, so
//! that one bit a seat tells what is free. All of it speaks of seats by their place. Preferences are made when they are first asked for, and kept.

use std::ops::Range;
use std::sync::OnceLock;

use super::plan::{Point, SeatRow};
use super::{PlaceNo, Plan};

pub(super) const WORD: u32 = u64::BITS;
/// Costs and positions are in hundredths of the plan's unit.
const SCALE: f64 = 100.0;
/// Nothing lies further out, so that the square of any distance fits.
const POSITION_MAX: f64 = 500_000_000.0;
/// Between two rows of which nobody knows where they stand.
const ROW_PITCH: f64 = 10.0;

/// Seats that are neighbours: consecutive places.
#[derive(Debug, Clone)]
pub(super) struct Bench {
    pub(super) first: PlaceNo,
    pub(super) len: u32,
    pub(super) word: u32,
    pub(super) zone: u32,
    pub(super) section: Option<u32>,
    /// Its section, or its zone where that has none: parties that cannot sit in one row stay in one part.
    pub(super) part: u32,
}

impl Bench {
    pub(super) fn words(&self) -> Range<usize> {
        let first = self.word as usize;
        first..first + self.len.div_ceil(WORD) as usize
    }
}

/// Which seats a request is about, by what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Select {
    /// All that are on offer.
    Any,
    Category(u32),
    /// All up to the n-th lowest price.
    UpTo(u32),
    Nothing,
}

/// The benches that a selection has seats on, the most wanted first.
#[derive(Debug, Default)]
pub(super) struct Preference {
    /// Bench and the lowest cost of such a seat on it, ascending by that cost.
    pub(super) benches: Vec<(u32, u32)>,
    /// The same benches, one bit each.
    listed: Vec<u64>,
    /// By bench of these: which of its seats are selected; None where all are.
    pub(super) masks: rustc_hash::FxHashMap<u32, Box<[u64]>>,
}

impl Preference {
    pub(super) fn lists(&self, bench: u32) -> bool {
        self.listed.get((bench / WORD) as usize).is_some_and(|word| word >> (bench % WORD) & 1 == 1)
    }
}

#[derive(Debug)]
pub(super) struct Benches {
    pub(super) benches: Vec<Bench>,
    pub(super) parts: u32,
    pub(super) words: usize,
    /// The seats that can be bought by themselves, and of these the accessible and companion ones.
    pub(super) offered: Vec<u64>,
    pub(super) protected: Vec<u64>,
    pub(super) accessible: Vec<u64>,
    /// The benches with an accessible seat.
    pub(super) with_accessible: Vec<u32>,
    /// By place: its bench, its category if it is on offer, how far from the best position, and where.
    bench_of: Vec<u32>,
    category_of: Vec<Option<u32>>,
    pub(super) cost: Vec<u32>,
    at: Vec<(i32, i32)>,
    /// By category.
    price_of: Vec<Option<i64>>,
    /// All prices, ascending.
    prices: Vec<i64>,
    /// By category; then that of all seats; then by price.
    preferences: Vec<OnceLock<Preference>>,
    nothing: Preference,
}

impl Benches {
    pub(super) fn new(plan: &Plan) -> Self {
        let price_of: Vec<_> = plan.categories().iter().map(|category| category.price).collect();
        let mut prices: Vec<i64> = price_of.iter().flatten().copied().collect();
        prices.sort_unstable();
        prices.dedup();
        let preferences = price_of.len() + 1 + prices.len();
        let seats = plan.places().len();
        let category = |&seat| plan.unit(seat).category.filter(|_| plan.own_offer(seat).is_some());
        let (cost, at) = costs(plan);
        let mut this = Self {
            benches: Vec::new(),
            parts: 0,
            words: 0,
            offered: Vec::new(),
            protected: Vec::new(),
            accessible: Vec::new(),
            with_accessible: Vec::new(),
            bench_of: Vec::with_capacity(seats),
            category_of: plan.places().iter().map(category).collect(),
            cost,
            at,
            price_of,
            prices,
            preferences: (0..preferences).map(|_| OnceLock::new()).collect(),
            nothing: Preference::default(),
        };
        let mut parts = rustc_hash::FxHashMap::default();
        for row in plan.rows() {
            let next = parts.len() as u32;
            let part = *parts.entry((row.zone, row.section)).or_insert(next);
            this.add_row(plan, row, part);
        }
        this.parts = parts.len() as u32;
        this.with_accessible.dedup();
        this
    }

    fn add_row(&mut self, plan: &Plan, row: &SeatRow, part: u32) {
        for seat in row.seats.clone() {
            let unit = plan.unit(plan.unit_at(seat));
            if seat == row.seats.start || unit.gap_before {
                let (word, zone, section) = (self.words as u32, row.zone, row.section);
                self.benches.push(Bench { first: seat, len: 0, word, zone, section, part });
            }
            let number = self.benches.len() as u32 - 1;
            let Some(bench) = self.benches.last_mut() else { continue };
            if bench.len.is_multiple_of(WORD) {
                self.words += 1;
                for words in [&mut self.offered, &mut self.protected, &mut self.accessible] {
                    words.push(0);
                }
            }
            let bit = 1 << (bench.len % WORD);
            bench.len += 1;
            self.bench_of.push(number);
            let last = self.words - 1;
            if self.category_of[seat as usize].is_none() {
                continue;
            }
            self.offered[last] |= bit;
            if unit.accessible || unit.companion {
                self.protected[last] |= bit;
            }
            if unit.accessible {
                self.accessible[last] |= bit;
                self.with_accessible.push(number);
            }
        }
    }

    /// What a category and a highest price select together.
    pub(super) fn select(&self, category: Option<u32>, price_max: Option<i64>) -> Select {
        match (category, price_max) {
            (None, None) => Select::Any,
            (Some(category), None) => Select::Category(category),
            (Some(category), Some(max)) => match self.price_of[category as usize] {
                Some(price) if price <= max => Select::Category(category),
                _ => Select::Nothing,
            },
            (None, Some(max)) => match self.prices.partition_point(|&price| price <= max) {
                0 => Select::Nothing,
                prices => Select::UpTo(prices as u32 - 1),
            },
        }
    }

    /// Whether an offer of this category is selected.
    pub(super) fn selects(&self, select: Select, category: u32) -> bool {
        match select {
            Select::Any => true,
            Select::Category(wanted) => category == wanted,
            Select::UpTo(price) => {
                self.price_of[category as usize].is_some_and(|own| own <= self.prices[price as usize])
            }
            Select::Nothing => false,
        }
    }

    pub(super) fn preference(&self, select: Select) -> &Preference {
        let any = self.price_of.len();
        let number = match select {
            Select::Category(category) => category as usize,
            Select::Any => any,
            Select::UpTo(price) => any + 1 + price as usize,
            Select::Nothing => return &self.nothing,
        };
        self.preferences[number].get_or_init(|| self.make_preference(select))
    }

    fn make_preference(&self, select: Select) -> Preference {
        let listed = vec![0; self.benches.len().div_ceil(WORD as usize)];
        let mut preference = Preference { listed, ..Preference::default() };
        for (number, bench) in self.benches.iter().enumerate() {
            let mut mask = vec![0u64; bench.words().len()];
            let mut lowest = None;
            let mut count = 0;
            for offset in 0..bench.len {
                let seat = (bench.first + offset) as usize;
                if self.category_of[seat].is_none_or(|category| !self.selects(select, category)) {
                    continue;
                }
                mask[(offset / WORD) as usize] |= 1 << (offset % WORD);
                count += 1;
                lowest = Some(lowest.map_or(self.cost[seat], |lowest: u32| lowest.min(self.cost[seat])));
            }
            let Some(lowest) = lowest else { continue };
            preference.benches.push((number as u32, lowest));
            preference.listed[number / WORD as usize] |= 1 << (number % WORD as usize);
            if count < bench.len {
                preference.masks.insert(number as u32, mask.into());
            }
        }
        preference.benches.sort_by_key(|&(bench, lowest)| (lowest, bench));
        preference
    }

    pub(super) fn bench_of(&self, seat: PlaceNo) -> u32 {
        self.bench_of[seat as usize]
    }

    pub(super) fn category_of(&self, seat: PlaceNo) -> Option<u32> {
        self.category_of[seat as usize]
    }

    /// The sum of the costs of consecutive seats.
    pub(super) fn cost_of(&self, seats: Range<PlaceNo>) -> u64 {
        self.cost[seats.start as usize..seats.end as usize].iter().map(|&cost| u64::from(cost)).sum()
    }

    /// How far the middles of two blocks lie apart.
    pub(super) fn distance(&self, from: &Range<PlaceNo>, to: &Range<PlaceNo>) -> u64 {
        let twice_middle = |seats: &Range<PlaceNo>| {
            let (first, last) = (self.at[seats.start as usize], self.at[seats.end as usize - 1]);
            (i64::from(first.0) + i64::from(last.0), i64::from(first.1) + i64::from(last.1))
        };
        let (from, to) = (twice_middle(from), twice_middle(to));
        let (across, along) = (from.0.abs_diff(to.0), from.1.abs_diff(to.1));
        (across * across + along * along).isqrt() / 2
    }
}

/// Of each seat the distance from its focal point and its position. Without positions: rows in plan order, the middle first.
fn costs(plan: &Plan) -> (Vec<u32>, Vec<(i32, i32)>) {
    let mut costs = Vec::with_capacity(plan.places().len());
    let mut positions = Vec::with_capacity(plan.places().len());
    for (number, row) in plan.rows().iter().enumerate() {
        let middle = (row.seats.start + row.seats.end - 1) as f64 / 2.0;
        for seat in row.seats.clone() {
            let by_order = Point { x: f64::from(seat) - middle, y: number as f64 * ROW_PITCH };
            let cost = match (plan.focal_point(Some(row.zone)), plan.unit(plan.unit_at(seat)).at) {
                (Some(focal), Some(at)) => (at.x - focal.x).hypot(at.y - focal.y),
                _ => by_order.y + by_order.x.abs(),
            };
            // `as` saturates; half the range keeps sums of a block far from overflow in u64.
            costs.push(((cost * SCALE) as u32).min(u32::MAX / 2));
            let at = plan.unit(plan.unit_at(seat)).at.unwrap_or(by_order);
            let scaled = |value: f64| (value * SCALE).clamp(-POSITION_MAX, POSITION_MAX) as i32;
            positions.push((scaled(at.x), scaled(at.y)));
        }
    }
    (costs, positions)
}
