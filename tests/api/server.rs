//! A whole server for one test: a data directory, a thread and a port of its own, and a clock that stands
//! still until the test moves it.

use std::net::SocketAddr;
use std::sync::Arc;

use fairhold::domain::{KeyId, Timestamp};
use fairhold::http;
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{NewKey, Role, Store};
use fairhold::settings::{Flags, Settings};
use fairhold::sources::Sources;
use fairhold::startup;
use tokio::sync::oneshot;

/// Signs the tokens of all test servers, so that a test can forge with it.
pub const TOKEN_SECRET: &str = "a secret of the tests, 32 bytes.";
/// When every test begins: 2026-05-01T11:00:00Z.
pub const START: Timestamp = Timestamp(1_777_633_200_000);

/// Puts something before the store.
pub type Wrap = Box<dyn FnOnce(Arc<dyn Store>) -> Arc<dyn Store> + Send>;

pub struct Server {
    pub address: SocketAddr,
    pub sources: Sources,
    pub store: Arc<dyn Store>,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
}

impl Server {
    /// `change` adjusts the settings before the server starts; `wrap` may put itself before the store.
    pub async fn start(change: impl FnOnce(&mut Settings) + Send + 'static, wrap: Option<Wrap>) -> Self {
        let sources = Sources::manual(START);
        let (tell, told) = oneshot::channel();
        let (stop, stopping) = oneshot::channel::<()>();
        let (done, stopped) = oneshot::channel();
        let clock = sources.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let directory = tempfile::tempdir().unwrap();
                let mut settings = Settings::load(&Flags::default()).unwrap();
                settings.data = directory.path().to_owned();
                settings.listen = "127.0.0.1:0".to_owned();
                settings.workers = 1;
                settings.token_secret = TOKEN_SECRET.to_owned();
                change(&mut settings);
                let server = match wrap {
                    None => startup::start(&settings, clock).await.unwrap(),
                    Some(wrap) => {
                        let store = wrap(Arc::new(SqliteStore::open(&settings.data).await.unwrap()));
                        startup::start_on(&settings, clock, store).await.unwrap()
                    }
                };
                let known = tell.send((server.address(), server.store().clone()));
                // Ends also when the test is over and has dropped its end.
                drop((known, stopping.await));
                server.stop().await;
                let _nobody_waits = done.send(());
            });
        });
        let (address, store) = told.await.expect("the server starts");
        Self { address, sources, store, stop: Some(stop), stopped: Some(stopped) }
    }

    /// Tells it to stop, and gives what is ready when it has.
    pub fn stop(&mut self) -> oneshot::Receiver<()> {
        drop(self.stop.take());
        self.stopped.take().expect("stopped once")
    }

    /// A new secret key of this role.
    pub async fn key(&self, role: Role) -> (KeyId, String) {
        let text = http::key_text(&self.sources.secret());
        let id = KeyId::new(self.sources.fresh_id());
        let hash = http::key_hash(&text);
        let key = NewKey { id, role, name: "test".to_owned(), hash, at: self.sources.now() };
        self.store.create_key(&key).await.unwrap();
        (id, text)
    }
}
