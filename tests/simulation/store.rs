//! One node's way to the database: it takes its time, it fails, and it may lose the answer.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fairhold::domain::{InventoryId, KeyId, Timestamp};
use fairhold::persistence::{
    Append, AppendError, Appender, CatalogueFacts, Creation, Fenced, Filter, Intercepted, InventoryRow,
    NewInventory, NewKey, SecretKey, Store, StoreError, StoredPlan, StoredRecord, StoredSnapshot,
};

use crate::database::{Course, Database, Ended, Inner, Row, Sabotage};
use crate::history::now;
use crate::sabotage::AnswersFirst;
use crate::world::BEGINNING;

/// A take-over waits no longer for the statements before it.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(2);

/// As a node uses it, or, without a node, the bare content.
#[derive(Clone)]
pub(crate) struct NodeStore {
    pub(crate) database: Database,
    pub(crate) node: Option<usize>,
}

type Stored<T> = Result<T, StoreError>;

fn failed(what: &'static str) -> StoreError {
    StoreError::new(what, "on purpose")
}

fn ms(from: u64, below: usize, inner: &mut Inner) -> Duration {
    Duration::from_millis(from + inner.rng.below(below) as u64)
}

impl NodeStore {
    pub(crate) fn of(database: &Database, node: usize) -> Arc<dyn Store> {
        let store = Arc::new(Self { database: database.clone(), node: Some(node) });
        match database.lock().sabotage {
            Sabotage::AnswersFirst => {
                Arc::new(Intercepted::new(store, |inner| Box::new(AnswersFirst::of(inner))))
            }
            _ => store,
        }
    }

    /// One way to the store or back. A node that stands still gets nothing done.
    async fn way(&self) {
        let Some(node) = self.node else { return };
        let delay = {
            let mut inner = self.database.lock();
            let most = inner.knobs.store_ms;
            ms(0, most, &mut inner) + chance(inner.sabotage)
        };
        tokio::time::sleep(delay).await;
        loop {
            let until = self.database.lock().paused_until[node];
            match until.checked_sub(now()) {
                Some(left) if !left.is_zero() => tokio::time::sleep(left).await,
                _ => return,
            }
        }
    }

    fn met(&self, what: &'static str) {
        self.database.lock().history.met(what);
    }

    fn is_cut(&self) -> bool {
        self.node.is_some_and(|node| self.database.lock().cut_until[node] > now())
    }

    fn draw(&self, chance: impl Fn(&Inner) -> usize) -> bool {
        let mut inner = self.database.lock();
        let chance = chance(&inner);
        self.node.is_some() && inner.rng.percent(chance)
    }

    /// A read of what is committed: fails, or is slow, or is told at once.
    async fn read<T>(&self, what: &'static str, read: impl FnOnce(&mut Inner) -> T) -> Stored<T> {
        self.way().await;
        if self.draw(|inner| inner.knobs.slow_read) {
            let delay = ms(200, 2_000, &mut self.database.lock());
            self.met("a slow read");
            tokio::time::sleep(delay).await;
        }
        if self.is_cut() || self.draw(|inner| inner.knobs.read_fails) {
            self.met("a failed read");
            return Err(failed(what));
        }
        let answer = {
            let mut inner = self.database.lock();
            inner.settle(now());
            read(&mut inner)
        };
        self.way().await;
        if self.is_cut() { Err(failed(what)) } else { Ok(answer) }
    }
}

/// Nothing, unless the run is to be unrepeatable: then what the operating system has for us.
fn chance(sabotage: Sabotage) -> Duration {
    match sabotage {
        Sabotage::Chance => Duration::from_millis(uuid::Uuid::now_v7().as_u64_pair().1 % 2),
        _ => Duration::ZERO,
    }
}

/// What the seed has in store for a batch.
enum Fate {
    Normal,
    NotSent,
    Again,
    Refused,
    /// It is sent, and no answer comes.
    Unknown,
}

impl NodeStore {
    fn fate(&self) -> Fate {
        let mut inner = self.database.lock();
        let knobs = &inner.knobs;
        let chances = [
            (knobs.not_sent, Fate::NotSent),
            (knobs.again, Fate::Again),
            (knobs.refused, Fate::Refused),
            (knobs.unknown, Fate::Unknown),
        ];
        for (chance, fate) in chances {
            if inner.rng.percent(chance) {
                return fate;
            }
        }
        Fate::Normal
    }

    /// When the statement runs. One whose sender is lost may still travel, run on, or be rolled back.
    fn course(&self, is_lost: bool) -> Course {
        let mut inner = self.database.lock();
        let most = inner.knobs.store_ms;
        let stretch = if is_lost && inner.rng.percent(50) { 1_500 } else { 1 };
        let starts = now() + ms(0, most.max(stretch), &mut inner);
        let ends = starts + ms(1, most.max(stretch), &mut inner);
        Course { starts, ends, is_lost, rolls_back: is_lost && inner.rng.percent(30) }
    }

    async fn ended(&self, id: u64, course: Course) -> Ended {
        loop {
            if let Some(ended) = self.database.lock().ended(id, now()) {
                return ended;
            }
            tokio::time::sleep(course.ends.saturating_sub(now()).max(Duration::from_millis(1))).await;
        }
    }
}

#[async_trait]
impl Appender for NodeStore {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        let fate = self.fate();
        self.way().await;
        if self.is_cut() {
            return Err(AppendError::NotSent(failed("append")));
        }
        match fate {
            Fate::NotSent => {
                self.met("a batch not sent");
                return Err(AppendError::NotSent(failed("append")));
            }
            Fate::Again => {
                self.met("a batch to be sent again");
                return Err(AppendError::Again(failed("append")));
            }
            Fate::Refused => {
                self.met("a batch refused");
                return Err(AppendError::Refused(failed("append")));
            }
            Fate::Unknown => {
                self.met("an unknown outcome");
                let course = self.course(true);
                self.database.lock().send(course, rows);
                self.way().await;
                return Err(AppendError::Unknown(failed("append")));
            }
            Fate::Normal => {}
        }
        let course = self.course(false);
        let id = self.database.lock().send(course, rows);
        let ended = self.ended(id, course).await;
        self.way().await;
        if self.is_cut() {
            return Err(AppendError::Unknown(failed("append")));
        }
        match ended {
            Ended::Committed(fenced) => {
                if !fenced.is_empty() {
                    self.met("an append fenced");
                }
                Ok(fenced)
            }
            Ended::RolledBack => Err(AppendError::Again(failed("append"))),
            Ended::Duplicate => Err(AppendError::Refused(StoreError::new("append", "duplicate seq"))),
        }
    }
}

#[async_trait]
impl Store for NodeStore {
    async fn appender(&self) -> Stored<Box<dyn Appender>> {
        self.way().await;
        if self.is_cut() { Err(failed("connect")) } else { Ok(Box::new(self.clone())) }
    }

    async fn take_over(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        self.way().await;
        let fails = self.draw(|inner| inner.knobs.take_over_fails);
        let is_done = self.draw(|_| 50);
        if self.is_cut() || (fails && !is_done) {
            return Err(failed("take over"));
        }
        let deadline = now() + LOCK_WAIT_MAX;
        let epoch = loop {
            let locked_until = {
                let mut inner = self.database.lock();
                inner.settle(now());
                match inner.locked_until(inventory) {
                    Some(until) => until,
                    None => break inner.raise(inventory, now()),
                }
            };
            self.met("a take-over that waits");
            if locked_until > deadline {
                tokio::time::sleep(deadline.saturating_sub(now())).await;
                return Err(failed("take over"));
            }
            tokio::time::sleep(locked_until.saturating_sub(now()).max(Duration::from_millis(1))).await;
        };
        self.way().await;
        if self.is_cut() || fails {
            self.met("a take-over whose answer is lost");
            return Err(failed("take over"));
        }
        Ok(epoch)
    }

    async fn clock(&self) -> Stored<Option<Timestamp>> {
        let clock = |inner: &mut Inner| {
            let now = BEGINNING.plus_ms(now().as_millis() as i64);
            (inner.sabotage != Sabotage::NoClock).then_some(now)
        };
        self.read("read the clock", clock).await
    }

    async fn epoch(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        self.read("read the epoch", |inner| Some(inner.inventories.get(&inventory)?.epoch)).await
    }

    async fn records(&self, inventory: InventoryId, after: u64, limit: u32) -> Stored<Vec<StoredRecord>> {
        let read = |inner: &mut Inner| {
            let row = inner.inventories.get(&inventory)?;
            let tail = row.stored().filter(|stored| stored.seq > after);
            Some(tail.take(limit as usize).cloned().collect())
        };
        Ok(self.read("read records", read).await?.unwrap_or_default())
    }

    async fn record(&self, inventory: InventoryId, seq: u64) -> Stored<Option<StoredRecord>> {
        let read = |inner: &mut Inner| {
            inner.inventories.get(&inventory)?.stored().find(|stored| stored.seq == seq).cloned()
        };
        self.read("read a record", read).await
    }

    async fn snapshot(&self, inventory: InventoryId, below: Option<u64>) -> Stored<Option<StoredSnapshot>> {
        let read = |inner: &mut Inner| {
            let snapshots = &inner.inventories.get(&inventory)?.snapshots;
            Some(snapshots.range(..below.unwrap_or(u64::MAX)).next_back()?.1.clone())
        };
        self.read("read a snapshot", read).await
    }

    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Stored<bool> {
        let keep = |inner: &mut Inner| match inner.inventories.get_mut(&snapshot.inventory) {
            Some(row) if row.epoch == snapshot.epoch => {
                row.snapshots.insert(snapshot.seq, snapshot.clone());
                inner.history.met("a snapshot kept");
                true
            }
            _ => false,
        };
        self.read("keep a snapshot", keep).await
    }

    async fn snapshot_seq(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        let read = |inner: &mut Inner| {
            inner.inventories.get(&inventory)?.snapshots.last_key_value().map(|(seq, _)| *seq)
        };
        self.read("find a snapshot", read).await
    }

    async fn plan(&self, inventory: InventoryId, version: u32) -> Stored<Option<StoredPlan>> {
        let read = |inner: &mut Inner| {
            let row = inner.inventories.get(&inventory).filter(|_| version == 1)?;
            Some(StoredPlan { document: row.new.plan.clone(), numbering: None })
        };
        self.read("read a plan", read).await
    }

    async fn add_plan(&self, _: InventoryId, _: &StoredPlan) -> Stored<Option<u32>> {
        Err(StoreError::new("keep a plan", "nobody changes a plan here"))
    }

    async fn drop_plan(&self, _: InventoryId, _: u32) -> Stored<()> {
        Ok(())
    }
    async fn show_plan(&self, _: InventoryId, _: u32, _: u32) -> Stored<()> {
        Ok(())
    }
    async fn show(&self, _: InventoryId, _: &CatalogueFacts) -> Stored<()> {
        Ok(())
    }
    async fn active_since(&self, since: Timestamp) -> Stored<Vec<InventoryId>> {
        let read = |inner: &mut Inner| {
            let young = |row: &Row| row.records.last().is_some_and(|record| record.at > since);
            inner.inventories.iter().filter(|(_, row)| young(row)).map(|(id, _)| *id).collect()
        };
        self.read("list inventories", read).await
    }

    async fn create(&self, new: &NewInventory) -> Stored<Creation> {
        self.database.lock().create(new.clone());
        Ok(Creation::Created)
    }

    async fn inventory(&self, inventory: InventoryId) -> Stored<Option<InventoryRow>> {
        let read = |inner: &mut Inner| inner.inventories.get(&inventory).map(line);
        self.read("read an inventory", read).await
    }

    async fn inventories_like(
        &self,
        _: &Filter,
        after: Option<InventoryId>,
        limit: u32,
    ) -> Stored<Vec<InventoryRow>> {
        let read = |inner: &mut Inner| {
            let rows = inner.inventories.iter().filter(|(id, _)| Some(**id) > after);
            rows.take(limit as usize).map(|(_, row)| line(row)).collect()
        };
        self.read("list inventories", read).await
    }

    async fn create_key(&self, _: &NewKey) -> Stored<()> {
        Err(StoreError::new("create a key", "nobody asks for a key here"))
    }

    async fn find_key(&self, _: [u8; 32]) -> Stored<Option<SecretKey>> {
        Ok(None)
    }

    async fn list_keys(&self) -> Stored<Vec<SecretKey>> {
        Ok(Vec::new())
    }

    async fn revoke_key(&self, _: KeyId, _: Timestamp) -> Stored<bool> {
        Ok(false)
    }

    async fn secret(&self, _: &str, fresh: &[u8]) -> Stored<Vec<u8>> {
        Ok(fresh.to_vec())
    }

    async fn ping(&self) -> Stored<()> {
        self.read("ping", |_| ()).await
    }
}

fn line(row: &Row) -> InventoryRow {
    InventoryRow {
        id: row.new.id,
        name: "hall".to_owned(),
        created_at: row.new.at,
        starts_at: None,
        plan_version: 1,
        units: row.new.units,
        figures: row.new.figures,
        seq: 1,
        as_of: row.new.at,
        shown: Some(row.new.shown.clone()),
    }
}
