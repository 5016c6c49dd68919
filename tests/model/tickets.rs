//! What somebody has of an offer stays what it was, whatever plans have made of the offer since.

use std::sync::Arc;

use fairhold::domain::event::Line;
use fairhold::domain::{OfferNo, UnitNo};

use crate::hall::{Hall, Terms};
use crate::model::{Basket, Model};

/// An offer at the terms of one of the halls that there were: the first that had them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub offer: OfferNo,
    hall: usize,
}

impl Model {
    /// What is on offer now, as whoever picks it will have it.
    pub fn ticket(&self, offer: OfferNo) -> Ticket {
        let terms = self.hall.terms(offer);
        let same = |hall: &Arc<Hall>| hall.terms(offer) == terms;
        Ticket { offer, hall: self.halls.iter().position(same).expect("at least now") }
    }

    fn ticket_of(&self, line: &Line) -> Ticket {
        let is_it = |hall: &Arc<Hall>| {
            let Some(terms) = hall.terms(line.offer) else { return false };
            let units = bill_of(terms, line.quantity);
            terms.price == line.price && line.units.iter().map(|part| (part.0, part.1.into())).eq(units)
        };
        Ticket { offer: line.offer, hall: self.halls.iter().position(is_it).expect("some hall had it") }
    }

    pub fn terms(&self, ticket: Ticket) -> &Terms {
        self.halls[ticket.hall].terms(ticket.offer).expect("it was on offer there")
    }

    /// What so many pieces take: guests share one.
    pub fn bill_of(&self, ticket: Ticket, quantity: u32) -> Vec<(UnitNo, u64)> {
        bill_of(self.terms(ticket), quantity).collect()
    }

    pub(crate) fn basket(&self, lines: &[Line]) -> Basket {
        lines.iter().map(|line| (self.ticket_of(line), line.quantity)).collect()
    }
}

fn bill_of(terms: &Terms, quantity: u32) -> impl Iterator<Item = (UnitNo, u64)> {
    let times = if terms.guests.is_some() { 1 } else { u64::from(quantity) };
    terms.bill.iter().map(move |&(unit, one)| (unit, u64::from(one) * times))
}
