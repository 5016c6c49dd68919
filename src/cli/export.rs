//! `fairhold export`.

use std::process::ExitCode;

use clap::Args;

use super::{Failed, complain, say};
use crate::domain::{InventoryId, PlanDocument};
use crate::settings::Settings;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    inventory: InventoryId,
    /// The format to write
    #[arg(long, default_value = "fairhold", value_parser = ["fairhold"])]
    format: String,
}

pub(super) async fn export(settings: &Settings, args: &ExportArgs) -> Result<ExitCode, Failed> {
    let store = super::open(settings).await?;
    let Some(row) = store.inventory(args.inventory).await? else {
        complain(&format!("no inventory has the id {}", args.inventory));
        return Ok(ExitCode::from(1));
    };
    let document = store.plan(row.id, row.plan_version).await?.ok_or("the plan is not in the store")?;
    let document: PlanDocument = serde_json::from_slice(&document)?;
    say(&serde_json::to_string_pretty(&document)?);
    Ok(ExitCode::SUCCESS)
}
