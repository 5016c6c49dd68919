//! Which seats are free, laid out for finding neighbours: one bit a seat, every bench on words of its own.
//!
//! A *bench* is a stretch of a row without a gap: its seats are neighbours. The static half ([`Benches`])
//! is derived from the plan once, the bits follow the stock.

use std::sync::Arc;

use super::plan::{Point, SeatRow};
use super::{Plan, UnitNo};

const WORD: u32 = u64::BITS;
/// Costs are distances in hundredths of the plan's unit.
const COST_SCALE: f64 = 100.0;

/// Seats that are neighbours: consecutive units.
#[derive(Debug, Clone)]
pub(super) struct Bench {
    pub(super) first: UnitNo,
    pub(super) len: u32,
    pub(super) word: u32,
}

impl Bench {
    pub(super) fn words(&self) -> std::ops::Range<usize> {
        let first = self.word as usize;
        first..first + self.len.div_ceil(WORD) as usize
    }
}

/// The benches of one category, the most wanted first.
#[derive(Debug, Default)]
pub(super) struct Preference {
    /// Bench and the lowest cost of a seat of this category on it, ascending by that cost.
    pub(super) benches: Vec<(u32, u32)>,
    /// By bench: which of its seats are of the category; None where all are.
    pub(super) masks: rustc_hash::FxHashMap<u32, Box<[u64]>>,
}

/// The static half: benches, costs and preferences of a plan.
#[derive(Debug)]
pub(super) struct Benches {
    pub(super) benches: Vec<Bench>,
    /// By seat: its bench.
    bench_of: Vec<u32>,
    /// By seat: how far from the best place.
    pub(super) cost: Vec<u32>,
    /// By category; the last one is for any category.
    pub(super) preferences: Vec<Preference>,
    words: usize,
}

impl Benches {
    fn new(plan: &Plan) -> Self {
        let mut this = Self {
            benches: Vec::new(),
            bench_of: Vec::with_capacity(plan.seats() as usize),
            cost: costs(plan),
            preferences: Vec::new(),
            words: 0,
        };
        plan.rows().iter().for_each(|row| this.add_row(plan, row));
        let categories = plan.categories().len() as u32;
        this.preferences = (0..categories).map(|category| this.preference(plan, Some(category))).collect();
        this.preferences.push(this.preference(plan, None));
        this
    }

    fn add_row(&mut self, plan: &Plan, row: &SeatRow) {
        for seat in row.seats.clone() {
            if seat == row.seats.start || plan.unit(seat).gap_before {
                self.benches.push(Bench { first: seat, len: 0, word: self.words as u32 });
            }
            let number = self.benches.len() as u32 - 1;
            let Some(bench) = self.benches.last_mut() else { continue };
            if bench.len.is_multiple_of(WORD) {
                self.words += 1;
            }
            bench.len += 1;
            self.bench_of.push(number);
        }
    }

    fn preference(&self, plan: &Plan, category: Option<u32>) -> Preference {
        let mut preference = Preference::default();
        for (number, bench) in self.benches.iter().enumerate() {
            let mut mask = vec![0u64; bench.words().len()];
            let mut lowest = None;
            let mut count = 0;
            for offset in 0..bench.len {
                let seat = bench.first + offset;
                let unit = plan.unit(seat);
                if !plan.is_own_offer(seat) || category.is_some_and(|_| unit.category != category) {
                    continue;
                }
                mask[(offset / WORD) as usize] |= 1 << (offset % WORD);
                count += 1;
                let cost = self.cost[seat as usize];
                lowest = Some(lowest.map_or(cost, |lowest: u32| lowest.min(cost)));
            }
            let Some(lowest) = lowest else { continue };
            preference.benches.push((number as u32, lowest));
            if count < bench.len {
                preference.masks.insert(number as u32, mask.into());
            }
        }
        preference.benches.sort_by_key(|&(bench, lowest)| (lowest, bench));
        preference
    }

    pub(super) fn preference_of(&self, category: Option<u32>) -> &Preference {
        let any = self.preferences.len() - 1;
        &self.preferences[category.map_or(any, |category| category as usize)]
    }

    pub(super) fn bench_of(&self, seat: UnitNo) -> u32 {
        self.bench_of[seat as usize]
    }
}

/// Distance of each seat from the focal point. Without positions: rows in plan order, the middle first.
fn costs(plan: &Plan) -> Vec<u32> {
    let mut costs = vec![0; plan.seats() as usize];
    for (number, row) in plan.rows().iter().enumerate() {
        let middle = (row.seats.start + row.seats.end - 1) as f64 / 2.0;
        for seat in row.seats.clone() {
            let by_order = || number as f64 * 10.0 + (f64::from(seat) - middle).abs();
            let by_place = |focal: Point, at: Point| (at.x - focal.x).hypot(at.y - focal.y);
            let cost = match (plan.focal_point(Some(row.zone)), plan.unit(seat).at) {
                (Some(focal), Some(at)) => by_place(focal, at),
                _ => by_order(),
            };
            // `as` saturates; half the range keeps sums of a block far from overflow in u64.
            costs[seat as usize] = ((cost * COST_SCALE) as u32).min(u32::MAX / 2);
        }
    }
    costs
}

/// The free bits over the benches of a plan.
#[derive(Debug, Clone)]
pub(super) struct Seating {
    pub(super) benches: Arc<Benches>,
    pub(super) free: Vec<u64>,
    /// By bench: the longest run of free seats, whatever their category.
    pub(super) longest: Vec<u32>,
}

impl Seating {
    /// All seats free.
    pub(super) fn new(plan: &Plan) -> Self {
        let benches = Arc::new(Benches::new(plan));
        let mut free = vec![0; benches.words];
        for bench in &benches.benches {
            for offset in 0..bench.len {
                free[(bench.word + offset / WORD) as usize] |= 1 << (offset % WORD);
            }
        }
        let longest = benches.benches.iter().map(|bench| bench.len).collect();
        Self { benches, free, longest }
    }

    pub(super) fn set_free(&mut self, seat: UnitNo, is_free: bool) {
        let number = self.benches.bench_of(seat);
        let bench = &self.benches.benches[number as usize];
        let offset = seat - bench.first;
        let word = &mut self.free[(bench.word + offset / WORD) as usize];
        let bit = 1 << (offset % WORD);
        if is_free {
            *word |= bit;
        } else {
            *word &= !bit;
        }
        self.longest[number as usize] = longest_run(&self.free[bench.words()]);
    }

    /// Whether a category (any that is on offer, without one) has seats at all.
    pub(super) fn has_seats(&self, category: Option<u32>) -> bool {
        !self.benches.preference_of(category).benches.is_empty()
    }

    /// Whether all seats are neighbours: consecutive and on one bench.
    pub(super) fn are_adjacent(&self, seats: &mut [UnitNo]) -> bool {
        seats.sort_unstable();
        seats.windows(2).all(|pair| {
            pair[1] == pair[0] + 1 && self.benches.bench_of(pair[0]) == self.benches.bench_of(pair[1])
        })
    }
}

/// The runs of set bits: where each starts and how long it is. Runs go on across words.
pub(super) fn runs(words: &[u64], mut each: impl FnMut(u32, u32)) {
    let mut open: Option<u32> = None;
    for (index, &word) in words.iter().enumerate() {
        let base = index as u32 * WORD;
        let mut at = 0;
        while at < WORD {
            let rest = word >> at;
            match open {
                None if rest == 0 => break,
                None => {
                    at += rest.trailing_zeros();
                    open = Some(base + at);
                }
                Some(start) => {
                    at += (!rest).trailing_zeros();
                    if at < WORD {
                        each(start, base + at - start);
                        open = None;
                    }
                }
            }
        }
    }
    if let Some(start) = open {
        each(start, words.len() as u32 * WORD - start);
    }
}

fn longest_run(words: &[u64]) -> u32 {
    let mut longest = 0;
    if let [word] = words {
        // Each step shortens every run by one bit.
        let mut word = *word;
        while word != 0 {
            word &= word << 1;
            longest += 1;
        }
        return longest;
    }
    runs(words, |_, len| longest = longest.max(len));
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs_of(words: &[u64]) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        runs(words, |start, len| found.push((start, len)));
        found
    }

    #[test]
    fn runs_are_found_within_and_across_words() {
        assert_eq!(runs_of(&[0]), []);
        assert_eq!(runs_of(&[0b0_1101]), [(0, 1), (2, 2)]);
        assert_eq!(runs_of(&[u64::MAX]), [(0, 64)]);
        assert_eq!(runs_of(&[0b11 << 62, 0b111]), [(62, 5)]);
        assert_eq!(runs_of(&[1 << 63, u64::MAX, 1]), [(63, 66)]);
        assert_eq!(longest_run(&[0b0111_0110]), 3);
        assert_eq!(longest_run(&[1 << 63, u64::MAX, 1]), 66);
    }
}
