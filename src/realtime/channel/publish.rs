//! A tick of a channel: what has changed since the last one goes out, once for all viewers.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::frame::{Delta, Frame, Position, SharedFrame};
use super::super::viewer::Viewer;
use super::{Channel, Inner};
use crate::domain::UnitNo;
use crate::telemetry;

/// What goes out.
enum News {
    Nothing,
    Delta(SharedFrame),
    /// Another plan, and a snapshot of it: no delta spans two plans.
    Plan(SharedFrame, SharedFrame),
}

impl Channel {
    pub(super) fn schedule(self: &Arc<Self>, inner: &mut Inner) {
        if inner.due.is_some() {
            return;
        }
        let now = Instant::now();
        let tick = self.hub.tick(!inner.audience.viewers.is_empty());
        let due = inner.last_published.map_or(now, |last| now.max(last + tick));
        inner.due = Some(due);
        let this = self.clone();
        self.hub.after(due - now, move || this.publish(due));
    }

    pub(super) fn publish(self: &Arc<Self>, due: Instant) {
        let mut inner = self.lock();
        if inner.due == Some(due) {
            inner.due = None;
            self.publish_now(&mut inner);
        }
    }

    pub(super) fn publish_now(self: &Arc<Self>, inner: &mut Inner) {
        let news = self.news(inner);
        let facts = std::mem::take(&mut inner.has_new_facts).then(|| self.facts_frame(inner));
        if !matches!(news, News::Nothing) {
            inner.last_published = Some(Instant::now());
        }
        let viewers: Vec<Arc<Viewer>> = inner.audience.viewers.values().cloned().collect();
        let (mut starting, mut resynced) = (Vec::new(), Vec::new());
        for viewer in viewers {
            match (viewer.take_start(), &news) {
                (Some(start), _) => starting.push((viewer, start)),
                (None, News::Delta(frame)) => {
                    viewer.push(frame);
                    facts.iter().for_each(|frame| viewer.push(frame));
                }
                (None, News::Plan(plan, snapshot)) => {
                    telemetry::resync("plan");
                    viewer.replan(plan, Some(snapshot));
                    resynced.push(viewer);
                }
                (None, News::Nothing) => {}
            }
        }
        for (viewer, start) in starting {
            self.begin(inner, &viewer, start);
        }
        resynced.iter().for_each(|viewer| self.welcome(inner, viewer));
        for (buyer, frame) in std::mem::take(&mut inner.private) {
            let connections = inner.audience.buyers.get(&buyer).into_iter().flatten();
            connections.filter(|viewer| viewer.buyer().is_some()).for_each(|viewer| viewer.push(&frame));
        }
    }

    /// What has changed since the last time, and from now on counts as published.
    fn news(&self, inner: &mut Inner) -> News {
        let (from, to) = (inner.published.seq, inner.view.seq);
        if from == to {
            return News::Nothing;
        }
        inner.published = Position { epoch: inner.view.epoch, seq: to };
        inner.snapshot = None;
        let lag = inner.unpublished_since.take().map_or(Duration::ZERO, |since| since.elapsed());
        telemetry::published(std::mem::take(&mut inner.unpublished), lag);
        let mut units = std::mem::take(&mut inner.changed);
        if inner.published_plan_version != inner.view.plan_version {
            inner.published_board = inner.view.board.clone();
            inner.published_plan = inner.plan.clone();
            inner.published_plan_version = inner.view.plan_version;
            inner.ring.clear();
            return News::Plan(Frame::plan(inner.published_plan_version), self.snapshot_frame(inner));
        }
        units.sort_unstable();
        units.dedup();
        for &unit in &units {
            match inner.plan.counted().index_of(unit) {
                None => inner.published_board.set_status(unit, inner.view.board.status(unit)),
                Some(index) => inner.published_board.available[index] = inner.view.board.available[index],
            }
        }
        let frame = self.delta(inner, from, &units);
        inner.ring.push(from, units.into());
        News::Delta(frame)
    }

    /// Up to what is published.
    pub(super) fn delta(&self, inner: &Inner, from: u64, units: &[UnitNo]) -> SharedFrame {
        let Position { epoch, seq: to } = inner.published;
        let (counted, board) = (inner.published_plan.counted(), &inner.published_board);
        Delta { epoch, from, to, at_ms: inner.view.at.0, units, counted, board }.encode()
    }
}
