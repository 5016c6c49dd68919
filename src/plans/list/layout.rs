//! Positions for seats that have none: rows as rows, one below the other, sections beside each other.

use crate::domain::plan::{Area, PlanDocument, Row, Shape, Size, Style, Zone};

/// From seat to seat, from row to row, and between what has to be told apart.
const SEAT: f64 = 20.0;
const ROW: f64 = 28.0;
const APART: f64 = 60.0;
/// For the name above a section.
const NAME: f64 = 30.0;
/// An area where nobody sits.
const AREA: (f64, f64) = (200.0, 100.0);

/// The rows and areas of one section of a zone, or of what is in none.
struct Block {
    zone: usize,
    name: String,
    rows: Vec<usize>,
    areas: Vec<usize>,
    width: f64,
    height: f64,
}

pub(super) fn lay_out(document: &mut PlanDocument) {
    let blocks: Vec<Block> =
        document.zones.iter().enumerate().flat_map(|(z, zone)| blocks(z, zone)).collect();
    // About as many beside each other as below each other.
    let across = (blocks.len() as f64).sqrt().ceil() as usize;
    let (mut y, mut size) = (APART, Size { width: APART, height: APART });
    for line in blocks.chunks(across.max(1)) {
        let mut x = APART;
        for block in line {
            block.place(&mut document.zones[block.zone], x, y);
            x += block.width + APART;
        }
        y += line.iter().map(|block| block.height).fold(0.0, f64::max) + APART;
        size = Size { width: size.width.max(x), height: y };
    }
    document.size = (!blocks.is_empty()).then_some(size);
}

fn blocks(z: usize, zone: &Zone) -> Vec<Block> {
    let named = zone.sections.iter().map(|section| (Some(section.id.as_str()), section.name.as_str()));
    let all = [(None, zone.name.as_str())].into_iter().chain(named);
    let block = |(section, name): (Option<&str>, &str)| {
        let rows = zone.rows.iter().enumerate().filter(|(_, row)| row.section.as_deref() == section);
        let areas = zone.areas.iter().enumerate().filter(|(_, area)| area.section.as_deref() == section);
        let widest = rows.clone().map(|(_, row)| width(row)).fold(0.0, f64::max);
        let rows: Vec<usize> = rows.map(|(n, _)| n).collect();
        let areas: Vec<usize> = areas.map(|(n, _)| n).collect();
        let width = if areas.is_empty() { widest } else { widest.max(AREA.0) };
        let height = NAME + rows.len() as f64 * ROW + areas.len() as f64 * (AREA.1 + ROW);
        Block { zone: z, name: name.to_owned(), rows, areas, width, height }
    };
    all.map(block).filter(|block| !(block.rows.is_empty() && block.areas.is_empty())).collect()
}

/// With room for another seat where there is a gap.
fn width(row: &Row) -> f64 {
    let gaps = row.seats.iter().skip(1).filter(|seat| seat.gap_before).count();
    (row.seats.len() + gaps) as f64 * SEAT
}

impl Block {
    fn place(&self, zone: &mut Zone, left: f64, top: f64) {
        let middle = left + self.width / 2.0;
        if !self.name.is_empty() {
            let (text, y) = (self.name.clone(), top + NAME / 2.0);
            zone.shapes.push(Shape::Text {
                x: middle,
                y,
                text,
                color: None,
                size: Some(16.0),
                rotation: None,
            });
        }
        let mut y = top + NAME + ROW / 2.0;
        for &n in &self.areas {
            zone.areas[n].place(middle, y);
            y += AREA.1 + ROW;
        }
        for &n in &self.rows {
            let row = &mut zone.rows[n];
            let mut x = middle - width(row) / 2.0 - SEAT / 2.0;
            for (s, seat) in row.seats.iter_mut().enumerate() {
                x += if seat.gap_before && s > 0 { 2.0 * SEAT } else { SEAT };
                (seat.x, seat.y) = (Some(x), Some(y));
            }
            y += ROW;
        }
    }
}

impl Area {
    fn place(&mut self, middle: f64, top: f64) {
        let (width, height) = AREA;
        (self.x, self.y) = (Some(middle), Some(top + height / 2.0));
        let style =
            Style { label: Some(self.label.clone()).filter(|label| !label.is_empty()), ..Style::default() };
        self.shape = Some(Shape::Rectangle { x: middle - width / 2.0, y: top, width, height, style });
    }
}
