//! Finds, loads, evicts and restarts inventories. The hot path reads a map; everything else goes through
//! one actor, so that an inventory is loaded once however many ask for it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use dashmap::DashMap;
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::budgets::Budgets;
use super::catalogue::catch_up;
use super::inventory::{InventoryActor, Passivate};
use super::last_views::LastViews;
use super::options::DirectoryOptions;
use super::placement::Placement;
use super::shared::{Gone, Shared};
use super::snapshots::snapshot_seq;
use super::sold::Sold;
use super::{Failure, Unserved};
use crate::domain::{InventoryId, State};
use crate::persistence::recovery::Recovered;
use crate::persistence::{ChainLink, Journal, LoadError, Plans, Store, recovery};
use crate::realtime::{Hub, View};
use crate::sources::Sources;
use crate::telemetry;

/// After a fence another server gets this long, so that two do not chase each other.
const FENCED_FOR_MS: i64 = 1_000;
/// Waits after failed loads: 1, 2, 4 … 30 s.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(30);
/// But no longer while it is the store that fails: it comes back for all, and service with it.
const RETRY_STORE_MAX: Duration = Duration::from_secs(4);

/// A loaded inventory.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) address: Addr<InventoryActor>,
    pub(super) shared: Arc<Shared>,
}

pub(super) type LoadedMap = Arc<DashMap<InventoryId, Loaded>>;
pub(super) type UnservedList = Arc<Mutex<Vec<Unserved>>>;
type Waiter = oneshot::Sender<Result<Loaded, Failure>>;

/// Everything an inventory actor needs from the world.
#[derive(Clone)]
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) journal: Journal,
    pub(super) hub: Hub,
    pub(super) plans: Plans,
    pub(super) placement: Placement,
    pub(super) sources: Sources,
    pub(super) options: DirectoryOptions,
}

pub(super) struct Directory {
    pub(super) world: World,
    pub(super) loaded: LoadedMap,
    loading: FxHashMap<InventoryId, Vec<Waiter>>,
    failed: FxHashMap<InventoryId, Failed>,
    /// The same, for whoever asks how this server fares.
    unserved: UnservedList,
    pub(super) views: LastViews,
    /// One at a time: snapshots must not crowd out commits.
    pub(super) is_snapshotting: bool,
}

/// Read and ready to be served.
struct Fresh {
    state: State,
    sold: Sold,
    budgets: Budgets,
    link: ChainLink,
    shared: Arc<Shared>,
}

struct Failed {
    retry_at: Instant,
    wait: Duration,
    why: &'static str,
    /// It is the store that fails, not this inventory.
    is_store: bool,
    /// It is another server's, and well there.
    is_overtaken: bool,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Load {
    pub(super) inventory: InventoryId,
    pub(super) waiter: Waiter,
}

impl Actor for Directory {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.run_interval(self.world.options.sweep_every, Self::sweep);
    }
}

impl Handler<Load> for Directory {
    type Result = ();

    fn handle(&mut self, message: Load, context: &mut Self::Context) {
        let Load { inventory, waiter } = message;
        if let Some(loaded) = self.in_service(inventory) {
            let _asker_left = waiter.send(Ok(loaded));
            return;
        }
        if let Some(waiters) = self.loading.get_mut(&inventory) {
            waiters.push(waiter);
            return;
        }
        if let Some(wait) = self.must_wait(inventory) {
            let seconds = u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(1).max(1);
            let _asker_left = waiter.send(Err(Failure::Unavailable { retry_after_seconds: seconds }));
            return;
        }
        self.loading.insert(inventory, vec![waiter]);
        self.start_loading(inventory, context);
    }
}

impl Directory {
    pub(super) fn new(world: World, loaded: LoadedMap, unserved: UnservedList) -> Self {
        Self {
            world,
            loaded,
            loading: FxHashMap::default(),
            failed: FxHashMap::default(),
            unserved,
            views: LastViews::default(),
            is_snapshotting: false,
        }
    }

    pub(super) fn in_service(&self, inventory: InventoryId) -> Option<Loaded> {
        let loaded = self.loaded.get(&inventory).map(|loaded| loaded.clone())?;
        (loaded.shared.gone() == Gone::No && loaded.address.connected()).then_some(loaded)
    }

    pub(super) fn is_loading(&self, inventory: InventoryId) -> bool {
        self.loading.contains_key(&inventory)
    }

    pub(super) fn is_store_failing(&self, inventory: InventoryId) -> bool {
        self.failed.get(&inventory).is_some_and(|failed| failed.is_store)
    }

    pub(super) fn forget_failure(&mut self, inventory: InventoryId) {
        if self.failed.remove(&inventory).is_some() {
            self.tell_unserved();
        }
    }

    fn tell_unserved(&self) {
        let ours = self.failed.iter().filter(|(_, failed)| !failed.is_overtaken);
        let unserved = |(id, failed): (&InventoryId, &Failed)| Unserved {
            inventory: *id,
            why: failed.why,
            is_store: failed.is_store,
        };
        let mut unserved: Vec<Unserved> = ours.map(unserved).collect();
        unserved.sort_unstable_by_key(|unserved| unserved.inventory);
        telemetry::inventories_unserved(unserved.len());
        *self.unserved.lock().expect("no panic under this lock") = unserved;
    }

    /// How long an asker has to wait before this inventory may be loaded again.
    fn must_wait(&self, inventory: InventoryId) -> Option<Duration> {
        if let Some(failed) = self.failed.get(&inventory) {
            let wait = failed.retry_at.saturating_duration_since(Instant::now());
            return (!wait.is_zero()).then_some(wait);
        }
        let shared = self.loaded.get(&inventory).map(|loaded| loaded.shared.clone())?;
        let left_ms = FENCED_FOR_MS - shared.gone_for_ms();
        let fenced = shared.gone() == Gone::Fenced && left_ms > 0;
        fenced.then(|| Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)))
    }

    fn start_loading(&mut self, inventory: InventoryId, context: &mut Context<Self>) {
        let load = load(self.world.clone(), inventory);
        // A task of its own: a panic there is a failed load, not the end of the directory.
        let task = async move { tokio::spawn(load).await.unwrap_or(Err(LoadError::Panicked)) };
        context.spawn(task.into_actor(self).map(move |outcome, this, _| this.loaded(inventory, outcome)));
    }

    fn loaded(&mut self, inventory: InventoryId, outcome: Result<Fresh, LoadError>) {
        let waiters = self.loading.remove(&inventory).unwrap_or_default();
        let answer = match outcome {
            Ok(fresh) => {
                self.forget_failure(inventory);
                self.views.forget(inventory);
                let loaded = self.world.serve(fresh);
                self.loaded.insert(inventory, loaded.clone());
                Ok(loaded)
            }
            Err(LoadError::Unknown) => {
                self.forget_failure(inventory);
                Err(Failure::InventoryUnknown)
            }
            Err(cause) => Err(self.load_failed(inventory, &cause)),
        };
        telemetry::inventories_loaded(self.loaded.len());
        for waiter in waiters {
            let _asker_left = waiter.send(answer.clone());
        }
    }

    fn load_failed(&mut self, inventory: InventoryId, cause: &LoadError) -> Failure {
        let before = self.failed.get(&inventory).map(|failed| failed.wait * 2);
        let max = match cause {
            LoadError::Overtaken { .. } => RETRY_FIRST,
            LoadError::Store(_) => RETRY_STORE_MAX,
            _ => RETRY_MAX,
        };
        let is_store = matches!(cause, LoadError::Store(_));
        if let Some(lost) = self.loaded.get(&inventory).filter(|_| is_store) {
            lost.shared.channel.fall_behind();
        }
        let wait = before.unwrap_or(RETRY_FIRST).min(max);
        tracing::error!(%inventory, %cause, retry_after_seconds = wait.as_secs(), "an inventory cannot be loaded");
        // Ids that nobody has are not told from others while the store fails: there is no end of them.
        if self.failed.len() < self.world.options.loaded_max || self.failed.contains_key(&inventory) {
            let (retry_at, why) = (Instant::now() + wait, cause.words());
            let is_overtaken = matches!(cause, LoadError::Overtaken { .. });
            let failed = Failed { retry_at, wait, why, is_store, is_overtaken };
            self.failed.insert(inventory, failed);
            self.tell_unserved();
        }
        Failure::Unavailable { retry_after_seconds: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX) }
    }

    /// Once a second: restarts what is lost and still watched, stores snapshots, puts away what is idle.
    fn sweep(&mut self, context: &mut Context<Self>) {
        let mut all: Vec<Loaded> = self.loaded.iter().map(|entry| entry.value().clone()).collect();
        // The map's own order is random.
        all.sort_unstable_by_key(|loaded| loaded.shared.id);
        for Loaded { shared, .. } in &all {
            shared.activity.seen(shared.clock.now(), shared.channel.viewer_count());
            let is_lost = match shared.gone() {
                Gone::Poisoned => true,
                // Another server has it; only viewers here are a reason to take it back.
                Gone::Fenced => shared.channel.viewer_count() > 0,
                Gone::No | Gone::Evicted => false,
            };
            if is_lost {
                let (waiter, _nobody) = oneshot::channel();
                context.notify(Load { inventory: shared.id, waiter });
            }
        }
        let before = self.failed.len();
        self.failed.retain(|_, failed| failed.retry_at.elapsed() < RETRY_MAX * 2);
        if self.failed.len() < before {
            self.tell_unserved();
        }
        self.try_again(context);
        self.store_a_snapshot(&all, context);
        self.put_away(all, context);
        self.world.hub.sweep();
    }

    /// Idle ones, and beyond the limit the least recently used.
    fn put_away(&mut self, mut all: Vec<Loaded>, context: &mut Context<Self>) {
        let now = self.world.sources.now();
        let idle_ms = i64::try_from(self.world.options.idle_after.as_millis()).unwrap_or(i64::MAX);
        all.sort_by_key(|loaded| loaded.shared.used_at.load(Ordering::Relaxed));
        let too_many = all.len().saturating_sub(self.world.options.loaded_max);
        for (index, loaded) in all.into_iter().enumerate() {
            let is_idle = now.0 - loaded.shared.used_at.load(Ordering::Relaxed) >= idle_ms;
            if !is_idle && index >= too_many {
                break;
            }
            let map = self.loaded.clone();
            let asked = async move {
                if loaded.address.send(Passivate).await.unwrap_or(true) {
                    let same = |_: &InventoryId, other: &Loaded| Arc::ptr_eq(&other.shared, &loaded.shared);
                    map.remove_if(&loaded.shared.id, same);
                    telemetry::inventories_loaded(map.len());
                }
            };
            context.spawn(asked.into_actor(self));
        }
    }
}

/// Takes the inventory over, then reads it: the other way round a stale owner could still write unseen.
async fn load(world: World, inventory: InventoryId) -> Result<Fresh, LoadError> {
    let started = Instant::now();
    let epoch = take_over(&world, inventory).await?;
    let Recovered { state, link } = recovery::load(&*world.store, &world.plans, inventory).await?;
    let state = state.remembering(world.options.key_limits);
    if state.epoch() > epoch {
        return Err(LoadError::Overtaken { epoch: state.epoch() });
    }
    let known = catch_up(&world, &state, inventory).await?;
    let clock = clock(&world, &state).await?;
    let view = View::of(&state, epoch);
    let view = if let Some(known) = known { view.known_as(known) } else { view };
    let channel = world.hub.open(inventory, state.plan().clone(), view, clock.clone());
    let (in_flight_max, sources) = (world.options.in_flight_max, world.sources.clone());
    let shared = Arc::new(Shared::new(&state, channel, inventory, epoch, in_flight_max, sources, clock));
    shared.snapshot_seq.store(snapshot_seq(&world, &state, inventory).await?, Ordering::Relaxed);
    let took = started.elapsed();
    telemetry::inventory_loaded(took);
    tracing::debug!(%inventory, epoch, seq = state.seq(), took_ms = took.as_millis() as u64, "inventory loaded");
    let (state, sold) = Sold::at_load(state, world.options.offload).await?;
    let budgets = Budgets::of(&state, &world.options.budgets);
    Ok(Fresh { state, sold, budgets, link, shared })
}

async fn take_over(world: &World, inventory: InventoryId) -> Result<u64, LoadError> {
    let health = world.journal.health();
    let taken = world.store.take_over(inventory).await;
    match &taken {
        Ok(_) => health.succeeded(),
        Err(cause) => health.failed(cause),
    }
    taken?.ok_or(LoadError::Unknown)
}

/// The inventory's time from now on: the store's, on which all servers agree, and never before the last
/// record. A clock that were merely held until it had caught up would hold back every expiry for so long.
pub(super) async fn clock(world: &World, state: &State) -> Result<Sources, LoadError> {
    let now = world.store.clock().await?.unwrap_or_else(|| world.sources.now());
    Ok(world.sources.set_to(state.not_before(now)))
}

impl World {
    fn serve(&self, Fresh { state, sold, budgets, link, shared }: Fresh) -> Loaded {
        let actor = {
            let (shared, journal, store) = (shared.clone(), self.journal.clone(), self.store.clone());
            move |_: &mut Context<InventoryActor>| {
                InventoryActor::new(state, sold, budgets, link, shared, journal, store)
            }
        };
        Loaded { address: self.placement.start(shared.id, actor), shared }
    }
}
