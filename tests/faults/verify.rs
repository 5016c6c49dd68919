//! Whether what somebody was told stands in the journal, and in the order in which it was told.

use std::time::Instant;

use fairhold::domain::event::Lines;
use fairhold::domain::{Event, Record};

use crate::client::{Ack, Op, What};
use crate::support::journal::{Finding, Journal};

/// An acknowledged call is in the journal, under the seq and the ids that its caller was told.
pub(crate) fn acknowledged(journal: &Journal, op: &Op) -> Option<Finding> {
    let ack = op.ack()?;
    if matches!(op.what, What::Release(_) | What::Unblock(_)) {
        return None;
    }
    let record = journal.record(ack.seq);
    if record.is_some_and(|record| says(journal, record, &op.what, ack)) {
        return None;
    }
    let stored = record.map(|record| &record.events);
    Some(Finding { rule: "missing", detail: format!("{:?} {ack:?}: {stored:?}", op.what) })
}

/// A hold whose release was acknowledged is over. It has no seq to be found by.
pub(crate) fn released(journal: &Journal, op: &Op) -> Option<Finding> {
    let What::Release(hold) = &op.what else { return None };
    op.ack()?;
    let detail = format!("the release of {hold}");
    journal.has_hold(hold).then_some(Finding { rule: "missing", detail })
}

fn says(journal: &Journal, record: &Record, what: &What, ack: &Ack) -> bool {
    let same = |id: &dyn std::fmt::Display, lines: &Lines| {
        id.to_string() == ack.id && units(journal, lines) == ack.units
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
        (What::Block, Event::Blocked { block, .. }) => block.to_string() == ack.id,
        _ => false,
    };
    record.epoch == ack.epoch && record.cause.key.is_some() && record.events.iter().any(is_it)
}

fn units(journal: &Journal, lines: &Lines) -> Vec<(String, u64)> {
    let units = lines.iter().flat_map(|line| &line.units);
    units.map(|&(unit, quantity)| (journal.unit_id(unit).to_owned(), u64::from(quantity))).collect()
}

/// Whoever asked when somebody else had his answer already comes later in the journal: the journal's order is
/// a witness that whole commands, not only single seats, took effect one by one.
pub(crate) fn in_order(ops: &[&Op]) -> Vec<Finding> {
    let mut told: Vec<(Instant, &Op, u64)> =
        ops.iter().filter_map(|op| Some((op.answered, *op, seq(op)?))).collect();
    let mut asked = told.clone();
    told.sort_by_key(|(answered, ..)| *answered);
    asked.sort_by_key(|(_, op, _)| op.asked);
    let mut findings = Vec::new();
    let mut before = told.iter().peekable();
    let mut highest: Option<(&Op, u64)> = None;
    for (_, op, own) in asked {
        while let Some((_, earlier, seq)) = before.next_if(|(answered, ..)| *answered < op.asked) {
            if highest.is_none_or(|(_, highest)| *seq > highest) {
                highest = Some((*earlier, *seq));
            }
        }
        if let Some((earlier, seq)) = highest.filter(|(_, seq)| *seq >= own) {
            let detail = format!("{op:?} came after the answer {seq} to {earlier:?}");
            findings.push(Finding { rule: "order", detail });
        }
    }
    findings
}

/// Where a call took effect, if anybody was told.
fn seq(op: &Op) -> Option<u64> {
    let is_told = !matches!(op.what, What::Release(_) | What::Unblock(_));
    op.ack().filter(|_| is_told).map(|ack| ack.seq)
}
