//! What is done to seats and rows.

use super::Editor;
use crate::replans::document::{Bench, Closed, Seat};

impl Editor {
    pub(super) fn new_seat(&mut self, at: (i64, i64)) -> Seat {
        let category = (!self.rng.percent(8)).then(|| self.category());
        Seat {
            id: self.fresh(),
            label: self.label(),
            category,
            at,
            gap_before: self.rng.percent(10),
            accessible: self.rng.percent(4),
        }
    }

    pub(super) fn add_seat(&mut self) -> Option<()> {
        self.may_grow()?;
        let (at, beside) = self.pick_seat()?;
        let (x, y) = self.bench(at).seats[beside].at;
        let seat = self.new_seat((x + 5, y));
        self.bench(at).seats.insert(beside, seat);
        Some(())
    }

    pub(super) fn add_bench(&mut self, is_table: bool) -> Option<()> {
        self.may_grow()?;
        let zone = self.rng.below(self.document.zones.len());
        let y = 20 + self.rng.below(400) as i64;
        let count = if is_table { 4 } else { 4 + self.rng.below(5) };
        let seats = (0..count).map(|n| self.new_seat((100 + 12 * n as i64, y))).collect();
        let whole = (is_table && self.rng.percent(50)).then(|| self.category());
        let (id, label, section) = (self.fresh(), self.label(), self.section(zone));
        let bench = Bench { id, label, section, is_table, whole, seats };
        let benches = self.document.zones[zone].benches.len();
        let place = self.rng.below(benches + 1);
        self.document.zones[zone].benches.insert(place, bench);
        Some(())
    }

    /// To another row, or another place in its own.
    pub(super) fn move_seat(&mut self) -> Option<()> {
        let (from, seat) = self.pick_seat()?;
        let to = self.pick_bench()?;
        let seat = self.bench(from).seats.remove(seat);
        let places = self.bench(to).seats.len() + 1;
        let place = self.rng.below(places);
        self.bench(to).seats.insert(place, seat);
        Some(())
    }

    pub(super) fn swap_seats(&mut self) -> Option<()> {
        let (at, one) = self.pick_seat()?;
        let others = self.bench(at).seats.len();
        let other = self.rng.below(others);
        let seats = &mut self.bench(at).seats;
        seats.swap(one, other);
        Some(())
    }

    pub(super) fn place_seat(&mut self) -> Option<()> {
        let at = (self.rng.below(400) as i64, self.rng.below(400) as i64);
        self.seat()?.at = at;
        Some(())
    }

    pub(super) fn mark_seat(&mut self) -> Option<()> {
        let is_gap = self.rng.percent(70);
        let seat = self.seat()?;
        match is_gap {
            true => seat.gap_before = !seat.gap_before,
            false => seat.accessible = !seat.accessible,
        }
        Some(())
    }

    pub(super) fn relabel_seat(&mut self) -> Option<()> {
        let label = self.label();
        self.seat()?.label = label;
        Some(())
    }

    pub(super) fn relabel_bench(&mut self) -> Option<()> {
        let (at, label) = (self.pick_bench()?, self.label());
        self.bench(at).label = label;
        Some(())
    }

    pub(super) fn rename(&mut self) -> Option<()> {
        let (label, is_section) = (self.label(), self.rng.percent(60));
        let section = self.rng.below(2);
        let zone = self.zone();
        match is_section {
            true => zone.sections.get_mut(section)?.1 = label,
            false => zone.name = label,
        }
        Some(())
    }

    pub(super) fn close_seats(&mut self) -> Option<()> {
        for _ in 0..=self.rng.below(3) {
            let (at, seat) = self.pick_blocked().or_else(|| self.pick_seat())?;
            let seat = self.bench(at).seats.remove(seat);
            self.put_away(at, vec![seat]);
        }
        Some(())
    }

    fn pick_blocked(&mut self) -> Option<((usize, usize), usize)> {
        let id = self.rng.take(&mut self.blocked).filter(|_| self.rng.percent(60))?;
        let zones = self.document.zones.iter().enumerate();
        let mut benches =
            zones.flat_map(|(z, zone)| (0..).zip(&zone.benches).map(move |(b, bench)| ((z, b), bench)));
        benches.find_map(|(at, bench)| Some((at, bench.seats.iter().position(|seat| seat.id == id)?)))
    }

    pub(super) fn close_bench(&mut self) -> Option<()> {
        let at = self.pick_bench()?;
        let seats = std::mem::take(&mut self.bench(at).seats);
        self.put_away(at, seats);
        Some(())
    }

    pub(super) fn put_away(&mut self, at: (usize, usize), seats: Vec<Seat>) {
        let zone = self.document.zones[at.0].id.clone();
        let bench = Bench { seats: Vec::new(), ..self.bench(at).clone() };
        let closed = |seat| Closed::Seat { zone: zone.clone(), bench: bench.clone(), seat };
        self.document.cellar.extend(seats.into_iter().map(closed));
    }

    pub(super) fn recategorise(&mut self) -> Option<()> {
        let category = (!self.rng.percent(15)).then(|| self.category());
        self.seat()?.category = category;
        Some(())
    }

    pub(super) fn another_section(&mut self) -> Option<()> {
        let at = self.pick_bench()?;
        let section = self.section(at.0);
        self.bench(at).section = section;
        Some(())
    }
}
