//! Plans that change under a sale: random documents made from the one in force, and the rules for them.

use std::sync::Arc;

use fairhold::domain::plan::{Category, PlanDocument, Row, Seat, Zone};
use fairhold::domain::replan::Why;
use fairhold::domain::{Action, Event, Plan, PlanRef, Refusal, UnitNo};

use crate::hall::{Hall, Kind, area, deal, item};
use crate::model::Model;
use crate::rng::Rng;
use crate::rules::Answer;

const STOCK_MAX: i64 = 1_000_000_000;

/// A few changes at once; sometimes a plan from before, which undoes many.
pub fn replan(rng: &mut Rng, model: &Model) -> Action {
    let mut document = match rng.any(&model.documents) {
        Some(earlier) if rng.percent(15) => earlier.clone(),
        _ => model.plan.document().clone(),
    };
    for _ in 0..rng.range(1..=4) {
        change(rng, &model.hall, &mut document);
    }
    tidy(rng, model, &mut document);
    let plan = Plan::compile_after(document, &model.plan).unwrap_or_else(|bad| panic!("{bad:#?}"));
    let current = model.plan_version;
    let expected = if rng.percent(90) { current } else { current.wrapping_sub(1) + 2 * rng.range(0..=1) };
    let version = if rng.percent(97) { current + rng.range(1..=3) } else { current };
    Action::Replan { expected, version, plan: Arc::new(plan) }
}

fn change(rng: &mut Rng, hall: &Hall, document: &mut PlanDocument) {
    let fresh = format!("n{:x}", rng.wide() >> 96);
    match rng.below(20) {
        0..=2 => add_seat(rng, document, Seat { id: fresh, ..Seat::default() }),
        3 => {
            let seats =
                (0..rng.range(1..=4)).map(|n| Seat { id: format!("{fresh}-{n}"), ..seat(rng, document) });
            let row = Row { id: fresh.clone(), seats: seats.collect(), ..Row::default() };
            let zone = rng.below(document.zones.len());
            let rows = &mut document.zones[zone].rows;
            rows.insert(rng.below(rows.len() + 1), row);
        }
        4..=6 => drop(take_seat(rng, document)),
        7..=8 => {
            if let Some(seat) = take_seat(rng, document) {
                add_seat(rng, document, seat);
            }
        }
        9..=11 => reopen(rng, hall, document),
        12 => relabel(rng, document),
        13..=14 => resize(rng, document),
        15 => {
            let zone = rng.below(document.zones.len());
            let areas = &mut document.zones[zone].areas;
            match rng.percent(50) {
                true => areas.push(area(rng, fresh)),
                false => drop(areas.pop()),
            }
        }
        16 => match rng.percent(50) {
            true => document.items.push(item(rng, fresh)),
            false => drop(document.items.pop()),
        },
        17 => recategorise(rng, document),
        18 => drop(document.offers.pop()),
        _ => rows(document)
            .for_each(|seats| seats.iter_mut().for_each(|seat| seat.gap_before ^= rng.percent(20))),
    }
}

fn rows(document: &mut PlanDocument) -> impl Iterator<Item = &mut Vec<Seat>> {
    document.zones.iter_mut().flat_map(|zone| {
        let Zone { rows, tables, .. } = zone;
        let rows = rows.iter_mut().map(|row| &mut row.seats);
        rows.chain(tables.iter_mut().map(|table| &mut table.seats))
    })
}

/// Of a category that there is.
fn seat(rng: &mut Rng, document: &PlanDocument) -> Seat {
    let category = rng.any(&document.categories).filter(|_| !rng.percent(6));
    Seat { category: category.map(|category| category.id.clone()), ..Seat::default() }
}

fn add_seat(rng: &mut Rng, document: &mut PlanDocument, seat_with: Seat) {
    let category = seat_with.category.clone().or_else(|| seat(rng, document).category);
    let count = rows(document).count();
    if let Some(seats) = rows(document).nth(rng.below(count.max(1))) {
        seats.insert(rng.below(seats.len() + 1), Seat { category, ..seat_with });
    }
}

fn take_seat(rng: &mut Rng, document: &mut PlanDocument) -> Option<Seat> {
    let count = rows(document).count();
    let seats = rows(document).nth(rng.below(count.max(1)))?;
    (!seats.is_empty()).then(|| seats.remove(rng.below(seats.len())))
}

fn reopen(rng: &mut Rng, hall: &Hall, document: &mut PlanDocument) {
    let closed: Vec<_> = hall.units.iter().filter(|unit| unit.closed).collect();
    let Some(unit) = rng.any(&closed) else { return };
    let id = unit.id.clone();
    match unit.kind {
        Kind::Seat => {
            // With what was printed on it, as far as that is its own.
            let label = if rng.percent(90) { unit.ticket[3].clone() } else { String::new() };
            let home = rows_labelled(document, &unit.ticket[2]);
            match home.filter(|_| rng.percent(80)) {
                Some(seats) => seats.push(Seat { id, label, ..Seat::default() }),
                None => add_seat(rng, document, Seat { id, label, ..Seat::default() }),
            }
        }
        Kind::Area => {
            let zone = rng.below(document.zones.len());
            document.zones[zone].areas.push(area(rng, id));
        }
        Kind::Item => document.items.push(item(rng, id)),
    }
}

fn rows_labelled<'a>(document: &'a mut PlanDocument, label: &str) -> Option<&'a mut Vec<Seat>> {
    let rows = document.zones.iter_mut().flat_map(|zone| &mut zone.rows);
    rows.into_iter().find(|row| row.label == label).map(|row| &mut row.seats)
}

fn relabel(rng: &mut Rng, document: &mut PlanDocument) {
    let name = (*rng.one(&["", "one", "two"])).to_owned();
    let zone = rng.below(document.zones.len());
    let Zone { name: of_zone, sections, rows, areas, .. } = &mut document.zones[zone];
    match rng.below(8) {
        0 => *of_zone = name,
        1 => sections.iter_mut().for_each(|section| section.name.clone_from(&name)),
        2 => rows.iter_mut().for_each(|row| row.label.clone_from(&name)),
        3 => areas.iter_mut().for_each(|area| area.label.clone_from(&name)),
        4 => document.items.iter_mut().for_each(|item| item.label.clone_from(&name)),
        _ => {
            let seats = rows.iter_mut().flat_map(|row| &mut row.seats);
            seats.filter(|_| rng.percent(30)).for_each(|seat| seat.label.clone_from(&name));
        }
    }
}

/// What a booth holds may change, but never whether it is one.
fn resize(rng: &mut Rng, document: &mut PlanDocument) {
    for area in document.zones.iter_mut().flat_map(|zone| &mut zone.areas) {
        let least = area.min_guests.unwrap_or(1);
        if rng.percent(50) {
            area.capacity = (area.capacity + rng.range(0..=8)).saturating_sub(4).max(least);
        }
    }
    for item in &mut document.items {
        if rng.percent(50) {
            item.capacity = (item.capacity + rng.range(0..=20)).saturating_sub(10);
        }
    }
}

fn recategorise(rng: &mut Rng, document: &mut PlanDocument) {
    match rng.below(4) {
        0 => {
            let known = |id: &str| document.categories.iter().any(|category| category.id == id);
            let id = if known("extra") { "none" } else { "extra" };
            if !known(id) {
                let price = rng.percent(50).then_some(700);
                let category =
                    Category { id: id.to_owned(), name: "X".to_owned(), price, ..Category::default() };
                document.categories.insert(rng.below(document.categories.len() + 1), category);
            }
        }
        1 => {
            let at = rng.below(document.categories.len());
            document.categories.remove(at);
        }
        2 => {
            document.categories.iter_mut().for_each(|category| category.price = Some(rng.below(9000) as i64))
        }
        _ => {
            let fresh: Vec<Seat> = (0..64).map(|_| seat(rng, document)).collect();
            let seats = rows(document).flatten().zip(fresh);
            seats.filter(|_| rng.percent(40)).for_each(|(seat, fresh)| seat.category = fresh.category);
        }
    }
}

/// No row is empty, nothing names what is not there, nothing is there twice, and what is known stays what it is.
fn tidy(rng: &mut Rng, model: &Model, document: &mut PlanDocument) {
    let hall = &model.hall;
    let categories: Vec<String> = document.categories.iter().map(|category| category.id.clone()).collect();
    let is_there = |id: &String| categories.contains(id);
    let mut ids: Vec<String> = Vec::new();
    let mut once = |id: &String| !ids.contains(id) && (ids.push(id.clone()), true).1;
    for zone in &mut document.zones {
        zone.rows.iter_mut().for_each(|row| row.seats.retain(|seat| once(&seat.id)));
        zone.tables.iter_mut().for_each(|table| table.seats.retain(|seat| once(&seat.id)));
        zone.rows.retain(|row| !row.seats.is_empty());
        zone.tables.retain(|table| !table.seats.is_empty());
        for area in &mut zone.areas {
            area.category = area.category.take().filter(is_there);
            if let Some(known) = model.booths.iter().find(|known| known.0 == area.id) {
                (area.whole, area.min_guests) = (known.1, known.2);
                area.capacity = area.capacity.max(area.min_guests.unwrap_or(1));
            }
        }
    }
    document.zones.iter_mut().for_each(|zone| zone.areas.retain(|area| once(&area.id)));
    document.items.retain(|item| once(&item.id));
    if ids.is_empty() {
        document.items.push(item(rng, "last".to_owned()));
    }
    rows(document).flatten().for_each(|seat| seat.category = seat.category.take().filter(is_there));
    document.offers.iter_mut().for_each(|offer| offer.units.retain(|id, _| ids.contains(id)));
    document.offers.retain(|offer| !offer.units.is_empty());
    let next = Hall::read(document, Some(hall));
    if rng.percent(20) {
        let id = format!("deal{}", rng.below(6));
        document.offers.retain(|offer| offer.id != id);
        document.offers.push(deal(rng, &next, id));
    }
}

impl Model {
    /// Made from the plan in force; it keeps the categories that settings speak of, and everybody what they have.
    pub(crate) fn replan(&self, expected: u32, version: u32, plan: &Arc<Plan>) -> Answer {
        if expected != self.plan_version || version <= self.plan_version {
            return Err(Refusal::PlanChanged { version: self.plan_version });
        }
        let next = Hall::read(plan.document(), Some(&self.hall));
        if !self.settings.categories.keys().all(|id| next.categories.contains(id)) {
            let must = "must name categories of the plan";
            return Err(Refusal::SettingInvalid { field: "categories", must });
        }
        let stranded = self.stranded(&next);
        if !stranded.is_empty() {
            return Err(Refusal::WouldStrand { stranded });
        }
        Ok(Some(Event::Replanned { plan: PlanRef { version, plan: Some(plan.clone()) } }))
    }

    fn stranded(&self, next: &Hall) -> Vec<(UnitNo, Why)> {
        let mut found = Vec::new();
        for (unit, count) in self.counts().into_iter().enumerate() {
            let (now, then) = (&self.hall.units[unit], &next.units[unit]);
            let taken = i64::from(count.held) + i64::from(count.sold) + i64::from(count.blocked);
            let after = i64::from(count.capacity) + i64::from(then.stock) - i64::from(now.stock);
            if !now.closed && !then.closed && !(taken..=STOCK_MAX).contains(&after) {
                found.push((unit as UnitNo, Why::Capacity));
            }
            if !now.closed && then.closed && count.held + count.sold > 0 {
                found.push((unit as UnitNo, Why::Closed));
            }
            if self.ever_sold.contains(&(unit as UnitNo)) && now.ticket != then.ticket {
                found.push((unit as UnitNo, Why::Relabelled));
            }
        }
        found
    }

    /// What is remarkable about a plan that comes into force.
    pub(crate) fn turns(&self, to: &PlanRef) -> Vec<&'static str> {
        let plan = to.plan.as_ref().expect("what is decided has its plan");
        let next = Hall::read(plan.document(), Some(&self.hall));
        let mut seen = Vec::new();
        let both = self.hall.units.iter().zip(&next.units);
        if next.units.len() > self.hall.units.len() {
            seen.push("plan: added");
        }
        for (now, then) in both {
            match (now.closed, then.closed) {
                (false, true) => seen.push("plan: closed"),
                (true, false) => seen.push("plan: reopened"),
                _ if now.stock != then.stock => seen.push("plan: more or less"),
                _ => {}
            }
        }
        let stays = |seat: &&UnitNo| next.seats.contains(seat);
        let order: Vec<_> = self.hall.seats.iter().filter(stays).collect();
        let known = |seat: &&UnitNo| self.hall.seats.contains(seat);
        if order != next.seats.iter().filter(known).collect::<Vec<_>>() {
            seen.push("plan: moved");
        }
        let is_closed = |unit: &UnitNo| next.units[*unit as usize].closed;
        if self.blocks.iter().flat_map(|block| &block.units).any(|part| is_closed(&part.0)) {
            seen.push("plan: out of a block");
        }
        seen
    }

    /// Takes the plan as it is: nobody is stranded by it.
    pub(crate) fn replanned(&mut self, to: &PlanRef) {
        let plan = to.plan.clone().expect("what is decided has its plan");
        let next = Hall::read(plan.document(), Some(&self.hall));
        self.capacity.resize(next.units.len(), 0);
        for (unit, then) in next.units.iter().enumerate() {
            let now = self.hall.units.get(unit).filter(|now| !now.closed);
            let capacity = &mut self.capacity[unit];
            *capacity = match now {
                _ if then.closed => 0,
                None => then.stock,
                Some(now) => (i64::from(*capacity) + i64::from(then.stock) - i64::from(now.stock)) as u32,
            };
        }
        for block in &mut self.blocks {
            block.units.retain(|part| !next.units[part.0 as usize].closed);
        }
        self.documents.push(self.plan.document().clone());
        self.plan_version = to.version;
        self.plan = plan;
        self.enter(Arc::new(next));
    }
}
