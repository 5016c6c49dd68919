//! Sales as lines of a spreadsheet: for the door, or to refund everybody.

use actix_web::web::Bytes;

use crate::domain::ledger::Sale;
use crate::domain::time::Rfc3339;
use crate::domain::{Details, Line, Plan, SaleId, Timestamp, UnitNo, details};

/// So that spreadsheets read it as UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";
const COLUMNS: [&str; 16] = [
    "sale",
    "state",
    "buyer",
    "offer",
    "unit",
    "zone",
    "section",
    "row",
    "seat",
    "quantity",
    "price",
    "currency",
    "event",
    "starts_at",
    "sold_at",
    "returned_at",
];

pub(super) struct SalesCsv {
    currency: String,
    event: String,
    starts_at: String,
    /// Of the event: times are told by its clocks, with their offset.
    zone: Option<jiff::tz::TimeZone>,
    is_begun: bool,
}

impl SalesCsv {
    pub(super) fn new(plan: &Plan, event: &Details) -> Self {
        let starts_at = event.starts_at.map(|at| at.rfc3339().to_string());
        Self {
            currency: plan.currency().map(|currency| currency.to_string()).unwrap_or_default(),
            event: cell(&event.name),
            starts_at: event.starts_at_local().or(starts_at).unwrap_or_default(),
            zone: event.time_zone.as_deref().and_then(details::zone).map(|(_, zone)| zone),
            is_begun: false,
        }
    }

    /// The next lines; before the first of them the names of the columns.
    pub(super) fn lines(&mut self, plan: &Plan, sales: &[(SaleId, Sale)]) -> Bytes {
        let mut bytes = Vec::with_capacity(sales.len() * 160 + 256);
        if !self.is_begun {
            bytes.extend_from_slice(BOM);
        }
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(bytes);
        if !std::mem::replace(&mut self.is_begun, true) {
            csv.write_record(COLUMNS).expect("memory takes everything");
        }
        for (id, sale) in sales {
            let left = sale.lines.iter().map(|line| (line, "sold", None));
            let back = sale.back.iter().flat_map(|back| back.lines.iter().map(|line| (line, back.at)));
            let back = back.map(|(line, at)| (line, "returned", Some(at)));
            for (line, state, returned_at) in left.chain(back) {
                for row in self.rows(plan, line) {
                    let buyer = cell(sale.buyer.as_str());
                    let times = [self.time(Some(sale.sold_at)), self.time(returned_at)];
                    let head = [id.to_string(), state.to_owned(), buyer, cell(plan.offer_id(line.offer))];
                    let event = [self.currency.clone(), self.event.clone(), self.starts_at.clone()];
                    let cells = head.into_iter().chain(row).chain(event).chain(times);
                    csv.write_record(cells).expect("each line has all columns");
                }
            }
        }
        csv.into_inner().expect("memory takes everything").into()
    }

    /// Unit, zone, section, row, seat, quantity and price: of each place, or of a line that has none. Prices are of
    /// one piece in minor units; of an offer of several places the first bears it, so that sums are right.
    fn rows(&self, plan: &Plan, line: &Line) -> Vec<[String; 7]> {
        let price = line.price.map(|price| price.to_string()).unwrap_or_default();
        let is_place = |unit: UnitNo| plan.unit(unit).zone.is_some();
        if line.units.is_empty() || !line.units.iter().all(|&(unit, _)| is_place(unit)) {
            let none = || String::new();
            return vec![[none(), none(), none(), none(), none(), line.quantity.to_string(), price]];
        }
        let row = |(index, &(unit, quantity)): (usize, &(UnitNo, u32))| {
            let place = plan.unit(unit);
            let zone = place.zone.and_then(|zone| plan.document().zones.get(zone as usize));
            let section = place.section.and_then(|section| plan.sections().get(section as usize));
            let row = place.row.and_then(|row| plan.rows().get(row as usize));
            let (quantity, price) = match (index, line.units.len()) {
                (0, 1) => (line.quantity, price.clone()),
                (0, _) => (quantity, price.clone()),
                _ => (quantity, String::new()),
            };
            [
                cell(&place.id),
                cell(zone.map(|zone| zone.name.as_str()).unwrap_or_default()),
                cell(section.map(|section| &*section.name).unwrap_or_default()),
                cell(row.map(|row| &*row.label).unwrap_or_default()),
                cell(&place.label),
                quantity.to_string(),
                price,
            ]
        };
        line.units.iter().enumerate().map(row).collect()
    }

    fn time(&self, at: Option<Timestamp>) -> String {
        let Some(at) = at else { return String::new() };
        let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        match &self.zone {
            Some(zone) => format!("{:.3}", instant.display_with_offset(zone.to_offset(instant))),
            None => Rfc3339(at).to_string(),
        }
    }
}

/// Text that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    const BEGINS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    match text.starts_with(BEGINS) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(cell(bad), format!("'{bad}"));
        }
        for good in ["", "A-1", "Floor", "ann@shop.example"] {
            assert_eq!(cell(good), good);
        }
    }
}
