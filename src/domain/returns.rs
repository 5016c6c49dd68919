//! Parts of a sale that come back: which pieces of which lines.

use super::command::Pick;
use super::event::{Line, Lines};
use super::ledger::Sale;
use super::{Refusal, State, UnitNo};

/// The picked pieces as parts of the sale's lines.
pub(super) fn returned_lines(state: &State, sale: &Sale, picks: &[Pick]) -> Result<Lines, Refusal> {
    let mut left = sale.lines.clone();
    let mut returned = Lines::new();
    for (index, pick) in picks.iter().enumerate() {
        let unknown = || Refusal::UnitUnknown { id: pick.offer.clone(), index };
        let offer = state.plan.offer_by_id(&pick.offer).ok_or_else(unknown)?;
        let line = left.iter_mut().find(|line| line.offer == offer).ok_or(Refusal::SaleReturned)?;
        let quantity = pick.quantity.get();
        let is_part = quantity < line.quantity;
        // Guests who share something leave it together.
        if quantity > line.quantity || (is_part && state.plan.guests(offer).is_some()) {
            return Err(Refusal::SaleReturned);
        }
        let part = |&(unit, all): &(UnitNo, u32)| (unit, all / line.quantity * quantity);
        let units = if is_part { line.units.iter().map(part).collect() } else { line.units.clone() };
        let back = Line { offer, quantity, units, price: line.price };
        take_part(line, &back);
        returned.push(back);
    }
    if returned.is_empty() { Err(Refusal::SaleReturned) } else { Ok(returned) }
}

/// Takes `part` out of a line of the same offer.
pub(super) fn take_part(line: &mut Line, part: &Line) {
    line.quantity -= part.quantity;
    for ((_, left), (_, taken)) in line.units.iter_mut().zip(&part.units) {
        *left -= taken;
    }
}
