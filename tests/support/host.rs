//! A whole server for one test, in this process: a data directory, a thread and a port of its own, and a clock
//! that stands still until the test moves it. On SQLite, or where `FAIRHOLD_TEST_ENGINE` is `postgres`, on that.

use std::net::SocketAddr;
use std::sync::Arc;

use fairhold::actors::Inventories;
use fairhold::domain::{KeyId, Timestamp};
use fairhold::http;
use fairhold::persistence::{self, Gate, Intercepted, NewKey, Role, Store};
use fairhold::realtime::HubOptions;
use fairhold::settings::{Flags, Settings};
use fairhold::sources::Sources;
use fairhold::startup;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::postgres;

/// Signs the tokens of all test servers, so that a test can forge with it.
pub(crate) const TOKEN_SECRET: &str = "a secret of the tests, 32 bytes.";
/// When every test begins: 2026-05-01T11:00:00Z.
pub(crate) const START: Timestamp = Timestamp(1_777_633_200_000);

/// Puts something before the store.
pub(crate) type Wrap = Box<dyn FnOnce(Arc<dyn Store>) -> Arc<dyn Store> + Send>;

pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    pub(crate) sources: Sources,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) inventories: Inventories,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
}

impl Host {
    /// `change` adjusts the settings before the server starts; `live` stands for those of the live streams.
    pub(crate) async fn start(
        live: Option<HubOptions>,
        change: impl FnOnce(&mut Settings) + Send + 'static,
    ) -> Self {
        let sources = Sources::manual(START);
        let clock = sources.clone();
        Self::run(sources, || async move {
            let (dir, settings) = settings(change).await;
            let server = match live {
                Some(live) => startup::start_with(&settings, clock, live).await,
                None if postgres::is_engine() => {
                    startup::start_on(&settings, clock, open(&settings).await).await
                }
                None => startup::start(&settings, clock).await,
            };
            (dir, server.unwrap())
        })
        .await
    }

    /// `wrap` puts itself before the store.
    pub(crate) async fn behind(wrap: Wrap) -> Self {
        let sources = Sources::manual(START);
        let clock = sources.clone();
        Self::run(sources, || async move {
            let (dir, settings) = settings(|_| {}).await;
            let store = wrap(open(&settings).await);
            (dir, startup::start_on(&settings, clock, store).await.unwrap())
        })
        .await
    }

    /// `start` runs on the server's own thread.
    async fn run<F>(sources: Sources, start: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = (TempDir, startup::Server)>,
    {
        let (tell, told) = oneshot::channel();
        let (stop, stopping) = oneshot::channel::<()>();
        let (done, stopped) = oneshot::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let (_dir, server) = start().await;
                let known = (server.address(), server.store().clone(), server.inventories().clone());
                let known = tell.send(known);
                // Ends also when the test is over and has dropped its end.
                drop((known, stopping.await));
                server.stop().await;
                let _nobody_waits = done.send(());
            });
        });
        let (address, store, inventories) = told.await.expect("the server starts");
        Self { address, sources, store, inventories, stop: Some(stop), stopped: Some(stopped) }
    }

    /// Tells it to stop, and gives what is ready when it has.
    pub(crate) fn stop(&mut self) -> oneshot::Receiver<()> {
        drop(self.stop.take());
        self.stopped.take().expect("stopped once")
    }

    /// A new secret key of this role.
    pub(crate) async fn key(&self, role: Role) -> (KeyId, String) {
        let text = http::key_text(&self.sources.secret());
        let id = KeyId::new(self.sources.fresh_id());
        let hash = http::key_hash(&text);
        let key = NewKey { id, role, name: "test".to_owned(), hash, at: self.sources.now() };
        self.store.create_key(&key).await.unwrap();
        (id, text)
    }
}

/// The store, without a time of its own: the test's clock is the only one.
async fn open(settings: &Settings) -> Arc<dyn Store> {
    let Settings { database_url, database_connections, data, .. } = settings;
    let store = persistence::open(database_url, *database_connections, data).await.unwrap();
    Arc::new(Intercepted::new(store, |appender| appender).behind(Timeless))
}

struct Timeless;

impl Gate for Timeless {
    fn time(&self, _: Option<Timestamp>) -> Option<Timestamp> {
        None
    }
}

async fn settings(change: impl FnOnce(&mut Settings)) -> (TempDir, Settings) {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = Settings::load(&Flags::default()).unwrap();
    settings.data = dir.path().to_owned();
    settings.listen = "127.0.0.1:0".to_owned();
    settings.workers = 1;
    settings.token_secret = TOKEN_SECRET.to_owned();
    // All buyers of a test come from here. Tests of the budgets take it back.
    settings.raised_addresses = vec!["127.0.0.1".to_owned()];
    if postgres::is_engine() {
        settings.database_url = postgres::database().await;
    }
    change(&mut settings);
    (dir, settings)
}
