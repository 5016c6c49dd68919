//! F11: there is no space left on the disk, under Postgres and under the embedded store.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::history::Reads;
use crate::node::Node;
use crate::node::Start;
use crate::scale::{Times, alone, in_time, is_full, report, seed, times};
use crate::support::postgres::{Build, Cluster};
use crate::support::server::{Server, program};
use crate::town::Town;
use crate::trial::Trial;

const SHIM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/loadtest/slow_sync.c");
/// Nobody is served any more when this has passed without an acknowledgement.
const QUIET: Duration = Duration::from_secs(1);
const FULL_WITHIN: Duration = Duration::from_secs(300);
const RECOVERS_WITHIN: Duration = Duration::from_secs(10);
/// Of the small file systems that are filled: Postgres needs more for itself.
const SIZE: &str = "160m";
const SIZE_SQLITE: &str = "24m";
/// Longer than anybody waits who is told to come back.
const TOLD_WITHIN: Duration = Duration::from_secs(60);

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
        assert!(started.elapsed() < TOLD_WITHIN, "nobody is told anything");
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
    in_time(recovery.max() <= RECOVERS_WITHIN, recovery);
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
    fn mount(at: PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let size = format!("size={size},mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).status();
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

/// A disk that can be filled: a small one, where somebody lets us mount it, or a library that says that it is full.
enum Fillable {
    Small(Disk),
    Pretended { flag: PathBuf, library: PathBuf, data: PathBuf },
}

impl Fillable {
    fn small(dir: &Path) -> Option<Self> {
        Disk::mount(dir.join("disk"), SIZE_SQLITE).map(Self::Small)
    }

    fn pretended(dir: &Path) -> Self {
        let data = dir.join("disk");
        std::fs::create_dir_all(&data).unwrap();
        Self::Pretended { flag: dir.join("full"), library: shim(dir), data }
    }

    fn dir(&self) -> &Path {
        match self {
            Self::Small(disk) => &disk.0,
            Self::Pretended { data, .. } => data,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Small(_) => "a small file system",
            Self::Pretended { .. } => "a preloaded library",
        }
    }

    /// A server whose data are there.
    fn start(&self) -> Start {
        let preloaded = match self {
            Self::Small(_) => None,
            Self::Pretended { flag, library, data } => Some((flag.clone(), library.clone(), data.clone())),
        };
        std::sync::Arc::new(move |home, port| {
            let mut command = program(home);
            command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
            if let Some((flag, library, data)) = &preloaded {
                command.env("LD_PRELOAD", library).env("DISK_FULL_FLAG", flag).env("DISK_FULL_DIR", data);
            }
            Server::spawn(command, home)
        })
    }

    fn fill(&self) -> PathBuf {
        match self {
            Self::Small(disk) => disk.fill(),
            Self::Pretended { flag, .. } => {
                std::fs::write(flag, "").unwrap();
                flag.clone()
            }
        }
    }
}

/// What the server says of itself when it cannot write.
async fn says_that_it_is_full(trial: &Trial) {
    let started = Instant::now();
    loop {
        let ready = reqwest::get(trial.servers.apis[0].url("/readyz")).await.unwrap();
        let (status, text) = (ready.status(), ready.text().await.unwrap());
        if status == 503 && text.contains("[-]journal failed: the disk is full") {
            return;
        }
        assert!(started.elapsed() < FULL_WITHIN, "{status}: {text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_fail_for_want_of_space_stop_the_embedded_store_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    fills_the_embedded_store(Fillable::pretended(dir.path()), times(2, 5)).await;
}

/// The log still has room here and there: it takes a while until nothing fits any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_embedded_store_stops_sales_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    // The other one needs no leave to mount.
    let Some(disk) = Fillable::small(dir.path()) else {
        report("F11 full disk, SQLite", "NOT RUN", 0, &Times::default(), "mounting is not permitted here");
        assert!(!is_full(), "at full size somebody has to let us mount");
        return;
    };
    fills_the_embedded_store(disk, times(1, 5)).await;
}

async fn fills_the_embedded_store(disk: Fillable, rounds: usize) {
    let _alone = alone().await;
    let town = Town::found_below(disk.dir());
    let data = town.data().to_owned();
    let node = Node::new(data.clone(), disk.start());
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let mut recovery = Times::default();
    trial.load();
    for _ in 0..rounds {
        trial.acks(200).await;
        let ballast = disk.fill();
        says_that_it_is_full(&trial).await;
        turns_away_and_shows(&trial).await;
        std::fs::remove_file(ballast).unwrap();
        recovery.add(trial.ack_after(Instant::now()).await);
        trial.servers.apis[0].ready(TOLD_WITHIN).await;
    }
    let (findings, figures) = trial.verify(Reads::Now).await;
    let text = format!("{}; {figures}", disk.name());
    report("F11 full disk, SQLite", &format!("{rounds} times"), findings.len(), &recovery, &text);
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(figures.cuts, 0, "viewers stay");
    assert_eq!(figures.epochs, 1, "what was not written is sent again: nobody is given up for it");
    in_time(recovery.max() <= RECOVERS_WITHIN, recovery);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_stops_sales_until_there_is_space_again() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let Some(disk) = Disk::mount(dir.path().join("disk"), SIZE) else {
        // The other test of Postgres fills a disk without mounting one.
        report("F11 full disk", "NOT RUN", 0, &Times::default(), "mounting is not permitted here");
        assert!(!is_full(), "at full size somebody has to let us mount");
        return;
    };
    std::fs::set_permissions(&disk.0, std::fs::Permissions::from_mode(0o755)).unwrap();
    let files = disk.0.join("postgres");
    let cluster = Cluster::with(Build { dir: Some(files), ..Build::default() }).await;
    let town = Town::found_on(&cluster).await;
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let (rounds, mut recovery) = (times(1, 3), Times::default());
    trial.load();
    for _ in 0..rounds {
        trial.acks(times(100, 500) as u64).await;
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
