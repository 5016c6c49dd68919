//! Whether a history is linearizable: each operation took effect at one moment between its call and its
//! answer, and in that order the answers are those of a single seat that nobody shares.
//!
//! A seat is a register; histories of different seats are independent of each other (linearizability is
//! local: Herlihy and Wing, 1990), so each is searched alone. The search is that of Wing and Gong (1993) with
//! Lowe's memory of what has been tried (2017).

use std::collections::HashSet;

/// Who took a seat: the number of the operation that did.
pub(crate) type Claim = u32;

/// A seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Seat {
    Free,
    Held(Claim),
    Sold(Claim),
    Blocked,
}

/// What an operation says about a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Hold(Claim),
    /// Given back, or nothing was left to give back.
    Release(Claim),
    /// It found the hold in place and left it there.
    Extend(Claim),
    Purchase {
        hold: Claim,
        sale: Claim,
    },
    /// Without a hold.
    Buy(Claim),
    Return(Claim),
    Expire(Claim),
    Block,
    Unblock,
    /// A reader was shown this status: 0 free, 1 held, 2 sold, 3 blocked.
    Read(u8),
    /// Somebody was refused because it was not free.
    Taken,
}

/// When and what. Times are in any unit that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) called: u64,
    /// None: nobody knows whether it happened, or ever will.
    pub(crate) answered: Option<u64>,
    pub(crate) op: Op,
}

impl Seat {
    fn status(self) -> u8 {
        match self {
            Self::Free => 0,
            Self::Held(_) => 1,
            Self::Sold(_) => 2,
            Self::Blocked => 3,
        }
    }

    /// The seat after the operation; None: it cannot have happened here.
    fn after(self, op: Op) -> Option<Self> {
        match (op, self) {
            (Op::Hold(claim), Self::Free) => Some(Self::Held(claim)),
            (Op::Buy(claim), Self::Free) => Some(Self::Sold(claim)),
            (Op::Block, Self::Free) => Some(Self::Blocked),
            (Op::Unblock, Self::Blocked) => Some(Self::Free),
            (Op::Release(claim), seat) => Some(if seat == Self::Held(claim) { Self::Free } else { seat }),
            (Op::Expire(claim), Self::Held(holder)) if holder == claim => Some(Self::Free),
            (Op::Extend(claim), Self::Held(holder)) if holder == claim => Some(self),
            (Op::Purchase { hold, sale }, Self::Held(holder)) if holder == hold => Some(Self::Sold(sale)),
            (Op::Return(claim), Self::Sold(owner)) if owner == claim => Some(Self::Free),
            (Op::Read(status), seat) if seat.status() == status => Some(seat),
            (Op::Taken, seat) if seat != Self::Free => Some(seat),
            _ => None,
        }
    }
}

/// Operations that took effect, as bits.
type Done = Vec<u64>;

/// Why there is no order: up to where one was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stuck {
    /// The longest order that was found, and what could not follow.
    pub(crate) order: Vec<Event>,
    pub(crate) rest: Vec<Event>,
}

/// Searches for an order of a seat that was free at first.
pub(crate) fn linearizable(history: &[Event]) -> Result<(), Box<Stuck>> {
    let mut events = history.to_vec();
    events.sort_by_key(|event| event.called);
    let mut search = Search {
        done: vec![0; events.len().div_ceil(64)],
        known: events.iter().filter(|event| event.answered.is_some()).count(),
        events,
        tried: HashSet::new(),
        order: Vec::new(),
        longest: Vec::new(),
    };
    if search.run() { Ok(()) } else { Err(Box::new(search.stuck())) }
}

struct Search {
    events: Vec<Event>,
    done: Done,
    /// Answered operations that have no place in the order yet.
    known: usize,
    tried: HashSet<(Done, Seat)>,
    /// The order so far, and the seat before each.
    order: Vec<(usize, Seat)>,
    longest: Vec<usize>,
}

impl Search {
    /// Depth first, without recursion: histories are long.
    fn run(&mut self) -> bool {
        let mut seat = Seat::Free;
        let mut next = self.first_open(0);
        loop {
            if self.known == 0 {
                return true;
            }
            match self.step(seat, next) {
                Some((index, after)) => {
                    self.order.push((index, seat));
                    if self.order.len() > self.longest.len() {
                        self.longest = self.order.iter().map(|(index, _)| *index).collect();
                    }
                    seat = after;
                    next = self.first_open(0);
                }
                None => {
                    let Some((index, before)) = self.order.pop() else { return false };
                    self.set(index, false);
                    seat = before;
                    next = index + 1;
                }
            }
        }
    }

    /// The next operation from `from` on that may come now, marked as done.
    fn step(&mut self, seat: Seat, from: usize) -> Option<(usize, Seat)> {
        let limit = self.deadline();
        for index in from..self.events.len() {
            let event = self.events[index];
            // Whoever was called after somebody's answer comes after it.
            if event.called > limit {
                return None;
            }
            if self.is_done(index) {
                continue;
            }
            let Some(after) = seat.after(event.op) else { continue };
            self.set(index, true);
            if self.tried.insert((self.done.clone(), after)) {
                return Some((index, after));
            }
            self.set(index, false);
        }
        None
    }

    /// The earliest answer that has no place yet.
    fn deadline(&self) -> u64 {
        let from = self.first_open(0);
        let mut earliest = u64::MAX;
        for index in from..self.events.len() {
            let event = self.events[index];
            if event.called > earliest {
                break;
            }
            if !self.is_done(index) {
                earliest = earliest.min(event.answered.unwrap_or(u64::MAX));
            }
        }
        earliest
    }

    fn first_open(&self, from: usize) -> usize {
        let word = (from / 64..self.done.len()).find(|word| self.done[*word] != u64::MAX);
        word.map_or(self.events.len(), |word| word * 64 + self.done[word].trailing_ones() as usize)
    }

    fn is_done(&self, index: usize) -> bool {
        self.done[index / 64] >> (index % 64) & 1 == 1
    }

    fn set(&mut self, index: usize, done: bool) {
        self.done[index / 64] ^= 1 << (index % 64);
        if self.events[index].answered.is_some() {
            self.known = if done { self.known - 1 } else { self.known + 1 };
        }
    }

    fn stuck(self) -> Stuck {
        let of = |index: &usize| self.events[*index];
        let left = (0..self.events.len()).filter(|index| !self.longest.contains(index));
        let rest = left.take(8).map(|index| self.events[index]).collect();
        let from = self.longest.len().saturating_sub(8);
        Stuck { order: self.longest[from..].iter().map(of).collect(), rest }
    }
}
