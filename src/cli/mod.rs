//! The command line. Results go to stdout, everything else to stderr.

mod accept;
mod check;
mod demo;
mod export;
mod import;
mod keys;
mod serve;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use crate::persistence::{self, Store};
use crate::settings::{DEFAULTS, Flags, Settings};
use crate::{plans, telemetry};

/// Sells things that run out: seats, stock, ingredients. Never twice.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  fairhold serve --demo                       a server with three demo inventories
  fairhold import hall.json --repair          a seat plan, mended where that is safe
  fairhold keys create --role operator        a secret key, printed once
  fairhold check                              replay every journal and verify it";

#[derive(Debug, Args)]
struct Common {
    /// Directory of the embedded store [default: ./data]
    #[arg(long, global = true, env = "FAIRHOLD_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// A Postgres database instead of the embedded store
    #[arg(long, global = true, env = "FAIRHOLD_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Settings file [default: ./fairhold.toml if it is there]
    #[arg(long, global = true, env = "FAIRHOLD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::ServeArgs),
    /// Add three demo inventories: an arena, a flash sale, a café
    Demo,
    /// Read a seat plan or stock list and create an inventory of it
    Import(import::ImportArgs),
    /// Print the plan of an inventory
    Export(export::ExportArgs),
    /// Secret keys of operators and servers
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Replay every journal through the core and verify what always holds
    Check(check::CheckArgs),
    /// Take a store as it is after a loss or a repair by hand, so that it is served again
    Accept(accept::AcceptArgs),
    /// Bring the store to the shape that this program knows, and do nothing else
    Migrate,
    /// Settings: the ones in force, or the shipped defaults with their explanations
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// The settings in force
    Show,
    /// The shipped file: every setting, its default, its meaning
    Default,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Runs a command; the exit code is 0, 1 for a negative result, 2 when it could not be done.
pub fn run() -> ExitCode {
    // Whatever is made from here on is for its owner only, also by libraries.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = Cli::parse();
    let system = actix::System::new();
    match system.block_on(execute(cli)) {
        Ok(code) => code,
        Err(cause) => {
            complain(&format!("error: {cause}"));
            ExitCode::from(2)
        }
    }
}

async fn execute(cli: Cli) -> Result<ExitCode, Failed> {
    let Common { data, database_url, config } = cli.common;
    let mut flags = Flags { config, data, database_url, ..Flags::default() };
    if let Command::Serve(args) = &cli.command {
        flags.listen.clone_from(&args.listen);
        flags.public_url.clone_from(&args.public_url);
    }
    let settings = Settings::load(&flags)?;
    telemetry::init_logs(&settings.log);
    match cli.command {
        Command::Serve(args) => serve::serve(&settings, &args).await,
        Command::Demo => demo::demo(&settings).await,
        Command::Import(args) => import::import(&settings, &args).await,
        Command::Export(args) => export::export(&settings, &args).await,
        Command::Keys(command) => keys::keys(&settings, command).await,
        Command::Check(args) => check::check(&settings, &args).await,
        Command::Accept(args) => accept::accept(&settings, &args).await,
        Command::Migrate => {
            open(&settings).await?;
            say("the store is up to date");
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Default) => {
            say(DEFAULTS.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Show) => {
            say(&serde_json::to_string_pretty(&settings)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn open(settings: &Settings) -> Result<Arc<dyn Store>, Failed> {
    let Settings { database_url, database_connections, data, .. } = settings;
    Ok(persistence::open(database_url, *database_connections, data).await?)
}

/// A line of the result.
fn say(line: &str) {
    // Whoever closed the pipe does not want the rest.
    let _closed = writeln!(std::io::stdout(), "{line}");
}

/// A line for the person at the terminal.
fn complain(line: &str) {
    let _closed = writeln!(std::io::stderr(), "{line}");
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar(total: u64, what: &'static str) -> indicatif::ProgressBar {
    let template = "{msg} [{bar:40}] {pos}/{len} {eta}";
    let style = indicatif::ProgressStyle::with_template(template)
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    indicatif::ProgressBar::new(total).with_style(style).with_message(what)
}

/// `Category=150000` as clap reads it.
fn price(text: &str) -> Result<(String, i64), String> {
    plans::parse_price(text).map_err(|bad| bad.to_string())
}
