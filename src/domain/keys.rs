//! Idempotency keys of successes, remembered for a day and bounded: who repeats a request gets its first answer.
//!
//! A key is *lasting* if its record sold, gave back or changed something for good: it is not forgotten before its day
//! is over. When no more of them can be remembered, the command is refused ([`Keys::has_room`]). All others are
//! *passing*: what they made is a hold, which ends by itself. Each owner has a share of these, of which the newest
//! stay; beyond all shares the oldest of whoever has the most goes, so that nobody is pushed out by who has more.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::command::KeyUse;
use super::ids::hex;
use super::ledger::MEMORY_MS;
use super::{BuyerId, Caller, Event, Record, Timestamp};

/// How many keys one inventory remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLimits {
    /// Lasting ones, of all callers.
    pub lasting: usize,
    /// Lasting ones that one buyer makes; a secret key sells for everybody.
    pub lasting_per_buyer: usize,
    pub passing: usize,
    /// Passing ones of one buyer, whoever acts for them.
    pub passing_per_owner: usize,
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self { lasting: 1_048_576, lasting_per_buyer: 16_384, passing: 262_144, passing_per_owner: 4_096 }
    }
}

/// Whether a repeat of what made these events would do lasting harm.
pub(super) fn are_lasting(events: &[Event]) -> bool {
    !events.iter().all(|event| match event {
        Event::Held { .. }
        | Event::Extended { .. }
        | Event::Changed { .. }
        | Event::Released { .. }
        | Event::Expired { .. } => true,
        Event::Moved { moves } => moves.iter().all(|moved| moved.is_hold()),
        _ => false,
    })
}

/// Whose share a passing key takes: the buyer's for whom it was used, also where somebody acts for them.
fn owner(record: &Record) -> Caller {
    let buyer = record.events.iter().find_map(|event| match event {
        Event::Held { buyer, .. } | Event::Extended { buyer, .. } | Event::Changed { buyer, .. } => {
            Some(buyer)
        }
        Event::Moved { moves } => moves.first().map(|moved| &moved.buyer),
        _ => None,
    });
    buyer.map_or_else(|| record.by.clone(), |buyer| Caller::Buyer(buyer.clone()))
}

/// One use of a key: the seq is that of its record, so no two are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Used {
    at: Timestamp,
    seq: u64,
    #[serde(with = "hex")]
    hash: u128,
}

impl Used {
    fn is_over(self, now: Timestamp) -> bool {
        now.since_ms(self.at) >= MEMORY_MS
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// Hash to fingerprint and the seq of the record that holds the answer.
    by_hash: FxHashMap<u128, (u128, u64)>,
    /// The oldest first; with the buyer who made it, None for a key.
    lasting: VecDeque<(Used, Option<BuyerId>)>,
    lasting_of: FxHashMap<BuyerId, usize>,
    /// By owner, the oldest first; nobody's list is empty.
    passing: FxHashMap<Caller, VecDeque<Used>>,
    passing_len: usize,
    /// The owners by their oldest key.
    oldest: BTreeMap<u64, Caller>,
    /// The same by how many they have; of as many the one with the oldest key comes last. Every use would change it, and
    /// nobody asks while there is room: it is there only when that becomes scarce.
    most: Option<BTreeSet<(usize, Reverse<u64>)>>,
    /// Keys dropped because there were too many, before their day was over.
    pub(super) dropped_early: u64,
}

/// What they know; whether an index over it is there makes no difference.
impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        let known = |keys: &Self| (keys.passing_len, keys.dropped_early);
        known(self) == known(other)
            && self.by_hash == other.by_hash
            && self.lasting == other.lasting
            && self.lasting_of == other.lasting_of
            && self.passing == other.passing
            && self.oldest == other.oldest
    }
}

impl Eq for Keys {}

impl Keys {
    pub(super) fn get(&self, hash: u128) -> Option<(u128, u64)> {
        self.by_hash.get(&hash).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// Whether one more lasting key of this caller can be remembered.
    pub(super) fn has_room(&self, caller: &Caller, now: Timestamp, limits: KeyLimits) -> bool {
        // Those that leave with the next record, the oldest first.
        let over = |used: &Used| used.is_over(now);
        let excess = (self.lasting.len() + 1).saturating_sub(limits.lasting);
        if excess > 0 && !self.lasting.get(excess - 1).is_some_and(|(used, _)| over(used)) {
            return false;
        }
        let Caller::Buyer(buyer) = caller else { return true };
        let own = self.lasting_of.get(buyer).copied().unwrap_or(0);
        let excess = (own + 1).saturating_sub(limits.lasting_per_buyer);
        let leaving = self.lasting.iter().take_while(|(used, _)| over(used));
        excess == 0 || leaving.filter(|(_, by)| by.as_ref() == Some(buyer)).take(excess).count() == excess
    }

    /// Takes in the record's key, and forgets what is too old or too much.
    pub(super) fn learn(&mut self, record: &Record, limits: KeyLimits) {
        if let Some(KeyUse { hash, fingerprint }) = record.cause.key {
            let used = Used { at: record.at, seq: record.seq, hash };
            if are_lasting(&record.events) {
                let by = if let Caller::Buyer(buyer) = &record.by { Some(buyer.clone()) } else { None };
                self.add_lasting(used, fingerprint, by);
            } else {
                let owner = owner(record);
                if self.add_passing(used, fingerprint, &owner) > limits.passing_per_owner {
                    self.forget_old(record.at);
                    self.keep_to_share(&owner, limits);
                }
            }
        }
        self.forget_old(record.at);
        self.keep_to_all(limits);
    }

    /// Keeps to limits that may have been others before.
    pub(super) fn forget(&mut self, now: Timestamp, limits: KeyLimits) {
        self.forget_old(now);
        let own = |(owner, own): (&Caller, &VecDeque<Used>)| {
            (own.len() > limits.passing_per_owner).then(|| owner.clone())
        };
        let greedy: Vec<Caller> = self.passing.iter().filter_map(own).collect();
        greedy.iter().for_each(|owner| self.keep_to_share(owner, limits));
        self.keep_to_all(limits);
    }

    fn add_lasting(&mut self, used: Used, fingerprint: u128, by: Option<BuyerId>) {
        self.by_hash.insert(used.hash, (fingerprint, used.seq));
        if let Some(buyer) = &by {
            *self.lasting_of.entry(buyer.clone()).or_default() += 1;
        }
        self.lasting.push_back((used, by));
    }

    /// How many the owner has then.
    fn add_passing(&mut self, used: Used, fingerprint: u128, owner: &Caller) -> usize {
        self.by_hash.insert(used.hash, (fingerprint, used.seq));
        self.passing_len += 1;
        let own = self.passing.entry(owner.clone()).or_insert_with_key(|owner| {
            self.oldest.insert(used.seq, owner.clone());
            VecDeque::new()
        });
        own.push_back(used);
        if let Some(most) = &mut self.most {
            let first = Reverse(own[0].seq);
            most.remove(&(own.len() - 1, first));
            most.insert((own.len(), first));
        }
        own.len()
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((used, by)) = self.lasting.pop_front_if(|(used, _)| used.is_over(now)) {
            self.drop_answer(used);
            by.into_iter().for_each(|buyer| self.one_less_of(buyer));
        }
        while let Some((_, owner)) = self.oldest.first_key_value()
            && self.passing.get(owner).is_some_and(|own| own[0].is_over(now))
        {
            self.drop_first(&owner.clone());
        }
    }

    fn keep_to_share(&mut self, owner: &Caller, limits: KeyLimits) {
        while self.passing.get(owner).is_some_and(|own| own.len() > limits.passing_per_owner) {
            self.drop_first(owner);
            self.dropped_early += 1;
        }
    }

    fn keep_to_all(&mut self, limits: KeyLimits) {
        if self.passing_len <= limits.passing / 4 {
            self.most = None;
        }
        if self.passing_len > limits.passing / 2 && self.most.is_none() {
            let of = |own: &VecDeque<Used>| (own.len(), Reverse(own[0].seq));
            self.most = Some(self.passing.values().map(of).collect());
        }
        while self.passing_len > limits.passing
            && let Some(&(_, Reverse(first))) = self.most.as_ref().and_then(BTreeSet::last)
            && let Some(owner) = self.oldest.get(&first).cloned()
        {
            self.drop_first(&owner);
            self.dropped_early += 1;
        }
    }

    fn one_less_of(&mut self, buyer: BuyerId) {
        if let std::collections::hash_map::Entry::Occupied(mut own) = self.lasting_of.entry(buyer) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }

    /// Forgets the owner's oldest passing key.
    fn drop_first(&mut self, owner: &Caller) {
        let Some(own) = self.passing.get_mut(owner) else { return };
        let len = own.len();
        let Some(used) = own.pop_front() else { return };
        self.passing_len -= 1;
        let next = own.front().map(|next| next.seq);
        self.oldest.remove(&used.seq);
        match next {
            Some(next) => {
                self.oldest.insert(next, owner.clone());
            }
            None => {
                self.passing.remove(owner);
            }
        }
        if let Some(most) = &mut self.most {
            most.remove(&(len, Reverse(used.seq)));
            most.extend(next.map(|next| (len - 1, Reverse(next))));
        }
        self.drop_answer(used);
    }

    /// A journal of an older server may use a key twice: the last use counts.
    fn drop_answer(&mut self, used: Used) {
        if self.by_hash.get(&used.hash).is_some_and(|known| known.1 == used.seq) {
            self.by_hash.remove(&used.hash);
        }
    }

    /// The fingerprint that a use is kept with; 0 where a later one counts.
    fn kept(&self, used: Used) -> (Used, Hex) {
        let known = self.by_hash.get(&used.hash).filter(|known| known.1 == used.seq);
        (used, Hex(known.map_or(0, |known| known.0)))
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Hex(#[serde(with = "hex")] u128);

/// Keys as a snapshot has them: all else follows.
#[derive(Serialize, Deserialize)]
struct KeptKeys {
    lasting: Vec<((Used, Hex), Option<BuyerId>)>,
    passing: Vec<(Caller, Vec<(Used, Hex)>)>,
    dropped_early: u64,
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let own =
            |owner| self.passing.get(owner).into_iter().flatten().map(|used| self.kept(*used)).collect();
        let kept = KeptKeys {
            lasting: self.lasting.iter().map(|(used, by)| (self.kept(*used), by.clone())).collect(),
            passing: self.oldest.values().map(|owner| (owner.clone(), own(owner))).collect(),
            dropped_early: self.dropped_early,
        };
        kept.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let kept = KeptKeys::deserialize(from)?;
        let mut keys = Self { dropped_early: kept.dropped_early, ..Self::default() };
        let last_counts = |keys: &mut Self, used: Used, Hex(fingerprint): Hex| {
            if keys.by_hash.get(&used.hash).is_none_or(|known| known.1 < used.seq) {
                keys.by_hash.insert(used.hash, (fingerprint, used.seq));
            }
        };
        for ((used, fingerprint), by) in kept.lasting {
            last_counts(&mut keys, used, fingerprint);
            if let Some(buyer) = &by {
                *keys.lasting_of.entry(buyer.clone()).or_default() += 1;
            }
            keys.lasting.push_back((used, by));
        }
        for (owner, own) in kept.passing {
            let Some((first, _)) = own.first().copied() else { continue };
            keys.passing_len += own.len();
            keys.oldest.insert(first.seq, owner.clone());
            own.iter().for_each(|&(used, fingerprint)| last_counts(&mut keys, used, fingerprint));
            keys.passing.insert(owner, own.into_iter().map(|(used, _)| used).collect());
        }
        Ok(keys)
    }
}
