//! Rows and tables.

use super::chart;
use super::{ChartReader, Label, Maybe, Scope, quote};
use crate::domain::plan::{Row, Seat, Table};
use crate::plans::pointer::At;

impl ChartReader {
    pub(super) fn row(&mut self, mut row: chart::Row, at: &At<'_>, n: usize, scope: &Scope) {
        let named = row.named();
        let label = self.label(&named, at, "row", n);
        let zone = self.zone_of(&row.zone, at, scope);
        let category = self.category(&named, at).or_else(|| scope.category.clone());
        let outer = label.inside(scope.section.as_ref());
        let seats = self.seats(row.seats, at, &outer, scope, category.as_deref());
        if seats.is_empty() {
            let done = format!("row {} was dropped", quote(&label.id));
            self.findings.cured("row_empty", at.key("seats"), "has no seats", done);
            return;
        }
        let id = self.row_id(&outer.id, at, zone.as_deref(), scope);
        let section = scope.section.as_ref().map(|section| section.id.clone());
        let row = Row { id, label: label.shown().to_owned(), section, seats };
        self.zones.of(zone.as_deref(), scope.floor).rows.push(row);
    }

    pub(super) fn table(&mut self, mut table: chart::Table, at: &At<'_>, n: usize, scope: &Scope) {
        let whole = self.flag(table.book_as_a_whole, &at.key("bookAsAWhole"));
        let varies = self.flag(table.variable_occupancy, &at.key("variableOccupancy"));
        let count = if let Maybe::Is(seats) = &table.seats { seats.len() } else { 0 };
        // Guests who share a table, or a table without seats of its own, are counted and not seated.
        if (whole && varies) || (count == 0 && matches!(table.capacity, Maybe::Is(_))) {
            return self.area(table.into_area(count), at, n, super::areas::Kind::Area, scope);
        }
        let named = table.named();
        let label = self.label(&named, at, "table", n);
        let zone = self.zone_of(&table.zone, at, scope);
        let own = self.category(&named, at);
        let around = own.clone().or_else(|| scope.category.clone());
        let outer = label.inside(scope.section.as_ref());
        let mut seats = self.seats(std::mem::take(&mut table.seats), at, &outer, scope, around.as_deref());
        if seats.is_empty() {
            let done = format!("table {} was dropped", quote(&label.id));
            self.findings.cured("row_empty", at.key("seats"), "has no seats", done);
            return;
        }
        let shape = self.shape(table.outline(), at, scope.frame).shape.map(|shape| shape.named(None));
        let section = scope.section.as_ref().map(|section| section.id.clone());
        let shown = label.shown().to_owned();
        let (id, label, category) = if whole {
            let category = own.or_else(|| self.one_category(&mut seats, at));
            let (id, label) = self.claim(outer, at);
            (self.row_id(&id, at, zone.as_deref(), scope), label, category)
        } else {
            (self.row_id(&outer.id, at, zone.as_deref(), scope), String::new(), None)
        };
        let label = if label.is_empty() { shown } else { label };
        let table = Table { id, label, section, whole, category, seats, shape };
        self.zones.of(zone.as_deref(), scope.floor).tables.push(table);
    }

    /// The category of a table that is sold as a whole: that of its seats.
    fn one_category(&mut self, seats: &mut [Seat], at: &At<'_>) -> Option<String> {
        let first = seats.iter().find_map(|seat| seat.category.clone());
        let others = seats.iter().filter_map(|seat| seat.category.as_ref());
        if let Some(other) = others.clone().find(|other| Some(*other) != first.as_ref()) {
            let wrong = format!("is sold as a whole, but has seats of category {}, too", quote(other));
            self.findings.cured("category_mixed", at.key("seats"), wrong, "the first category counts");
        }
        first
    }

    fn row_id(&mut self, id: &str, at: &At<'_>, zone: Option<&str>, scope: &Scope) -> String {
        let id = self.findings.sound(id.to_owned(), &at.key("label"));
        self.zones.row_id(zone, scope.floor, &id)
    }

    fn seats(
        &mut self,
        seats: super::List<chart::Seat>,
        at: &At<'_>,
        outer: &Label,
        scope: &Scope,
        category: Option<&str>,
    ) -> Vec<Seat> {
        let list = at.key("seats");
        let seats = self.elements(seats, &list).into_iter();
        seats.map(|(n, seat)| self.seat(seat, &list.index(n), n, outer, scope, category)).collect()
    }

    fn seat(
        &mut self,
        mut seat: chart::Seat,
        at: &At<'_>,
        n: usize,
        outer: &Label,
        scope: &Scope,
        category: Option<&str>,
    ) -> Seat {
        let named = seat.named();
        let label = self.label(&named, at, "seat", n);
        let (id, label) = self.claim(label.inside(Some(outer)), at);
        let category = self.need_category(&named, at, category);
        let point = self.point(seat.x, seat.y, at, scope.frame);
        let accessible = self.flag(seat.accessible, &at.key("accessible"));
        Seat {
            id,
            label,
            accessible: accessible || self.categories.is_accessible(category.as_deref()),
            category,
            x: point.map(|point| point.x),
            y: point.map(|point| point.y),
            gap_before: false,
            companion: self.flag(seat.companion_seat, &at.key("companionSeat")),
            restricted_view: self.flag(seat.restricted_view, &at.key("restrictedView")),
        }
    }
}
