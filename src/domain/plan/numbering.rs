//! What numbers stand for, for life. Unit and offer numbers stand in the journal, so a later version of a plan
//! is numbered after the one before it: known ids keep their number, new ones come behind them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Offer, Plan, UnitKind};
use crate::domain::money::Currency;
use crate::domain::{OfferNo, UnitNo};

/// All units and offers that any version of a plan had, by number. It is stored with every version but the
/// first, so that a version can be compiled without those before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    pub(super) units: Vec<KnownUnit>,
    pub(super) offers: Vec<KnownOffer>,
    /// Prices of lines are in it, so it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<Currency>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownUnit {
    pub(super) id: Arc<str>,
    pub(super) kind: UnitKind,
    /// Of a closed one: no document tells it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closed: Option<Arc<Stood>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(super) enum KnownOffer {
    /// That of a unit.
    Own(UnitNo),
    Named {
        id: Arc<str>,
        label: Arc<str>,
    },
}

/// Where a unit stood when it was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stood {
    pub(super) zone: String,
    pub(super) section: String,
    pub(super) row: String,
    pub(super) label: Arc<str>,
}

/// What stands on a ticket: whoever has one finds their place by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed<'a> {
    pub zone: &'a str,
    pub section: &'a str,
    pub row: &'a str,
    pub label: &'a str,
}

impl Printed<'_> {
    fn stood(self) -> Stood {
        let Self { zone, section, row, label } = self;
        Stood { zone: zone.into(), section: section.into(), row: row.into(), label: label.into() }
    }
}

impl Plan {
    /// What numbers stand for from this version on.
    pub fn numbering(&self) -> Numbering {
        let unit = |unit: &super::Unit| KnownUnit {
            id: unit.id.clone(),
            kind: unit.kind,
            closed: unit.closed.clone(),
        };
        let offer = |offer: &Offer| match offer {
            Offer::Own(own) => KnownOffer::Own(own.unit),
            Offer::Named(deal) => KnownOffer::Named { id: deal.id.clone(), label: deal.label.clone() },
        };
        Numbering {
            units: self.units.iter().map(unit).collect(),
            offers: self.offers.iter().map(offer).collect(),
            currency: self.currency(),
        }
    }

    /// What is, or was, written on a ticket for this unit.
    pub fn printed(&self, unit: UnitNo) -> Printed<'_> {
        let unit = self.unit(unit);
        if let Some(stood) = &unit.closed {
            let Stood { zone, section, row, label } = &**stood;
            return Printed { zone, section, row, label };
        }
        let zone = unit.zone.map_or("", |zone| &*self.document.zones[zone as usize].name);
        let section = unit.section.map_or("", |section| &*self.sections[section as usize].name);
        let row = unit.row.map_or("", |row| &*self.rows[row as usize].label);
        Printed { zone, section, row, label: &unit.label }
    }

    /// The same for good, when the unit is left out.
    pub(super) fn stood(&self, unit: UnitNo) -> Arc<Stood> {
        let there = self.unit(unit).closed.clone();
        there.unwrap_or_else(|| Arc::new(self.printed(unit).stood()))
    }
}

impl Numbering {
    pub(super) fn offer_id(&self, offer: OfferNo) -> &Arc<str> {
        match &self.offers[offer as usize] {
            KnownOffer::Own(unit) => &self.units[*unit as usize].id,
            KnownOffer::Named { id, .. } => id,
        }
    }
}
