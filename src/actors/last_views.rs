//! What readers get of inventories that nobody can take over, since the store can be read and not written: the last
//! committed view, marked as one that may be old. Commands are refused meanwhile; the directory goes on trying.

use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture};
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Failure;
use super::directory::{Directory, Load, World, clock};
use crate::domain::{InventoryId, Plan};
use crate::persistence::{LoadError, recovery};
use crate::realtime::{Channel, View};
use crate::sources::Sources;

/// Views that are read at once.
const READS_MAX: usize = 32;
/// One that nobody asks for is dropped after this.
const KEPT_FOR: Duration = Duration::from_secs(60);

type Waiter = oneshot::Sender<Result<Arc<Channel>, Failure>>;

/// Asks for the last view of an inventory that could not be loaded.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct AskLastView {
    pub(super) inventory: InventoryId,
    pub(super) waiter: Waiter,
}

#[derive(Default)]
pub(super) struct LastViews {
    known: FxHashMap<InventoryId, LastView>,
    reading: FxHashMap<InventoryId, Vec<Waiter>>,
}

struct LastView {
    channel: Arc<Channel>,
    asked_at: Instant,
}

impl LastViews {
    /// It is in service again.
    pub(super) fn forget(&mut self, inventory: InventoryId) {
        self.known.remove(&inventory);
    }

    /// Drops what nobody looks at; names the others.
    fn sweep(&mut self) -> Vec<InventoryId> {
        self.known.retain(|_, view| view.asked_at.elapsed() < KEPT_FOR || view.channel.viewer_count() > 0);
        let mut known: Vec<InventoryId> = self.known.keys().copied().collect();
        known.sort_unstable();
        known
    }
}

impl Handler<AskLastView> for Directory {
    type Result = ();

    fn handle(&mut self, message: AskLastView, context: &mut Self::Context) {
        let AskLastView { inventory, waiter } = message;
        if let Some(answer) = self.known_view(inventory) {
            let _asker_left = waiter.send(answer);
            return;
        }
        if let Some(waiters) = self.views.reading.get_mut(&inventory) {
            waiters.push(waiter);
            return;
        }
        self.views.reading.insert(inventory, vec![waiter]);
        let read = read(self.world.clone(), inventory);
        // A task of its own: a panic there is a failed read, not the end of the directory.
        let task = async move { tokio::spawn(read).await.unwrap_or(Err(LoadError::Panicked)) };
        context.spawn(task.into_actor(self).map(move |outcome, this, _| this.view_read(inventory, outcome)));
    }
}

impl Directory {
    /// None: it has to be read.
    fn known_view(&mut self, inventory: InventoryId) -> Option<Result<Arc<Channel>, Failure>> {
        if let Some(loaded) = self.in_service(inventory) {
            return Some(Ok(loaded.shared.channel.clone()));
        }
        // The wait for a load has an end, also where the load has none yet.
        let is_hanging = self.is_loading(inventory) && self.loaded.contains_key(&inventory);
        if !self.is_store_failing(inventory) && !is_hanging {
            return Some(Err(UNAVAILABLE));
        }
        if let Some(lost) = self.loaded.get(&inventory) {
            lost.shared.channel.fall_behind();
            return Some(Ok(lost.shared.channel.clone()));
        }
        if let Some(known) = self.views.known.get_mut(&inventory) {
            known.asked_at = Instant::now();
            return Some(Ok(known.channel.clone()));
        }
        let is_too_much =
            self.views.reading.len() >= READS_MAX || self.views.known.len() >= self.world.options.loaded_max;
        (is_too_much && !self.views.reading.contains_key(&inventory)).then_some(Err(UNAVAILABLE))
    }

    fn view_read(&mut self, inventory: InventoryId, outcome: Result<Read, LoadError>) {
        let answer = match outcome {
            // A load that began meanwhile opens the channel itself, and knows more.
            Ok(_) if self.is_loading(inventory) => Err(UNAVAILABLE),
            Ok(Read { position, plan, view, clock }) if self.in_service(inventory).is_none() => {
                let hub = &self.world.hub;
                // Who owned it here may have been shown more than a record says: an epoch that wrote nothing.
                let shown = hub.known(inventory).filter(|channel| {
                    let shown = channel.summary();
                    (shown.epoch, shown.seq) >= position
                });
                let channel = shown.unwrap_or_else(|| hub.open(inventory, plan, view, clock));
                channel.fall_behind();
                let known = LastView { channel: channel.clone(), asked_at: Instant::now() };
                self.views.known.insert(inventory, known);
                Ok(channel)
            }
            Ok(_) => Err(UNAVAILABLE),
            Err(LoadError::Unknown) => {
                self.forget_failure(inventory);
                Err(Failure::InventoryUnknown)
            }
            Err(cause) => {
                tracing::warn!(%inventory, %cause, "a last view cannot be read");
                Err(UNAVAILABLE)
            }
        };
        for waiter in self.views.reading.remove(&inventory).unwrap_or_default() {
            let _asker_left = waiter.send(answer.clone());
        }
    }

    /// Whoever sees an old view waits for a new one.
    pub(super) fn try_again(&mut self, context: &mut Context<Self>) {
        for inventory in self.views.sweep() {
            let (waiter, _nobody) = oneshot::channel();
            context.notify(Load { inventory, waiter });
        }
    }
}

const UNAVAILABLE: Failure = Failure::Unavailable { retry_after_seconds: 1 };

/// What a channel is made of.
struct Read {
    /// The epoch of its last owner and the seq of its last record.
    position: (u64, u64),
    plan: Arc<Plan>,
    view: View,
    clock: Sources,
}

/// Reads without taking over.
async fn read(world: World, inventory: InventoryId) -> Result<Read, LoadError> {
    // Who has it now may have written nothing yet, but has shown its epoch.
    let taken = world.store.epoch(inventory).await?.ok_or(LoadError::Unknown)?;
    let state = recovery::load(&*world.store, &world.plans, inventory).await?.state;
    let clock = clock(&world, &state).await?;
    let epoch = taken.max(state.epoch());
    let position = (epoch, state.seq());
    let view = View::of(&state, epoch);
    if state.details().is_some() {
        return Ok(Read { position, plan: state.plan().clone(), view, clock });
    }
    // Made by a release that kept them in the catalogue only.
    let row = world.store.inventory(inventory).await?.ok_or(LoadError::Unknown)?;
    Ok(Read { position, plan: state.plan().clone(), view: view.known_as(row.details()), clock })
}
