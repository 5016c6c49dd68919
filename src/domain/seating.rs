//! Which seats are free, laid out for finding neighbours: one bit a seat over the [`Benches`] of a plan. Seats are
//! known by their place here.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::benches::{Benches, WORD};
use super::{PlaceNo, Plan, UnitNo};

/// The free bits over the benches of a plan.
#[derive(Debug, Clone)]
pub(super) struct Seating {
    pub(super) benches: Arc<Benches>,
    pub(super) free: Vec<u64>,
    /// By bench: the longest run of free seats, whatever their category.
    pub(super) longest: Vec<u32>,
}

impl Seating {
    /// With those seats free of which this says so.
    pub(super) fn new(plan: &Plan, is_free: impl Fn(UnitNo) -> bool) -> Self {
        let benches = plan.benches().clone();
        let mut free = vec![0; benches.words];
        for bench in &benches.benches {
            for offset in (0..bench.len).filter(|offset| is_free(plan.unit_at(bench.first + offset))) {
                free[(bench.word + offset / WORD) as usize] |= 1 << (offset % WORD);
            }
        }
        let longest = benches.benches.iter().map(|bench| longest_run(&free[bench.words()])).collect();
        Self { benches, free, longest }
    }

    pub(super) fn set_free(&mut self, seat: PlaceNo, is_free: bool) {
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

    /// The free seats of a bench that can be bought by themselves; without the protected ones unless released.
    pub(super) fn public(&self, number: u32, released: bool) -> Words {
        let range = self.benches.benches[number as usize].words();
        let mut words = Words::from(&self.free[range.clone()]);
        words
            .iter_mut()
            .zip(&self.benches.offered[range.clone()])
            .for_each(|(word, offered)| *word &= offered);
        if !released {
            words.iter_mut().zip(&self.benches.protected[range]).for_each(|(word, kept)| *word &= !kept);
        }
        words
    }

    /// How many seats `public` has on all benches.
    pub(super) fn left(&self, released: bool) -> u32 {
        let kept = |word: usize| if released { 0 } else { self.benches.protected[word] };
        let left =
            |(word, free): (usize, &u64)| (free & self.benches.offered[word] & !kept(word)).count_ones();
        self.free.iter().enumerate().map(left).sum()
    }

    /// Whether all seats are neighbours: consecutive and on one bench.
    pub(super) fn are_adjacent(&self, seats: &mut [PlaceNo]) -> bool {
        seats.sort_unstable();
        seats.windows(2).all(|pair| {
            pair[1] == pair[0] + 1 && self.benches.bench_of(pair[0]) == self.benches.bench_of(pair[1])
        })
    }
}

/// One bit for each seat of a bench.
pub(super) type Words = SmallVec<[u64; 2]>;

pub(super) fn is_set(words: &[u64], at: u32) -> bool {
    words.get((at / WORD) as usize).is_some_and(|word| word >> (at % WORD) & 1 == 1)
}

/// The stretch of set bits around one of them.
pub(super) fn run_around(words: &[u64], at: u32) -> Range<u32> {
    let start = (0..at).rev().take_while(|&at| is_set(words, at)).last().unwrap_or(at);
    let end = (at + 1..).find(|&at| !is_set(words, at)).unwrap_or(at + 1);
    start..end
}

/// Whether taking these seats leaves one next to them single that was not single before.
pub(super) fn leaves_single(words: &[u64], seats: &Range<u32>) -> bool {
    let set = |at: u32| is_set(words, at);
    let before = seats.start >= 1 && set(seats.start - 1) && !(seats.start >= 2 && set(seats.start - 2));
    let behind = set(seats.end) && !set(seats.end + 1);
    (before && set(seats.start)) || (behind && set(seats.end - 1))
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

pub(super) fn longest_run(words: &[u64]) -> u32 {
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
