//! Moving: other units for the same owners, in one step. What one owner gives up another may take, so two
//! holders can exchange their seats.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::access::Reach;
use super::allotment::{Draws, take_draws};
use super::caller::Caller;
use super::command::Pick;
use super::decide::{live_hold, own_sale};
use super::event::Lines;
use super::ledger::pieces;
use super::lines::{Sum, are_adjacent, bill_units, enough, lines_of, merge, split};
use super::settings::PIECES_PER_HOLD_MAX;
use super::stock::Shift;
use super::{BlockId, BuyerId, Event, HoldId, Impossible, Refusal, SaleId, State, Timestamp, UnitNo, limits};

/// What is moved: a live hold or a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    Hold(HoldId),
    Sale(SaleId),
}

/// A wish to move: as many pieces to take as to give up.
#[derive(Debug, Clone)]
pub struct Moving {
    pub claim: Claim,
    pub from: Vec<Pick>,
    pub to: Vec<Pick>,
}

/// A claim that was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    pub claim: Claim,
    pub buyer: BuyerId,
    /// What it gave up and what it took, at the prices of then and now.
    pub from: Lines,
    pub to: Lines,
    /// All of it from now on.
    pub lines: Lines,
    pub adjacent: bool,
    /// Of a hold: a move does not change it.
    pub expires_at: Option<Timestamp>,
    /// What of `from` had been drawn from allotments, and what of `to` is drawn from now on: it was given up in
    /// the same step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gave: Draws,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub took: Draws,
}

pub(super) fn decide(
    state: &State,
    caller: &Caller,
    moves: &[Moving],
    now: Timestamp,
) -> Result<Event, Refusal> {
    let mut moved: Vec<Moved> = Vec::with_capacity(moves.len());
    for wish in moves {
        if moved.iter().any(|other| other.claim == wish.claim) {
            return Err(Refusal::MoveInvalid);
        }
        moved.push(moving(state, caller, wish, now)?);
    }
    if moved.is_empty() {
        return Err(Refusal::MoveInvalid);
    }
    let (mut freed, mut taken) = (Sum::default(), Sum::default());
    for claim in &moved {
        freed.add_lines(&claim.from);
        for &(unit, quantity) in Sum::billed(state, &claim.to).units() {
            taken.add(unit, u64::from(quantity));
        }
    }
    let left = |unit| state.available(unit).saturating_add(freed.of(unit));
    enough(state, taken.units(), left)?;
    moved.iter_mut().for_each(|claim| settle(state, claim));
    hand_on(&mut moved);
    for claim in &moved {
        let of_buyer = moved.iter().filter(|other| other.buyer == claim.buyer);
        let (taken, given) =
            (of_buyer.clone().flat_map(|other| &other.to), of_buyer.flat_map(|other| &other.from));
        limits::of_categories(state, &claim.buyer, taken, given)?;
    }
    Ok(Event::Moved { moves: moved })
}

/// One claim's part of it, as if all that it wants were free.
fn moving(state: &State, caller: &Caller, wish: &Moving, now: Timestamp) -> Result<Moved, Refusal> {
    let Moving { claim, from, to } = wish;
    let (buyer, lines, drawn, held) = match *claim {
        Claim::Hold(id) => {
            let hold = live_hold(state, caller, id, now)?;
            let reach = Reach::public(state, hold.channel.as_deref());
            reach.is_open(now)?;
            (&hold.buyer, &hold.lines, &hold.drawn, Some((reach, hold.expires_at)))
        }
        Claim::Sale(id) => {
            let sale = own_sale(state, caller, id)?;
            (&sale.buyer, &sale.lines, &sale.drawn, None)
        }
    };
    let sum = |picks: &[Pick]| picks.iter().map(|pick| u64::from(pick.quantity.get())).sum::<u64>();
    if sum(from) == 0 || sum(from) != sum(to) || sum(from) > u64::from(PIECES_PER_HOLD_MAX) {
        return Err(Refusal::MoveInvalid);
    }
    let missing = |pick: &Pick| Refusal::NotInClaim { offer: pick.offer.clone() };
    let (from, left) = split(state, lines, from, missing)?;
    let to = lines_of(state, to)?;
    if let Some((reach, _)) = &held {
        reach.sells(Sum::billed(state, &to).units(), now)?;
    }
    let mut drawn = drawn.clone();
    let gave = from.iter().flat_map(|line| take_draws(&mut drawn, &line.units)).collect();
    Ok(Moved {
        claim: *claim,
        buyer: buyer.clone(),
        from,
        to,
        lines: left,
        adjacent: false,
        expires_at: held.map(|(_, expires_at)| expires_at),
        gave,
        took: Draws::new(),
    })
}

/// When all that it takes is there: its units, and what the claim is from now on.
fn settle(state: &State, moved: &mut Moved) {
    bill_units(state, &mut moved.to);
    merge(&mut moved.lines, &moved.to);
    moved.adjacent = are_adjacent(state, Sum::of_lines(&moved.lines).units());
}

/// Whoever takes what another gives up in the same step takes it with the allotment that it came from.
fn hand_on(moves: &mut [Moved]) {
    let mut given: Draws = moves.iter().flat_map(|claim| claim.gave.iter().copied()).collect();
    for claim in moves {
        claim.took = claim.to.iter().flat_map(|line| take_draws(&mut given, &line.units)).collect();
    }
}

/// What goes back to its allotment: given up, and taken by nobody.
pub fn put_back(moves: &[Moved]) -> Draws {
    let mut back: Draws = moves.iter().flat_map(|claim| claim.gave.iter().copied()).collect();
    let mut taken: FxHashMap<(BlockId, UnitNo), u32> = FxHashMap::default();
    for draw in moves.iter().flat_map(|claim| &claim.took) {
        *taken.entry((draw.block, draw.unit)).or_default() += draw.quantity;
    }
    // What was given up in parts may be taken in others.
    for draw in &mut back {
        let Some(left) = taken.get_mut(&(draw.block, draw.unit)) else { continue };
        let part = draw.quantity.min(*left);
        draw.quantity -= part;
        *left -= part;
    }
    back.retain(|draw| draw.quantity > 0);
    back
}

impl State {
    /// First all give up what they leave, then all take what they move to.
    pub(super) fn moved(&mut self, moves: &[Moved]) -> Result<(), Impossible> {
        for claim in moves {
            let shift = if claim.is_hold() { Shift::Release } else { Shift::Return };
            self.shift_lines(&claim.from, shift)?;
            self.by_category.remove(&self.plan, &claim.buyer, &claim.from);
        }
        self.put_back(&put_back(moves))?;
        for claim in moves {
            let even = pieces(&claim.from) == pieces(&claim.to);
            if !even {
                return Err(Impossible::Account);
            }
            let shift = if claim.is_hold() { Shift::Hold } else { Shift::Sell };
            self.shift_lines(&claim.to, shift)?;
            self.by_category.add(&self.plan, &claim.buyer, &claim.to);
            self.now_has(claim)?;
        }
        Ok(())
    }

    fn now_has(&mut self, moved: &Moved) -> Result<(), Impossible> {
        let ledger = &mut self.kept.ledger;
        match moved.claim {
            Claim::Hold(id) => {
                let hold = ledger.holds.get_mut(&id).ok_or(Impossible::Missing("the hold"))?;
                hold.lines.clone_from(&moved.lines);
                exchange(&mut hold.drawn, moved);
                hold.adjacent = moved.adjacent;
                // What it has now was picked.
                hold.step = None;
            }
            Claim::Sale(id) => {
                let sale = ledger.sales.get_mut(&id).ok_or(Impossible::Missing("the sale"))?;
                sale.lines.clone_from(&moved.lines);
                exchange(&mut sale.drawn, moved);
            }
        }
        Ok(())
    }
}

/// What of the claim is drawn from now on.
pub fn exchange(drawn: &mut Draws, moved: &Moved) {
    for line in &moved.from {
        take_draws(drawn, &line.units);
    }
    drawn.extend(&moved.took);
}

impl Moved {
    pub fn is_hold(&self) -> bool {
        matches!(self.claim, Claim::Hold(_))
    }
}
