//! Why a command was refused: facts with a stable code.

use super::replan::Why;
use super::{GroupId, Timestamp, UnitNo};

/// A refused command changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody has these seats.
    UnitTaken {
        units: Vec<UnitNo>,
    },
    /// Not so many pieces are left; the units that are short, none for best available, which tells the largest
    /// block of neighbours instead.
    NotEnough {
        units: Vec<UnitNo>,
        largest_block: Option<u32>,
    },
    NoAdjacentBlock {
        largest_block: u32,
    },
    /// These seats would be left alone between taken ones, without need.
    WouldOrphanSeat {
        units: Vec<UnitNo>,
    },
    /// Companion seats of wheelchair places that are free.
    CompanionKept {
        units: Vec<UnitNo>,
    },
    /// So large a party with accessible seats was looked for as long as one request may last.
    SearchExhausted,
    /// Only a secret key says that it is a channel; a buyer gives a code.
    ChannelNeedsKey,
    /// Nothing is kept for this channel, and it has no time of sale.
    ChannelUnknown {
        name: String,
    },
    /// No allotment has this code.
    CodeUnknown,
    /// More accessible seats and companions than people, or companions of nobody.
    PartyInvalid,
    BuyerLimit {
        limit: BuyerLimit,
        max: u32,
    },
    /// More pieces than any hold may have.
    TooManyPieces {
        max: u32,
    },
    /// The offers of one claim take more units than it may have.
    TooManyUnits {
        max: u32,
    },
    /// The sale was cancelled: nothing is claimed here any more.
    Cancelled,
    NotOnSale {
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    },
    HoldExpired,
    HoldReleased,
    HoldPurchased,
    HoldUnknown,
    ExtensionLimit,
    /// The hold has nearly all of its time left, so that an extension would gain nothing.
    ExtensionEarly,
    /// Nothing would be left of the hold.
    HoldEmptied,
    /// The hold is a part of this group, which is held, given back and purchased as a whole.
    HoldInGroup {
        group: GroupId,
    },
    /// The hold or sale has not so many pieces of this offer.
    NotInClaim {
        offer: String,
    },
    /// A move names a hold or sale twice, or does not take as many pieces as it gives up.
    MoveInvalid,
    /// The id names nothing here; `index` is its place in the list that was sent.
    UnitUnknown {
        id: String,
        index: usize,
    },
    CategoryUnknown {
        id: String,
    },
    SectionUnknown {
        id: String,
    },
    ZoneUnknown {
        id: String,
    },
    FloorUnknown {
        id: String,
    },
    /// So few, or so many, guests do not share this; `index` as above.
    QuantityRange {
        index: usize,
        min: u32,
        max: u32,
    },
    /// A seat, or an area that is taken as a whole, has no stock to change.
    UnitNotStocked {
        id: String,
    },
    PurchaseNeedsKey,
    SaleUnknown,
    /// Nothing of that is left in the sale.
    SaleReturned,
    BlockUnknown,
    /// The inventory has as many blocks as it may have.
    TooManyBlocks {
        max: u32,
    },
    /// The block would be lifted before it is made.
    ReleasePast,
    /// No more idempotency keys can be remembered for their day.
    KeysFull,
    /// The settings changed since the caller read them.
    SettingsChanged {
        version: u64,
    },
    /// The plan changed since the new one was made from it.
    PlanChanged {
        version: u32,
    },
    /// The new plan would take something from who has it.
    WouldStrand {
        stranded: Vec<(UnitNo, Why)>,
    },
    SettingInvalid {
        field: &'static str,
        must: &'static str,
    },
    IdempotencyMismatch,
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerLimit {
    LiveHolds,
    PiecesPerHold,
    PiecesPerHoldMin,
    PiecesPerBuyer,
    PiecesPerCategory { category: u32 },
}

impl BuyerLimit {
    pub fn name(self) -> &'static str {
        match self {
            Self::LiveHolds => "holds_per_buyer",
            Self::PiecesPerHold => "pieces_per_hold",
            Self::PiecesPerHoldMin => "pieces_per_hold_min",
            Self::PiecesPerCategory { .. } => "categories",
            Self::PiecesPerBuyer => "pieces_per_buyer",
        }
    }
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnitTaken { .. } => "unit_taken",
            Self::NotEnough { .. } => "not_enough",
            Self::NoAdjacentBlock { .. } => "no_adjacent_block",
            Self::WouldOrphanSeat { .. } => "would_orphan_seat",
            Self::CompanionKept { .. } => "companion_kept",
            Self::SearchExhausted => "search_exhausted",
            Self::ChannelNeedsKey => "channel_needs_key",
            Self::ChannelUnknown { .. } => "channel_unknown",
            Self::CodeUnknown => "code_unknown",
            Self::PartyInvalid | Self::ReleasePast => "invalid_field",
            Self::KeysFull => "keys_full",
            Self::BuyerLimit { .. } => "buyer_limit",
            Self::TooManyPieces { .. } => "too_many_pieces",
            Self::TooManyUnits { .. } => "too_many_units",
            Self::Cancelled => "cancelled",
            Self::NotOnSale { .. } => "not_on_sale",
            Self::HoldExpired => "hold_expired",
            Self::HoldReleased => "hold_released",
            Self::HoldPurchased => "hold_purchased",
            Self::HoldUnknown => "hold_unknown",
            Self::ExtensionLimit => "extension_limit",
            Self::ExtensionEarly => "extension_early",
            Self::HoldEmptied => "hold_emptied",
            Self::HoldInGroup { .. } => "hold_in_group",
            Self::NotInClaim { .. } => "not_in_claim",
            Self::MoveInvalid => "move_invalid",
            Self::UnitUnknown { .. } => "unit_unknown",
            Self::CategoryUnknown { .. } => "category_unknown",
            Self::SectionUnknown { .. } => "section_unknown",
            Self::ZoneUnknown { .. } => "zone_unknown",
            Self::FloorUnknown { .. } => "floor_unknown",
            Self::QuantityRange { .. } => "quantity_range",
            Self::UnitNotStocked { .. } => "unit_not_stocked",
            Self::PurchaseNeedsKey => "purchase_needs_key",
            Self::SaleUnknown => "sale_unknown",
            Self::SaleReturned => "sale_returned",
            Self::BlockUnknown => "block_unknown",
            Self::TooManyBlocks { .. } => "too_many_blocks",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::PlanChanged { .. } => "plan_changed",
            Self::WouldStrand { .. } => "would_strand_holder",
            Self::SettingInvalid { .. } => "setting_invalid",
            Self::IdempotencyMismatch => "idempotency_mismatch",
        }
    }
}
