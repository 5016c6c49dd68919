//! A Postgres of our own: on a free port, its files in a directory of its own, gone with this process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/services.sh");
const POLL: Duration = Duration::from_millis(2);
/// Longer than any start of Postgres, recovery included.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// The URL of an empty database in a cluster that all tests of this process share.
pub(crate) async fn database() -> String {
    static SHARED: OnceCell<Cluster> = OnceCell::const_new();
    SHARED.get_or_init(Cluster::quick).await.database().await
}

/// Says on which engine a suite runs that runs on both: the value is `postgres`, or it runs on SQLite.
pub(crate) const ENGINE: &str = "FAIRHOLD_TEST_ENGINE";

pub(crate) fn is_engine() -> bool {
    std::env::var(ENGINE).is_ok_and(|engine| engine == "postgres")
}

/// What a cluster is started with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Build {
    /// More options of the server, such as `-c log_statement=all`.
    pub(crate) options: &'static str,
    /// Where its files are; else a fresh directory below the system's temporary one.
    pub(crate) dir: Option<PathBuf>,
    /// A library to preload, and the environment that tells it what to do.
    pub(crate) preload: Option<PathBuf>,
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
}

/// How Postgres ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Connections are cut, what is committed is written.
    Fast,
    /// As in a crash.
    Immediate,
}

/// A cluster. It ends when it is dropped, and with this process, however that ends.
#[derive(Debug)]
pub(crate) struct Cluster {
    build: Build,
    dir: PathBuf,
    port: u16,
    keeper: Child,
}

impl Cluster {
    /// One with its files on a disk.
    pub(crate) async fn start() -> Self {
        Self::with(Build::default()).await
    }

    /// One with its files in memory if there is enough: it does all that the other does, sooner.
    pub(crate) async fn quick() -> Self {
        let memory = Path::new("/dev/shm");
        let dir = has_space(memory).then(|| fresh_dir(memory));
        Self::with(Build { dir, ..Build::default() }).await
    }

    pub(crate) async fn with(build: Build) -> Self {
        let started = tokio::task::spawn_blocking(|| Self::run(build));
        started.await.expect("Postgres runs")
    }

    fn run(build: Build) -> Self {
        let dir = build.dir.clone().unwrap_or_else(|| fresh_dir(&std::env::temp_dir()));
        let mut command = services(&build);
        command.args(["run", "postgres"]).arg(&dir).stdin(Stdio::piped());
        let mut keeper =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the script starts");
        let mut url = String::new();
        let mut stdout = BufReader::new(keeper.stdout.take().expect("stdout is a pipe"));
        stdout.read_line(&mut url).expect("the script speaks");
        let Some(port) = port_of(url.trim()) else {
            let mut told = String::new();
            let stderr = keeper.stderr.take().expect("stderr is a pipe");
            let _partly = BufReader::new(stderr).read_to_string(&mut told);
            panic!("Postgres does not start: {told}");
        };
        Self { build, dir, port, keeper }
    }

    /// The URL of a fresh, empty database.
    pub(crate) async fn database(&self) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("fairhold")).await.expect("Postgres answers");
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(create).await.expect("a database can be made");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://fairhold@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The process that starts all others of it.
    pub(crate) fn postmaster(&self) -> u32 {
        let file = self.dir.join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).expect("it runs");
        text.lines().next().and_then(|id| id.parse().ok()).expect("its first line is the id")
    }

    /// Ends Postgres; the data stay.
    pub(crate) async fn stop(&self, end: End) {
        let mode = match end {
            End::Fast => "fast",
            End::Immediate => "immediate",
        };
        self.tell(&["stop", "postgres"], &[mode]).await;
    }

    /// Starts it again on the same data and port; when this returns it takes connections.
    pub(crate) async fn start_again(&self) {
        self.tell(&["start", "postgres"], &[]).await;
    }

    /// Off and on again; how long it took no connections at least.
    pub(crate) async fn restart(&self, end: End) -> Duration {
        self.stop(end).await;
        let gone = Instant::now();
        self.start_again().await;
        gone.elapsed()
    }

    async fn tell(&self, before: &[&str], after: &[&str]) {
        let mut command = services(&self.build);
        command.args(before).arg(&self.dir).args(after).env("PORT", self.port.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = tokio::task::spawn_blocking(move || command.status()).await;
        let status = status.expect("no panic").expect("the script starts");
        assert!(status.success(), "{before:?} {after:?}: {}", self.log());
    }

    /// Whether it takes connections, once it has recovered from what there was.
    pub(crate) async fn is_up(&self) -> bool {
        let started = Instant::now();
        loop {
            match PgConnection::connect(&self.url("fairhold")).await {
                Ok(_) => return true,
                // It says that it is starting up: wait.
                Err(sqlx::Error::Database(_)) if started.elapsed() < BACK_WITHIN => {}
                Err(_) => return false,
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The end of its log.
    pub(crate) fn log(&self) -> String {
        super::server::tail(&self.dir.join("postgres.log"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is what the script waits for; then it stops Postgres and deletes the directory.
        drop(self.keeper.stdin.take());
        let _ended_already = self.keeper.wait();
    }
}

fn services(build: &Build) -> Command {
    let mut command = Command::new("bash");
    command.arg(SERVICES).env("POSTGRES_OPTIONS", build.options);
    command.envs(build.preload.as_ref().map(|library| ("PRELOAD", library)));
    command.envs(build.environment.iter().map(|(name, value)| (name, value)));
    command
}

fn has_space(dir: &Path) -> bool {
    let told = Command::new("df").args(["--output=avail", "-m"]).arg(dir).output();
    let megabytes = told
        .ok()
        .and_then(|told| String::from_utf8_lossy(&told.stdout).lines().last()?.trim().parse::<u32>().ok());
    megabytes.is_some_and(|megabytes| megabytes >= 2_000)
}

fn fresh_dir(below: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    below.join(format!("fairhold-postgres-{}-{number}", std::process::id()))
}

fn port_of(url: &str) -> Option<u16> {
    url.rsplit_once(':')?.1.split('/').next()?.parse().ok()
}
