//! Whether what somebody was told stands in the journal.

use fairhold::domain::event::Lines;
use fairhold::domain::{Event, Record};

use crate::load::{Sent, What};
use crate::support::api::{Outcome, Reply};
use crate::support::journal::{Finding, Journal};

/// An acknowledged call is in the journal, under the seq and the ids that its caller was told.
pub(crate) fn acknowledged(journal: &Journal, sent: &Sent) -> Option<Finding> {
    let Outcome::Done(reply) = &sent.outcome else { return None };
    if matches!(sent.what, What::Release(_)) {
        return None;
    }
    let record = journal.record(reply.seq());
    if record.is_some_and(|record| says(journal, record, &sent.what, reply)) {
        return None;
    }
    let stored = record.map(|record| &record.events);
    Some(Finding { rule: "missing", detail: format!("{:?} {}: {stored:?}", sent.what, reply.body) })
}

/// A hold whose release was acknowledged is over. It has no seq to be found by.
pub(crate) fn released(journal: &Journal, sent: &Sent) -> Option<Finding> {
    let (What::Release(hold), Outcome::Done(_)) = (&sent.what, &sent.outcome) else { return None };
    let detail = format!("the release of {hold}");
    journal.has_hold(hold).then_some(Finding { rule: "missing", detail })
}

fn says(journal: &Journal, record: &Record, what: &What, reply: &Reply) -> bool {
    let same = |id: &dyn std::fmt::Display, lines: &Lines| {
        id.to_string() == reply.id() && units(journal, lines) == reply.units()
    };
    let is_it = |event: &Event| match (what, event) {
        (What::Hold, Event::Held { hold, lines, .. }) => same(hold, lines),
        (What::Extend(of), Event::Extended { hold, lines, .. }) => {
            same(hold, lines) && *of == hold.to_string()
        }
        (What::Purchase(of), Event::Purchased { sale, hold: Some(hold), lines, .. }) => {
            same(sale, lines) && *of == hold.to_string()
        }
        (What::Buy, Event::Purchased { sale, hold: None, lines, .. }) => same(sale, lines),
        (What::Return(_), Event::Returned { sale, lines, .. }) => same(sale, lines),
        _ => false,
    };
    record.epoch == reply.epoch() && record.cause.key.is_some() && record.events.iter().any(is_it)
}

fn units(journal: &Journal, lines: &Lines) -> Vec<(String, u64)> {
    let units = lines.iter().flat_map(|line| &line.units);
    units.map(|&(unit, quantity)| (journal.unit_id(unit).to_owned(), u64::from(quantity))).collect()
}
