//! All channels of this server: how often they tick, how many viewers there are, and how they end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use dashmap::DashMap;

use super::channel::Channel;
use super::view::View;
use super::viewer::{Viewer, close};
use crate::domain::{InventoryId, Plan};
use crate::sources::Sources;
use crate::telemetry;

#[derive(Debug, Clone)]
pub struct HubOptions {
    /// Between two frames of an inventory.
    pub tick: Duration,
    /// Frames written a second, over all viewers: beyond it the tick is stretched.
    pub frames_per_second_max: u64,
    pub viewers_max: u64,
    /// Between two pings of a WebSocket.
    pub ping_every: Duration,
    /// Between two `beat` frames of a WebSocket: a page sees no pings, and has to know that its stream lives.
    pub beat_every: Duration,
    /// A WebSocket that says nothing for so long, not even a pong, is dropped.
    pub silence_max: Duration,
    /// A connection that takes no data for so long is dropped.
    pub write_max: Duration,
    /// Server-sent events are never further apart: only by a write is a gone client noticed, and by the client a dead
    /// stream.
    pub comment_every: Duration,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            tick: Duration::from_millis(25),
            frames_per_second_max: 100_000,
            viewers_max: 50_000,
            ping_every: Duration::from_secs(25),
            beat_every: Duration::from_secs(3),
            silence_max: Duration::from_secs(60),
            write_max: Duration::from_secs(10),
            comment_every: Duration::from_secs(3),
        }
    }
}

/// Without viewers frames only fill the ring.
const TICK_UNSEEN: Duration = Duration::from_millis(250);

/// Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    options: HubOptions,
    /// A channel lives as long as its actor or a viewer does; a reload finds it again.
    channels: DashMap<InventoryId, Weak<Channel>>,
    viewers: AtomicU64,
    is_draining: AtomicBool,
    runtime: tokio::runtime::Handle,
}

impl Hub {
    /// Frames are published on the calling runtime.
    pub fn new(options: HubOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                options,
                channels: DashMap::new(),
                viewers: AtomicU64::new(0),
                is_draining: AtomicBool::new(false),
                runtime: tokio::runtime::Handle::current(),
            }),
        }
    }

    /// The inventory's channel, showing this view from now on; its viewers get a snapshot of it. `clock` has
    /// the inventory's time.
    pub fn open(&self, inventory: InventoryId, plan: Arc<Plan>, view: View, clock: Sources) -> Arc<Channel> {
        let mut slot = self.shared.channels.entry(inventory).or_default();
        if let Some(channel) = slot.upgrade() {
            drop(slot);
            channel.reset(plan, view, clock);
            return channel;
        }
        let channel = Arc::new(Channel::new(inventory, self.clone(), plan, view, clock));
        *slot = Arc::downgrade(&channel);
        channel
    }

    /// The channel of an inventory, if anybody uses it.
    pub fn known(&self, inventory: InventoryId) -> Option<Arc<Channel>> {
        self.shared.channels.get(&inventory)?.upgrade()
    }

    /// Forgets channels that nobody uses.
    pub fn sweep(&self) {
        self.shared.channels.retain(|_, channel| channel.strong_count() > 0);
    }

    pub fn viewers(&self) -> u64 {
        self.shared.viewers.load(Ordering::Relaxed)
    }

    /// Counts a viewer in, or not: there are too many, or the server is ending.
    pub(super) fn admit(&self, transport: &'static str) -> bool {
        if self.shared.is_draining.load(Ordering::Relaxed) {
            return false;
        }
        let max = self.shared.options.viewers_max;
        let one_more = |viewers| (viewers < max).then_some(viewers + 1);
        let admitted =
            self.shared.viewers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok();
        if admitted {
            telemetry::viewers(transport, 1.0);
        }
        admitted
    }

    pub(super) fn dismiss(&self, transport: &'static str) {
        self.shared.viewers.fetch_sub(1, Ordering::Relaxed);
        telemetry::viewers(transport, -1.0);
    }

    pub(super) fn options(&self) -> &HubOptions {
        &self.shared.options
    }

    /// The time between two frames of a channel: stretched so that viewers × ticks stays affordable.
    pub(super) fn tick(&self, has_viewers: bool) -> Duration {
        if !has_viewers {
            return TICK_UNSEEN;
        }
        let HubOptions { tick, frames_per_second_max, .. } = self.shared.options;
        let affordable = Duration::from_micros(self.viewers() * 1_000_000 / frames_per_second_max.max(1));
        tick.max(affordable)
    }

    /// Runs later on the hub's runtime. A panic there ends the process: a silent stream is worse.
    pub(super) fn after(&self, delay: Duration, work: impl FnOnce() + Send + 'static) {
        self.shared.runtime.spawn(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
                tracing::error!("the live hub panicked: the process ends");
                std::process::abort();
            }
        });
    }

    /// Ends all streams with a reconnect code, spread over a time so that clients do not all come at once
    /// to whoever serves next. New viewers are turned away.
    pub async fn close_all(&self, over: Duration) {
        self.shared.is_draining.store(true, Ordering::Relaxed);
        let viewers = self.viewers_of_all();
        let count = u32::try_from(viewers.len()).unwrap_or(u32::MAX).max(1);
        let started = tokio::time::Instant::now();
        for (index, viewer) in (0..).zip(&viewers) {
            tokio::time::sleep_until(started + over * index / count).await;
            viewer.close(close::GOING_AWAY);
        }
        // Those who were let in just before the door was shut.
        self.viewers_of_all().iter().for_each(|viewer| viewer.close(close::GOING_AWAY));
        let deadline = started + over + Duration::from_secs(1);
        while self.viewers() > 0 && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn viewers_of_all(&self) -> Vec<Arc<Viewer>> {
        let channels: Vec<Weak<Channel>> =
            self.shared.channels.iter().map(|slot| slot.value().clone()).collect();
        channels.iter().filter_map(Weak::upgrade).flat_map(|channel| channel.viewers_now()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(options: HubOptions) -> Hub {
        Hub::new(options)
    }

    #[tokio::test]
    async fn the_tick_stretches_with_the_viewers() {
        let hub = hub(HubOptions { frames_per_second_max: 1_000, ..HubOptions::default() });
        assert_eq!(hub.tick(false), TICK_UNSEEN);
        for (viewers, tick_ms) in [(0, 25), (1, 25), (25, 25), (26, 26), (100, 100), (5_000, 5_000)] {
            hub.shared.viewers.store(viewers, Ordering::Relaxed);
            assert_eq!(hub.tick(true), Duration::from_millis(tick_ms), "{viewers}");
            let frames_per_second = viewers as f64 / hub.tick(true).as_secs_f64();
            assert!(frames_per_second <= 1_000.0, "{viewers}");
        }
    }

    #[tokio::test]
    async fn no_more_are_let_in_than_there_is_room_for_however_many_come_at_once() {
        let hub = hub(HubOptions { viewers_max: 100, ..HubOptions::default() });
        let threads: Vec<_> = (0..4)
            .map(|_| hub.clone())
            .map(|hub| std::thread::spawn(move || (0..100).filter(|_| hub.admit("test")).count()))
            .collect();
        let admitted: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!((admitted, hub.viewers()), (100, 100));
        hub.dismiss("test");
        assert!(hub.admit("test") && !hub.admit("test"));
    }
}
