//! A server of a trial: it has a directory and a port for life, and may be killed and started over and over.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::api::Api;
use crate::support::server::{Server, free_port};
use crate::town::Town;

/// How it is started, in this directory and on this port.
pub(crate) type Start = Arc<dyn Fn(&Path, u16) -> Server + Send + Sync>;

/// The program itself.
pub(crate) fn honest() -> Start {
    Arc::new(Server::start_at)
}

pub(crate) struct Node {
    home: PathBuf,
    port: u16,
    start: Start,
    server: Option<Server>,
}

impl Node {
    pub(crate) fn new(home: PathBuf, start: Start) -> Self {
        Self { home, port: free_port(), start, server: None }
    }

    /// The program on the town's own store.
    pub(crate) fn of(town: &Town) -> Self {
        Self::new(town.home(1, None), honest())
    }

    pub(crate) fn api(&self) -> Api {
        Api::new(&format!("http://127.0.0.1:{}", self.port))
    }

    /// From now on it is started like this.
    pub(crate) fn becomes(&mut self, start: Start) {
        self.start = start;
    }

    pub(crate) fn start(&mut self) {
        let server = tokio::task::block_in_place(|| (self.start)(&self.home, self.port));
        self.server = Some(server);
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
        }
    }

    pub(crate) fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("it was started")
    }

    pub(crate) fn runs(&self) -> bool {
        self.server.is_some()
    }
}
