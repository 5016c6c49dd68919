//! The outside: the route table and handlers. A handler parses, asks, and maps the answer; rules live in
//! `domain`, and no SQL is known here.
//!
//! | file | holds |
//! |---|---|
//! | `routes` | the one table of all calls |
//! | `middleware`, `lifecycle`, `meter`, `request_id` | what happens around every handler |
//! | `connection`, `answer_body` | the socket around all of that; how bodies leave, and what is left of requests |
//! | `call` | one request: who, what, which body, how to answer |
//! | `auth`, `token`, `recent` | tokens and secret keys, and the tables that make them cheap |
//! | `budget` | whose budget a request is taken from, and how being turned away is told |
//! | `body`, `objects`, `words`, `query`, `picks`, `idempotency`, `canonical` | parsing at the edge |
//! | `origin`, `cors` | which pages may ask, and read the answers |
//! | `code`, `problem`, `refused`, `problems` | every error there is, and how it leaves |
//! | `inventories`, `create`, `amend`, `plan`, `plans`, `holds`, `sales`, `sales_list` with `sales_csv`, `groups`, `moves`, `blocks`, `restock`, `activity`, `sessions`, `live`, `health` | the calls |
//! | `pages` | what browsers are shown: the files of `web/dist` |
//! | `openapi`, `described` | the descriptions of all of it; shapes of JSON that is written elsewhere |

mod activity;
mod amend;
mod answer_body;
mod auth;
mod blocks;
mod body;
mod budget;
mod call;
mod canonical;
mod code;
mod codes;
mod connection;
mod cors;
mod create;
mod described;
mod groups;
mod health;
mod holds;
mod idempotency;
mod inventories;
mod lifecycle;
mod live;
mod meter;
mod middleware;
mod moves;
mod objects;
mod offers;
mod openapi;
mod origin;
mod pages;
mod picks;
mod plan;
mod plans;
mod problem;
mod problems;
mod query;
mod recent;
mod refused;
mod replan;
mod request_id;
mod restock;
mod routes;
mod sales;
mod sales_csv;
mod sales_list;
mod sessions;
mod token;
mod words;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;

use crate::actors::{Groups, Inventories};
use crate::domain::{InventoryId, Timestamp};
use crate::limits::Limiter;
use crate::persistence::Store;
use crate::sources::Sources;
use problem::Problem;

pub use auth::{Auth, key_hash, key_text};
pub use budget::ClientOptions;
pub use connection::{Connection, ConnectionState, Refused};
pub use lifecycle::Lifecycle;
pub use middleware::Edge;
pub use openapi::document as openapi;
pub use routes::configure;

/// Times of making that are kept at hand.
const BIRTHS_MAX: usize = 16_384;

/// What an operator may set about this layer.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Where clients reach this server; begins the `type` of problems.
    pub public_url: String,
    /// The address it listens on, after binding.
    pub listen: SocketAddr,
    /// Web origins besides our own that may call, and open the live stream.
    pub allowed_origins: Vec<String>,
    pub body_max: usize,
    pub plan_body_max: usize,
    /// A whole body has to arrive within this.
    pub body_timeout: Duration,
    /// Serve the pages of this directory instead of those in the binary.
    pub pages_dir: Option<PathBuf>,
    pub clients: ClientOptions,
}

impl HttpOptions {
    /// The defaults for a server on this address.
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            public_url: format!("http://{listen}"),
            listen,
            allowed_origins: Vec::new(),
            body_max: 256 * 1024,
            plan_body_max: 32 * 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            pages_dir: None,
            clients: ClientOptions::default(),
        }
    }
}

/// What the handlers need; build it by [`Api::new`].
pub struct Parts {
    pub inventories: Inventories,
    pub groups: Groups,
    pub store: Arc<dyn Store>,
    pub sources: Sources,
    pub auth: Auth,
    pub limiter: Arc<dyn Limiter>,
    pub options: HttpOptions,
    pub lifecycle: Arc<Lifecycle>,
    pub metrics: PrometheusHandle,
}

/// Everything the handlers need, shared by all HTTP workers.
pub struct Api {
    inventories: Inventories,
    groups: Groups,
    store: Arc<dyn Store>,
    sources: Sources,
    auth: Auth,
    limiter: Arc<dyn Limiter>,
    options: HttpOptions,
    lifecycle: Arc<Lifecycle>,
    metrics: PrometheusHandle,
    /// What the type of a problem begins with.
    problem_types: String,
    origins: origin::Origins,
    refusals: live::Refusals,
    /// When inventories were made.
    births: recent::Recent<InventoryId, Timestamp>,
    pages: pages::Pages,
}

impl Api {
    pub fn new(parts: Parts) -> Self {
        let Parts { inventories, groups, store, sources, auth, limiter, options, lifecycle, metrics } = parts;
        meter::describe();
        Self {
            problem_types: format!("{}/problems/", options.public_url.trim_end_matches('/')),
            origins: origin::Origins::new(&options.public_url, options.listen, &options.allowed_origins),
            refusals: live::Refusals::default(),
            births: recent::Recent::new(BIRTHS_MAX),
            pages: Self::pages(options.pages_dir.as_deref()),
            inventories,
            groups,
            store,
            sources,
            auth,
            limiter,
            options,
            lifecycle,
            metrics,
        }
    }

    async fn created_at(&self, id: InventoryId) -> Result<Timestamp, Problem> {
        if let Some(at) = self.births.get(&id) {
            return Ok(at);
        }
        let row = refused::asked(self.store.inventory(id)).await?;
        let at = row.ok_or_else(|| Problem::new(code::Code::InventoryUnknown))?.created_at;
        self.births.insert(id, at);
        Ok(at)
    }
}

/// What wraps the application: `App::new().app_data(Data::new(api)).wrap(http::middleware())`.
pub fn middleware() -> Edge {
    Edge
}
