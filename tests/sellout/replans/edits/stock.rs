//! What is done to areas, items, offers and categories, and to whatever was closed.

use std::collections::BTreeSet;

use super::Editor;
use crate::replans::document::{Area, Category, Closed, Item, Offer};

impl Editor {
    pub(super) fn add_area(&mut self) -> Option<()> {
        (self.document.areas().count() < 20).then_some(())?;
        let zone = self.rng.below(self.document.zones.len());
        let whole = self.rng.percent(40);
        let area = Area {
            id: self.fresh(),
            label: self.label(),
            section: self.section(zone),
            category: Some(self.category()),
            capacity: 2 + self.rng.below(40) as i64,
            whole,
            guests: (whole && self.rng.percent(50)).then_some(2),
        };
        self.document.zones[zone].areas.push(area);
        Some(())
    }

    pub(super) fn add_item(&mut self) -> Option<()> {
        (self.document.items.len() < 15).then_some(())?;
        let item = Item {
            id: self.fresh(),
            label: self.label(),
            capacity: self.rng.below(60) as i64,
            sellable: self.rng.percent(70),
        };
        let place = self.rng.below(self.document.items.len() + 1);
        self.document.items.insert(place, item);
        Some(())
    }

    pub(super) fn bill(&mut self) -> Vec<(String, u64)> {
        let units: Vec<String> = self.document.units().into_iter().map(str::to_owned).collect();
        let count = 1 + self.rng.below(2);
        let picked: BTreeSet<String> =
            (0..count).map(|_| units[self.rng.below(units.len())].clone()).collect();
        let seats: BTreeSet<&str> = self.document.seats().map(|(_, seat)| seat.id.as_str()).collect();
        let mut quantity = |id: &str| if seats.contains(id) { 1 } else { 1 + self.rng.below(2) as u64 };
        picked.iter().map(|id| (id.clone(), quantity(id))).collect()
    }

    pub(super) fn add_offer(&mut self) -> Option<()> {
        (self.document.offers.len() < 15).then_some(())?;
        let (id, units) = (self.fresh(), self.bill());
        let price = 100 * self.rng.below(50) as u64;
        self.document.offers.push(Offer { id, price, units });
        Some(())
    }

    pub(super) fn area(&mut self) -> Option<&mut Area> {
        let zone = self.rng.below(self.document.zones.len());
        let areas = self.document.zones[zone].areas.len();
        let area = (areas > 0).then(|| self.rng.below(areas))?;
        Some(&mut self.document.zones[zone].areas[area])
    }

    pub(super) fn item(&mut self) -> Option<&mut Item> {
        let items = self.document.items.len();
        let item = (items > 0).then(|| self.rng.below(items))?;
        Some(&mut self.document.items[item])
    }

    pub(super) fn relabel_other(&mut self) -> Option<()> {
        let label = self.label();
        match self.rng.percent(50) {
            true => self.area()?.label = label,
            false => self.item()?.label = label,
        }
        Some(())
    }

    pub(super) fn close_area(&mut self) -> Option<()> {
        let id = self.area()?.id.clone();
        for zone in &mut self.document.zones {
            let closed = zone.areas.extract_if(.., |area| area.id == id);
            self.document.cellar.extend(closed.map(|area| Closed::Area { zone: zone.id.clone(), area }));
        }
        Some(())
    }

    pub(super) fn close_item(&mut self) -> Option<()> {
        let id = self.item()?.id.clone();
        let closed = self.document.items.extract_if(.., |item| item.id == id);
        self.document.cellar.extend(closed.map(Closed::Item));
        Some(())
    }

    pub(super) fn close_offer(&mut self) -> Option<()> {
        let offers = self.document.offers.len();
        let offer = (offers > 0).then(|| self.rng.below(offers))?;
        let offer = self.document.offers.remove(offer);
        self.document.cellar.push(Closed::Offer(offer));
        Some(())
    }

    /// As it was, or with other words on it.
    pub(super) fn reopen(&mut self) -> Option<()> {
        let label = self.rng.percent(25).then(|| self.label());
        match self.rng.take(&mut self.document.cellar)? {
            Closed::Seat { zone, bench, mut seat } => {
                seat.label = label.unwrap_or(seat.label);
                let zone = self.document.zones.iter_mut().find(|one| one.id == zone)?;
                let stands = zone.benches.iter().position(|one| one.id == bench.id);
                let stands = stands.unwrap_or_else(|| {
                    zone.benches.push(bench);
                    zone.benches.len() - 1
                });
                let place = self.rng.below(zone.benches[stands].seats.len() + 1);
                zone.benches[stands].seats.insert(place, seat);
            }
            Closed::Area { zone, mut area } => {
                area.label = label.unwrap_or(area.label);
                self.document.zones.iter_mut().find(|one| one.id == zone)?.areas.push(area);
            }
            Closed::Item(item) => {
                let label = label.unwrap_or_else(|| item.label.clone());
                self.document.items.push(Item { label, ..item });
            }
            Closed::Offer(offer) => self.document.offers.push(offer),
        }
        Some(())
    }

    pub(super) fn resize_area(&mut self) -> Option<()> {
        let capacity = 1 + self.rng.below(70) as i64;
        self.area()?.capacity = capacity;
        Some(())
    }

    pub(super) fn resize_item(&mut self) -> Option<()> {
        let by = self.rng.below(60) as i64 - 30;
        let item = self.item()?;
        item.capacity = (item.capacity + by).max(0);
        Some(())
    }

    /// One is added, costs something else, or goes.
    pub(super) fn change_categories(&mut self) -> Option<()> {
        let (what, id, price) = (self.rng.below(4), self.fresh(), 100 * self.rng.below(90) as u64);
        let categories = &mut self.document.categories;
        let one = self.rng.below(categories.len());
        match what {
            0 if categories.len() < 6 => categories.push(Category { id, price }),
            1 if categories.len() > 2 => drop(categories.remove(one)),
            _ => categories[one].price = price,
        }
        Some(())
    }

    pub(super) fn rebill(&mut self) -> Option<()> {
        let offers = self.document.offers.len();
        let offer = (offers > 0).then(|| self.rng.below(offers))?;
        self.document.offers[offer].units = self.bill();
        Some(())
    }

    /// A table, or an area.
    pub(super) fn toggle_whole(&mut self) -> Option<()> {
        let (of_table, category, guests) = (self.rng.percent(50), self.category(), self.rng.percent(50));
        if of_table {
            let at = self.pick_bench()?;
            let bench = self.bench(at);
            bench.is_table.then_some(())?;
            bench.whole = bench.whole.is_none().then_some(category);
            return Some(());
        }
        let area = self.area()?;
        area.whole = !area.whole;
        area.guests = (area.whole && guests).then_some(2);
        Some(())
    }
}
