//! One budget by client and buyer: who may ask how often, open how much, and hold how many pieces for how long.
//!
//! Promises: whoever never pays keeps little from others, whatever the number of sessions, and what is counted
//! takes bounded memory. It refuses to know requests, answers and the store. Why the figures are what they are:
//! `docs/decisions/0011-budgets-by-client-and-buyer.md`; what an operator sets: `docs/limits.md`.
//!
//! Two things are counted in two places. How *often* is the [`Limiter`]'s: accounts, orders and chat ask it, too, and
//! several servers may share one. How *much is held* is the inventory's own ([`Holdings`]): its owner sees every
//! hold begin and end, so nothing is shared and nothing can leak.
//!
//! | file | holds |
//! |---|---|
//! | `address` | whose request it is when proxies stand between |
//! | `asker` | who asks, and what it is told when it is turned away |
//! | `rules` | how much of what is allowed |
//! | `local`, `table`, `rate` | the limiter of one server, in bounded memory |
//! | `holdings`, `standing` | what is held and not paid for, and what became of it |

mod address;
mod asker;
mod holdings;
mod local;
mod rate;
mod rules;
mod standing;
mod table;

use std::fmt;

pub use address::{BadNetwork, ClientAddress, ForwardedBy, Network, Proxies};
pub use asker::{Asker, Left, Party, Reason, TurnedAway, Whose};
pub use holdings::Holdings;
pub use local::LocalLimiter;
pub use rules::{CallRules, HoldingRules, RAISED_BY};

use crate::domain::InventoryId;

/// What a call is for. A rush of one must not stop the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Holds, purchases and groups.
    Selling,
    Other,
}

impl Lane {
    pub fn name(self) -> &'static str {
        match self {
            Self::Selling => "selling",
            Self::Other => "other",
        }
    }
}

/// What there is only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// So many a minute. Who is in debt with the journal may not sell.
    Call(Lane),
    /// New buyers, so many a minute.
    Session,
    /// Wrong codes for allotments of this inventory, so many in any minute.
    WrongCode(InventoryId),
    /// Live streams, so many at a time: who has taken one gives it back.
    Stream,
    /// What the journal keeps for good, so many a minute; known only when it is written.
    JournalByte,
}

/// Counts, and says no. One server's is [`LocalLimiter`]; one that several share would count the same here and
/// exchange sums behind it, since no call can wait for another machine.
pub trait Limiter: fmt::Debug + Send + Sync {
    /// One more, or why not.
    fn take(&self, asker: &Asker, what: Counted) -> Result<Left, TurnedAway>;

    /// So much was used, also when it is more than there was: the next `take` finds it gone.
    fn spend(&self, asker: &Asker, what: Counted, much: u64);

    /// One that was taken is there again.
    fn give_back(&self, asker: &Asker, what: Counted);
}

/// Lets everybody do everything: for parts of the server that are run alone.
#[derive(Debug, Clone, Copy)]
pub struct Unlimited;

impl Limiter for Unlimited {
    fn take(&self, _: &Asker, _: Counted) -> Result<Left, TurnedAway> {
        Ok(Left { quota: u64::MAX, left: u64::MAX, full_after_ms: 0 })
    }

    fn spend(&self, _: &Asker, _: Counted, _: u64) {}

    fn give_back(&self, _: &Asker, _: Counted) {}
}
