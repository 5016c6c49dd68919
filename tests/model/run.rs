//! One sequence: the server's core and the model side by side, command by command.

use std::sync::Arc;

use fairhold::domain::state::Kept;
use fairhold::domain::{
    Action, BlockId, Caller, Cause, Command, Event, Events, HoldId, Impossible, Moment, Plan, Recall, Record,
    Refusal, State, Timestamp, UnitNo, decide,
};
use uuid::Uuid;

use crate::allotments::one_by_one;
use crate::compare::compare;
use crate::coverage::Coverage;
use crate::hall;
use crate::model::{DAY_MS, Model};
use crate::rng::Rng;
use crate::script::Script;
use crate::{keys, operator, settings};

/// The figures are compared after so many commands.
const COMPARE_EVERY: usize = 2;
const START: Timestamp = Timestamp(1_777_633_200_000);

pub fn sequence(seed: u64, coverage: &mut Coverage) {
    let mut run = Run::open(seed, coverage);
    let commands = run.rng.range(40..=200) as usize;
    let thorough = run.rng.percent(10);
    for n in 0..commands {
        run.step();
        if n % COMPARE_EVERY == 0 {
            compare(&run.state, &run.model);
        }
        if thorough && n == commands / 2 {
            run.move_house();
        }
    }
    compare(&run.state, &run.model);
    run.replay();
    run.forge();
    if thorough {
        run.journal.iter().flat_map(|record| &record.events).for_each(survives_json);
    }
}

struct Run<'a> {
    rng: Rng,
    script: Script,
    plan: Arc<Plan>,
    state: State,
    model: Model,
    journal: Vec<Record>,
    clock: Timestamp,
    epoch: u64,
    /// So that ids sort by age.
    ids: u32,
    coverage: &'a mut Coverage,
}

impl<'a> Run<'a> {
    fn open(seed: u64, coverage: &'a mut Coverage) -> Self {
        let mut rng = Rng::new(seed);
        let (document, hall) = hall::random(&mut rng);
        let plan = Plan::compile(document).unwrap_or_else(|defects| panic!("{defects:#?}"));
        let plan = Arc::new(plan);
        let settings = operator::settings(&mut rng);
        let limits = keys::limits(&mut rng);
        let mut run = Self {
            script: Script::new(&mut rng),
            rng,
            state: State::new(plan.clone()).remembering(limits),
            plan: plan.clone(),
            model: Model { key_limits: limits, ..Model::new(Arc::new(hall), plan.clone()) },
            journal: Vec::new(),
            clock: START,
            epoch: 1,
            ids: 0,
            coverage,
        };
        let opened = [Event::Opened { plan_version: 1, settings, details: None }].into_iter().collect();
        run.record(START, &Caller::Clock, Cause::default(), opened);
        run
    }

    /// Time goes on, what is due expires in a record of its own, then one command.
    fn step(&mut self) {
        self.move_clock();
        let now = self.state.not_before(self.clock);
        assert_eq!(now, self.clock.max(self.model.at), "time never runs backwards");
        if self.model.next_due().is_some_and(|due| due <= now) {
            self.touch_what_is_due(now);
            self.execute(&Command::expire(), now);
        }
        let command = self.script.next(&mut self.rng, &self.model);
        self.execute(&command, now);
    }

    /// As the actor does: a known key is answered by its record, everything else is decided.
    fn execute(&mut self, command: &Command, now: Timestamp) {
        self.coverage.commands += 1;
        let recalled = self.state.recall(command.cause.key);
        assert_eq!(recalled, self.model.recall(command.cause.key), "{command:?}");
        match recalled {
            Recall::New => {}
            Recall::Done { .. } => return self.coverage.repeats += 1,
            Recall::Mismatch => return self.coverage.refusal(&Refusal::IdempotencyMismatch),
        }
        let moment = Moment { now, fresh: self.fresh_id() };
        let decided = decide(&self.state, command, &moment);
        let predicted = self.model.predict(command, &moment);
        let shown = decided.clone().map(|events| events.into_iter().map(one_by_one).collect::<Vec<_>>());
        assert_eq!(shown, predicted, "decided, predicted: {command:?} at {now:?}");
        match decided {
            Err(refusal) => {
                self.coverage.refusal(&refusal);
                self.coverage.closely(command, &refusal, &self.model.settings);
            }
            Ok(events) if events.is_empty() => self.coverage.nothing += 1,
            Ok(events) => {
                let is_due = matches!(command.action, Action::Expire);
                self.coverage.outcomes(&self.model.outcomes(&events, is_due));
                self.record(now, &command.caller, command.cause.clone(), events);
            }
        }
    }

    fn fresh_id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(u128::from(self.ids) << 96 | self.rng.wide() >> 32)
    }

    fn record(&mut self, at: Timestamp, caller: &Caller, cause: Cause, events: Events) {
        self.coverage.records += 1;
        for event in &events {
            self.coverage.event(event.name());
            self.coverage.step(event);
        }
        let seq = self.state.seq() + 1;
        let record = Record { seq, epoch: self.epoch, at, by: caller.clone(), cause, events };
        if let Err(impossible) = self.state.apply(&record) {
            panic!("{impossible}: {record:?}");
        }
        self.model.learn(&record);
        self.journal.push(record);
    }

    /// A hold whose time is over is dead even before its expiry is recorded.
    fn touch_what_is_due(&mut self, now: Timestamp) {
        let due = self.model.holds.iter().filter(|hold| hold.group.is_none() && hold.expires <= now);
        let due: Vec<HoldId> = due.map(|hold| hold.id).collect();
        let Some(&hold) = self.rng.any(&due) else { return };
        let moment = Moment { now, fresh: Uuid::from_u128(self.rng.wide()) };
        for action in [Action::Extend { hold }, Action::Purchase { hold }, Action::Release { hold }] {
            let command = Command { action, ..Command::expire() };
            let expected = match command.action {
                Action::Release { .. } => Ok(Default::default()),
                _ => Err(Refusal::HoldExpired),
            };
            assert_eq!(decide(&self.state, &command, &moment), expected, "{command:?} at {now:?}");
        }
    }

    /// Mostly a little ahead, often onto an edge: when a hold ends, when the sale opens or closes, when
    /// something is forgotten. Sometimes back: the state must not follow.
    fn move_clock(&mut self) {
        let window = self.rng.any(&settings::times(&self.model.settings)).copied();
        let released = self.model.blocks.iter().filter_map(|block| block.release_at);
        let due: Vec<Timestamp> = self.model.holds.iter().map(|hold| hold.expires).chain(released).collect();
        let due = self.rng.any(&due).copied();
        let edge = match self.rng.below(1000) {
            0..=599 => return self.clock = self.clock.plus_ms(self.rng.below(3_000) as i64),
            600..=749 => return self.clock = self.clock.plus_ms(self.rng.below(25_000) as i64),
            750..=759 => return self.clock = self.clock.plus_ms(self.rng.below(200_000) as i64),
            760..=769 => return self.clock = self.clock.plus_ms(-(self.rng.below(60_000) as i64)),
            770..=899 => due,
            900..=989 => window,
            990..=994 => self.rng.any(&self.model.keys).map(|key| key.at.plus_ms(DAY_MS)),
            995..=998 => self.rng.any(&self.model.ended).map(|over| over.at.plus_ms(DAY_MS)),
            _ => Some(self.clock.plus_ms(self.rng.below(50 * 3_600_000) as i64)),
        };
        if let Some(edge) = edge {
            let near = edge.plus_ms(self.rng.below(3) as i64 - 1);
            self.clock = self.clock.max(near);
        }
    }

    /// The state through a stored snapshot into a new epoch; the sequence goes on with the copy.
    fn move_house(&mut self) {
        let bytes = postcard::to_stdvec(self.state.kept()).expect("a state is written");
        let kept: Kept = postcard::from_bytes(&bytes).expect("a state is read");
        assert_eq!(&kept, self.state.kept(), "the snapshot is the state");
        let plan = stored_and_read(self.state.plan());
        let restored = State::restore(plan, kept).expect("the snapshot fits its plan");
        self.state = restored.remembering(self.model.key_limits);
        self.epoch += 1;
        compare(&self.state, &self.model);
    }

    /// The journal alone makes the same state.
    fn replay(&self) {
        let mut copy = State::new(self.plan.clone()).remembering(self.model.key_limits);
        for record in &self.journal {
            copy.apply(record).unwrap_or_else(|impossible| panic!("replay: {impossible}: {record:?}"));
        }
        assert_eq!(copy.kept(), self.state.kept(), "the journal replays to the same state");
    }

    /// A record that cannot be true is refused whoever wrote it: one piece too many, a wrong place in time or order.
    fn forge(&mut self) {
        let counts = self.model.counts();
        let unit = self.rng.below(counts.len());
        let more = u32::try_from(counts[unit].left() + 1).expect("capacities are small");
        let block = BlockId::new(Uuid::from_u128(self.rng.wide()));
        let units = [(unit as UnitNo, more)].into_iter().collect();
        let event =
            Event::Blocked { block, units, reason: None, channel: None, code: None, release_at: None };
        let last = self.journal.last().expect("record 1 is there");
        let seq = last.seq + 1;
        let next = Record { seq, events: [event].into_iter().collect(), ..last.clone() };
        let before = last.at.plus_ms(-1);
        for (record, expected) in [
            (next.clone(), Impossible::Overdrawn(unit as UnitNo)),
            (Record { seq: seq + 1, ..next.clone() }, Impossible::Gap { after: last.seq, got: seq + 1 }),
            (last.clone(), Impossible::Gap { after: last.seq, got: last.seq }),
            (Record { epoch: 0, ..next.clone() }, Impossible::Epoch { after: last.epoch, got: 0 }),
            (Record { at: before, ..next }, Impossible::Time),
        ] {
            assert_eq!(self.state.clone().apply(&record), Err(expected), "{record:?}");
        }
    }
}

/// As the server reads the plan of any version but the first.
fn stored_and_read(plan: &Plan) -> Arc<Plan> {
    let text = serde_json::to_string(&plan.numbering()).expect("a numbering is written");
    let numbering = serde_json::from_str(&text).expect("a numbering is read");
    let read = Plan::compile_numbered(plan.document().clone(), &numbering);
    Arc::new(read.unwrap_or_else(|bad| panic!("{bad:#?}")))
}

fn survives_json(event: &Event) {
    let text = serde_json::to_string(event).expect("an event is written");
    let read: Event = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(&read, event, "{text}");
}
