//! `fairhold export`.

use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Failed, complain, say};
use crate::domain::{InventoryId, PlanDocument};
use crate::plans::{BadFormat, Format, WRITTEN, export as write};
use crate::settings::Settings;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    inventory: InventoryId,
    /// The format to write. What it has no place for is left out, and told on stderr
    #[arg(long, default_value = "fairhold", value_parser = PossibleValuesParser::new(WRITTEN).try_map(format))]
    format: Format,
}

fn format(name: String) -> Result<Format, BadFormat> {
    name.parse()
}

pub(super) async fn export(settings: &Settings, args: &ExportArgs) -> Result<ExitCode, Failed> {
    let store = super::open(settings).await?;
    let Some(row) = store.inventory(args.inventory).await? else {
        complain(&format!("no inventory has the id {}", args.inventory));
        return Ok(ExitCode::from(1));
    };
    let stored = store.plan(row.id, row.plan_version).await?.ok_or("the plan is not in the store")?;
    let document: PlanDocument = serde_json::from_slice(&stored.document)?;
    let exported = write(&document, args.format).ok_or(BadFormat)??;
    say(&exported.text);
    if !exported.left_out.is_empty() {
        complain(&format!("left out, since {} has no place for it:", args.format));
    }
    for (what, count) in exported.left_out.iter() {
        complain(&format!("  {count} × {what}"));
    }
    Ok(ExitCode::SUCCESS)
}
