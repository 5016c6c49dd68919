//! An inventory as of its last committed record: what every reader sees.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::domain::allotment::{Blocks, Draws};
use crate::domain::change::change_draws;
use crate::domain::event::{Lines, Quantities, Step};
use crate::domain::moves::{self, Claim, Moved};
use crate::domain::state::Figures;
use crate::domain::{
    BuyerId, Cancelled, Details, Event, GroupId, HoldId, Plan, Record, Settings, State, Timestamp, UnitNo,
};

/// A live hold as committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldView {
    pub buyer: BuyerId,
    pub lines: Lines,
    pub adjacent: bool,
    pub step: Option<Step>,
    pub expires_at: Timestamp,
    pub drawn: Draws,
    pub group: Option<GroupId>,
    /// The record that made or extended it; after a load, the one that it was loaded at.
    pub epoch: u64,
    pub seq: u64,
}

/// A hold that began, changed or ended, for its buyer's own frames.
#[derive(Debug, Clone)]
pub(super) struct HoldChange {
    pub(super) id: HoldId,
    pub(super) hold: Arc<HeldView>,
    pub(super) state: &'static str,
}

/// What a record changed: units, possibly more than once, and holds.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) units: Vec<UnitNo>,
    pub(super) holds: SmallVec<[HoldChange; 1]>,
    /// Something of what [`crate::domain::facts`] tells.
    pub(super) facts: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub(super) epoch: u64,
    pub(super) seq: u64,
    pub(super) at: Timestamp,
    pub(super) plan_version: u32,
    pub(super) settings: Arc<Settings>,
    pub(super) settings_version: u64,
    pub(super) details: Arc<Details>,
    pub(super) cancelled: Option<Arc<Cancelled>>,
    pub(super) figures: Figures,
    pub(super) board: Board,
    /// Shared: a table that grows moves its entries, and nobody is served meanwhile.
    holds: FxHashMap<HoldId, Arc<HeldView>>,
    by_buyer: FxHashMap<BuyerId, SmallVec<[HoldId; 4]>>,
    /// Shared with who reads them.
    pub(super) blocks: Arc<Blocks>,
}

impl View {
    /// The state as an owner of this epoch shows it.
    pub fn of(state: &State, epoch: u64) -> Self {
        let plan = state.plan();
        let mut board = Board::new(plan);
        for (unit, level) in (0..).zip(state.levels()) {
            match plan.counted().index_of(unit) {
                None => board.set_status(unit, seat_status(level) as u8),
                Some(index) => board.available[index] = level.available(),
            }
        }
        let mut view = Self {
            epoch,
            seq: state.seq(),
            at: state.at(),
            plan_version: state.plan_version(),
            settings: Arc::new(state.settings().clone()),
            settings_version: state.settings_version(),
            details: Arc::new(state.details().cloned().unwrap_or_default()),
            cancelled: state.cancelled().cloned().map(Arc::new),
            figures: state.figures(),
            board,
            holds: FxHashMap::default(),
            by_buyer: FxHashMap::default(),
            blocks: Arc::new(state.all_blocks().clone()),
        };
        let mut holds: Vec<_> = state.holds().collect();
        holds.sort_unstable_by_key(|(id, hold)| (hold.started_at, *id));
        for (id, hold) in holds {
            view.add_hold(
                id,
                Arc::new(HeldView {
                    buyer: hold.buyer.clone(),
                    lines: hold.lines.clone(),
                    adjacent: hold.adjacent,
                    step: hold.step,
                    expires_at: hold.expires_at,
                    drawn: hold.drawn.clone(),
                    group: hold.group,
                    epoch: state.epoch(),
                    seq: state.seq(),
                }),
            );
        }
        view
    }

    /// What is left of everything, by itself.
    pub(super) fn stock(&self) -> StockView {
        StockView { epoch: self.epoch, seq: self.seq, board: self.board.clone() }
    }

    /// With what the catalogue knows of an inventory whose journal is silent about it.
    #[must_use]
    pub fn known_as(mut self, details: Details) -> Self {
        self.details = Arc::new(details);
        self
    }

    /// The buyer's live holds, oldest first.
    pub(super) fn holds_of(&self, buyer: &BuyerId) -> Vec<(HoldId, Arc<HeldView>)> {
        let ids = self.by_buyer.get(buyer).map(SmallVec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| Some((*id, self.holds.get(id)?.clone()))).collect()
    }

    /// Moves to the next record. `plan` is the one in force, before it and after it.
    pub(super) fn apply(&mut self, plan: &mut Arc<Plan>, record: &Record, changes: &mut Changes) {
        self.epoch = record.epoch;
        self.seq = record.seq;
        self.at = record.at;
        for event in &record.events {
            match event {
                Event::Replanned { plan: to } => self.replanned(plan, to, changes),
                event => self.apply_event(plan, record, event, changes),
            }
        }
    }

    fn apply_event(&mut self, plan: &Arc<Plan>, record: &Record, event: &Event, changes: &mut Changes) {
        match event {
            Event::Opened { plan_version, settings, details } => {
                self.plan_version = *plan_version;
                self.configured(record, settings, details.as_ref());
            }
            Event::Configured { settings, details } => {
                self.configured(record, settings, details.as_ref());
                changes.facts = true;
            }
            Event::Cancelled { reason, holds } => {
                self.cancelled = Some(Arc::new(Cancelled { at: record.at, reason: reason.clone() }));
                self.settings_version = record.seq;
                holds.iter().for_each(|hold| self.end_hold(plan, *hold, "released", changes));
                changes.facts = true;
            }
            Event::Held { hold, buyer, lines, adjacent, step, expires_at, .. }
            | Event::Extended { hold, buyer, lines, adjacent, step, expires_at } => {
                let before = || self.holds.get(hold).map(|held| (held.group, held.drawn.clone()));
                let (group, drawn) = match event {
                    Event::Held { group, drawn, .. } => (*group, drawn.clone()),
                    _ => before().unwrap_or_default(),
                };
                let held = Arc::new(HeldView {
                    buyer: buyer.clone(),
                    lines: lines.clone(),
                    adjacent: *adjacent,
                    step: *step,
                    expires_at: *expires_at,
                    drawn,
                    group,
                    epoch: record.epoch,
                    seq: record.seq,
                });
                changes.holds.push(HoldChange { id: *hold, hold: held.clone(), state: "held" });
                if self.add_hold(*hold, held.clone()) {
                    self.draw(plan, &held.drawn, changes);
                    self.lines(plan, lines, Turn::HOLD, changes);
                }
            }
            Event::Released { hold } => self.end_hold(plan, *hold, "released", changes),
            Event::Expired { holds } => {
                holds.iter().for_each(|hold| self.end_hold(plan, *hold, "expired", changes))
            }
            Event::Purchased { hold: Some(hold), .. } => self.end_hold(plan, *hold, "sold", changes),
            Event::Purchased { hold: None, lines, drawn, .. } => {
                self.draw(plan, drawn, changes);
                self.lines(plan, lines, Turn::SELL, changes);
            }
            Event::Returned { lines, drawn, .. } => {
                self.lines(plan, lines, Turn::RETURN, changes);
                self.put_back(plan, drawn, changes);
            }
            Event::Reassigned { .. } => {}
            Event::Changed { .. } => self.changed(plan, record, event, changes),
            Event::Moved { moves } => self.moved(plan, record, moves, changes),
            Event::Blocked { units, .. } => {
                Arc::make_mut(&mut self.blocks).learn(event);
                self.units(plan, units, Turn::BLOCK, changes);
            }
            Event::Unblocked { block } => {
                if let Some(block) = Arc::make_mut(&mut self.blocks).remove(*block) {
                    self.units(plan, &block.units.into_iter().collect(), Turn::UNBLOCK, changes);
                }
            }
            Event::Restocked { unit, change, .. } => self.restocked(plan, *unit, *change, changes),
            Event::Replanned { .. } => {}
        }
    }

    fn configured(&mut self, record: &Record, settings: &Settings, details: Option<&Details>) {
        self.settings = Arc::new(settings.clone());
        self.settings_version = record.seq;
        if let Some(details) = details {
            self.details = Arc::new(details.clone());
        }
    }

    /// False: it was there already.
    fn add_hold(&mut self, id: HoldId, hold: Arc<HeldView>) -> bool {
        let buyer = hold.buyer.clone();
        let is_new = self.holds.insert(id, hold).is_none();
        if is_new {
            self.by_buyer.entry(buyer).or_default().push(id);
        }
        is_new
    }

    fn end_hold(&mut self, plan: &Arc<Plan>, id: HoldId, state: &'static str, changes: &mut Changes) {
        let Some(hold) = self.holds.remove(&id) else { return };
        if let Some(ids) = self.by_buyer.get_mut(&hold.buyer) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_buyer.remove(&hold.buyer);
            }
        }
        let turn = if state == "sold" { Turn::SELL_HELD } else { Turn::RELEASE };
        self.lines(plan, &hold.lines, turn, changes);
        if state != "sold" {
            self.put_back(plan, &hold.drawn, changes);
        }
        changes.holds.push(HoldChange { id, hold, state });
    }

    fn draw(&mut self, plan: &Arc<Plan>, draws: &Draws, changes: &mut Changes) {
        if draws.is_empty() {
            return;
        }
        let drawn = Arc::make_mut(&mut self.blocks).draw(draws).unwrap_or_default();
        self.units(plan, &drawn, Turn::UNBLOCK, changes);
    }

    fn put_back(&mut self, plan: &Arc<Plan>, draws: &Draws, changes: &mut Changes) {
        if draws.is_empty() {
            return;
        }
        let back = Arc::make_mut(&mut self.blocks).put_back(draws);
        self.units(plan, &back, Turn::BLOCK, changes);
    }

    /// First all leave, then all arrive: a seat that changes hands is taken in the end.
    fn moved(&mut self, plan: &Arc<Plan>, record: &Record, moves: &[Moved], changes: &mut Changes) {
        for moved in moves {
            let leave = if moved.is_hold() { Turn::RELEASE } else { Turn::RETURN };
            self.lines(plan, &moved.from, leave, changes);
        }
        self.put_back(plan, &moves::put_back(moves), changes);
        for moved in moves {
            let arrive = if moved.is_hold() { Turn::HOLD } else { Turn::SELL };
            self.lines(plan, &moved.to, arrive, changes);
            let Claim::Hold(id) = moved.claim else { continue };
            let mut drawn = self.holds.get(&id).map(|held| held.drawn.clone()).unwrap_or_default();
            moves::exchange(&mut drawn, moved);
            let held = Arc::new(HeldView {
                buyer: moved.buyer.clone(),
                lines: moved.lines.clone(),
                adjacent: moved.adjacent,
                expires_at: moved.expires_at.unwrap_or(record.at),
                step: None,
                drawn,
                group: None,
                epoch: record.epoch,
                seq: record.seq,
            });
            changes.holds.push(HoldChange { id, hold: held.clone(), state: "held" });
            self.add_hold(id, held);
        }
    }

    /// First what leaves, then what comes.
    fn changed(&mut self, plan: &Arc<Plan>, record: &Record, event: &Event, changes: &mut Changes) {
        let Event::Changed { hold, buyer, removed, added, lines, adjacent, expires_at, gave, took } = event
        else {
            return;
        };
        self.lines(plan, removed, Turn::RELEASE, changes);
        self.put_back(plan, gave, changes);
        self.draw(plan, took, changes);
        self.lines(plan, added, Turn::HOLD, changes);
        let mut drawn = self.holds.get(hold).map(|held| held.drawn.clone()).unwrap_or_default();
        change_draws(&mut drawn, event);
        let held = Arc::new(HeldView {
            buyer: buyer.clone(),
            lines: lines.clone(),
            adjacent: *adjacent,
            step: None,
            expires_at: *expires_at,
            drawn,
            group: None,
            epoch: record.epoch,
            seq: record.seq,
        });
        changes.holds.push(HoldChange { id: *hold, hold: held.clone(), state: "held" });
        self.add_hold(*hold, held);
    }

    fn lines(&mut self, plan: &Arc<Plan>, lines: &Lines, turn: Turn, changes: &mut Changes) {
        lines.iter().for_each(|line| self.units(plan, &line.units, turn, changes));
    }

    fn units(&mut self, plan: &Arc<Plan>, units: &Quantities, turn: Turn, changes: &mut Changes) {
        for &(unit, quantity) in units {
            let quantity = i64::from(quantity);
            let figures = &mut self.figures;
            for (figure, sign) in [
                (&mut figures.held, turn.held),
                (&mut figures.sold, turn.sold),
                (&mut figures.blocked, turn.blocked),
                (&mut figures.available, turn.available()),
            ] {
                *figure = figure.saturating_add_signed(quantity * sign);
            }
            match plan.counted().index_of(unit) {
                None => self.board.set_status(unit, turn.seat as u8),
                Some(index) => self.board.add(index, quantity * turn.available()),
            }
            changes.units.push(unit);
        }
    }

    fn restocked(&mut self, plan: &Arc<Plan>, unit: UnitNo, change: i64, changes: &mut Changes) {
        self.figures.capacity = self.figures.capacity.saturating_add_signed(change);
        self.figures.available = self.figures.available.saturating_add_signed(change);
        if let Some(index) = plan.counted().index_of(unit) {
            self.board.add(index, change);
        }
        changes.units.push(unit);
    }
}

/// How figures turn, by piece, and what a seat becomes.
#[derive(Debug, Clone, Copy)]
struct Turn {
    held: i64,
    sold: i64,
    blocked: i64,
    seat: Status,
}

impl Turn {
    const HOLD: Self = Self { held: 1, sold: 0, blocked: 0, seat: Status::Held };
    const RELEASE: Self = Self { held: -1, sold: 0, blocked: 0, seat: Status::Free };
    const SELL: Self = Self { held: 0, sold: 1, blocked: 0, seat: Status::Sold };
    const SELL_HELD: Self = Self { held: -1, sold: 1, blocked: 0, seat: Status::Sold };
    const RETURN: Self = Self { held: 0, sold: -1, blocked: 0, seat: Status::Free };
    const BLOCK: Self = Self { held: 0, sold: 0, blocked: 1, seat: Status::Blocked };
    const UNBLOCK: Self = Self { held: 0, sold: 0, blocked: -1, seat: Status::Free };

    fn available(self) -> i64 {
        -(self.held + self.sold + self.blocked)
    }
}

mod board;
use board::seat_status;
pub(super) use board::{Board, Status};
mod left;
pub(super) use left::StockView;
mod replan;
#[cfg(test)]
mod tests;
