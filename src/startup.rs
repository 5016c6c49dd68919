//! Composes the layers: store, journal writer, hub, inventories, HTTP. And takes them apart again in the
//! order in which nothing is lost.

mod budgets;
mod listening;

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::task::JoinHandle;

use self::listening::{cannot_listen, listen, serve};
use crate::actors::{DirectoryOptions, Groups, Inventories, Placement};
use crate::http::{Api, Auth, HttpOptions, Lifecycle, Parts};
use crate::limits::BadNetwork;
use crate::persistence::{self, Journal, Offload, Store, StoreError, private};
use crate::realtime::{Hub, HubOptions};
use crate::settings::{PlacementSetting, Settings};
use crate::sources::Sources;
use crate::telemetry;

/// What is in flight at shutdown is answered within this time.
const DRAIN_MAX: Duration = Duration::from_secs(5);
/// Connections that are kept alive stay open for so long after that: a request that is already on its way gets
/// its `503 shutting_down` instead of a reset.
const LINGER: Duration = Duration::from_millis(250);
/// Live streams are ended spread over this time.
const STAGGER: Duration = Duration::from_secs(5);
/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {cause}")]
    Listen { address: String, cause: std::io::Error },
    #[error("{dir} is in use by another `fairhold serve`: {lock} is locked by {holder}")]
    DataInUse { dir: String, lock: &'static str, holder: String },
    #[error("the data directory cannot be used: {0}")]
    Data(std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{setting}: {cause}")]
    Network { setting: &'static str, cause: BadNetwork },
    #[error(
        "{workers} workers share {connections} connections: with one connection a worker a single viewer would keep \
         all others out; raise connections_max or the limit of open files, or have fewer workers"
    )]
    Connections { connections: usize, workers: usize },
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// A server that runs on the calling thread's actix system and on worker threads.
pub struct Server {
    address: SocketAddr,
    public_url: String,
    inventories: Inventories,
    store: Arc<dyn Store>,
    hub: Hub,
    journal: Journal,
    lifecycle: Arc<Lifecycle>,
    http: ServerHandle,
    http_task: JoinHandle<std::io::Result<()>>,
    upkeep: JoinHandle<()>,
    groups: JoinHandle<()>,
    _lock: Option<File>,
}

/// Opens the store that the settings choose and serves it. An embedded one no other server may have.
pub async fn start(settings: &Settings, sources: Sources) -> Result<Server, StartError> {
    start_with(settings, sources, hub_options(settings)).await
}

/// The same, with all limits of the live streams, also those that no setting names.
pub async fn start_with(
    settings: &Settings,
    sources: Sources,
    live: HubOptions,
) -> Result<Server, StartError> {
    let Settings { database_url, database_connections, data, .. } = settings;
    let lock = if database_url.is_empty() { Some(lock(data)?) } else { None };
    let store = persistence::open(database_url, *database_connections, data).await?;
    // A store that could lose what was confirmed is refused now, not at the first sale.
    drop(store.appender().await?);
    let mut server = compose(settings, sources, store, live).await?;
    server._lock = lock;
    Ok(server)
}

/// The embedded store is one server's: its lock file, held while the server runs.
pub(crate) fn lock(data: &Path) -> Result<File, StartError> {
    const LOCK: &str = "serve.lock";
    private::make_dir(data).map_err(StartError::Data)?;
    let lock = private::open_file(&data.join(LOCK)).map_err(StartError::Data)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            let (dir, holder) = (data.display().to_string(), private::holder(&lock));
            Err(StartError::DataInUse { dir, lock: LOCK, holder })
        }
        Err(TryLockError::Error(cause)) => Err(StartError::Data(cause)),
    }
}

/// Serves this store.
pub async fn start_on(
    settings: &Settings,
    sources: Sources,
    store: Arc<dyn Store>,
) -> Result<Server, StartError> {
    compose(settings, sources, store, hub_options(settings)).await
}

async fn compose(
    settings: &Settings,
    sources: Sources,
    store: Arc<dyn Store>,
    mut live: HubOptions,
) -> Result<Server, StartError> {
    let metrics = telemetry::metrics_handle()?;
    let listener = listen(&settings.listen)?;
    let address = listener.local_addr().map_err(|cause| cannot_listen(&settings.listen, cause))?;
    keep_pages_small();
    let workers = settings.workers(cores());
    live.viewers_max = budgets::viewers_max(live.viewers_max, budgets::connections_max(settings), workers)?;
    let placement = placement(settings);

    let journal = journal(settings, &store);
    let upkeep = tokio::spawn(store.upkeep());
    let stall_max = live.write_max;
    let hub = Hub::new(live);
    let budgets = budgets::options(settings, &sources);
    let limiter = budgets.limiter.clone();
    let options = DirectoryOptions { budgets, ..directory_options(settings) };
    let inventories = Inventories::start(
        store.clone(),
        journal.clone(),
        hub.clone(),
        placement.clone(),
        sources.clone(),
        options,
    );

    let groups = Groups::new(inventories.clone(), store.clone(), sources.clone());
    let public_url = public_url(settings, address);
    let secret = token_secret(settings, &store, &sources).await?;
    let lifecycle = Lifecycle::new();
    let api = Api::new(Parts {
        inventories: inventories.clone(),
        groups: groups.clone(),
        store: store.clone(),
        sources: sources.clone(),
        auth: Auth::new(store.clone(), sources.clone(), &secret),
        limiter,
        options: HttpOptions {
            clients: budgets::clients(settings)?,
            ..http_options(settings, address, &public_url)
        },
        lifecycle: lifecycle.clone(),
        metrics,
    });
    let own_threads = settings.placement == PlacementSetting::Workers;
    let registry = own_threads.then(|| placement.clone());
    let http = serve(settings, listener, workers, api, registry, stall_max)
        .map_err(|cause| cannot_listen(&settings.listen, cause))?;
    let handle = http.handle();
    let http_task = tokio::spawn(http);
    if own_threads {
        placement.registered(workers).await;
    }
    load_active(inventories.clone(), sources);
    complete_catalogue(inventories.clone());
    let groups = tokio::spawn(groups.keep_going());
    Ok(Server {
        address,
        public_url,
        inventories,
        store,
        hub,
        journal,
        lifecycle,
        http: handle,
        http_task,
        upkeep,
        groups,
        _lock: None,
    })
}

fn placement(settings: &Settings) -> Placement {
    match settings.placement {
        PlacementSetting::Workers => Placement::workers(),
        PlacementSetting::Pool => Placement::pool(cores()),
        PlacementSetting::Here => Placement::here(),
    }
}

fn journal(settings: &Settings, store: &Arc<dyn Store>) -> Journal {
    let (journal, writers) = Journal::new(store, settings.backlog_max, settings.writers(cores()));
    for writer in writers {
        end_with(tokio::spawn(writer.run()), "a journal writer");
    }
    journal
}

/// What tokens are signed with: the setting, or what the store has kept since its first start.
async fn token_secret(
    settings: &Settings,
    store: &Arc<dyn Store>,
    sources: &Sources,
) -> Result<Vec<u8>, StoreError> {
    match settings.token_secret.as_str() {
        "" => store.secret("token", &sources.secret()).await,
        secret => Ok(secret.as_bytes().to_vec()),
    }
}

fn public_url(settings: &Settings, address: SocketAddr) -> String {
    match settings.public_url.as_str() {
        "" => format!("http://{address}"),
        url => url.trim_end_matches('/').to_owned(),
    }
}

/// Holds may fall due in inventories that nobody asks for.
fn load_active(inventories: Inventories, sources: Sources) {
    tokio::spawn(async move {
        match inventories.load_active(&sources).await {
            Ok(count) => tracing::info!(count, "active inventories loaded"),
            Err(cause) => tracing::error!(%cause, "active inventories were not loaded"),
        }
    });
}

/// Lists tell how a sale stands also of what a release before has made.
fn complete_catalogue(inventories: Inventories) {
    tokio::spawn(async move {
        match inventories.complete_catalogue(Offload::default()).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "the catalogue was told of inventories of a release before"),
            Err(cause) => tracing::warn!(%cause, "the catalogue was not completed"),
        }
    });
}

impl Server {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    pub fn inventories(&self) -> &Inventories {
        &self.inventories
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Ends without losing anything: nothing new is taken, what is in flight is committed and answered,
    /// streams end one after the other.
    pub async fn stop(self) {
        self.groups.abort();
        tracing::info!("shutting down");
        self.lifecycle.drain();
        self.http.pause().await;
        let answered = async {
            if tokio::time::timeout(DRAIN_MAX, self.lifecycle.drained()).await.is_err() {
                tracing::warn!(in_flight = self.lifecycle.in_flight(), "requests were still in flight");
            }
            tokio::time::sleep(LINGER).await;
            // Closes the listener. Workers own the inventories, so they end after the last answer.
            self.http.stop(true).await;
        };
        tokio::join!(answered, self.hub.close_all(STAGGER));
        if tokio::time::timeout(Duration::from_secs(1), self.http_task).await.is_err() {
            tracing::warn!("connections were still open");
        }
        if !self.journal.written(DRAIN_MAX).await {
            tracing::error!("the journal still waits for the store; nobody was told that it is written");
        }
        self.upkeep.abort();
    }
}

/// A task that must not end: the process goes with it, since what it owed would be owed for ever.
fn end_with(task: JoinHandle<()>, name: &'static str) {
    tokio::spawn(async move {
        if task.await.is_err_and(|error| error.is_panic()) {
            tracing::error!("{name} panicked: the process ends");
            std::process::abort();
        }
    });
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A server that grows by small pieces would wait for the kernel to clear 2 MiB at a time: a seventh of its
/// CPU under a rush of holds, and half of the longest waits.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    if let Err(cause) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%cause, "huge pages stay on");
    }
}

fn hub_options(settings: &Settings) -> HubOptions {
    HubOptions {
        tick: Duration::from_millis(settings.tick_ms),
        frames_per_second_max: settings.frames_per_second_max,
        viewers_max: settings.viewers_max,
        ..HubOptions::default()
    }
}

fn directory_options(settings: &Settings) -> DirectoryOptions {
    DirectoryOptions {
        in_flight_max: settings.in_flight_max,
        idle_after: Duration::from_secs(settings.idle_after_seconds),
        loaded_max: settings.loaded_max,
        snapshot_every: settings.snapshot_every,
        ..DirectoryOptions::default()
    }
}

fn http_options(settings: &Settings, listen: SocketAddr, public_url: &str) -> HttpOptions {
    HttpOptions {
        public_url: public_url.to_owned(),
        listen,
        allowed_origins: settings.allowed_origins.clone(),
        body_max: settings.body_max_bytes,
        plan_body_max: settings.plan_body_max_bytes,
        body_timeout: Duration::from_secs(settings.body_seconds),
        pages_dir: Some(&settings.pages_dir).filter(|dir| !dir.as_os_str().is_empty()).cloned(),
        ..HttpOptions::new(listen)
    }
}
