//! What can still be had.

use super::{Board, Status, View};
use crate::domain::state::Figures;
use crate::domain::{OfferNo, Plan, UnitNo};

/// Where so many offers can be had no more, the others are taken to be had.
const OFFERS_LOOKED_AT_MAX: usize = 5_000;

/// What is left of everything as of a record.
pub(in crate::realtime) struct StockView {
    pub(in crate::realtime) epoch: u64,
    pub(in crate::realtime) seq: u64,
    pub(super) board: Board,
}

impl StockView {
    /// How many pieces of an offer could be had: the least that any of its units is enough for.
    pub(in crate::realtime) fn left_of(&self, plan: &Plan, offer: OfferNo) -> u32 {
        self.board.left_of(plan, offer)
    }
}

impl View {
    /// Whether nothing can be had, and nobody holds anything that might come back by itself.
    pub(in crate::realtime) fn is_sold_out(&self, plan: &Plan) -> bool {
        let Figures { held, available, .. } = self.figures;
        if held > 0 || available == 0 {
            return held == 0;
        }
        let counted: u64 = self.board.available.iter().map(|&left| u64::from(left)).sum();
        if available > counted {
            return false; // there are free seats
        }
        let own = plan.counted().units().iter().filter_map(|&unit| plan.own_offer(unit));
        let mut offers = own.chain(plan.named_offers()).enumerate();
        !offers.any(|(index, offer)| index >= OFFERS_LOOKED_AT_MAX || self.board.left_of(plan, offer) > 0)
    }
}

impl Board {
    fn left_of(&self, plan: &Plan, offer: OfferNo) -> u32 {
        let mut pieces = u32::MAX;
        plan.bill(offer, |unit, each| pieces = pieces.min(self.left(plan, unit) / each));
        plan.guests(offer).map_or(pieces, |guests| pieces * guests.end())
    }

    pub(super) fn left(&self, plan: &Plan, unit: UnitNo) -> u32 {
        match plan.counted().index_of(unit) {
            None => u32::from(self.status(unit) == Status::Free as u8),
            Some(index) => self.available[index],
        }
    }
}
