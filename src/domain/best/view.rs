//! The hall as one request sees it: only seats that are free, selected, where they are wanted, and not promised to
//! another group of the same party.

use std::ops::Range;

use smallvec::SmallVec;

use super::Wish;
use super::effort::Effort;
use crate::domain::PlaceNo;
use crate::domain::benches::{Bench, Preference};
use crate::domain::seating::{Seating, Words, longest_run, runs};

/// Where the seats shall be; None: anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::domain) struct Place {
    pub(in crate::domain) zones: Option<Vec<u32>>,
    pub(in crate::domain) sections: Option<Vec<u32>>,
}

/// Where something is.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Placed {
    pub(in crate::domain) zone: Option<u32>,
    pub(in crate::domain) section: Option<u32>,
}

impl Place {
    pub(in crate::domain) fn admits(&self, at: Placed) -> bool {
        let is_in = |wanted: &Option<Vec<u32>>, is: Option<u32>| {
            wanted.as_ref().is_none_or(|wanted| is.is_some_and(|is| wanted.contains(&is)))
        };
        is_in(&self.zones, at.zone) && is_in(&self.sections, at.section)
    }
}

/// One bench of it.
pub(super) struct Sight<'a> {
    pub(super) bench: &'a Bench,
    /// What anybody could buy: beside these seats single ones are left.
    pub(super) public: Words,
    /// What this request may take of it.
    pub(super) open: Words,
}

impl Sight<'_> {
    pub(super) fn places(&self, seats: &Range<u32>) -> Range<PlaceNo> {
        self.bench.first + seats.start..self.bench.first + seats.end
    }
}

pub(super) struct View<'a> {
    pub(super) seating: &'a Seating,
    preference: &'a Preference,
    place: &'a Place,
    closed: &'a [u32],
    pub(super) released: bool,
    pub(super) effort: Effort,
    /// Groups of the party that have their seats already.
    picked: SmallVec<[Range<PlaceNo>; 2]>,
}

impl<'a> View<'a> {
    pub(super) fn new(seating: &'a Seating, wish: &'a Wish, released: bool) -> Self {
        let preference = seating.benches.preference(wish.select);
        Self {
            seating,
            preference,
            place: &wish.place,
            closed: &wish.closed,
            released,
            effort: Effort::default(),
            picked: SmallVec::new(),
        }
    }

    /// What follows looks past these seats.
    pub(super) fn pick(&mut self, seats: Range<PlaceNo>) {
        self.picked.push(seats);
    }

    pub(super) fn forget_picks(&mut self) {
        self.picked.clear();
    }

    /// Benches with so many free neighbours, the most wanted first, each with a bound: no seat on it or on any later
    /// one costs less.
    pub(super) fn benches(&self, len: u32) -> impl Iterator<Item = (u32, u32)> {
        let benches = self.preference.benches.iter().copied();
        benches
            .filter(move |&(number, _)| self.seating.longest[number as usize] >= len && self.admits(number))
    }

    pub(super) fn bench(&self, number: u32) -> &'a Bench {
        &self.seating.benches.benches[number as usize]
    }

    pub(super) fn admits(&self, number: u32) -> bool {
        let Bench { zone, section, .. } = *self.bench(number);
        self.preference.lists(number) && self.place.admits(Placed { zone: Some(zone), section })
    }

    pub(super) fn sight(&self, number: u32) -> Sight<'a> {
        let mut public = self.seating.public(number, self.released);
        self.without_picked(number, &mut public);
        let mut open = public.clone();
        self.only_selected(number, &mut open);
        Sight { bench: self.bench(number), public, open }
    }

    /// As if protected seats were open to all.
    pub(super) fn sight_of_all(&self, number: u32) -> Sight<'a> {
        let mut open = self.seating.public(number, true);
        self.without_picked(number, &mut open);
        self.only_selected(number, &mut open);
        Sight { open, ..self.sight(number) }
    }

    fn only_selected(&self, number: u32, words: &mut Words) {
        if let Some(mask) = self.preference.masks.get(&number) {
            words.iter_mut().zip(mask).for_each(|(word, mask)| *word &= mask);
        }
        if !self.closed.is_empty() {
            self.without_closed(number, words);
        }
    }

    fn without_closed(&self, number: u32, words: &mut Words) {
        let bench = self.bench(number);
        for offset in 0..bench.len {
            let category = self.seating.benches.category_of(bench.first + offset);
            if category.is_some_and(|category| self.closed.contains(&category)) {
                words[(offset / u64::BITS) as usize] &= !(1 << (offset % u64::BITS));
            }
        }
    }

    fn without_picked(&self, number: u32, words: &mut Words) {
        let bench = self.bench(number);
        let seats = bench.first..bench.first + bench.len;
        for seat in self.picked.iter().filter(|picked| seats.contains(&picked.start)).cloned().flatten() {
            let offset = seat - bench.first;
            words[(offset / u64::BITS) as usize] &= !(1 << (offset % u64::BITS));
        }
    }

    /// How many open seats are beside each other at most.
    pub(super) fn longest(&self) -> u32 {
        let mut longest = 0;
        for (number, _) in self.benches(1) {
            if self.seating.longest[number as usize] > longest {
                longest = longest.max(longest_run(&self.sight(number).open));
            }
        }
        longest
    }
}

/// All ways to seat so many neighbours on the open seats of a bench, as offsets.
pub(super) fn each_block(open: &[u64], len: u32, mut each: impl FnMut(Range<u32>)) {
    runs(open, |start, run| {
        for first in start..(start + run + 1).saturating_sub(len) {
            each(first..first + len);
        }
    });
}
