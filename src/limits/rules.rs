//! How much of what is allowed.

use super::asker::Whose;
use super::{Counted, Lane};

/// What an operator's trusted addresses may do is so many times as much; it is counted all the same.
pub const RAISED_BY: u64 = 1_000;
/// Wrong codes in any minute.
pub(super) const WRONG_CODES_MAX: usize = 10;

/// A minute's worth, and as much at once after a quiet minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRules {
    pub selling_calls_per_buyer: u64,
    pub selling_calls_per_address: u64,
    pub other_calls_per_buyer: u64,
    pub other_calls_per_address: u64,
    /// In each lane.
    pub calls_per_key: u64,
    pub sessions_per_address: u64,
    pub journal_bytes_per_buyer: u64,
    pub journal_bytes_per_address: u64,
    /// At a time.
    pub streams_per_buyer: u64,
    pub streams_per_address: u64,
}

impl CallRules {
    /// None: it is not counted by these.
    pub(super) fn max(&self, whose: Whose, what: Counted) -> Option<u64> {
        match (whose, what) {
            (Whose::Key, Counted::Call(_)) => Some(self.calls_per_key),
            (Whose::Key, _) => None,
            (Whose::Buyer, Counted::Call(Lane::Selling)) => Some(self.selling_calls_per_buyer),
            (Whose::Buyer, Counted::Call(Lane::Other)) => Some(self.other_calls_per_buyer),
            (Whose::Buyer, Counted::Session) => None,
            (Whose::Buyer, Counted::JournalByte) => Some(self.journal_bytes_per_buyer),
            (Whose::Buyer, Counted::Stream) => Some(self.streams_per_buyer),
            (Whose::Address, Counted::Call(Lane::Selling)) => Some(self.selling_calls_per_address),
            (Whose::Address, Counted::Call(Lane::Other)) => Some(self.other_calls_per_address),
            (Whose::Address, Counted::Session) => Some(self.sessions_per_address),
            (Whose::Address, Counted::JournalByte) => Some(self.journal_bytes_per_address),
            (Whose::Address, Counted::Stream) => Some(self.streams_per_address),
            (Whose::Buyer | Whose::Address, Counted::WrongCode(_)) => Some(WRONG_CODES_MAX as u64),
        }
    }
}

/// How much of one inventory may be held without paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldingRules {
    /// Of all its pieces, by one address.
    pub percent_per_address: u64,
    /// But never less than this: small inventories have households and offices, too.
    pub pieces_per_address_min: u64,
}

impl HoldingRules {
    /// Pieces that one address may hold at a time, before any good standing.
    pub(super) fn pieces_per_address(&self, capacity: u64, pieces_per_hold: u64) -> u64 {
        let share = capacity.saturating_mul(self.percent_per_address) / 100;
        share.max(self.pieces_per_address_min).max(pieces_per_hold)
    }
}
