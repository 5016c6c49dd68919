//! Each record's link to the one before it, and the head that is kept aside: a journal that was edited, cut or put
//! into another order shows. Not a proof against somebody who writes to the store and knows this file: there is no
//! secret in it.

use sha2::{Digest, Sha256};

use super::store::{Append, StoredRecord};
use crate::domain::{InventoryId, Timestamp};

/// The first half of SHA-256 over the link before and all columns of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChainLink(pub [u8; 16]);

impl ChainLink {
    /// What a first link follows: that of record 1, or of the first record behind some that have none.
    pub const ANCHOR: Self = Self([0; 16]);

    /// The link of the record that follows this one.
    #[must_use]
    pub fn next(self, inventory: InventoryId, seq: u64, epoch: u64, at: Timestamp, body: &[u8]) -> Self {
        let mut columns = [0; 56];
        columns[..16].copy_from_slice(&self.0);
        columns[16..32].copy_from_slice(inventory.uuid().as_bytes());
        columns[32..40].copy_from_slice(&seq.to_be_bytes());
        columns[40..48].copy_from_slice(&epoch.to_be_bytes());
        columns[48..].copy_from_slice(&at.0.to_be_bytes());
        let digest = Sha256::new().chain_update(columns).chain_update(body).finalize();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Self(half)
    }

    pub(super) fn from_column(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The newest record of a journal, as it is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalHead {
    pub seq: u64,
    pub link: ChainLink,
}

/// The heads that a batch moves, each with its owner: that of the last row of each owner.
pub(super) fn heads(rows: &[Append]) -> Vec<&Append> {
    let mut heads: Vec<&Append> = Vec::new();
    let mut places = rustc_hash::FxHashMap::default();
    for row in rows {
        let place = *places.entry(row.owner()).or_insert(heads.len());
        match heads.get_mut(place) {
            Some(head) => *head = row,
            None => heads.push(row),
        }
    }
    heads
}

/// A journal is not the one that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainBroken {
    #[error(
        "record {seq} does not follow the one before it: it was changed, or others were put in its place"
    )]
    Changed { seq: u64 },
    #[error("record {seq} has no link, though records before it have")]
    Unlinked { seq: u64 },
    #[error("the journal ends at record {last}, but record {head} was written: it was cut")]
    Cut { last: u64, head: u64 },
}

/// Follows a journal from record to record. The head has to be read before the records: they may grow meanwhile.
#[derive(Debug)]
pub struct ChainWalk {
    inventory: InventoryId,
    head: Option<JournalHead>,
    /// Of the last record that was seen.
    seq: u64,
    /// None: it has none, as those of releases before the chain.
    link: Option<ChainLink>,
}

impl ChainWalk {
    /// From the first record on.
    pub fn new(inventory: InventoryId, head: Option<JournalHead>) -> Self {
        Self { inventory, head, seq: 0, link: None }
    }

    /// Goes on behind this record, which is taken as it is.
    pub fn stand_on(&mut self, record: &StoredRecord) {
        (self.seq, self.link) = (record.seq, record.link);
    }

    /// Whether the record is the one that was written behind the last one. A release before the chain may write
    /// beside this one, so a record without a link is the caller's to judge; the chain begins anew behind it.
    pub fn step(&mut self, record: &StoredRecord) -> Result<(), ChainBroken> {
        let (before, seq) = (self.link, record.seq);
        self.stand_on(record);
        let is_head = self.head.is_some_and(|head| head.seq == seq);
        let Some(link) = record.link else {
            return match (is_head, before) {
                // It had one: no program takes a link away.
                (true, _) => Err(ChainBroken::Changed { seq }),
                (false, Some(_)) => Err(ChainBroken::Unlinked { seq }),
                (false, None) => Ok(()),
            };
        };
        let before = before.unwrap_or(ChainLink::ANCHOR);
        let follows = before.next(self.inventory, seq, record.epoch, record.at, &record.body) == link;
        let is_kept = !is_head || self.head.is_some_and(|head| head.link == link);
        if follows && is_kept { Ok(()) } else { Err(ChainBroken::Changed { seq }) }
    }

    /// Whether the journal reaches its head.
    pub fn finish(&self) -> Result<(), ChainBroken> {
        match self.head {
            Some(head) if head.seq > self.seq => Err(ChainBroken::Cut { last: self.seq, head: head.seq }),
            _ => Ok(()),
        }
    }

    /// The link that the next record follows.
    pub fn link(&self) -> ChainLink {
        self.link.unwrap_or(ChainLink::ANCHOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hall() -> InventoryId {
        InventoryId::new(uuid::Uuid::from_u128(7))
    }

    fn journal(len: u64) -> Vec<StoredRecord> {
        let mut link = ChainLink::ANCHOR;
        let mut record = |seq: u64| {
            let (at, body) = (Timestamp(seq as i64), format!("{{\"n\":{seq}}}").into_bytes());
            link = link.next(hall(), seq, 1, at, &body);
            StoredRecord { seq, epoch: 1, at, link: Some(link), body }
        };
        (1..=len).map(&mut record).collect()
    }

    fn head(journal: &[StoredRecord]) -> Option<JournalHead> {
        let last = journal.last()?;
        Some(JournalHead { seq: last.seq, link: last.link? })
    }

    fn walk(journal: &[StoredRecord], head: Option<JournalHead>) -> Result<(), ChainBroken> {
        let mut walk = ChainWalk::new(hall(), head);
        journal.iter().try_for_each(|record| walk.step(record))?;
        walk.finish()
    }

    #[test]
    fn whatever_is_done_to_a_journal_shows() {
        let whole = journal(5);
        let kept = head(&whole);
        assert_eq!(walk(&whole, kept), Ok(()));
        let spoil = |spoil: &dyn Fn(&mut Vec<StoredRecord>)| {
            let mut spoilt = whole.clone();
            spoil(&mut spoilt);
            walk(&spoilt, kept)
        };
        let changed = |seq| Err(ChainBroken::Changed { seq });
        assert_eq!(spoil(&|journal| journal[2].body[2] ^= 1), changed(3));
        assert_eq!(spoil(&|journal| journal[2].epoch += 1), changed(3));
        assert_eq!(spoil(&|journal| journal[2].at.0 += 1), changed(3));
        assert_eq!(spoil(&|journal| journal[0].link = journal[1].link), changed(1));
        assert_eq!(spoil(&|journal| drop(journal.remove(0))), changed(2));
        assert_eq!(spoil(&|journal| journal.truncate(3)), Err(ChainBroken::Cut { last: 3, head: 5 }));
        assert_eq!(spoil(&|journal| journal.clear()), Err(ChainBroken::Cut { last: 0, head: 5 }));
        assert_eq!(spoil(&|journal| journal[3].link = None), Err(ChainBroken::Unlinked { seq: 4 }));
        assert_eq!(spoil(&|journal| journal[4].link = None), changed(5));
        let swapped = |journal: &mut Vec<StoredRecord>| {
            let (body, link) = (journal[1].body.clone(), journal[1].link);
            (journal[1].body, journal[1].link) = (journal[2].body.clone(), journal[2].link);
            (journal[2].body, journal[2].link) = (body, link);
        };
        assert_eq!(spoil(&swapped), changed(2));
        // A last record and its link made anew: only the head, which is kept aside, tells.
        let forged = |journal: &mut Vec<StoredRecord>| {
            let before = journal[3].link.unwrap();
            journal[4].body = b"{}".to_vec();
            journal[4].link = Some(before.next(hall(), 5, 1, journal[4].at, b"{}"));
        };
        assert_eq!(spoil(&forged), changed(5));
    }

    #[test]
    fn a_journal_from_before_the_chain_is_taken_as_it_is_and_chained_from_then_on() {
        let mut old = journal(3);
        old.iter_mut().for_each(|record| record.link = None);
        assert_eq!(walk(&old, None), Ok(()));
        let (at, body) = (Timestamp(4), b"{}".to_vec());
        let link = ChainLink::ANCHOR.next(hall(), 4, 2, at, &body);
        old.push(StoredRecord { seq: 4, epoch: 2, at, link: Some(link), body });
        assert_eq!(walk(&old, head(&old)), Ok(()));
        let kept = head(&old);
        old[3].body = b"[]".to_vec();
        assert_eq!(walk(&old, kept), Err(ChainBroken::Changed { seq: 4 }));
    }
}
