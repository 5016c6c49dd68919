//! F11: Postgres has no space left on its disk.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::history::Reads;
use crate::node::Node;
use crate::scale::{Times, alone, is_full, report, seed, times};
use crate::support::postgres::{Build, Cluster};
use crate::town::Town;
use crate::trial::Trial;

const SHIM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/loadtest/slow_sync.c");
/// Nobody is served any more when this has passed without an acknowledgement.
const QUIET: Duration = Duration::from_secs(1);
const FULL_WITHIN: Duration = Duration::from_secs(60);
const RECOVERS_WITHIN: Duration = Duration::from_secs(10);
const SIZE: &str = "size=160m";

/// Waits until nothing is acknowledged any more.
async fn fills_up(trial: &Trial) {
    let started = Instant::now();
    let (mut done, mut since) = (trial.pulse().done(), Instant::now());
    while since.elapsed() < QUIET {
        assert!(started.elapsed() < FULL_WITHIN, "somebody is served on a full disk");
        tokio::time::sleep(Duration::from_millis(5)).await;
        if trial.pulse().done() != done {
            (done, since) = (trial.pulse().done(), Instant::now());
        }
    }
}

/// What holds on a full disk: who writes is told to come back, who reads is served.
async fn turns_away_and_shows(trial: &Trial) {
    let again = || trial.pulse().again.load(std::sync::atomic::Ordering::Relaxed);
    let (before, started) = (again(), Instant::now());
    while again() == before {
        assert!(started.elapsed() < Duration::from_secs(10), "nobody is told anything");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for shelf in &trial.shelves {
        trial.servers.apis[0].get(&format!("/v1/inventories/{}/availability", shelf.id)).await;
    }
}

async fn judge(trial: Trial, test: &str, rounds: usize, recovery: &Times) {
    let (findings, figures) = trial.verify(Reads::Now).await;
    report(test, &format!("{rounds} times"), findings.len(), recovery, &figures.to_string());
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(figures.cuts, 0, "viewers stay");
    assert!(recovery.max() <= RECOVERS_WITHIN, "{recovery}");
}

/// The library, built into a directory that Postgres' user may enter.
fn shim(dir: &Path) -> PathBuf {
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    let library = dir.join("slow_sync.so");
    let built = Command::new("cc").args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(SHIM).output();
    let built = built.expect("there is a C compiler");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_nothing_more_stops_sales_and_nothing_else() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let (flag, files) = (dir.path().join("full"), dir.path().join("postgres"));
    let build = Build {
        preload: Some(shim(dir.path())),
        // Tables cannot grow; the log of writes has its files already.
        environment: vec![("DISK_FULL_FLAG", flag.clone()), ("DISK_FULL_DIR", files.join("data/base"))],
        dir: Some(files),
        ..Build::default()
    };
    let cluster = Cluster::with(build).await;
    let town = Town::found_on(&cluster).await;
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let (rounds, mut recovery) = (times(1, 5), Times::default());
    trial.load();
    for _ in 0..rounds {
        trial.acks(200).await;
        std::fs::write(&flag, "").unwrap();
        fills_up(&trial).await;
        turns_away_and_shows(&trial).await;
        std::fs::remove_file(&flag).unwrap();
        recovery.add(trial.ack_after(Instant::now()).await);
    }
    judge(trial, "F11 writes fail for want of space", rounds, &recovery).await;
}

/// A file system in memory, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// None: this machine does not let us mount.
    fn mount(at: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(&at).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(at))
    }

    /// Takes all the space that is left.
    fn fill(&self) -> PathBuf {
        let file = self.0.join("ballast");
        let zeros = std::fs::File::open("/dev/zero").unwrap();
        let mut ballast = std::fs::File::create(&file).unwrap();
        let full = std::io::copy(&mut { zeros }, &mut ballast);
        assert!(full.is_err(), "it has no end");
        file
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _in_use_still = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_stops_sales_until_there_is_space_again() {
    if !is_full() {
        println!("only at full size: it mounts a file system");
        return;
    }
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let Some(disk) = Disk::mount(dir.path().join("disk")) else {
        report("F11 full disk", "NOT RUN", 0, &Times::default(), "mounting is not permitted here");
        return;
    };
    let files = disk.0.join("postgres");
    let cluster = Cluster::with(Build { dir: Some(files), ..Build::default() }).await;
    let town = Town::found_on(&cluster).await;
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let (rounds, mut recovery) = (3, Times::default());
    trial.load();
    for _ in 0..rounds {
        trial.acks(500).await;
        let ballast = disk.fill();
        fills_up(&trial).await;
        turns_away_and_shows(&trial).await;
        std::fs::remove_file(ballast).unwrap();
        // Without space for its log Postgres ends; whoever runs it starts it again.
        if !cluster.is_up().await {
            cluster.start_again().await;
        }
        recovery.add(trial.ack_after(Instant::now()).await);
    }
    judge(trial, "F11 full disk", rounds, &recovery).await;
    drop(cluster);
}
