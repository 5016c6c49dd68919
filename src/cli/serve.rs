//! `fairhold serve`.

use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Failed, demo, say};
use crate::persistence::InventoryRow;
use crate::settings::Settings;
use crate::sources::Sources;
use crate::startup::{self, Server};

/// Inventories named at start.
const NAMED_MAX: usize = 10;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, env = "FAIRHOLD_LISTEN", value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<String>,
    /// How the world reaches this server [default: the listen address]
    #[arg(long, env = "FAIRHOLD_PUBLIC_URL", value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// Seed an empty store with demo inventories and print the demo's operator key
    #[arg(long, env = "FAIRHOLD_DEMO")]
    demo: bool,
}

pub(super) async fn serve(settings: &Settings, args: &ServeArgs) -> Result<ExitCode, Failed> {
    let mut signals = Signals::new()?;
    let sources = Sources::system();
    let server = startup::start(settings, sources.clone()).await?;
    greet(settings, args, &server, &sources).await?;
    signals.wait().await;
    tokio::select! {
        () = server.stop() => Ok(ExitCode::SUCCESS),
        () = signals.wait() => {
            tracing::warn!("second signal: ending at once");
            Ok(ExitCode::from(130))
        }
    }
}

async fn greet(
    settings: &Settings,
    args: &ServeArgs,
    server: &Server,
    sources: &Sources,
) -> Result<(), Failed> {
    let store = &**server.store();
    let is_empty = store.inventories(None, 1).await?.is_empty();
    if args.demo && is_empty {
        demo::seed(store, sources).await?;
    }
    let url = server.public_url();
    say(&format!("fairhold {} listens on {}", env!("CARGO_PKG_VERSION"), server.address()));
    say(&format!("  address    {url}"));
    say(&format!("  API docs   {url}/docs/"));
    if args.demo {
        say(&format!("  demo key   {}", demo::key(store, sources, &settings.data).await?));
    }
    let rows: Vec<InventoryRow> = store.inventories(None, NAMED_MAX as u32 + 1).await?;
    for row in rows.iter().take(NAMED_MAX) {
        say(&format!("  inventory  {url}/v1/inventories/{}  {} ({} units)", row.id, row.name, row.units));
    }
    if rows.len() > NAMED_MAX {
        say(&format!("  …          {url}/v1/inventories lists all"));
    }
    Ok(())
}

/// Whoever asks the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
