//! What a document holds, in numbers: what there is, what can be bought, and what cannot.

use std::collections::BTreeSet;

use super::Report;
use crate::domain::plan::PlanDocument;

/// The figures of a document, whether it becomes a plan or not.
pub(super) fn counted(document: &PlanDocument) -> Report {
    let categories: BTreeSet<&str> =
        document.categories.iter().map(|category| category.id.as_str()).collect();
    let is_priced = |category: &Option<String>| category.as_deref().is_some_and(|id| categories.contains(id));
    let in_offers: BTreeSet<&str> =
        document.offers.iter().flat_map(|offer| offer.units.keys()).map(String::as_str).collect();
    let mut report = Report { offers: document.offers.len() as u32, ..Report::default() };
    let mut count = |id: &str, is_offer: bool, is_sold: bool| {
        report.offers += u32::from(is_offer);
        report.not_for_sale += u32::from(!is_offer && !is_sold && !in_offers.contains(id));
    };
    let (mut seats, mut areas, mut tables) = (0, 0, 0);
    for zone in &document.zones {
        for seat in zone.rows.iter().flat_map(|row| &row.seats) {
            seats += 1;
            count(&seat.id, is_priced(&seat.category), false);
        }
        for table in &zone.tables {
            let is_sold = table.whole && !table.id.is_empty() && is_priced(&table.category);
            tables += u32::from(is_sold);
            for seat in &table.seats {
                seats += 1;
                count(&seat.id, !table.whole && is_priced(&seat.category), is_sold);
            }
        }
        for area in &zone.areas {
            areas += 1;
            count(&area.id, is_priced(&area.category), false);
        }
    }
    let sellable = document.items.iter().filter(|item| item.sellable).count() as u32;
    let units = seats + areas + document.items.len() as u32;
    Report { seats, areas, units, offers: report.offers + tables + sellable, ..report }
}
