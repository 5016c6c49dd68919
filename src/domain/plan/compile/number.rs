//! From what a document says, in its order, to units and offers by their numbers.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::Compiler;
use crate::domain::plan::numbering::{KnownOffer, KnownUnit, Stood};
use crate::domain::plan::{
    Counted, Deal, Defect, NO_PLACE, Numbering, Offer, OwnOffer, Plan, PlanDocument, UNITS_MAX, Unit,
};
use crate::domain::{OfferNo, UnitNo};

/// What numbers stand for already; of a first version, nothing.
#[derive(Default)]
pub(super) struct Known<'k> {
    numbering: Option<&'k Numbering>,
    previous: Option<&'k Plan>,
    unit_by_id: FxHashMap<&'k str, UnitNo>,
    offer_by_id: FxHashMap<&'k str, OfferNo>,
}

impl<'k> Known<'k> {
    pub(super) fn new(numbering: Option<&'k Numbering>, previous: Option<&'k Plan>) -> Self {
        let units = (0..).zip(numbering.map_or(&[][..], |numbering| &numbering.units));
        let unit_by_id = units.map(|(number, unit)| (&*unit.id, number)).collect();
        let offers = numbering.map_or(0, |numbering| numbering.offers.len() as OfferNo);
        let id = |offer| numbering.map(|numbering| (&**numbering.offer_id(offer), offer));
        let offer_by_id = (0..offers).filter_map(id).collect();
        Self { numbering, previous, unit_by_id, offer_by_id }
    }

    pub(super) fn unit(&self, id: &str) -> Option<&KnownUnit> {
        let number = *self.unit_by_id.get(id)?;
        Some(&self.numbering?.units[number as usize])
    }

    fn units(&self) -> &'k [KnownUnit] {
        self.numbering.map_or(&[], |numbering| &numbering.units)
    }

    fn offers(&self) -> &'k [KnownOffer] {
        self.numbering.map_or(&[], |numbering| &numbering.offers)
    }

    /// Where a unit stood that is left out. None: nobody knows, since the numbering is not that of its plan.
    fn stood(&self, unit: UnitNo) -> Option<Arc<Stood>> {
        let closed = || self.numbering?.units[unit as usize].closed.clone();
        self.previous.map(|previous| previous.stood(unit)).or_else(closed)
    }
}

impl Compiler<'_> {
    /// A seat does not become an area: what is held and sold of a unit would mean something else.
    pub(super) fn same_kind(&mut self, unit: &Unit, at: &str) {
        if self.known.unit(&unit.id).is_some_and(|known| known.kind != unit.kind) {
            let detail = format!("{:?} has been something else than that", unit.id);
            self.defect("kind_changed", format!("{at}/id"), detail);
        }
    }

    /// Prices that were agreed upon are in it.
    pub(super) fn same_currency(&mut self, document: &PlanDocument) {
        let before = self.known.numbering.and_then(|numbering| numbering.currency);
        if let Some(before) = before.filter(|_| before != document.currency) {
            self.defect("currency_changed", "/currency", format!("it has been {before}"));
        }
    }

    pub(super) fn not_too_many(&mut self) {
        let is_new = |unit: &&Unit| self.known.unit(&unit.id).is_none();
        let closed_too = if self.known.units().is_empty() { "" } else { ", closed ones among them" };
        let count = self.known.units().len() + self.units.iter().filter(is_new).count();
        if count > UNITS_MAX {
            let detail = format!("{count} units{closed_too}; at most {UNITS_MAX} are allowed");
            self.defect("too_many_units", "", detail);
        }
    }

    /// Known ids keep their number, new ones come behind them in the order of the document.
    pub(super) fn number(mut self, document: PlanDocument, places: usize) -> Result<Plan, Vec<Defect>> {
        let number_of = self.unit_numbers();
        let (units, terms) = self.units_by_number(&number_of)?;
        let unit_by_id = (0..).zip(&units).map(|(number, unit)| (unit.id.clone(), number)).collect();
        let mut places_of = vec![NO_PLACE; units.len()];
        (0..).zip(&number_of[..places]).for_each(|(place, &unit)| places_of[unit as usize] = place);
        let mut offers = Offers::new(self.known);
        let own = |(number, unit): (UnitNo, &Unit)| {
            offers.set(&unit.id, Offer::Own(OwnOffer { unit: number, terms: terms[number as usize] }))
        };
        let own_offer = (0..).zip(&units).map(own).collect();
        let mut named = Vec::with_capacity(self.deals.len());
        for mut deal in self.deals {
            deal.bill.iter_mut().for_each(|part| part.0 = number_of[part.0 as usize]);
            deal.bill.sort_unstable();
            named.push(offers.set(&deal.id.clone(), Offer::Named(Box::new(deal))));
        }
        let (offers, deal_by_id) = offers.finish();
        Ok(Plan {
            oddities: Vec::new(),
            document,
            rows: self.rows,
            sections: self.sections,
            counted: Counted::new(units.iter().map(|unit| unit.kind)),
            units,
            offers,
            named,
            own_offer,
            unit_by_id,
            deal_by_id,
            places: number_of[..places].to_vec(),
            place_of: places_of,
            benches: OnceLock::new(),
        })
    }

    /// Of each unit of the document.
    fn unit_numbers(&self) -> Vec<UnitNo> {
        let mut next = self.known.units().len() as UnitNo;
        let number = |unit: &Unit| {
            self.known.unit_by_id.get(&*unit.id).copied().unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        };
        self.units.iter().map(number).collect()
    }

    /// All units, and at what terms each is its own offer; closed ones where the document has left them out.
    fn units_by_number(&mut self, number_of: &[UnitNo]) -> Result<UnitsAndTerms, Vec<Defect>> {
        let total = number_of.iter().map(|&number| number as usize + 1).max().unwrap_or(0);
        let total = total.max(self.known.units().len());
        let mut by_number: Vec<Option<Unit>> = (0..total).map(|_| None).collect();
        let mut terms = vec![None; total];
        let read = std::mem::take(&mut self.units).into_iter().zip(&self.terms);
        for ((unit, own), &number) in read.zip(number_of) {
            by_number[number as usize] = Some(unit);
            terms[number as usize] = *own;
        }
        let mut units = Vec::with_capacity(total);
        for (number, unit) in by_number.into_iter().enumerate() {
            let unit = unit.or_else(|| self.closed(number as UnitNo));
            let broken = || vec![Defect::new("numbering_broken", "", format!("nobody knows unit {number}"))];
            units.push(unit.ok_or_else(broken)?);
        }
        Ok((units, terms))
    }

    fn closed(&self, number: UnitNo) -> Option<Unit> {
        let KnownUnit { id, kind, .. } = self.known.units().get(number as usize)?;
        let stood = self.known.stood(number)?;
        Some(Unit {
            id: id.clone(),
            label: stood.label.clone(),
            kind: *kind,
            capacity: 0,
            category: None,
            zone: None,
            section: None,
            row: None,
            at: None,
            gap_before: false,
            accessible: false,
            companion: false,
            restricted_view: false,
            whole: false,
            shared: false,
            closed: Some(stood),
        })
    }
}

type UnitsAndTerms = (Vec<Unit>, Vec<Option<crate::domain::plan::Terms>>);

/// Offers on their way to their numbers.
struct Offers<'k> {
    known: Known<'k>,
    offers: Vec<Option<Offer>>,
}

impl<'k> Offers<'k> {
    fn new(known: Known<'k>) -> Self {
        let offers = known.offers().iter().map(|_| None).collect();
        Self { known, offers }
    }

    /// The number of the offer.
    fn set(&mut self, id: &str, offer: Offer) -> OfferNo {
        if let Some(&number) = self.known.offer_by_id.get(id) {
            self.offers[number as usize] = Some(offer);
            return number;
        }
        self.offers.push(Some(offer));
        self.offers.len() as OfferNo - 1
    }

    /// All of them, and those with a name of their own by it.
    fn finish(self) -> (Vec<Offer>, FxHashMap<Arc<str>, OfferNo>) {
        let known = self.known.offers();
        let closed = |number: usize| match &known[number] {
            KnownOffer::Own(unit) => Offer::Own(OwnOffer { unit: *unit, terms: None }),
            KnownOffer::Named { id, label } => Offer::Named(Box::new(Deal {
                id: id.clone(),
                label: label.clone(),
                price: None,
                bill: Box::default(),
                is_closed: true,
            })),
        };
        let all = self.offers.into_iter().enumerate();
        let offers: Vec<Offer> = all.map(|(number, offer)| offer.unwrap_or_else(|| closed(number))).collect();
        let named = (0..).zip(&offers).filter_map(|(number, offer)| match offer {
            Offer::Named(deal) => Some((deal.id.clone(), number)),
            Offer::Own(_) => None,
        });
        let by_id = named.collect();
        (offers, by_id)
    }
}
