//! `fairhold accept`.

use std::process::ExitCode;

use clap::Args;

use super::{Failed, complain, say};
use crate::persistence::{self, accept as take};
use crate::settings::Settings;
use crate::startup;

#[derive(Debug, Args)]
pub(super) struct AcceptArgs {
    /// Do it; without this it is only told what would be done
    #[arg(long)]
    yes: bool,
}

/// Records are never changed: their links to each other are made anew, and what was confirmed is counted anew.
pub(super) async fn accept(settings: &Settings, args: &AcceptArgs) -> Result<ExitCode, Failed> {
    let Settings { database_url, database_connections, data, .. } = settings;
    let _lock = match database_url.is_empty() {
        true => Some(startup::lock(data)?),
        false => None,
    };
    let store = persistence::open_as_it_is(database_url, *database_connections, data).await?;
    let taken = take(&*store, args.yes).await?;
    if let Some(loss) = &taken.loss {
        say(&format!("store: {loss}"));
    }
    for (inventory, broken) in &taken.journals {
        say(&format!("{inventory}: {broken}"));
    }
    match (taken.loss.is_none() && taken.journals.is_empty(), args.yes) {
        (true, _) => say("nothing is missing, and no journal was changed"),
        (false, true) => say("taken as it is"),
        (false, false) => {
            complain("nothing was done: with --yes all of this is taken as it is");
            return Ok(ExitCode::from(1));
        }
    }
    Ok(ExitCode::SUCCESS)
}
