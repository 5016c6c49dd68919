//! F16: three times as much as can be done, where a far store bounds it and where the server's one core does.
//! Server and Postgres have one core, the generator another.

mod generator;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use self::generator::{Interval, Load, Phase, Script};
use crate::node::{Node, Start};
use crate::scale::{Times, alone, cluster, is_full, report, times};
use crate::support::journal::Journal;
use crate::support::proxy::Toxics;
use crate::support::server::{Server, check, clean};
use crate::town::Town;

const READY_WITHIN: Duration = Duration::from_secs(30);
/// In flight when the capacity is measured: nearly as many as one inventory takes.
const IN_FLIGHT: usize = 1_000;
/// One way to a store that is far.
const FAR: Duration = Duration::from_millis(40);
/// Half of what the server can do is what it should do easily.
const EASY: f64 = 0.5;
/// Lines of a hold: work enough that one core can ask for three times what the other can do.
const LINES: usize = 50;
const SERVER_CORE: &str = "0";
const GENERATOR_CORE: &str = "1";
/// So many intervals of the generator.
const SECOND: usize = 4;
/// Tells this program to be the generator, and what to do.
const GENERATE: &str = "GENERATE_LOAD";

fn on_one_core() -> Start {
    Arc::new(|home: &Path, port: u16| {
        let mut command = clean(Command::new("taskset"), home);
        command.args(["-c", SERVER_CORE, env!("CARGO_BIN_EXE_fairhold"), "serve", "--listen"]);
        command.arg(format!("127.0.0.1:{port}"));
        Server::spawn(command, home)
    })
}

#[test]
#[ignore = "it is the generator of another test, which starts it"]
fn generate() {
    let Ok(script) = std::env::var(GENERATE) else { return };
    let script: Script = serde_json::from_str(&script).unwrap();
    for interval in generator::run(&script) {
        println!("\n{GENERATE} {}", serde_json::to_string(&interval).unwrap());
    }
}

/// Runs the generator on its core.
async fn run(load: &Load, phases: &[Phase]) -> Vec<Interval> {
    let script = Script { load: load.clone(), phases: phases.to_vec() };
    let mut command = Command::new("taskset");
    command.args(["-c", GENERATOR_CORE]).arg(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "overload::generate"]);
    command.env(GENERATE, serde_json::to_string(&script).unwrap()).stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let intervals = text.lines().filter_map(|line| line.strip_prefix(GENERATE));
    intervals.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What one phase added up to.
#[derive(Debug, Default)]
struct Sum {
    seconds: f64,
    accepted: u64,
    refused: u64,
    failed: u64,
    unsent: u64,
    p99_ms: f64,
}

impl Sum {
    fn of(intervals: &[Interval]) -> Self {
        let sum = |figure: fn(&Interval) -> u64| intervals.iter().map(figure).sum::<u64>();
        let mut waits: Vec<u64> = intervals.iter().flat_map(|interval| interval.waits_us.clone()).collect();
        waits.sort_unstable();
        let p99 = waits.get(waits.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(0);
        Self {
            seconds: intervals.iter().map(|interval| interval.seconds).sum(),
            accepted: sum(|interval| interval.accepted),
            refused: sum(|interval| interval.refused),
            failed: sum(|interval| interval.failed.values().sum()),
            unsent: sum(|interval| interval.unsent),
            p99_ms: p99 as f64 / 1_000.0,
        }
    }

    fn goodput(&self) -> f64 {
        self.accepted as f64 / self.seconds
    }

    /// What really reached the server.
    fn offered(&self) -> f64 {
        (self.accepted + self.refused + self.failed) as f64 / self.seconds
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_times_what_a_far_store_takes_is_served_at_its_rate() {
    let rush = rush("F16 overload of the store", Some(FAR)).await;
    if is_full() {
        let Rush { goodput, over, back, text } = rush;
        assert!(goodput >= 0.9 && over.p99_ms <= 500.0 && back <= 5.0, "{text}");
    }
}

/// Each refusal takes from the same core, so the goodput cannot stay what it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_times_what_one_core_can_do_refuses_and_recovers() {
    let rush = rush("F16 overload of the core", None).await;
    if is_full() {
        let Rush { goodput, back, text, .. } = rush;
        assert!(goodput >= 0.4 && back <= 5.0, "{text}");
    }
}

/// What a rush came to.
struct Rush {
    /// A share of the capacity.
    goodput: f64,
    over: Sum,
    back: f64,
    text: String,
}

async fn rush(name: &str, far: Option<Duration>) -> Rush {
    let _alone = alone().await;
    let cluster = cluster().await;
    pin(cluster.postmaster());
    let town = Town::found_on(&cluster).await;
    let proxied = match far {
        Some(_) => Some(town.proxied().await),
        None => None,
    };
    let through = proxied.as_ref().map(|(_, through)| &**through);
    let mut node = Node::new(town.home(1, through), on_one_core());
    node.start();
    let api = node.api();
    api.ready(READY_WITHIN).await;
    let item = |n| json!({"id": n, "label": n, "capacity": 100_000_000, "sellable": true});
    let items: Vec<_> = (0..LINES).map(|n| item(n.to_string())).collect();
    let kiosk = json!({"name": "Kiosk", "items": items, "settings": {"holds_per_buyer": 100_000, "pieces_per_hold": 50}});
    let inventory = api.create(&town.operator, &kiosk).await;
    let mut journal = Journal::of(&api, &inventory).await;
    if let (Some((proxy, _)), Some(latency)) = (&proxied, far) {
        proxy.set(&Toxics { latency, ..Toxics::default() });
    }
    let load = Load {
        address: api.url("").trim_start_matches("http://").to_owned(),
        path: format!("/v1/inventories/{inventory}/holds"),
        token: town.operator.clone(),
        offers: json!((0..LINES).map(|n| json!({"offer": n.to_string()})).collect::<Vec<_>>()).to_string(),
    };
    let (rush, intervals, told) = overload(&load).await;
    journal.read(&*town.store().await).await;
    journal.advance(journal.last_seq());
    // Record 1 opened it; a hold that expired meanwhile has a record too.
    let lost = told.saturating_sub(journal.last_seq() - 1);
    let recovery = Times::from_iter([Duration::from_secs_f64(rush.back)]);
    report(name, &format!("3 × for {} s", times(3, 60)), lost as usize, &recovery, &rush.text);
    assert_eq!(lost, 0, "acknowledged, but not in the journal");
    assert!(check(town.data()).clean && journal.findings.is_empty());
    let failed: Vec<_> =
        intervals.iter().map(|interval| &interval.failed).filter(|failed| !failed.is_empty()).collect();
    assert!(failed.is_empty(), "everybody gets an answer: {failed:?}");
    assert!(!is_full() || rush.over.refused > 0, "it was no overload: {:?}", rush.over);
    rush
}

/// Measures the capacity, then asks for half of it, three times as much, and half again. Also how many
/// commands were acknowledged in all.
async fn overload(load: &Load) -> (Rush, Vec<Interval>, u64) {
    let (short, long) = (times(1, 10) as f64, times(3, 60) as f64);
    let peak = Sum::of(&run(load, &[Phase::closed(IN_FLIGHT, short)]).await);
    let rate = peak.goodput();
    let phases = [(EASY, short), (3.0, long), (EASY, short.max(if is_full() { 10.0 } else { 2.0 }))];
    let phases = phases.map(|(times, seconds)| Phase::open(rate * times, seconds));
    let intervals = run(load, &phases).await;
    let of = |phase: usize| intervals.iter().filter(move |interval| interval.phase == phase).cloned();
    let [easy, over, rest] = [0, 1, 2].map(|phase| Sum::of(&of(phase).collect::<Vec<_>>()));

    // Back to normal: for a second nobody is refused, and waits are as short as before.
    let is_normal = |interval: &Interval| {
        let sum = Sum::of(std::slice::from_ref(interval));
        sum.refused + sum.failed + sum.unsent == 0 && sum.p99_ms <= 2.0 * easy.p99_ms + 20.0
    };
    let later: Vec<Interval> = of(2).collect();
    let normal = later.windows(SECOND).position(|second| second.iter().all(is_normal)).unwrap_or(later.len());
    let back: f64 = later[..normal].iter().map(|interval| interval.seconds).sum();
    let after = Sum::of(&later[normal..]);
    let goodput = over.goodput() / rate;
    let text = format!(
        "capacity {rate:.0}/s; offered {:.0}/s, accepted {:.0}/s ({:.0} % of it), p99 {:.0} ms, {} not sent, {} failed; \
         easy p99 {:.1} ms before, {:.1} ms after; back to normal after {back:.2} s",
        over.offered(),
        over.goodput(),
        goodput * 100.0,
        over.p99_ms,
        over.unsent,
        over.failed,
        easy.p99_ms,
        after.p99_ms,
    );
    let told = peak.accepted + easy.accepted + over.accepted + rest.accepted;
    (Rush { goodput, over, back, text }, intervals, told)
}

/// Keeps Postgres, and all that it starts from now on, on the server's core.
fn pin(postmaster: u32) {
    let pinned = Command::new("taskset").args(["-acp", SERVER_CORE, &postmaster.to_string()]).output();
    assert!(pinned.unwrap().status.success(), "taskset cannot pin Postgres");
}
