//! Which idempotency keys are remembered, and which are forgotten before their day is over.

use fairhold::domain::command::KeyUse;
use fairhold::domain::keys::KeyLimits;
use fairhold::domain::{Action, Caller, Command, Event, Record, Timestamp};

use crate::model::{DAY_MS, Key, Model};
use crate::rng::Rng;

/// Mostly as large as they are, sometimes so small that they are reached.
pub fn limits(rng: &mut Rng) -> KeyLimits {
    if rng.percent(60) {
        return KeyLimits::default();
    }
    KeyLimits {
        lasting: rng.range(4..=20) as usize,
        lasting_per_buyer: rng.range(1..=6) as usize,
        passing: rng.range(1..=12) as usize,
        passing_per_owner: rng.range(1..=8) as usize,
    }
}

/// What stays when the hold is over.
fn is_lasting(event: &Event) -> bool {
    match event {
        Event::Held { .. } | Event::Extended { .. } | Event::Changed { .. } => false,
        Event::Released { .. } | Event::Expired { .. } => false,
        Event::Moved { moves } => moves.iter().any(|moved| !moved.is_hold()),
        _ => true,
    }
}

impl Model {
    pub(crate) fn remember(&mut self, record: &Record) {
        if let Some(used) = record.cause.key {
            let buyer = record.events.iter().find_map(|event| match event {
                Event::Held { buyer, .. } | Event::Extended { buyer, .. } => Some(buyer),
                Event::Changed { buyer, .. } => Some(buyer),
                Event::Moved { moves } => Some(&moves[0].buyer),
                _ => None,
            });
            let is_lasting = record.events.iter().any(is_lasting);
            let owner = match buyer.filter(|_| !is_lasting) {
                Some(buyer) => Caller::Buyer(buyer.clone()),
                None => record.by.clone(),
            };
            self.keys.push(Key { at: record.at, used, seq: self.seq, owner, is_lasting });
        }
        self.keys.retain(|key| record.at.since_ms(key.at) < DAY_MS);
        while let Some(seq) = self.too_many() {
            self.keys.retain(|key| key.seq != seq);
        }
    }

    /// The key that has to go: the oldest of whoever has the most; of several of these, of whom it is the oldest.
    fn too_many(&self) -> Option<u64> {
        let passing: Vec<&Key> = self.keys.iter().filter(|key| !key.is_lasting).collect();
        let count = |owner: &Caller| passing.iter().filter(|key| key.owner == *owner).count();
        let most = passing.iter().map(|key| count(&key.owner)).max()?;
        let oldest = passing.iter().find(|key| count(&key.owner) == most)?;
        let limits = self.key_limits;
        (most > limits.passing_per_owner || passing.len() > limits.passing).then_some(oldest.seq)
    }

    /// Whether the key of what the command does can be kept for its day. Parts of groups do not ask.
    pub(crate) fn can_remember(&self, command: &Command, events: &[Event], now: Timestamp) -> bool {
        let asks = command.cause.key.is_some() && !matches!(command.action, Action::Part { .. });
        if !asks || !events.iter().any(is_lasting) {
            return true;
        }
        let lasting = self.keys.iter().filter(|key| key.is_lasting && now.since_ms(key.at) < DAY_MS);
        let own = lasting.clone().filter(|key| key.owner == command.caller).count();
        let is_buyer = matches!(command.caller, Caller::Buyer(_));
        lasting.count() < self.key_limits.lasting && (!is_buyer || own < self.key_limits.lasting_per_buyer)
    }

    pub(crate) fn known(&self, key: KeyUse) -> Option<&Key> {
        self.keys.iter().find(|known| known.used.hash == key.hash)
    }
}
