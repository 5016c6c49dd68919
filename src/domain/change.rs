//! Pieces into a hold and out of it, in one step: all of it or nothing. The hold keeps its id and its end, so that
//! nobody gains time by it, and what it has afterwards keeps to the rules of a new hold.

use super::access::Reach;
use super::allotment::take_draws;
use super::command::Pick;
use super::companions::Parts;
use super::decide::live_hold;
use super::event::{Lines, Quantities};
use super::ledger::{Hold, pieces};
use super::lines::{Sum, are_adjacent, bill_units, enough, lines_of, merge, split};
use super::stock::Shift;
use super::{
    Access, Caller, Event, HoldId, Impossible, Refusal, State, Timestamp, companions, limits, singles,
};

/// What comes in and what goes out.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub add: Vec<Pick>,
    pub remove: Vec<Pick>,
    /// By which way it comes in.
    pub access: Access,
}

pub(super) fn decide(
    state: &State,
    caller: &Caller,
    id: HoldId,
    change: &Change,
    now: Timestamp,
) -> Result<Event, Refusal> {
    let hold = live_hold(state, caller, id, now)?;
    let missing = |pick: &Pick| Refusal::NotInClaim { offer: pick.offer.clone() };
    let (removed, mut lines) = split(state, &hold.lines, &change.remove, missing)?;
    if lines.is_empty() && change.add.is_empty() {
        return Err(Refusal::HoldEmptied);
    }
    let mut reach = Reach::of(state, caller, &change.access)?;
    reach.channel = reach.channel.or(hold.channel.as_deref());
    if !change.add.is_empty() {
        reach.is_open(now)?;
    }
    let more = change.add.iter().map(|pick| u64::from(pick.quantity.get())).sum();
    limits::check_change(state, caller, hold, more, pieces(&removed))?;
    let mut added = lines_of(state, &change.add)?;
    let mut drawn = hold.drawn.clone();
    let gave = removed.iter().flat_map(|line| take_draws(&mut drawn, &line.units)).collect();
    let total = Sum::billed(state, &added);
    reach.sells(total.units(), now)?;
    let freed = freed(&removed, &gave);
    enough(state, total.units(), |unit| reach.available(unit).saturating_add(freed.of(unit)))?;
    bill_units(state, &mut added);
    limits::of_categories(state, &hold.buyer, added.iter(), removed.iter())?;
    merge(&mut lines, &added);
    let units = Sum::of_lines(&lines);
    let given = Sum::of_lines(&removed).into_units();
    let parts = Parts { taken: total.units(), given: &given, all: units.units() };
    companions::check(state, caller, &parts, now)?;
    singles::check_change(state, hold, units.units(), now)?;
    Ok(Event::Changed {
        hold: id,
        buyer: hold.buyer.clone(),
        adjacent: are_adjacent(state, units.units()),
        expires_at: hold.expires_at,
        took: reach.draw(&added),
        removed,
        added,
        lines,
        gave,
    })
}

/// What goes out and is on public sale again: the rest goes back to its allotments.
fn freed(removed: &Lines, gave: &super::allotment::Draws) -> Sum {
    let mut drawn = Sum::default();
    gave.iter().for_each(|draw| drawn.add(draw.unit, u64::from(draw.quantity)));
    let mut freed = Sum::default();
    for &(unit, quantity) in Sum::of_lines(removed).units() {
        freed.add(unit, u64::from(quantity.saturating_sub(drawn.of(unit))));
    }
    freed
}

impl State {
    /// First all goes out that leaves, then all comes in.
    pub(super) fn changed(&mut self, id: HoldId, event: &Event) -> Result<(), Impossible> {
        let Event::Changed { buyer, removed, added, lines, adjacent, gave, took, .. } = event else {
            return Err(Impossible::Missing("the change"));
        };
        self.shift_lines(removed, Shift::Release)?;
        self.by_category.remove(&self.plan, buyer, removed);
        self.put_back(gave)?;
        self.draw(took)?;
        self.shift_lines(added, Shift::Hold)?;
        self.by_category.add(&self.plan, buyer, added);
        let (less, more) = (pieces(removed), pieces(added));
        let booked = self.kept.ledger.book(buyer, |account| {
            account.held = (account.held + more).checked_sub(less)?;
            Some(())
        });
        booked.ok_or(Impossible::Account)?;
        let hold = self.kept.ledger.holds.get_mut(&id).ok_or(Impossible::Missing("the hold"))?;
        hold.lines.clone_from(lines);
        change_draws(&mut hold.drawn, event);
        hold.adjacent = *adjacent;
        // What it has now was picked.
        hold.step = None;
        Ok(())
    }
}

/// What of the hold is drawn after this change.
pub fn change_draws(drawn: &mut super::allotment::Draws, event: &Event) {
    if let Event::Changed { removed, took, .. } = event {
        for line in removed {
            take_draws(drawn, &line.units);
        }
        drawn.extend(took);
    }
}

/// The units of a hold that were on public sale.
pub(super) fn not_drawn(hold: &Hold) -> Quantities {
    let drawn = &hold.drawn;
    let units = hold.lines.iter().flat_map(|line| line.units.iter().copied());
    if drawn.is_empty() {
        return units.collect();
    }
    let drawn: std::collections::BTreeSet<_> = drawn.iter().map(|draw| draw.unit).collect();
    units.filter(|(unit, _)| !drawn.contains(unit)).collect()
}
