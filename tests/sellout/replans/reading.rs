//! A plan document read by the letter of `docs/plan-format.md`: who has which number, what a ticket says, how
//! much there is. Nothing of it is the server's code.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reference::Chair;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Seat,
    Area,
    Item,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Seat => "seat",
            Self::Area => "area",
            Self::Item => "item",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) is_open: bool,
    /// As the document says; of a closed one, nothing.
    pub(crate) capacity: i64,
    /// Zone, section, row and its own label; of a closed one, those of its last day.
    pub(crate) printed: [String; 4],
}

/// A seat where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) unit: usize,
    /// None: it is not sold by itself.
    pub(crate) category: Option<String>,
    pub(crate) is_accessible: bool,
}

/// A version of the plan: units by number, seats by place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    pub(crate) name: String,
    pub(crate) units: Vec<Unit>,
    numbers: BTreeMap<String, usize>,
    /// Unit numbers of each row, then of each table of its zone.
    pub(crate) rows: Vec<Vec<usize>>,
    pub(crate) places: Vec<Place>,
    pub(crate) chairs: Vec<Chair>,
    pub(crate) categories: Vec<String>,
    /// Ids of the offers with a name of their own.
    pub(crate) offers: Vec<String>,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// What whoever wrote it calls it.
pub(super) fn name(document: &Value) -> &str {
    let category = list(document, "categories").first().map_or("", |category| text(category, "name"));
    category.split_once(" of ").map_or("", |(_, name)| name)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

impl Layout {
    /// The document behind this version; what it leaves out is closed.
    pub(crate) fn read(document: &Value, before: Option<&Self>) -> Self {
        let mut this = Self { name: name(document).to_owned(), ..Self::default() };
        if let Some(before) = before {
            let closed = |unit: &Unit| Unit { is_open: false, capacity: 0, ..unit.clone() };
            this.units = before.units.iter().map(closed).collect();
            this.numbers = before.numbers.clone();
        }
        this.categories = list(document, "categories").iter().map(|one| text(one, "id").to_owned()).collect();
        for (z, zone) in list(document, "zones").iter().enumerate() {
            for key in ["rows", "tables"] {
                list(zone, key).iter().for_each(|bench| this.bench(document, z, zone, bench));
            }
        }
        for zone in list(document, "zones") {
            for area in list(zone, "areas") {
                let printed = [text(zone, "name"), section_name(zone, area), "", label(area)];
                let capacity = area["capacity"].as_i64().unwrap_or(-1);
                this.unit(text(area, "id"), Kind::Area, capacity, printed);
            }
        }
        for item in list(document, "items") {
            let capacity = item["capacity"].as_i64().unwrap_or(-1);
            this.unit(text(item, "id"), Kind::Item, capacity, ["", "", "", label(item)]);
        }
        this.offers = list(document, "offers").iter().map(|one| text(one, "id").to_owned()).collect();
        this
    }

    fn bench(&mut self, document: &Value, z: usize, zone: &Value, bench: &Value) {
        let is_whole = bench["whole"] == true;
        let part = list(zone, "sections").iter().position(|one| one["id"] == bench["section"]);
        let mut row = Vec::new();
        for (s, seat) in list(bench, "seats").iter().enumerate() {
            let printed = [text(zone, "name"), section_name(zone, bench), text(bench, "label"), label(seat)];
            let unit = self.unit(text(seat, "id"), Kind::Seat, 1, printed);
            row.push(unit);
            let goes_on = s > 0 && seat["gap_before"] != true;
            let before = self.chairs.last().map_or(0, |chair| chair.bench + usize::from(!goes_on));
            let point = |of: &Value| (of["x"].as_f64().unwrap_or(0.0), of["y"].as_f64().unwrap_or(0.0));
            let ((x, y), (from_x, from_y)) = (point(seat), point(&document["focal_point"]));
            let distance = (x - from_x).hypot(y - from_y);
            // A part is a section, or what of a zone is in none.
            let part = z * 1_000 + part.map_or(0, |part| part + 1);
            let (cost, at) = ((distance * 100.0) as u64, ((x * 100.0) as i64, (y * 100.0) as i64));
            self.chairs.push(Chair { bench: before, part, cost, at });
            self.places.push(Place {
                unit,
                category: seat["category"].as_str().filter(|_| !is_whole).map(str::to_owned),
                is_accessible: seat["accessible"] == true,
            });
        }
        self.rows.push(row);
    }

    /// Known ids keep their number, new ones come behind all that are there.
    fn unit(&mut self, id: &str, kind: Kind, capacity: i64, printed: [&str; 4]) -> usize {
        let next = self.numbers.len();
        let number = *self.numbers.entry(id.to_owned()).or_insert(next);
        let printed = printed.map(str::to_owned);
        let unit = Unit { id: id.to_owned(), kind, is_open: true, capacity, printed };
        match self.units.get_mut(number) {
            Some(known) => *known = unit,
            None => self.units.push(unit),
        }
        number
    }

    pub(crate) fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// The same in the words of `GET …/plan`, as far as they are about units.
    pub(crate) fn shown(&self) -> String {
        let unit = |unit: &Unit| {
            let Unit { id, kind, is_open, capacity, printed } = unit;
            format!("{id} {} {is_open} {capacity} {}\n", kind.name(), printed[3])
        };
        self.units.iter().map(unit).collect::<String>() + &format!("{:?}", self.rows)
    }
}

/// What [`Layout::shown`] is, of an answer.
pub(crate) fn shown(plan: &Value) -> String {
    let unit = |unit: &Value| {
        let (id, kind, label) = (text(unit, "id"), text(unit, "kind"), text(unit, "label"));
        let capacity = unit["capacity"].as_i64().unwrap_or(-1);
        format!("{id} {kind} {} {capacity} {label}\n", unit["closed"] != true)
    };
    let row = |row: &Value| -> Vec<usize> {
        list(row, "units").iter().filter_map(|unit| usize::try_from(unit.as_u64()?).ok()).collect()
    };
    let rows: Vec<Vec<usize>> = list(plan, "rows").iter().map(row).collect();
    list(plan, "units").iter().map(unit).collect::<String>() + &format!("{rows:?}")
}

/// What people read: without a label, the id.
fn label(thing: &Value) -> &str {
    Some(text(thing, "label")).filter(|label| !label.is_empty()).unwrap_or_else(|| text(thing, "id"))
}

fn section_name<'a>(zone: &'a Value, thing: &Value) -> &'a str {
    let section = list(zone, "sections").iter().find(|one| one["id"] == thing["section"]);
    section.map_or("", |section| text(section, "name"))
}

/// What a new version would do to a unit that somebody may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touch {
    Closed,
    /// The ticket of whoever bought it would not fit any more.
    Relabelled,
    /// So many more, or fewer.
    Capacity(i64),
}

/// All that the next version touches; what is new or comes back cannot hurt anybody but by its label.
pub(crate) fn touched(now: &Layout, next: &Layout) -> Vec<(usize, Touch)> {
    let mut touched = Vec::new();
    for (number, (before, after)) in now.units.iter().zip(&next.units).enumerate() {
        match (before.is_open, after.is_open) {
            (true, false) => touched.push((number, Touch::Closed)),
            (true, true) if before.capacity != after.capacity => {
                touched.push((number, Touch::Capacity(after.capacity - before.capacity)));
            }
            _ => {}
        }
        if after.is_open && before.printed != after.printed {
            touched.push((number, Touch::Relabelled));
        }
    }
    touched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replans::document::hall;

    fn ids(layout: &Layout, numbers: &[usize]) -> Vec<String> {
        numbers.iter().map(|&number| layout.units[number].id.clone()).collect()
    }

    #[test]
    fn seats_areas_and_items_are_numbered_in_this_order_and_new_ones_behind_them() {
        let first = Layout::read(&hall().json(), None);
        let kinds: Vec<Kind> = first.units.iter().map(|unit| unit.kind).collect();
        assert!(kinds.is_sorted_by_key(|kind| *kind as u8));
        assert_eq!(ids(&first, &first.rows[0])[..2], ["stalls-0-0", "stalls-0-1"]);
        let mut next = hall();
        let mut extra = next.zones[0].benches[0].seats[0].clone();
        extra.id = "extra".to_owned();
        next.zones[0].benches[0].seats.insert(0, extra);
        let gone = next.zones[0].areas.remove(0).id;
        let second = Layout::read(&next.json(), Some(&first));
        assert_eq!(second.number("extra"), Some(first.units.len()));
        assert_eq!(ids(&second, &second.rows[0])[..2], ["extra", "stalls-0-0"]);
        let closed = &second.units[second.number(&gone).unwrap()];
        assert!(!closed.is_open && closed.capacity == 0 && closed.kind == Kind::Area);
        assert_eq!(closed.printed, ["Stalls", "", "", "floor"]);
    }

    #[test]
    fn neighbours_end_at_a_gap_and_at_the_end_of_a_row() {
        let layout = Layout::read(&hall().json(), None);
        let benches: Vec<usize> = layout.chairs[..13].iter().map(|chair| chair.bench).collect();
        assert_eq!(benches, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2]);
        assert_ne!(layout.chairs[0].part, layout.chairs[12].part, "another section");
    }

    #[test]
    fn what_is_touched_is_closed_relabelled_or_of_another_size() {
        let first = Layout::read(&hall().json(), None);
        let mut next = hall();
        next.zones[0].benches[2].seats[0].label = "1a".to_owned();
        let gone = next.zones[0].benches[2].seats.remove(1).id;
        next.zones[0].benches[2].seats.swap(1, 2);
        next.items[0].capacity -= 3;
        next.zones[1].sections[0].1 = "Far left".to_owned();
        let second = Layout::read(&next.json(), Some(&first));
        let touched = touched(&first, &second);
        let all_of = |which: &dyn Fn(&Touch) -> bool| {
            touched.iter().filter(|(_, touch)| which(touch)).map(|(unit, _)| *unit).collect::<Vec<_>>()
        };
        assert_eq!(all_of(&|touch| *touch == Touch::Closed), [first.number(&gone).unwrap()]);
        assert_eq!(all_of(&|touch| *touch == Touch::Capacity(-3)), [first.number("cup").unwrap()]);
        let relabelled = ids(&first, &all_of(&|touch| *touch == Touch::Relabelled));
        assert!(relabelled.contains(&"stalls-2-0".to_owned()));
        assert!(relabelled[1..].iter().all(|id| id.starts_with("circle")), "{relabelled:?}");
        assert_eq!(relabelled.len(), 1 + 5 * 12 - 8, "rows 0, 3, 6, 9 and a table of the left section");
    }
}
