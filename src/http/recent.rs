//! A bounded table of what was looked up lately. Two generations: when the young one is full it becomes the
//! old one, and the one before is dropped; what is used moves back to the young. So it never holds more than
//! its limit and forgets what nobody asks for.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

/// So that HTTP workers seldom wait for each other.
const SHARDS: usize = 16;

pub(super) struct Recent<K, V> {
    /// Keyed by a hash that outsiders cannot foresee; a collision only costs a second lookup.
    hasher: RandomState,
    shards: [Mutex<Generations<K, V>>; SHARDS],
    young_max: usize,
}

struct Generations<K, V> {
    young: FxHashMap<u64, (K, V)>,
    old: FxHashMap<u64, (K, V)>,
}

impl<K: Hash + Eq, V: Clone> Recent<K, V> {
    pub(super) fn new(entries_max: usize) -> Self {
        let generations = || Generations { young: FxHashMap::default(), old: FxHashMap::default() };
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::new(generations())),
            young_max: (entries_max / SHARDS / 2).max(1),
        }
    }

    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let hash = self.hasher.hash_one(key);
        let mut shard = self.shard(hash);
        if let Some((known, value)) = shard.young.get(&hash) {
            return (known.borrow() == key).then(|| value.clone());
        }
        let (known, value) = shard.old.remove(&hash).filter(|(known, _)| known.borrow() == key)?;
        shard.insert(hash, known, value.clone(), self.young_max);
        Some(value)
    }

    pub(super) fn insert(&self, key: K, value: V) {
        let hash = self.hasher.hash_one(&key);
        self.shard(hash).insert(hash, key, value, self.young_max);
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Generations<K, V>> {
        // The top bits: the map inside uses the low ones.
        let shard = (hash >> 60) as usize % SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        let count = |shard: &Mutex<Generations<K, V>>| {
            let shard = shard.lock().unwrap();
            shard.young.len() + shard.old.len()
        };
        self.shards.iter().map(count).sum()
    }
}

impl<K, V> Generations<K, V> {
    fn insert(&mut self, hash: u64, key: K, value: V, young_max: usize) {
        if self.young.len() >= young_max && !self.young.contains_key(&hash) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, (key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found() {
        let recent: Recent<String, u32> = Recent::new(100);
        recent.insert("a".to_owned(), 1);
        assert_eq!(recent.get("a"), Some(1));
        assert_eq!(recent.get("b"), None);
    }

    #[test]
    fn it_never_holds_more_than_its_limit() {
        let recent: Recent<u32, u32> = Recent::new(320);
        (0..10_000).for_each(|n| recent.insert(n, n));
        assert!(recent.len() <= 320, "{}", recent.len());
    }

    #[test]
    fn what_is_in_use_stays() {
        let recent: Recent<u32, u32> = Recent::new(320);
        for n in 1..10_000 {
            recent.insert(n, n);
            if n == 1 || n % 2 == 0 {
                assert_eq!(recent.get(&1), Some(1), "forgotten at {n}");
            }
        }
    }
}
