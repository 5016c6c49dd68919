//! The frames of one channel, kept for as long as they are right.

use super::{Channel, Inner};
use crate::domain::answer::{HoldFacts, Source};
use crate::domain::facts::FactsAnswer;
use crate::realtime::frame::{Frame, SharedFrame, snapshot_text};
use crate::realtime::view::HoldChange;

impl Channel {
    pub(super) fn facts_frame(&self, inner: &mut Inner) -> SharedFrame {
        let (_, sale) = inner.public_sale();
        if let Some((_, frame)) = inner.facts.as_ref().filter(|(of, _)| *of == sale) {
            return frame.clone();
        }
        let view = &inner.view;
        let at = (self.inventory, view.epoch, view.seq);
        let frame = Frame::inventory(&FactsAnswer::of(at, &view.details, sale, view.cancelled.as_deref()));
        inner.facts = Some((sale, frame.clone()));
        frame
    }

    pub(super) fn snapshot_frame(&self, inner: &mut Inner) -> SharedFrame {
        if let Some(frame) = &inner.snapshot {
            return frame.clone();
        }
        let (version, counted) = (inner.published_plan_version, inner.published_plan.counted());
        let at = inner.published;
        let text = snapshot_text(self.inventory, at, version, counted, &inner.published_board);
        let frame = Frame::snapshot(marked(text, inner.is_stale), at);
        inner.snapshot = Some(frame.clone());
        frame
    }

    pub(super) fn hold_frame(&self, inner: &Inner, change: &HoldChange) -> SharedFrame {
        let HoldChange { id, hold, state } = change;
        let (epoch, seq) = match *state {
            "held" => (hold.epoch, hold.seq),
            _ => (inner.view.epoch, inner.view.seq),
        };
        let source = Source { inventory: self.inventory, plan: &inner.plan, epoch, seq };
        let facts = HoldFacts {
            id: *id,
            buyer: &hold.buyer,
            lines: &hold.lines,
            adjacent: hold.adjacent,
            step: hold.step,
            expires_at: hold.expires_at,
            group: hold.group,
            state,
        };
        let answer = source.hold(facts, inner.clock.now());
        Frame::hold(&serde_json::to_string(&answer).expect("an answer has only string keys"))
    }
}

/// The text of a snapshot, which says so when it may be old.
pub(super) fn marked(mut text: String, is_stale: bool) -> String {
    if is_stale && text.pop() == Some('}') {
        text.push_str(r#","stale":true}"#);
    }
    text
}
