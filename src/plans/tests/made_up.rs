//! Plans from a seed, as odd as a plan may be.

use crate::domain::plan::{
    Area, Category, Floor, Item, NamedOffer, PlanDocument, Point, Row, Seat, Section, Shape, Size, Style,
    Table, Zone,
};

/// The same numbers for the same seed (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn maybe<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.is(percent) { Some(make(self)) } else { None }
    }

    /// Any number there is between -1,000 and 1,000, or a plain one.
    fn length(&mut self) -> f64 {
        if self.is(30) {
            return self.below(500) as f64;
        }
        (self.next() as f64 / u64::MAX as f64 - 0.5) * 2_000.0
    }

    fn size(&mut self) -> f64 {
        self.length().abs() + 0.5
    }

    fn point(&mut self) -> Point {
        Point { x: self.length(), y: self.length() }
    }

    fn word(&mut self) -> String {
        let words = ["A", "1", "가", "Row 1", "x/y~2", "Left, right", "\"", "%s", "-", "Ω b", "A-1", "🎭"];
        self.one(&words).to_owned()
    }

    fn label(&mut self) -> String {
        if self.is(40) { String::new() } else { self.word() }
    }

    fn color(&mut self) -> Option<String> {
        self.maybe(50, |dice| dice.one(&["#fff", "#12345678", "teal"]).to_owned())
    }
}

pub(super) fn plan(seed: u64) -> PlanDocument {
    let mut maker = Maker { dice: Dice(seed), made: 0, categories: Vec::new() };
    let categories = maker.categories();
    let floors: Vec<Floor> =
        (0..maker.dice.below(3)).map(|n| Floor { id: format!("{n}F"), name: maker.dice.label() }).collect();
    let count = 1 + maker.dice.below(3);
    let mut zones: Vec<Zone> = (0..count).map(|n| maker.zone(n, &floors)).collect();
    let mut last = maker.seats(None);
    // Of every plan something can be bought.
    last[0].category = Some(categories[0].id.clone());
    zones[0].rows.push(Row { id: "last".to_owned(), seats: last, ..Row::default() });
    let items: Vec<Item> = (0..maker.dice.below(3)).map(|_| maker.item()).collect();
    let offers = items.iter().map(|item| maker.offer(item)).collect();
    let size = maker.dice.maybe(50, |dice| Size { width: dice.size(), height: dice.size() });
    let focal_point = maker.dice.maybe(50, Dice::point);
    let (name, currency) = (maker.dice.word(), "KRW".parse().ok());
    PlanDocument { name, currency, size, focal_point, categories, floors, zones, items, offers }
}

struct Maker {
    dice: Dice,
    made: u32,
    /// Their ids.
    categories: Vec<String>,
}

impl Maker {
    /// An id that nobody has.
    fn id(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.dice.word(), self.made)
    }

    fn categories(&mut self) -> Vec<Category> {
        let count = 1 + self.dice.below(3);
        let categories: Vec<Category> = (0..count)
            .map(|_| Category {
                id: self.id(),
                name: self.dice.word(),
                color: self.dice.color(),
                price: self.dice.maybe(60, |dice| dice.below(9_000) as i64),
            })
            .collect();
        self.categories = categories.iter().map(|category| category.id.clone()).collect();
        categories
    }

    fn category(&mut self) -> Option<String> {
        if self.categories.is_empty() { None } else { self.dice.maybe(80, |dice| dice.one(&self.categories)) }
    }

    fn zone(&mut self, n: usize, floors: &[Floor]) -> Zone {
        let sections: Vec<Section> = (0..self.dice.below(3))
            .map(|n| Section {
                id: format!("s{n}"),
                name: self.dice.label(),
                entrance: self.dice.maybe(30, Dice::word),
            })
            .collect();
        let ids: Vec<Option<String>> =
            sections.iter().map(|section| Some(section.id.clone())).chain([None]).collect();
        let floor = self.dice.maybe(50, |dice| dice.one(&[floors, &[Floor::default()]].concat()).id);
        Zone {
            id: format!("z{n}"),
            name: self.dice.label(),
            floor: floor.filter(|floor| !floor.is_empty()),
            focal_point: self.dice.maybe(30, Dice::point),
            rows: (0..self.dice.below(4)).map(|n| self.row(n, &ids)).collect(),
            tables: (0..self.dice.below(3)).map(|_| self.table(&ids)).collect(),
            areas: (0..self.dice.below(3)).map(|_| self.area(&ids)).collect(),
            shapes: (0..self.dice.below(4)).map(|_| self.shape()).collect(),
            sections,
        }
    }

    fn row(&mut self, n: usize, sections: &[Option<String>]) -> Row {
        let id = if self.dice.is(20) { String::new() } else { format!("r{n}") };
        let label = self.dice.one(&[String::new(), id.clone(), "Row 1".to_owned()]);
        let read = if label.is_empty() { id.clone() } else { label.clone() };
        let seats = self.seats(Some(&read));
        Row { id, label, section: self.dice.one(sections), seats }
    }

    /// With labels that are row and number, or words of their own.
    fn seats(&mut self, row: Option<&str>) -> Vec<Seat> {
        let style = self.dice.below(4);
        let count = 1 + self.dice.below(7);
        let mut seats: Vec<Seat> = (0..count).map(|n| self.seat(n, style, row.unwrap_or(""))).collect();
        seats[0].gap_before = self.dice.is(10);
        seats
    }

    fn seat(&mut self, n: usize, style: usize, row: &str) -> Seat {
        let label = match style {
            _ if row.is_empty() => n.to_string(),
            0 => format!("{row}-{n}"),
            1 => format!("{row}, Seat {n}"),
            2 => String::new(),
            _ => self.dice.word(),
        };
        let at = self.dice.maybe(90, Dice::point);
        Seat {
            id: self.id(),
            label,
            category: self.category(),
            x: at.map(|at| at.x),
            y: at.map(|at| at.y),
            gap_before: self.dice.is(10),
            accessible: self.dice.is(10),
            companion: self.dice.is(10),
            restricted_view: self.dice.is(10),
        }
    }

    fn table(&mut self, sections: &[Option<String>]) -> Table {
        let whole = self.dice.is(50);
        let category = self.category().filter(|_| whole);
        Table {
            id: self.id(),
            label: self.dice.label(),
            section: self.dice.one(sections),
            whole,
            category,
            seats: self.seats(None),
            shape: self.dice.is(50).then(|| self.shape()),
        }
    }

    fn area(&mut self, sections: &[Option<String>]) -> Area {
        let (whole, capacity) = (self.dice.is(50), 1 + self.dice.below(200) as u32);
        let at = self.dice.maybe(50, Dice::point);
        Area {
            id: self.id(),
            label: self.dice.label(),
            section: self.dice.one(sections),
            capacity,
            category: self.category(),
            whole,
            min_guests: self
                .dice
                .maybe(50, |dice| 1 + dice.below(capacity as usize) as u32)
                .filter(|_| whole),
            x: at.map(|at| at.x),
            y: at.map(|at| at.y),
            shape: self.dice.is(50).then(|| self.shape()),
        }
    }

    fn shape(&mut self) -> Shape {
        let dice = &mut self.dice;
        let Point { x, y } = dice.point();
        let style = Style {
            color: dice.color(),
            border_color: dice.color(),
            rotation: dice.maybe(30, Dice::length),
            label: dice.maybe(30, Dice::word),
        };
        match dice.below(5) {
            0 => Shape::Rectangle { x, y, width: dice.size(), height: dice.size(), style },
            1 => Shape::Circle { x, y, radius: dice.size(), style },
            2 => Shape::Ellipse { x, y, radius_x: dice.size(), radius_y: dice.size(), style },
            3 => Shape::Polygon { points: (0..3 + dice.below(4)).map(|_| dice.point()).collect(), style },
            _ => {
                let (color, rotation) = (dice.color(), style.rotation);
                Shape::Text { x, y, text: dice.word(), color, size: dice.maybe(50, Dice::size), rotation }
            }
        }
    }

    fn item(&mut self) -> Item {
        let sellable = self.dice.is(50);
        Item {
            id: self.id(),
            label: self.dice.label(),
            capacity: self.dice.below(1_000) as u32,
            measure: self.dice.maybe(30, Dice::word),
            sellable,
            price: self.dice.maybe(50, |dice| dice.below(9_000) as i64).filter(|_| sellable),
        }
    }

    fn offer(&mut self, of: &Item) -> NamedOffer {
        let price = self.dice.maybe(50, |dice| dice.below(9_000) as i64);
        let units = [(of.id.clone(), 1 + self.dice.below(9) as u32)].into_iter().collect();
        NamedOffer { id: self.id(), label: self.dice.label(), price, units }
    }
}
