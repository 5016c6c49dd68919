//! How a sale to everybody stands, and what everybody is told of an inventory beside its units.

use serde::{Deserialize, Serialize};

use super::details::{Cancelled, Details, Listing};
use super::settings::Window;
use super::time::Rfc3339;
use super::{InventoryId, Timestamp};

/// How the public sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SalePhase {
    Upcoming,
    Open,
    Closed,
    /// Nothing can be had, and nobody holds anything that might come back by itself.
    SoldOut,
    Cancelled,
}

/// The sale to everybody; channels and categories may have times of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PublicSale {
    pub state: SalePhase,
    /// Null: since it was made.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub opens_at: Option<Rfc3339>,
    /// Null: no end is set.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub closes_at: Option<Rfc3339>,
}

impl PublicSale {
    pub fn at(now: Timestamp, window: Window, is_cancelled: bool, is_sold_out: bool) -> Self {
        let Window { on_sale_from: opens_at, on_sale_until: closes_at } = window;
        let state = if is_cancelled {
            SalePhase::Cancelled
        } else if closes_at.is_some_and(|at| now >= at.0) {
            SalePhase::Closed
        } else if opens_at.is_some_and(|at| now < at.0) {
            SalePhase::Upcoming
        } else if is_sold_out {
            SalePhase::SoldOut
        } else {
            SalePhase::Open
        };
        Self { state, opens_at, closes_at }
    }
}

/// When and why the sale was ended for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CancelledAnswer {
    #[schema(value_type = String, format = DateTime)]
    at: Rfc3339,
    reason: String,
}

impl From<&Cancelled> for CancelledAnswer {
    fn from(cancelled: &Cancelled) -> Self {
        Self { at: cancelled.at.rfc3339(), reason: cancelled.reason.clone() }
    }
}

/// What everybody who sees an inventory is told of it beside its units; as a live frame, `inventory`.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FactsAnswer {
    #[schema(value_type = String)]
    pub inventory: InventoryId,
    pub epoch: u64,
    pub seq: u64,
    pub name: String,
    #[schema(required)]
    pub venue: Option<String>,
    pub listing: Listing,
    /// When the event begins.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Rfc3339>,
    /// The same as clocks there show it, with their offset.
    #[schema(required)]
    pub starts_at_local: Option<String>,
    #[schema(required)]
    pub time_zone: Option<String>,
    pub sale: PublicSale,
    #[schema(required)]
    pub cancelled: Option<CancelledAnswer>,
}

impl FactsAnswer {
    pub fn of(
        (inventory, epoch, seq): (InventoryId, u64, u64),
        details: &Details,
        sale: PublicSale,
        cancelled: Option<&Cancelled>,
    ) -> Self {
        Self {
            inventory,
            epoch,
            seq,
            name: details.name.clone(),
            venue: details.venue.clone(),
            listing: details.listing,
            starts_at: details.starts_at.map(Rfc3339),
            starts_at_local: details.starts_at_local(),
            time_zone: details.time_zone.clone(),
            sale,
            cancelled: cancelled.map(CancelledAnswer::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_stands_in_one_way_at_a_time() {
        let (from, until) = (Timestamp(10), Timestamp(20));
        let window = Window { on_sale_from: Some(Rfc3339(from)), on_sale_until: Some(Rfc3339(until)) };
        let state =
            |now, cancelled, sold_out| PublicSale::at(Timestamp(now), window, cancelled, sold_out).state;
        assert_eq!(state(9, false, false), SalePhase::Upcoming);
        assert_eq!(state(10, false, false), SalePhase::Open);
        assert_eq!(state(10, false, true), SalePhase::SoldOut);
        assert_eq!(state(20, false, true), SalePhase::Closed);
        assert_eq!(state(15, true, true), SalePhase::Cancelled);
    }
}
