//! Offers with a name of their own: those that the document lists, and tables that are sold as a whole.

use std::sync::Arc;

use super::{Compiler, or_id};
use crate::domain::plan::{Deal, PlanDocument, QUANTITY_MAX, UNITS_PER_OFFER_MAX};

impl Compiler<'_> {
    pub(super) fn offers(&mut self, document: &PlanDocument) {
        for (n, offer) in document.offers.iter().enumerate() {
            let at = format!("/offers/{n}");
            self.id(&offer.id, &at);
            self.price(offer.price, &at);
            if offer.units.is_empty() {
                self.defect("bill_empty", format!("{at}/units"), "an offer takes at least one unit");
            }
            let mut bill = Vec::with_capacity(offer.units.len());
            for (unit, &quantity) in &offer.units {
                let pointer = format!("{at}/units/{}", escape(unit));
                if !(1..=QUANTITY_MAX).contains(&quantity) {
                    self.defect("quantity_range", &pointer, format!("must be between 1 and {QUANTITY_MAX}"));
                }
                match self.index_by_id.get(unit.as_str()) {
                    Some(&unit) => bill.push((unit, quantity)),
                    None => self.defect("unit_unknown", pointer, format!("no unit has the id {unit:?}")),
                }
            }
            self.offer(&offer.id, &offer.label, offer.price, bill.into(), &at);
        }
    }

    /// A table without an id or a category is drawn, but not for sale.
    pub(super) fn whole_tables(&mut self, document: &PlanDocument) {
        let mut row = 0;
        for (z, zone) in document.zones.iter().enumerate() {
            row += zone.rows.len();
            for (t, table) in zone.tables.iter().enumerate() {
                let seats = self.rows[row].seats.clone();
                row += 1;
                let category = table.category.as_ref().and_then(|id| self.categories.get(id).copied());
                let Some(category) = category.filter(|_| table.whole && !table.id.is_empty()) else {
                    continue;
                };
                let bill: Vec<(u32, u32)> = seats.map(|seat| (seat, 1)).collect();
                let price = self.prices[category as usize];
                let at = format!("/zones/{z}/tables/{t}");
                self.offer(&table.id, &table.label, price, bill.into(), &at);
            }
        }
    }

    fn offer(&mut self, id: &str, label: &str, price: Option<i64>, bill: Box<[(u32, u32)]>, at: &str) {
        if self.index_by_id.contains_key(id) {
            self.defect("offer_clash", format!("{at}/id"), format!("{id:?} is the id of a unit"));
        } else if self.known.unit(id).is_some() {
            let detail = format!("{id:?} is the id of a unit that was closed");
            self.defect("offer_clash", format!("{at}/id"), detail);
        }
        if bill.len() > UNITS_PER_OFFER_MAX {
            let detail =
                format!("{id:?} takes {} units; at most {UNITS_PER_OFFER_MAX} are allowed", bill.len());
            self.odd("bill_too_wide", format!("{at}/units"), detail);
        }
        let id: Arc<str> = id.into();
        if self.deal_by_id.insert(id.clone(), self.deals.len()).is_some() {
            self.defect("duplicate_id", format!("{at}/id"), format!("offer {id:?} exists already"));
        }
        let label = or_id(label, &id);
        self.deals.push(Deal { id, label, price, bill, is_closed: false });
    }
}

/// A key as a JSON pointer token (RFC 6901).
fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
