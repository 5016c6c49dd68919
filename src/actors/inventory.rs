//! One inventory's owner: decides, applies, and hands the record to the journal without waiting for it.
//!
//! Its state is ahead of the journal by what is not committed yet; so it only decides and never answers a
//! read. Nothing is done in `stopped()`: after a panic that would run on half-written state.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Message, SpawnHandle};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::budgets::{Budgets, count_ends};
use super::group::PartsAsked;
use super::shared::{Gone, Shared};
use super::sold::Sold;
use super::{Done, Failure, outcomes, sabotage};
use crate::domain::{
    Action, Caller, Cause, Command, Events, Moment, Record, Refusal, State, Timestamp, decide, state::Recall,
};
use crate::limits::Asker;
use crate::persistence::{Append, ChainLink, Entry, Journal, Loss, Sink, Store, codec};
use crate::sources::Sources;
use crate::telemetry;

/// What an actor tells whoever sent a command.
pub(super) enum Answer {
    Ended(Result<Done, Failure>),
    /// An earlier call with the same key succeeded in this record.
    Replay {
        seq: u64,
    },
    /// This incarnation takes nothing more; the directory knows a better one.
    Moved(Box<Command>),
}

/// A place among the commands in flight; released with the reply.
pub(super) struct Permits {
    pub(super) _inventory: OwnedSemaphorePermit,
    pub(super) _backlog: OwnedSemaphorePermit,
}

/// Where the answer goes.
pub(super) struct Reply {
    sender: oneshot::Sender<Answer>,
    _permits: Permits,
}

impl Reply {
    pub(super) fn new(sender: oneshot::Sender<Answer>, permits: Permits) -> Self {
        Self { sender, _permits: permits }
    }

    fn send(self, answer: Answer) {
        // The caller may have left; what happened has happened.
        let _caller_left = self.sender.send(answer);
    }

    fn fail(self, failure: Failure) {
        self.send(Answer::Ended(Err(failure)));
    }
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Execute {
    pub(super) command: Command,
    /// Whose budget it is taken from; None: nobody's.
    pub(super) asker: Option<Asker>,
    pub(super) reply: Reply,
}

/// Asks whether it may be put away. True: it takes nothing more.
#[derive(Message)]
#[rtype(result = "bool")]
pub(super) struct Passivate;

pub(super) struct InventoryActor {
    pub(super) state: State,
    pub(super) shared: Arc<Shared>,
    pub(super) journal: Journal,
    /// For the rows of groups, and nothing else.
    pub(super) store: Arc<dyn Store>,
    /// With the inventory's own time.
    pub(super) sources: Sources,
    timer: Option<(Timestamp, SpawnHandle)>,
    pub(super) parts: PartsAsked,
    pub(super) sold: Sold,
    pub(super) budgets: Budgets,
    keys_dropped: u64,
    /// Of the last record that was decided.
    link: ChainLink,
}

impl Actor for InventoryActor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        self.rearm(context);
    }
}

impl Handler<Execute> for InventoryActor {
    type Result = ();

    fn handle(&mut self, message: Execute, context: &mut Self::Context) {
        let Execute { command, asker, reply } = message;
        if self.shared.gone() != Gone::No {
            return self.hand_back(command, reply, context);
        }
        let now = self.state.not_before(self.sources.now());
        if self.state.next_due().is_some_and(|due| due <= now) && !self.expire(now) {
            return self.hand_back(command, reply, context);
        }
        self.execute(command, asker.as_ref(), reply, now);
        self.rearm(context);
    }
}

impl Handler<Passivate> for InventoryActor {
    type Result = bool;

    fn handle(&mut self, _: Passivate, context: &mut Self::Context) -> bool {
        let in_service = self.shared.gone() == Gone::No;
        let busy = self.state.has_holds()
            || self.shared.channel.viewer_count() > 0
            || self.shared.committed_seq() != self.state.seq();
        if in_service && (busy || self.has_budgets_that_matter()) {
            return false;
        }
        self.shared.go(Gone::Evicted);
        self.linger(context);
        true
    }
}

impl InventoryActor {
    pub(super) fn new(
        state: State,
        sold: Sold,
        budgets: Budgets,
        link: ChainLink,
        shared: Arc<Shared>,
        journal: Journal,
        store: Arc<dyn Store>,
    ) -> Self {
        let (keys_dropped, sources) = (state.keys_dropped_early(), shared.clock.clone());
        let parts = PartsAsked::default();
        Self { state, shared, journal, store, sources, timer: None, parts, sold, budgets, keys_dropped, link }
    }

    fn hand_back(&mut self, command: Command, reply: Reply, context: &mut Context<Self>) {
        reply.send(Answer::Moved(Box::new(command)));
        self.linger(context);
    }

    /// Stays for the commands that are already on their way, then ends.
    fn linger(&mut self, context: &mut Context<Self>) {
        context.run_later(Duration::from_secs(1), |_, context| context.stop());
    }

    fn execute(&mut self, command: Command, asker: Option<&Asker>, reply: Reply, now: Timestamp) {
        match self.state.recall(command.cause.key) {
            Recall::New => {}
            Recall::Done { seq } => {
                outcomes::count(command.action.name(), "replayed");
                return self.behind_commits(reply, Answer::Replay { seq });
            }
            Recall::Mismatch => return self.refuse(&command, reply, Refusal::IdempotencyMismatch, now),
        }
        let moment = Moment { now, fresh: self.sources.fresh_id() };
        let decided = catch_unwind(AssertUnwindSafe(|| {
            sabotage::decide(&command);
            decide(&self.state, &command, &moment)
        }));
        match decided {
            Ok(Ok(events)) if events.is_empty() => {
                outcomes::count(command.action.name(), "unchanged");
                self.behind_commits(reply, Answer::Ended(Ok(Done::Nothing)))
            }
            Ok(Ok(events)) => match self.may(asker, &command.action, now) {
                Ok(()) => self.commit(command, events, now, asker, Some(reply)),
                Err(away) => {
                    outcomes::count(command.action.name(), "turned_away");
                    self.behind_commits(reply, Answer::Ended(Err(Failure::TurnedAway(away))));
                }
            },
            Ok(Err(refusal)) => self.refuse(&command, reply, refusal, now),
            Err(_panic) => {
                tracing::error!(inventory = %self.shared.id, command = command.action.name(), "decide panicked");
                outcomes::count(command.action.name(), "panicked");
                reply.fail(Failure::Panicked);
            }
        }
    }

    fn refuse(&mut self, command: &Command, reply: Reply, refusal: Refusal, now: Timestamp) {
        outcomes::count(command.action.name(), refusal.code());
        self.shared.activity.refused(now, refusal.code());
        let plan = self.state.plan().clone();
        self.behind_commits(reply, Answer::Ended(Err(Failure::Refused { refusal, plan })));
    }

    /// Releases an answer that rests on what may not be committed yet: at once when all of it is.
    fn behind_commits(&mut self, reply: Reply, answer: Answer) {
        if self.shared.committed_seq() == self.state.seq() {
            return reply.send(answer);
        }
        let sink = Box::new(Waiting { shared: self.shared.clone(), reply, answer });
        self.journal.append(Entry::Barrier { inventory: self.shared.id, epoch: self.shared.epoch, sink });
    }

    /// Releases all holds and allotments that are due, in a record of their own. False: the incarnation is lost.
    pub(super) fn expire(&mut self, now: Timestamp) -> bool {
        let due: Vec<i64> = self
            .state
            .holds()
            .filter(|(_, hold)| hold.group.is_none())
            .map(|(_, hold)| now.since_ms(hold.expires_at))
            .take_while(|lag| *lag >= 0)
            .collect();
        self.of_itself(Action::Expire, now);
        due.into_iter().for_each(telemetry::expiry_lag);
        self.shared.gone() == Gone::No
    }

    /// Does what nobody has asked for but the time.
    pub(super) fn of_itself(&mut self, action: Action, now: Timestamp) {
        let command = Command { caller: Caller::Clock, cause: Cause::default(), action };
        let moment = Moment { now, fresh: uuid::Uuid::nil() };
        if let Ok(events) = decide(&self.state, &command, &moment)
            && !events.is_empty()
        {
            self.commit(command, events, now, None, None);
        }
    }

    /// Applies the events and sends their record on its way.
    fn commit(
        &mut self,
        command: Command,
        events: Events,
        now: Timestamp,
        asker: Option<&Asker>,
        reply: Option<Reply>,
    ) {
        let name = command.action.name();
        let record = Arc::new(Record {
            seq: self.state.seq() + 1,
            epoch: self.shared.epoch,
            at: now,
            by: command.caller,
            cause: command.cause,
            events,
        });
        let applied = catch_unwind(AssertUnwindSafe(|| {
            sabotage::apply(&record);
            self.state.apply(&record)
        }));
        if !matches!(applied, Ok(Ok(()))) {
            let cause = applied.map_or("panic".to_owned(), |applied| format!("{applied:?}"));
            tracing::error!(inventory = %self.shared.id, seq = record.seq, cause, "apply failed: poisoned");
            self.shared.go(Gone::Poisoned);
            if let Some(reply) = reply {
                reply.fail(Failure::NotCommitted);
            }
            return;
        }
        self.sold.learn(&self.state, &record);
        let (inventory, body) = (self.shared.id, codec::encode_record(&record));
        let Record { epoch, seq, at, .. } = *record;
        self.link = self.link.next(inventory, seq, epoch, at, &body);
        let row = Append { inventory, epoch, seq, at, link: self.link, body };
        self.book(&record, row.body.len(), asker);
        let sink = Box::new(Committing {
            command: name,
            shared: self.shared.clone(),
            reply,
            record,
            plan: self.state.plan().clone(),
        });
        self.journal.append(Entry::Record { row, sink });
        self.count_dropped_keys();
    }

    fn count_dropped_keys(&mut self) {
        let dropped = self.state.keys_dropped_early();
        if dropped > self.keys_dropped {
            telemetry::keys_dropped(dropped - self.keys_dropped);
            self.keys_dropped = dropped;
        }
    }

    /// Keeps one timer, at or before the next hold that is due. One that fires early finds nothing to do.
    pub(super) fn rearm(&mut self, context: &mut Context<Self>) {
        self.rearm_parts(context);
        let Some(due) = self.state.next_due() else { return };
        match self.timer {
            Some((at, _)) if at <= due => return,
            Some((_, handle)) => {
                context.cancel_future(handle);
            }
            None => {}
        }
        let wait_ms = u64::try_from(due.since_ms(self.sources.now())).unwrap_or(0).max(1);
        let handle = context.run_later(Duration::from_millis(wait_ms), |this, context| {
            this.timer = None;
            let now = this.state.not_before(this.sources.now());
            if this.shared.gone() == Gone::No && this.expire(now) {
                this.rearm(context);
            }
        });
        self.timer = Some((due, handle));
    }
}

/// Told when a record is in the journal: first the view moves, then the reply is released.
struct Committing {
    command: &'static str,
    shared: Arc<Shared>,
    reply: Option<Reply>,
    record: Arc<Record>,
    plan: Arc<crate::domain::Plan>,
}

impl Sink for Committing {
    fn committed(self: Box<Self>) {
        let Self { command, shared, reply, record, plan } = *self;
        shared.channel.commit(&record);
        shared.set_committed(record.seq);
        outcomes::count(command, "committed");
        outcomes::count_steps(&record);
        count_ends(&record);
        shared.activity.committed(&record);
        if let Some(reply) = reply {
            let now = shared.clock.now();
            reply.send(Answer::Ended(Ok(Done::Committed { record, plan, now, replayed: false })));
        }
    }

    fn lost(self: Box<Self>, loss: Loss) {
        self.shared.go(gone_by(loss));
        outcomes::count(self.command, "lost");
        if let Some(reply) = self.reply {
            reply.fail(Failure::NotCommitted);
        }
    }
}

/// An answer that waits for the records before it.
struct Waiting {
    shared: Arc<Shared>,
    reply: Reply,
    answer: Answer,
}

impl Sink for Waiting {
    fn committed(self: Box<Self>) {
        self.reply.send(self.answer);
    }

    fn lost(self: Box<Self>, loss: Loss) {
        self.shared.go(gone_by(loss));
        self.reply.fail(Failure::NotCommitted);
    }
}

fn gone_by(loss: Loss) -> Gone {
    match loss {
        Loss::Fenced => Gone::Fenced,
        Loss::Poisoned | Loss::Closed => Gone::Poisoned,
    }
}
