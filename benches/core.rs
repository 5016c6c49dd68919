//! How fast the core is by itself, on a hall of 50,000 seats: decide and apply, best available, restore.
//!
//! `cargo bench --bench core` prints a table; `FAIRHOLD_BENCH_JSON=path` also writes it as JSON.
//! Ids, buyers and commands are made before the clock starts; each figure is the median of several rounds.

use std::io::Write;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use fairhold::domain::command::{BestWanted, KeyUse, Pick, Wanted};
use fairhold::domain::settings::SingleSeats;
use fairhold::domain::state::Kept;
use fairhold::domain::{
    Access, Action, BuyerId, Caller, Cause, Command, Event, HoldId, KeyId, Moment, Plan, Recall, Record,
    Settings, SettingsPatch, State, Timestamp, decide,
};
use serde_json::{Value, json};
use uuid::Uuid;

mod hall;
mod steps;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 7;
const ALL: usize = hall::SEATS_IN_ALL;
const BUYERS: usize = ALL / 4;
const BEST_CALLS: usize = 2_000;
const TAIL: usize = 1_000;
const START: Timestamp = Timestamp(1_777_633_200_000);

fn main() {
    // `cargo test --benches` starts this, too, but without the flag: it is enough that it builds.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let plan = Arc::new(Plan::compile(hall::document()).expect("the hall is sound"));
    let mut report = Report(Vec::new());
    report.claims(&plan);
    for (fill, name) in [(0, "empty"), (50, "half sold"), (99, "99 % sold")] {
        report.best(&plan, fill, name);
    }
    report.steps(&plan);
    report.restore(&plan);
    report.print();
}

/// A command and its moment, ready to be decided.
type Ready = (Command, Moment);

/// What the inventory actor does with a command, without its mailbox and journal.
fn execute(state: &mut State, (command, moment): &Ready) -> Record {
    assert_eq!(state.recall(command.cause.key), Recall::New);
    let now = state.not_before(moment.now);
    let events = decide(state, command, &Moment { now, ..*moment }).expect("allowed");
    let by = command.caller.clone();
    let record = Record { seq: state.seq() + 1, epoch: 1, at: now, by, cause: command.cause.clone(), events };
    state.apply(&record).expect("a decided record applies");
    record
}

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
}

struct Report(Vec<Figure>);

impl Report {
    fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.0.push(Figure { name: name.into(), value, unit });
    }

    /// Every seat held one by one, in random order; then all bought, or all expired in one record.
    fn claims(&mut self, plan: &Arc<Plan>) {
        let (mut held, mut bought, mut expired) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let mut ids = Ids(round as u64);
            let holds = holds(plan, &mut ids);
            let purchases = purchases(&holds, &mut ids);
            let mut state = open(plan);
            held.push(seconds(|| run(&mut state, &holds)));
            let mut other = state.clone();
            bought.push(seconds(|| run(&mut state, &purchases)));
            let late = Moment { now: START.plus_seconds(3600), fresh: Uuid::nil() };
            expired.push(seconds(|| run(&mut other, &[(Command::expire(), late)])));
            assert_eq!((state.figures().sold, other.figures().available), (ALL as u64, ALL as u64));
        }
        let rate = |times: &mut Vec<f64>, count: usize| count as f64 / median(times);
        let mut both: Vec<f64> = held.iter().zip(&bought).map(|(held, bought)| held + bought).collect();
        self.add("hold one seat", rate(&mut held, ALL), "1/s");
        self.add("purchase a hold", rate(&mut bought, ALL), "1/s");
        self.add("hold and purchase a seat", rate(&mut both, ALL), "1/s");
        self.add("expire all seats in one record", median(&mut expired) * 1e3, "ms");
    }

    /// Four seats, wherever they are best.
    fn best(&mut self, plan: &Arc<Plan>, fill: usize, name: &str) {
        for (category, adjacent, what) in [
            (None, false, "any category"),
            (Some("S"), false, "one category"),
            (None, true, "any category, together"),
            (Some("S"), true, "one category, together"),
        ] {
            let mut ids = Ids(99);
            let mut state = open(plan);
            let sold = &holds(plan, &mut ids)[..ALL * fill / 100];
            run(&mut state, sold);
            let four = BestWanted::of(NonZeroU32::new(4).expect("four"));
            let wanted = BestWanted { category: category.map(str::to_owned), adjacent, ..four };
            let mut micros = best_calls(&mut state, &wanted, &mut ids);
            let p99 = percentile(&mut micros, 99);
            self.add(format!("best 4, {name}, {what}: median"), median(&mut micros), "µs");
            self.add(format!("best 4, {name}, {what}: p99"), p99, "µs");
        }
    }

    /// Every step of best available and every restriction, each call by itself: the step is what it says.
    fn steps(&mut self, plan: &Arc<Plan>) {
        for case in steps::cases(plan) {
            let mut ids = Ids(7);
            let mut state = open(plan);
            run(&mut state, &block(plan, &case.free, &mut ids));
            if case.strict {
                configure(&mut state, &mut ids);
            }
            let mut micros = decisions(&state, &case, &mut ids);
            let (name, worst) = (case.name, percentile(&mut micros, 100));
            self.add(format!("{name}: median"), median(&mut micros), "µs");
            self.add(format!("{name}: worst"), worst, "µs");
        }
    }

    /// A stored snapshot and the records after it.
    fn restore(&mut self, plan: &Arc<Plan>) {
        let mut ids = Ids(7);
        let mut holds = holds(plan, &mut ids);
        holds.truncate(ALL / 2 + TAIL);
        let after = holds.split_off(ALL / 2);
        let mut state = open(plan);
        run(&mut state, &holds);
        run(&mut state, &purchases(&holds, &mut ids));
        let bytes = postcard::to_stdvec(state.kept()).expect("a state is written");
        let records: Vec<Record> = after.iter().map(|ready| execute(&mut state, ready)).collect();
        let (mut read, mut applied) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let mut restored = None;
            read.push(seconds(|| {
                let kept: Kept = postcard::from_bytes(&bytes).expect("a state is read");
                restored = State::restore(plan.clone(), kept);
            }));
            let mut copy = restored.expect("the snapshot fits its plan");
            applied.push(seconds(|| {
                records.iter().for_each(|record| copy.apply(record).expect("a record applies"));
            }));
            assert_eq!(copy.kept(), state.kept());
        }
        let mut both: Vec<f64> = read.iter().zip(&applied).map(|(read, applied)| read + applied).collect();
        self.add("snapshot, half sold", bytes.len() as f64 / 1e6, "MB");
        self.add("restore the snapshot", median(&mut read) * 1e3, "ms");
        self.add("apply 1,000 records", median(&mut applied) * 1e3, "ms");
        self.add("restore and apply", median(&mut both) * 1e3, "ms");
    }

    fn print(&self) {
        let mut out = std::io::stdout().lock();
        for Figure { name, value, unit } in &self.0 {
            writeln!(out, "{name:<55} {value:>14.1} {unit}").expect("stdout is open");
        }
        let Ok(path) = std::env::var("FAIRHOLD_BENCH_JSON") else { return };
        let figure =
            |figure: &Figure| json!({"name": figure.name, "value": figure.value, "unit": figure.unit});
        let figures: Value = self.0.iter().map(figure).collect();
        let report = json!({"seats": ALL, "rounds": ROUNDS, "figures": figures});
        std::fs::write(&path, format!("{report:#}\n")).expect("the report is written");
    }
}

/// Microseconds of each decision. Each is applied, and the eighth last given back, so that answers vary.
fn best_calls(state: &mut State, wanted: &BestWanted, ids: &mut Ids) -> Vec<f64> {
    let buyer: BuyerId = "best".parse().expect("a valid buyer id");
    let mut live: Vec<HoldId> = Vec::new();
    let mut micros = Vec::with_capacity(BEST_CALLS);
    for _ in 0..BEST_CALLS {
        let action = Action::Hold {
            buyer: buyer.clone(),
            wanted: Wanted::Best(wanted.clone()),
            access: Access::default(),
        };
        let (command, moment) = ids.ready(action, &buyer);
        let clock = Instant::now();
        let decided = decide(state, &command, &moment);
        micros.push(clock.elapsed().as_secs_f64() * 1e6);
        if decided.is_ok() {
            execute(state, &(command, moment));
            live.push(HoldId::new(moment.fresh));
        }
        if live.len() > 8 {
            let release = ids.ready(Action::Release { hold: live.remove(0) }, &buyer);
            execute(state, &release);
        }
    }
    micros
}

/// All seats but these off sale, in one command.
fn block(plan: &Plan, free: &[bool], ids: &mut Ids) -> Vec<Ready> {
    let taken = (0..ALL).filter(|&seat| !free[seat]);
    let units = taken.map(|seat| (plan.units()[seat].id.to_string(), 1)).collect();
    vec![ids.by_key(Action::Block { units, reason: None, channel: None, code: None, release_at: None })]
}

fn configure(state: &mut State, ids: &mut Ids) {
    let patch = SettingsPatch { single_seats: Some(SingleSeats::Strict), ..SettingsPatch::default() };
    let expected = state.settings_version();
    execute(state, &ids.by_key(Action::Configure { patch, expected, known: None }));
}

/// Microseconds of the same decision over and over, the very first one included; nothing is applied.
fn decisions(state: &State, case: &steps::Case, ids: &mut Ids) -> Vec<f64> {
    let buyer: BuyerId = "best".parse().expect("a valid buyer id");
    let decide_once = |ids: &mut Ids| {
        let action = Action::Hold {
            buyer: buyer.clone(),
            wanted: Wanted::Best(case.wanted.clone()),
            access: Access::default(),
        };
        let (command, moment) = ids.ready(action, &buyer);
        let clock = Instant::now();
        let decided = decide(state, &command, &moment);
        let took = clock.elapsed().as_secs_f64() * 1e6;
        let step = decided.ok().and_then(|mut events| match events.pop() {
            Some(Event::Held { step, .. }) => step,
            _ => None,
        });
        assert_eq!(step, case.step, "{}", case.name);
        took
    };
    (0..BEST_CALLS).map(|_| decide_once(ids)).collect()
}

/// One hold for each seat, in random order, four for a buyer.
fn holds(plan: &Plan, ids: &mut Ids) -> Vec<Ready> {
    let buyers: Vec<BuyerId> = (0..BUYERS).map(|_| BuyerId::anonymous(Uuid::from_u128(ids.next()))).collect();
    let mut seats: Vec<usize> = (0..ALL).collect();
    for last in (1..ALL).rev() {
        seats.swap(last, (ids.next() % (last as u128 + 1)) as usize);
    }
    let hold = |(n, seat): (usize, usize)| {
        let buyer = &buyers[n % BUYERS];
        let pick = Pick { offer: plan.units()[seat].id.to_string(), quantity: NonZeroU32::MIN };
        ids.ready(
            Action::Hold {
                buyer: buyer.clone(),
                wanted: Wanted::Offers(vec![pick]),
                access: Access::default(),
            },
            buyer,
        )
    };
    seats.into_iter().enumerate().map(hold).collect()
}

fn purchases(holds: &[Ready], ids: &mut Ids) -> Vec<Ready> {
    let key = Caller::Key(KeyId::new(Uuid::from_u128(ids.next())));
    let purchase = |(_, moment): &Ready| {
        let hold = HoldId::new(moment.fresh);
        let command = Command { caller: key.clone(), cause: ids.cause(), action: Action::Purchase { hold } };
        (command, ids.moment())
    };
    holds.iter().map(purchase).collect()
}

/// Distinct ids, the same in every run.
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> u128 {
        u128::from(self.half()) << 64 | u128::from(self.half())
    }

    /// SplitMix64.
    fn half(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn cause(&mut self) -> Cause {
        let key = KeyUse { hash: self.next(), fingerprint: self.next() };
        Cause { key: Some(key), request_id: None }
    }

    fn moment(&mut self) -> Moment {
        Moment { now: START, fresh: Uuid::from_u128(self.next()) }
    }

    fn by_key(&mut self, action: Action) -> Ready {
        let caller = Caller::Key(KeyId::new(Uuid::from_u128(self.next())));
        (Command { caller, cause: self.cause(), action }, self.moment())
    }

    fn ready(&mut self, action: Action, buyer: &BuyerId) -> Ready {
        let command = Command { caller: Caller::Buyer(buyer.clone()), cause: self.cause(), action };
        (command, self.moment())
    }
}

fn open(plan: &Arc<Plan>) -> State {
    let mut state = State::new(plan.clone());
    let settings = Settings { holds_per_buyer: 100, pieces_per_hold: 50, ..Settings::default() };
    let events = [Event::Opened { plan_version: 1, settings, details: None }].into_iter().collect();
    let (by, cause) = (Caller::Clock, Cause::default());
    let record = Record { seq: 1, epoch: 1, at: START, by, cause, events };
    state.apply(&record).expect("record 1 applies");
    state
}

fn run(state: &mut State, commands: &[Ready]) {
    for ready in commands {
        std::hint::black_box(execute(state, ready));
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let clock = Instant::now();
    work();
    clock.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}

fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) * percent / 100]
}
