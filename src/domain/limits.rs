//! How much a hold and a buyer may have, of everything and of single categories.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::command::Wanted;
use super::event::{Line, Lines};
use super::ledger::{Hold, Ledger, pieces};
use super::refusal::BuyerLimit;
use super::settings::{PIECES_PER_HOLD_MAX, Settings};
use super::{BuyerId, Caller, Plan, Refusal, State};

fn over<T>(limit: BuyerLimit, max: u32) -> Result<T, Refusal> {
    Err(Refusal::BuyerLimit { limit, max })
}

/// Refuses more pieces than a hold or this buyer may have, fewer than a hold needs, or too many holds.
pub(super) fn check(
    state: &State,
    caller: &Caller,
    buyer: &BuyerId,
    wanted: &Wanted,
    holds: u32,
) -> Result<(), Refusal> {
    let settings = state.settings();
    let (max, hard_max) = settings.pieces_of_hold(caller);
    let pieces = wanted_pieces(wanted, hard_max)?;
    if pieces > max {
        return over(BuyerLimit::PiecesPerHold, max);
    }
    if pieces < settings.pieces_per_hold_min {
        return over(BuyerLimit::PiecesPerHoldMin, settings.pieces_per_hold_min);
    }
    // A direct purchase makes no hold, so a limit lowered below the live ones does not stop it.
    if holds > 0 && state.account(buyer).live_holds + holds > settings.holds_per_buyer {
        return over(BuyerLimit::LiveHolds, settings.holds_per_buyer);
    }
    of_all(state, buyer, pieces)
}

fn wanted_pieces(wanted: &Wanted, max: u32) -> Result<u32, Refusal> {
    let (pieces, max) = match wanted {
        Wanted::Offers(picks) => (picks.iter().map(|pick| u64::from(pick.quantity.get())).sum(), max),
        Wanted::Best(best) => (u64::from(best.quantity.get()), PIECES_PER_HOLD_MAX),
    };
    no_more_than(max, pieces)
}

fn no_more_than(max: u32, pieces: u64) -> Result<u32, Refusal> {
    u32::try_from(pieces).ok().filter(|&pieces| pieces <= max).ok_or(Refusal::TooManyPieces { max })
}

/// The same for a hold that gets so many pieces more and loses others. What a limit has come to forbid since may
/// stay, and may become less.
pub(super) fn check_change(
    state: &State,
    caller: &Caller,
    hold: &Hold,
    more: u64,
    less: u32,
) -> Result<(), Refusal> {
    let settings = state.settings();
    let (max, hard_max) = settings.pieces_of_hold(caller);
    let before = pieces(&hold.lines);
    let more = no_more_than(hard_max, more)?;
    let after = no_more_than(hard_max.max(before), u64::from(before - less) + u64::from(more))?;
    if after > max && after > before {
        return over(BuyerLimit::PiecesPerHold, max);
    }
    if after < settings.pieces_per_hold_min && after < before {
        return over(BuyerLimit::PiecesPerHoldMin, settings.pieces_per_hold_min);
    }
    match after.checked_sub(before) {
        Some(gain) if gain > 0 => of_all(state, &hold.buyer, gain),
        _ => Ok(()),
    }
}

/// Refuses these lines on top of what the buyer has.
pub(super) fn check_more(state: &State, buyer: &BuyerId, lines: &Lines) -> Result<(), Refusal> {
    of_all(state, buyer, pieces(lines))?;
    of_categories(state, buyer, lines.iter(), [].iter())
}

fn of_all(state: &State, buyer: &BuyerId, more: u32) -> Result<(), Refusal> {
    match state.settings().pieces_per_buyer {
        Some(max) if state.account(buyer).pieces() + u64::from(more) > u64::from(max) => {
            over(BuyerLimit::PiecesPerBuyer, max)
        }
        _ => Ok(()),
    }
}

/// Refuses lines that give the buyer more of a category than is allowed, in place of those that are given up.
pub(super) fn of_categories<'a>(
    state: &State,
    buyer: &BuyerId,
    taken: impl Iterator<Item = &'a Line>,
    given: impl Iterator<Item = &'a Line>,
) -> Result<(), Refusal> {
    if !state.by_category.is_counted {
        return Ok(());
    }
    let (taken, given) = (count(&state.plan, taken), count(&state.plan, given));
    for (id, rule) in &state.settings().categories {
        let (Some(max), Some(category)) = (rule.pieces_per_buyer, state.plan.category_by_id(id)) else {
            continue;
        };
        let of_it = |counted: &FxHashMap<u32, u64>| counted.get(&category).copied().unwrap_or(0);
        let (more, less) = (of_it(&taken), of_it(&given));
        if more > less && state.by_category.of(buyer, category) + more - less > u64::from(max) {
            return over(BuyerLimit::PiecesPerCategory { category }, max);
        }
    }
    Ok(())
}

/// Pieces by category.
fn count<'a>(plan: &Plan, lines: impl Iterator<Item = &'a Line>) -> FxHashMap<u32, u64> {
    let mut pieces = FxHashMap::default();
    for line in lines {
        for category in categories_of(plan, line) {
            *pieces.entry(category).or_default() += u64::from(line.quantity);
        }
    }
    pieces
}

/// The categories that a line has something of; a bundle may have several.
fn categories_of(plan: &Plan, line: &Line) -> SmallVec<[u32; 2]> {
    let mut categories: SmallVec<[u32; 2]> =
        line.units.iter().filter_map(|&(unit, _)| plan.unit(unit).category).collect();
    categories.sort_unstable();
    categories.dedup();
    categories
}

/// Whether any category has a limit for each buyer.
fn are_limited(settings: &Settings) -> bool {
    settings.categories.values().any(|rule| rule.pieces_per_buyer.is_some())
}

/// Pieces by buyer and category, held and sold. Derived, and only counted while a limit asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ByCategory {
    is_counted: bool,
    pieces: FxHashMap<(BuyerId, u32), u64>,
}

impl ByCategory {
    pub(super) fn count(plan: &Plan, settings: &Settings, ledger: &Ledger) -> Self {
        let mut this = Self { is_counted: are_limited(settings), pieces: FxHashMap::default() };
        if !this.is_counted {
            return this;
        }
        for hold in ledger.holds.values() {
            this.add(plan, &hold.buyer, &hold.lines);
        }
        for sale in ledger.sales.values() {
            this.add(plan, &sale.buyer, &sale.lines);
        }
        this
    }

    /// Under other settings the figures are the same: all is counted anew only when the first limit comes.
    pub(super) fn adapt(&mut self, plan: &Plan, settings: &Settings, ledger: &Ledger) {
        if are_limited(settings) != self.is_counted {
            *self = Self::count(plan, settings, ledger);
        }
    }

    fn of(&self, buyer: &BuyerId, category: u32) -> u64 {
        self.pieces.get(&(buyer.clone(), category)).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, plan: &Plan, buyer: &BuyerId, lines: &Lines) {
        self.change(plan, buyer, lines, |pieces, more| pieces + more);
    }

    pub(super) fn remove(&mut self, plan: &Plan, buyer: &BuyerId, lines: &Lines) {
        self.change(plan, buyer, lines, u64::saturating_sub);
    }

    fn change(&mut self, plan: &Plan, buyer: &BuyerId, lines: &Lines, change: fn(u64, u64) -> u64) {
        if !self.is_counted {
            return;
        }
        let parts = lines.iter().flat_map(|line| {
            categories_of(plan, line).into_iter().map(|category| (category, u64::from(line.quantity)))
        });
        for (category, quantity) in parts {
            let key = (buyer.clone(), category);
            match change(self.pieces.get(&key).copied().unwrap_or(0), quantity) {
                0 => self.pieces.remove(&key),
                pieces => self.pieces.insert(key, pieces),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PlanDocument;

    /// A change of the name of an event with 200,000 sales would keep everybody waiting.
    #[test]
    fn what_buyers_have_is_counted_anew_only_when_the_first_limit_comes() {
        let document: PlanDocument = serde_json::from_str(
            r#"{"name": "Shop", "categories": [{"id": "A", "name": "A"}, {"id": "B", "name": "B"}],
                "items": [{"id": "cup", "capacity": 1}]}"#,
        )
        .unwrap();
        let (plan, ledger) = (Plan::compile(document).unwrap(), Ledger::default());
        let settings = |json: &str| -> Settings { serde_json::from_str(json).unwrap() };
        let limited = settings(r#"{"categories": {"A": {"pieces_per_buyer": 2}}}"#);
        let mut by_category = ByCategory::count(&plan, &limited, &ledger);
        // Something that a count would not find.
        by_category.pieces.insert(("ann".parse().unwrap(), 0), 7);
        let known = by_category.clone();
        for still in [
            r#"{"categories": {"A": {"pieces_per_buyer": 2}}, "hold_seconds": 60}"#,
            r#"{"categories": {"B": {"pieces_per_buyer": 3}}}"#,
        ] {
            by_category.adapt(&plan, &settings(still), &ledger);
            assert_eq!(by_category, known, "{still}");
        }
        by_category.adapt(&plan, &Settings::default(), &ledger);
        assert_eq!(by_category, ByCategory::default(), "no limit, no figures");
        by_category.adapt(&plan, &limited, &ledger);
        assert_eq!(by_category, ByCategory::count(&plan, &limited, &ledger));
    }
}
