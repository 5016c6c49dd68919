//! What clients and nodes say to each other: a line of JSON each way. No HTTP: that is tested elsewhere.

use std::num::NonZeroU32;

use fairhold::actors::{Done, Failure};
use fairhold::domain::command::BestWanted;
use fairhold::domain::{
    Access, Action, BlockId, BuyerId, Caller, Cause, Command, HoldId, InventoryId, KeyId, KeyUse, Pick,
    Record, SaleId, Timestamp, Wanted,
};
use fairhold::persistence::{StoredRecord, codec};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Request {
    Do(Ask),
    /// The committed view.
    Look {
        inventory: InventoryId,
    },
    /// The live stream, from `epoch:seq` on, with the buyer's own holds.
    Watch {
        inventory: InventoryId,
        resume: Option<String>,
        buyer: Option<BuyerId>,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ask {
    pub(crate) inventory: InventoryId,
    /// None: the operator's key.
    pub(crate) buyer: Option<BuyerId>,
    pub(crate) key: u64,
    pub(crate) request: String,
    pub(crate) what: What,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum What {
    Hold(BuyerId, Vec<Pick>),
    Best(BuyerId, BestWanted),
    Buy(BuyerId, Vec<Pick>),
    Extend(HoldId),
    Release(HoldId),
    Purchase(HoldId),
    Return(SaleId),
    Reassign(SaleId, BuyerId),
    Block(String, u32),
    Unblock(BlockId),
    Restock(String, i64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reply {
    Committed {
        epoch: u64,
        seq: u64,
        replayed: bool,
        body: String,
    },
    Nothing,
    Refused(String),
    /// To be repeated; never in the journal, except `CommitPending`.
    Failed(String),
    /// An `availability` answer.
    Board(serde_json::Value),
}

pub(crate) const PENDING: &str = "commit_pending";

impl Ask {
    pub(crate) fn command(self) -> Command {
        let caller = match &self.buyer {
            Some(buyer) => Caller::Buyer(buyer.clone()),
            None => Caller::Key(KeyId::new(uuid::Uuid::nil())),
        };
        let key = KeyUse { hash: self.key.into(), fingerprint: 1 };
        let cause = Cause { key: Some(key), request_id: Some(self.request.into()) };
        Command { caller, cause, action: self.what.action() }
    }
}

impl What {
    fn action(self) -> Action {
        match self {
            Self::Hold(buyer, picks) => {
                Action::Hold { buyer, wanted: Wanted::Offers(picks), access: Access::default() }
            }
            Self::Best(buyer, best) => {
                Action::Hold { buyer, wanted: Wanted::Best(best), access: Access::default() }
            }
            Self::Buy(buyer, picks) => {
                Action::PurchaseNow { buyer, wanted: Wanted::Offers(picks), access: Access::default() }
            }
            Self::Extend(hold) => Action::Extend { hold },
            Self::Release(hold) => Action::Release { hold },
            Self::Purchase(hold) => Action::Purchase { hold },
            Self::Return(sale) => Action::Return { sale, pieces: None },
            Self::Reassign(sale, to) => Action::Reassign { sale, to },
            Self::Block(unit, quantity) => Action::Block {
                units: vec![(unit, quantity)],
                reason: None,
                channel: None,
                code: None,
                release_at: None,
            },
            Self::Unblock(block) => Action::Unblock { block },
            Self::Restock(unit, change) => Action::Restock { unit, change },
        }
    }
}

pub(crate) fn pick(offer: &str, quantity: u32) -> Pick {
    Pick { offer: offer.to_owned(), quantity: NonZeroU32::new(quantity).unwrap() }
}

impl Reply {
    pub(crate) fn of(ended: Result<Done, Failure>) -> Self {
        match ended {
            Ok(Done::Committed { record, replayed, .. }) => Self::Committed {
                epoch: record.epoch,
                seq: record.seq,
                replayed,
                body: String::from_utf8(codec::encode_record(&record).to_vec()).unwrap(),
            },
            Ok(Done::Nothing) => Self::Nothing,
            Err(Failure::Refused { refusal, .. }) => Self::Refused(refusal.code().to_owned()),
            Err(Failure::CommitPending) => Self::Failed(PENDING.to_owned()),
            Err(failure) => Self::Failed(failure.to_string()),
        }
    }

    /// The record that the answer was made from.
    pub(crate) fn record(&self) -> Option<Record> {
        let Self::Committed { epoch, seq, body, .. } = self else { return None };
        let (at, body) = (Timestamp::default(), body.clone().into_bytes());
        let stored = StoredRecord { seq: *seq, epoch: *epoch, at, link: None, body };
        Some(codec::decode_record(&stored).unwrap())
    }
}
