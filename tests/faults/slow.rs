//! F8: a network to Postgres that is slow, thin, cut into pieces, silent, or torn.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::history::Reads;
use crate::node::{Node, honest};
use crate::scale::{Times, alone, in_time, is_full, report, seed, times};
use crate::support::proxy::{Proxy, Toxics};
use crate::town::Town;
use crate::trial::Trial;

/// A caller waits five seconds; the rest is the way there and back, on a busy machine.
/// Longer than anybody waits for an answer.
const SILENCE: Duration = Duration::from_secs(7);

fn latency(ms: u64) -> Toxics {
    Toxics { latency: Duration::from_millis(ms), jitter: Duration::from_millis(ms / 10), ..Toxics::default() }
}

/// What is wrong, under its name.
fn networks() -> Vec<(&'static str, Toxics)> {
    let thin = Toxics { bytes_per_second: Some(10_000), ..Toxics::default() };
    let sliced = Toxics { slice: Some(7), latency: Duration::from_millis(1), ..Toxics::default() };
    let mut all = vec![("200 ms", latency(200)), ("10 kB/s", thin)];
    if is_full() {
        all.extend([("50 ms", latency(50)), ("1000 ms", latency(1_000)), ("slices", sliced)]);
    }
    all
}

/// A trial whose server reaches Postgres only through the proxy.
async fn behind_a_proxy() -> (Trial, Proxy) {
    let town = Town::found_on_postgres().await;
    let (proxy, through) = town.proxied().await;
    let node = Node::new(town.home(1, Some(&through)), honest());
    (Trial::open(town, vec![node], seed()).await, proxy)
}

/// What it was like meanwhile.
struct Spell {
    rate: f64,
    slowest: Duration,
    /// Answers that said "not now".
    again: u64,
    recovery: Duration,
}

/// Under this network for so long, and then healed.
async fn spell(trial: &Trial, proxy: &Proxy, toxics: &Toxics, time: Duration) -> Spell {
    let pulse = trial.pulse();
    pulse.slowest_us.store(0, Ordering::Relaxed);
    let (done, again, started) = (pulse.done(), pulse.again.load(Ordering::Relaxed), Instant::now());
    proxy.set(toxics);
    tokio::time::sleep(time).await;
    let rate = (pulse.done() - done) as f64 / started.elapsed().as_secs_f64();
    proxy.heal();
    let recovery = trial.ack_after(Instant::now()).await;
    // Also those who asked at the end have their answer.
    trial.acks(100).await;
    Spell {
        rate,
        slowest: Duration::from_micros(pulse.slowest_us.load(Ordering::Relaxed)),
        again: pulse.again.load(Ordering::Relaxed) - again,
        recovery,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_to_postgres_slows_answers_and_nothing_hangs() {
    let (mut trial, proxy) = behind_a_proxy().await;
    let time = Duration::from_secs(times(2, 15) as u64);
    // What is strict only where nothing else runs: five seconds, and some for the way.
    let limit = Duration::from_millis(if is_full() { 5_500 } else { 8_000 });
    trial.load();
    trial.acks(100).await;
    let (mut spells, mut recovery, mut slow) = (Vec::new(), Times::default(), Vec::new());
    for (name, toxics) in networks() {
        spells.push((name, spell(&trial, &proxy, &toxics, time).await));
    }
    let silent = Toxics { black_hole: true, ..Toxics::default() };
    spells.push(("silence", spell(&trial, &proxy, &silent, SILENCE.max(time)).await));
    for (name, Spell { rate, slowest, again, recovery: healed }) in &spells {
        println!(
            "{name}: {rate:.0} acks/s, slowest {slowest:.0?}, {again} not now, healed after {healed:.0?}"
        );
        recovery.add(*healed);
        slow.push(format!("{name} {slowest:.0?}"));
        assert!(*slowest <= limit, "{name}: an answer took {slowest:?}");
    }
    assert!(spells.last().unwrap().1.again > 0, "who waits in vain is told so");
    assert_eq!(trial.pulse().without_retry_after.load(Ordering::Relaxed), 0, "and when to come back");
    assert_eq!(trial.pulse().unknown.load(Ordering::Relaxed), 0, "everybody gets an answer");
    let (findings, figures) = trial.verify(Reads::Now).await;
    let size = format!("{} networks, {time:?} each", spells.len());
    let slow = format!("slowest answers: {}; {figures}", slow.join(", "));
    report("F8 slow Postgres", &size, findings.len(), &recovery, &slow);
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(figures.cuts, 0, "viewers stay");
    assert!(recovery.max() <= limit, "{recovery}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_postgres_may_be_torn_in_mid_batch() {
    let _alone = alone().await;
    let (mut trial, proxy) = behind_a_proxy().await;
    let (cuts, mut recovery) = (times(10, 200), Times::default());
    trial.load();
    for _ in 0..cuts {
        trial.acks(5).await;
        trial.a_while(Duration::from_millis(200)).await;
        proxy.reset();
        recovery.add(trial.ack_after(Instant::now()).await);
    }
    let (findings, figures) = trial.verify(Reads::Now).await;
    report("F8 torn connections", &format!("{cuts} times"), findings.len(), &recovery, &figures.to_string());
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(figures.epochs > 1, "no commit was ever unclear: {figures}");
    in_time(recovery.max() <= Duration::from_secs(5), recovery);
}
