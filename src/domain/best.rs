//! Best available: the cheapest block of neighbours by distance from the focal point, else, where that is
//! allowed, as few and as large blocks as possible. Ties go to the lower unit number, so the answer is the
//! same on every replay.

use smallvec::SmallVec;

use super::UnitNo;
use super::seating::{Bench, Preference, Seating, runs};

/// The seats found, and whether they are all neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub seats: Vec<UnitNo>,
    pub adjacent: bool,
}

/// The best `quantity` free seats of a category (any that is on offer, without one). None: there are not so
/// many, or `together` and there is no such block.
pub(super) fn find(seating: &Seating, category: Option<u32>, quantity: u32, together: bool) -> Option<Found> {
    let mut search = Search::new(seating, category);
    if let Some(block) = search.best_block(quantity) {
        return Some(Found { seats: block.seats().collect(), adjacent: true });
    }
    if together {
        return None;
    }
    let mut seats = Vec::with_capacity(quantity as usize);
    let mut size = quantity - 1;
    while (seats.len() as u32) < quantity && size > 0 {
        size = size.min(quantity - seats.len() as u32);
        match search.best_block(size) {
            Some(block) => {
                seats.extend(block.seats());
                search.picked.push(block);
            }
            None => size -= 1,
        }
    }
    (seats.len() as u32 == quantity).then_some(Found { seats, adjacent: false })
}

/// Consecutive seats on one bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    bench: u32,
    offset: u32,
    first: UnitNo,
    len: u32,
}

impl Block {
    fn seats(self) -> impl Iterator<Item = UnitNo> {
        self.first..self.first + self.len
    }
}

struct Search<'a> {
    seating: &'a Seating,
    preference: &'a Preference,
    /// Blocks of this search that are no longer free for it.
    picked: SmallVec<[Block; 8]>,
}

impl<'a> Search<'a> {
    fn new(seating: &'a Seating, category: Option<u32>) -> Self {
        Self { seating, preference: seating.benches.preference_of(category), picked: SmallVec::new() }
    }

    /// The block of `len` neighbours with the lowest sum of costs.
    fn best_block(&self, len: u32) -> Option<Block> {
        let mut best: Option<(u64, Block)> = None;
        for &(bench, lowest) in &self.preference.benches {
            let bound = u64::from(lowest) * u64::from(len);
            if best.is_some_and(|(cost, _)| bound > cost) {
                break;
            }
            if self.seating.longest[bench as usize] < len {
                continue;
            }
            self.best_on(bench, len, &mut best);
        }
        best.map(|(_, block)| block)
    }

    fn best_on(&self, number: u32, len: u32, best: &mut Option<(u64, Block)>) {
        let bench = &self.seating.benches.benches[number as usize];
        let words = self.free_words(number, bench);
        let cost = |offset: u32| u64::from(self.seating.benches.cost[(bench.first + offset) as usize]);
        runs(&words, |start, run| {
            if run < len {
                return;
            }
            let mut sum: u64 = (start..start + len).map(cost).sum();
            let mut offset = start;
            loop {
                let first = bench.first + offset;
                let better = best.is_none_or(|(cost, block)| (sum, first) < (cost, block.first));
                if better {
                    *best = Some((sum, Block { bench: number, offset, first, len }));
                }
                if offset + len == start + run {
                    break;
                }
                sum += cost(offset + len);
                sum -= cost(offset);
                offset += 1;
            }
        });
    }

    fn free_words(&self, number: u32, bench: &Bench) -> SmallVec<[u64; 4]> {
        let mut words: SmallVec<[u64; 4]> = self.seating.free[bench.words()].into();
        if let Some(mask) = self.preference.masks.get(&number) {
            words.iter_mut().zip(mask).for_each(|(word, mask)| *word &= mask);
        }
        for block in self.picked.iter().filter(|block| block.bench == number) {
            for offset in block.offset..block.offset + block.len {
                words[(offset / u64::BITS) as usize] &= !(1 << (offset % u64::BITS));
            }
        }
        words
    }
}
