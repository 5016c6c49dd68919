//! The proof that the proof works: a server that acknowledges before the commit is found out.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{Append, AppendError, Appender, Fenced, Intercepted};
use fairhold::settings::{Flags, Settings};
use fairhold::sources::Sources;
use fairhold::startup;
use tokio::sync::mpsc;

use crate::rounds::Rounds;
use crate::shop::Town;
use crate::support::rng::Rng;
use crate::support::server::{Server, clean};

const KILLS_MAX: u32 = 8;
/// How far the store lags behind the answers.
const LAG: Duration = Duration::from_millis(10);
/// Tells this program to be the server.
const SERVE: &str = "SERVE_TOO_EARLY";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_acknowledges_before_the_commit_is_found_out() {
    let seed = Rng::seed("FAIRHOLD_CRASH_SEED");
    let mut rounds = Rounds::prepare(too_early, seed).await;
    for kill in 1..=KILLS_MAX {
        let findings = rounds.round().await;
        let missing = findings.iter().filter(|finding| finding.rule == "missing").count();
        if missing > 0 {
            let told = rounds.figures.acknowledged;
            println!("found out at kill {kill}: {missing} missing, {told} were acknowledged; for example");
            println!("{}", findings.iter().find(|finding| finding.rule == "missing").unwrap().detail);
            return;
        }
    }
    panic!("{KILLS_MAX} kills and nothing was missing, FAIRHOLD_CRASH_SEED={seed}");
}

fn too_early(town: &Town) -> Server {
    let mut command = clean(Command::new(std::env::current_exe().unwrap()), town.data());
    command.args(["--ignored", "--exact", "--nocapture", "sabotage::serve_too_early"]).env(SERVE, "1");
    Server::spawn(command, town.data())
}

#[test]
#[ignore = "it is the server of another test, which starts it"]
fn serve_too_early() {
    if std::env::var_os(SERVE).is_none() {
        return;
    }
    let flags = Flags { listen: Some("127.0.0.1:0".to_owned()), ..Flags::default() };
    let settings = Settings::load(&flags).unwrap();
    actix::System::new().block_on(async {
        let store = Arc::new(SqliteStore::open(&settings.data).await.unwrap());
        let store = Arc::new(Intercepted::new(store, |inner| Box::new(Early::before(inner))));
        let server = startup::start_on(&settings, Sources::system(), store).await.unwrap();
        println!("\n  address    {}", server.public_url());
        std::future::pending::<()>().await;
    });
}

/// Says that all is written, and writes it later, in order.
struct Early {
    queue: mpsc::UnboundedSender<Vec<Append>>,
}

impl Early {
    fn before(mut inner: Box<dyn Appender>) -> Self {
        let (queue, mut batches) = mpsc::unbounded_channel::<Vec<Append>>();
        tokio::spawn(async move {
            while let Some(mut rows) = batches.recv().await {
                tokio::time::sleep(LAG).await;
                while let Ok(more) = batches.try_recv() {
                    rows.extend(more);
                }
                inner.append(&rows).await.unwrap();
            }
        });
        Self { queue }
    }
}

#[async_trait]
impl Appender for Early {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        self.queue.send(rows.to_vec()).unwrap();
        Ok(Vec::new())
    }
}
