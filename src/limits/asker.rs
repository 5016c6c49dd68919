//! Who asks, and what it is told when it is turned away.

use super::address::ClientAddress;
use crate::domain::{BuyerId, KeyId};

/// Whose budget a request is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub address: ClientAddress,
    pub party: Party,
    /// From an address that the operator lets do much more.
    pub is_raised: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    Nobody,
    Buyer(BuyerId),
    /// A shop's server or an operator: it has a budget of its own, and its address has nothing to do with it.
    Key(KeyId),
}

/// What is left of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// All of it, for a minute.
    pub quota: u64,
    pub left: u64,
    /// When all of it is there again.
    pub full_after_ms: i64,
}

/// Whose budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Address,
    Buyer,
    Key,
}

impl Whose {
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Buyer => "buyer",
            Self::Key => "key",
        }
    }
}

/// What was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Calls,
    Sessions,
    JournalBytes,
    WrongCodes,
    Streams,
    /// Pieces that are held and not paid for.
    PiecesHeld,
    /// Holds were given up, one after the other.
    CoolingDown,
    /// Held for too long in all, without paying.
    HoldingTime,
}

impl Reason {
    /// As in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Sessions => "sessions",
            Self::JournalBytes => "journal_bytes",
            Self::WrongCodes => "wrong_codes",
            Self::Streams => "streams",
            Self::PiecesHeld => "pieces_held",
            Self::CoolingDown => "cooling_down",
            Self::HoldingTime => "holding_time",
        }
    }
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnedAway {
    pub reason: Reason,
    pub whose: Whose,
    /// How much is allowed.
    pub max: u64,
    /// After this it is worth another try.
    pub wait_ms: i64,
}

impl TurnedAway {
    pub fn retry_after_seconds(&self) -> u32 {
        u32::try_from(self.wait_ms.max(0).unsigned_abs().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
    }
}
