//! One seed's run: the hosts, what befalls them and when, and the verdict.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use turmoil::{Builder, Sim};

use crate::database::Sabotage;
use crate::history::History;
use crate::rng::Rng;
use crate::world::{Stage, World};
use crate::{inspector, node, people, verify};

/// A host runs so long at a time; no message takes less.
const TICK: Duration = Duration::from_millis(10);
/// Nothing hangs: a run that takes longer has failed.
const RUN_MAX: Duration = Duration::from_secs(300);

pub(crate) struct Run {
    pub(crate) hash: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) wrong: Vec<String>,
    pub(crate) commands: usize,
    pub(crate) committed: usize,
    pub(crate) took: Duration,
    pub(crate) writable_after: Duration,
    pub(crate) met: BTreeMap<&'static str, u64>,
}

/// What befalls a host; everything is over again when all is healed.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Crash(usize),
    Start(usize),
    /// Clients on one side do not reach this node.
    Part(usize, usize),
    Join(usize, usize),
    Pause(usize, Duration),
    Resume(usize),
    /// From the store.
    Cut(usize, Duration),
}

pub(crate) fn run(seed: u64, sabotage: Sabotage) -> Run {
    let world = World::new(seed, sabotage);
    let ended = catch_unwind(AssertUnwindSafe(|| play(&world)));
    let history = world.history.clone();
    let took = match ended {
        Ok(Ok(took)) => took,
        Ok(Err(cause)) => {
            history.wrong(format!("the run failed: {cause}"));
            RUN_MAX
        }
        Err(_panic) => {
            history.wrong("the run panicked".to_owned());
            RUN_MAX
        }
    };
    verify::verify(&world);
    outcome(&history, took)
}

fn outcome(history: &History, took: Duration) -> Run {
    let hash = history.hash();
    let mut events = history.lock();
    let committed = |attempt: &&crate::history::Attempt| {
        matches!(attempt.reply, Some(crate::wire::Reply::Committed { replayed: false, .. }))
    };
    Run {
        hash,
        commands: events.attempts.len(),
        committed: events.attempts.iter().filter(committed).count(),
        took,
        writable_after: events.writable_after.iter().max().copied().unwrap_or_default(),
        met: std::mem::take(&mut events.met),
        lines: std::mem::take(&mut events.lines),
        wrong: std::mem::take(&mut events.wrong),
    }
}

const SIDES: usize = 2;

fn side(number: usize) -> String {
    format!("clients{number}")
}

fn play(world: &World) -> turmoil::Result<Duration> {
    let mut sim = simulation(world);
    let mut blows = blows(world);
    let heals_at = Duration::from_millis(world.knobs.chaos_ms);
    loop {
        let now = sim.elapsed();
        while blows.last().is_some_and(|(at, _)| *at <= now) {
            let (_, blow) = blows.pop().unwrap();
            strike(world, &mut sim, blow);
        }
        if world.stage.get() == Stage::Chaos && now >= heals_at {
            heal(world, &mut sim);
            blows.clear();
        }
        if sim.step()? {
            return Ok(sim.elapsed());
        }
    }
}

fn simulation(world: &World) -> Sim<'static> {
    let knobs = &world.knobs;
    let mut builder = Builder::new();
    builder
        .epoch(SystemTime::UNIX_EPOCH + Duration::from_millis(crate::world::BEGINNING.0.unsigned_abs()))
        .rng_seed(world.rng(1).next())
        .tick_duration(TICK)
        .simulation_duration(RUN_MAX)
        .min_message_latency(TICK)
        .max_message_latency(TICK + Duration::from_millis(knobs.network_ms))
        .fail_rate(knobs.loss as f64 / 1_000.0)
        .repair_rate(0.1);
    if knobs.random_order {
        builder.enable_random_order();
    }
    let mut sim = builder.build();
    for number in 0..knobs.nodes {
        let world = world.clone();
        sim.host(node::name(number), move || node::run(world.clone(), number));
    }
    for number in 0..SIDES {
        let world = world.clone();
        sim.client(side(number), async move {
            let mine = |count: usize| (0..count).filter(move |index| index % SIDES == number);
            let buyers = mine(world.knobs.buyers);
            let buyers = buyers.map(|buyer| tokio::task::spawn_local(people::buyer(world.clone(), buyer)));
            let viewers = mine(world.knobs.viewers);
            let viewers =
                viewers.map(|viewer| tokio::task::spawn_local(people::viewer(world.clone(), viewer)));
            let tasks: Vec<_> = buyers.chain(viewers).collect();
            if number == 0 {
                inspector::run(world.clone()).await?;
            }
            for task in tasks {
                task.await?;
            }
            Ok(())
        });
    }
    sim
}

/// All that befalls this world, the last first.
fn blows(world: &World) -> Vec<(Duration, Blow)> {
    let (knobs, mut rng) = (&world.knobs, world.rng(2));
    let mut blows = Vec::new();
    let span = |rng: &mut Rng, longest: usize| {
        let at = Duration::from_millis(rng.below(knobs.chaos_ms as usize) as u64);
        (at, Duration::from_millis(50 + rng.below(longest) as u64))
    };
    for _ in 0..knobs.crashes {
        let (at, down) = span(&mut rng, 3_000);
        let node = rng.below(knobs.nodes);
        blows.extend([(at, Blow::Crash(node)), (at + down, Blow::Start(node))]);
    }
    for _ in 0..knobs.partitions {
        let (at, apart) = span(&mut rng, 5_000);
        let (side, node) = (rng.below(SIDES), rng.below(knobs.nodes));
        blows.extend([(at, Blow::Part(side, node)), (at + apart, Blow::Join(side, node))]);
    }
    for _ in 0..knobs.pauses {
        let (at, still) = span(&mut rng, 4_000);
        let node = rng.below(knobs.nodes);
        blows.extend([(at, Blow::Pause(node, at + still)), (at + still, Blow::Resume(node))]);
    }
    for _ in 0..knobs.store_cuts {
        let (at, cut) = span(&mut rng, 8_000);
        let all = rng.percent(30);
        let one = rng.below(knobs.nodes);
        let nodes = (0..knobs.nodes).filter(|node| all || *node == one);
        blows.extend(nodes.map(|node| (at, Blow::Cut(node, at + cut))));
    }
    blows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    blows
}

fn strike(world: &World, sim: &mut Sim<'_>, blow: Blow) {
    world.history.line(sim.elapsed(), &format!("{blow:?}"));
    match blow {
        Blow::Crash(_) => world.history.met("a node crashed"),
        Blow::Part(..) => world.history.met("a partition"),
        Blow::Pause(..) => world.history.met("a pause"),
        Blow::Cut(..) => world.history.met("a node cut off from the store"),
        Blow::Start(_) | Blow::Join(..) | Blow::Resume(_) => {}
    }
    match blow {
        Blow::Crash(node) => sim.crash(node::name(node)),
        Blow::Start(node) if !sim.is_host_running(node::name(node)) => sim.bounce(node::name(node)),
        Blow::Start(_) => {}
        Blow::Part(number, node) => sim.partition(side(number), node::name(node)),
        Blow::Join(number, node) => sim.repair(side(number), node::name(node)),
        Blow::Pause(node, until) => {
            world.database.lock().paused_until[node] = until;
            (0..SIDES).for_each(|number| sim.hold(side(number), node::name(node)));
        }
        Blow::Resume(node) => (0..SIDES).for_each(|number| sim.release(side(number), node::name(node))),
        Blow::Cut(node, until) => {
            let mut inner = world.database.lock();
            inner.cut_until[node] = inner.cut_until[node].max(until);
        }
    }
}

fn heal(world: &World, sim: &mut Sim<'_>) {
    world.history.line(sim.elapsed(), "all is healed");
    sim.set_fail_rate(0.0);
    for node in 0..world.knobs.nodes {
        for number in 0..SIDES {
            sim.release(side(number), node::name(node));
            sim.repair(side(number), node::name(node));
        }
        strike(world, sim, Blow::Start(node));
    }
    let mut inner = world.database.lock();
    inner.knobs.heal();
    inner.cut_until.fill(Duration::ZERO);
    inner.paused_until.fill(Duration::ZERO);
    drop(inner);
    world.stage.set(Stage::Healed);
}
