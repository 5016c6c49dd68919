//! What must hold of a run, read from the journal that it left.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fairhold::domain::{Event, InventoryId, Record, State, Timestamp};
use fairhold::persistence::{Plans, check, codec};

use crate::board::Units;
use crate::database::{Committed, Database};
use crate::history::{Attempt, Events};
use crate::store::NodeStore;
use crate::wire::{PENDING, Reply};
use crate::world::{BEGINNING, World};

/// Hosts of one tick may see each other's time so far ahead.
const SKEW_MAX: Duration = Duration::from_millis(100);
/// In a calm world a hold ends so soon after its time.
const CALM_LAG_MS: i64 = 1_000;

/// One inventory's journal, and the board at each of its seqs.
struct Journal {
    records: Vec<Record>,
    boards: Vec<Units>,
    requests: BTreeMap<String, u64>,
}

/// Writes all that is wrong into the history.
pub(crate) fn verify(world: &World) {
    let store = NodeStore { database: world.database.clone(), node: None };
    match block_on(check(&store, |_| {})) {
        Ok(report) => {
            report.violations.iter().for_each(|violation| world.history.wrong(format!("{violation:?}")))
        }
        Err(cause) => world.history.wrong(format!("the check failed: {cause}")),
    }
    let mut events = world.history.lock();
    for hall in world.halls.iter() {
        let journal = read(world, *hall, &mut events);
        attempts(&journal, *hall, &mut events);
        seen(&journal, *hall, &mut events);
        if world.knobs.is_calm() {
            expiries(&journal, &mut events.wrong);
        }
    }
    if world.knobs.is_calm() {
        calm(&mut events);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

/// The state at the end of a journal.
pub(crate) fn replayed(database: &Database, inventory: InventoryId) -> State {
    let (document, stored): (_, Vec<_>) = {
        let inner = database.lock();
        let row = &inner.inventories[&inventory];
        (row.new.plan.clone(), row.stored().cloned().collect())
    };
    let plan = fairhold::domain::Plan::compile(serde_json::from_slice(&document).unwrap()).unwrap();
    let mut state = State::new(plan.into());
    for stored in &stored {
        if state.apply(&codec::decode_record(stored).unwrap()).is_err() {
            break; // `check` says so
        }
    }
    state
}

fn read(world: &World, hall: InventoryId, events: &mut Events) -> Journal {
    let store = NodeStore { database: world.database.clone(), node: None };
    let plan = block_on(Plans::default().load(&store, hall, 1)).unwrap();
    let mut state = State::new(plan);
    let mut journal = Journal { records: Vec::new(), boards: vec![units(&state)], requests: BTreeMap::new() };
    let inner = world.database.lock();
    for Committed { stored, committed, .. } in &inner.inventories[&hall].records {
        let record = codec::decode_record(stored).unwrap();
        // All servers take the store's time, so no hold ends early whatever their own clocks say.
        let committed_ms = BEGINNING.plus_ms((*committed + SKEW_MAX).as_millis() as i64);
        if record.at > committed_ms {
            let ahead_ms = record.at.since_ms(committed_ms);
            events.wrong.push(format!("seq {} is {ahead_ms} ms ahead of its commit", record.seq));
        }
        let (seq, epoch) = (state.seq(), state.epoch());
        if record.seq != seq + 1 || record.epoch < epoch || record.at < state.at() {
            events.wrong.push(format!("{epoch}:{seq} is followed by {}:{}", record.epoch, record.seq));
        }
        if matches!(record.events[..], [Event::Expired { .. }]) {
            *events.met.entry("an expiry").or_default() += 1;
        }
        if let Err(cause) = state.apply(&record) {
            events.wrong.push(format!("seq {}: {cause}", record.seq));
            break;
        }
        for (unit, level) in state.levels().iter().enumerate() {
            if level.taken() > u64::from(level.capacity) {
                events.wrong.push(format!("unit {unit} at seq {}: {level:?}", record.seq));
            }
        }
        if let Some(request) = &record.cause.request_id
            && journal.requests.insert(request.to_string(), record.seq).is_some()
        {
            events.wrong.push(format!("request {request} is in the journal twice"));
        }
        events.lines.push(format!(
            "{hall} {}:{} {}",
            stored.epoch,
            stored.seq,
            String::from_utf8_lossy(&stored.body)
        ));
        journal.boards.push(units(&state));
        journal.records.push(record);
    }
    journal
}

/// The board as viewers see it.
fn units(state: &State) -> Units {
    let mut units = Units { seats: vec![0; state.levels().len().div_ceil(4) * 4], counts: BTreeMap::new() };
    for (unit, level) in state.levels().iter().enumerate() {
        if !state.plan().is_seat(unit as u32) {
            units.counts.insert(unit, u64::from(level.available()));
            continue;
        }
        units.seats[unit] = match (level.blocked, level.sold, level.held) {
            (1.., _, _) => 3,
            (_, 1.., _) => 2,
            (_, _, 1..) => 1,
            _ => 0,
        };
    }
    units
}

/// Everybody was told the truth about what they asked for.
fn attempts(journal: &Journal, hall: InventoryId, events: &mut Events) {
    let mut effects: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for attempt in events.attempts.iter().filter(|attempt| attempt.inventory == hall) {
        let found = journal.requests.get(&attempt.request).copied();
        if let Some(seq) = found {
            effects.entry(attempt.key).or_default().insert(seq);
        }
        if let Some(wrong) = told_wrongly(journal, attempt, found) {
            events.wrong.push(format!("{}: {wrong}; it was told {:?}", attempt.request, attempt.reply));
        }
    }
    for (key, seqs) in effects.iter().filter(|(_, seqs)| seqs.len() > 1) {
        events.wrong.push(format!("key {key:x} has an effect in each of {seqs:?}"));
    }
}

fn told_wrongly(journal: &Journal, attempt: &Attempt, found: Option<u64>) -> Option<String> {
    match attempt.reply.as_ref()? {
        Reply::Failed(why) if why == PENDING => None,
        reply @ Reply::Committed { seq, replayed, .. } => {
            let told = reply.record();
            let is_there = journal.records.get(*seq as usize - 1) == told.as_ref();
            let key = told.and_then(|record| record.cause.key).map(|key| key.hash);
            let is_mine = if *replayed { key == Some(attempt.key.into()) } else { found == Some(*seq) };
            (!is_there || !is_mine).then(|| format!("the journal has another record at {seq}"))
        }
        _ => found.map(|seq| format!("it is in the journal at {seq}")),
    }
}

/// Whatever was shown at a position is what the journal says there.
fn seen(journal: &Journal, hall: InventoryId, events: &mut Events) {
    let Events { seen, wrong, .. } = events;
    for seen in seen.iter().filter(|seen| seen.inventory == hall) {
        let (by, epoch, seq) = (&seen.by, seen.epoch, seen.seq);
        match journal.boards.get(seq as usize) {
            Some(units) if *units == seen.units => {}
            Some(units) => wrong.push(format!("{by} saw {:?} at {epoch}:{seq}, not {units:?}", seen.units)),
            None => wrong.push(format!("{by} saw {epoch}:{seq}, which is not in the journal")),
        }
        let written = journal.records.get(seq as usize - 1).map_or(0, |record| record.epoch);
        if written > epoch {
            wrong.push(format!("{by} saw {epoch}:{seq}, which was written under epoch {written}"));
        }
    }
}

/// Holds end within a second of their time, and not before.
fn expiries(journal: &Journal, wrong: &mut Vec<String>) {
    let mut ends: BTreeMap<_, Timestamp> = BTreeMap::new();
    for record in &journal.records {
        for event in &record.events {
            match event {
                Event::Held { hold, expires_at, .. } | Event::Extended { hold, expires_at, .. } => {
                    ends.insert(*hold, *expires_at);
                }
                Event::Expired { holds } => {
                    let lags = holds.iter().map(|hold| record.at.since_ms(ends[hold]));
                    for lag in lags.filter(|lag| !(0..=CALM_LAG_MS).contains(lag)) {
                        wrong.push(format!("seq {}: a hold ends {lag} ms after its time", record.seq));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Where nothing goes wrong everybody gets an answer, at once unless too many ask.
fn calm(events: &mut Events) {
    let Events { attempts, wrong, .. } = events;
    for attempt in attempts.iter() {
        match &attempt.reply {
            None => wrong.push(format!("{}: no answer in a calm world", attempt.request)),
            Some(Reply::Failed(why)) if why != "too many commands under way" => {
                wrong.push(format!("{}: {why} in a calm world", attempt.request));
            }
            Some(_) => {}
        }
    }
}
