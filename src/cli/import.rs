//! `fairhold import`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Failed, complain, price, progress_bar, say};
use crate::domain::details::GivenTime;
use crate::domain::{Currency, Details, InventoryId, Settings as SaleSettings, SettingsPatch};
use crate::persistence::new_inventory;
use crate::plans::{Format, ImportOptions, Imported, Report, read, to_text};
use crate::settings::Settings;
use crate::sources::Sources;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file; `-` reads stdin
    file: PathBuf,
    /// auto (by its content), fairhold, pretix, seatsio or csv (a seat list or a grid)
    #[arg(long, default_value_t = Format::Auto)]
    format: Format,
    /// Instead of the plan's own name; a csv file has none and is called as the file is
    #[arg(long)]
    name: Option<String>,
    /// ISO 4217, such as KRW
    #[arg(long)]
    currency: Option<Currency>,
    /// A category's price in minor units, by its id or name
    #[arg(long = "price", value_name = "CATEGORY=AMOUNT", value_parser = price)]
    prices: Vec<(String, i64)>,
    /// When the event begins, such as 2026-05-02T19:00:00+09:00; without an offset, by the clocks of --time-zone
    #[arg(long, value_name = "TIME")]
    starts_at: Option<GivenTime>,
    /// Where the event is, by the IANA name of its time zone, such as Asia/Seoul
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Do what can be done safely about defects, and say so
    #[arg(long)]
    repair: bool,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// The report and, when the plan was taken, the inventory it became.
#[derive(Serialize)]
struct Outcome<'a> {
    id: Option<InventoryId>,
    #[serde(flatten)]
    report: &'a Report,
}

pub(super) async fn import(settings: &Settings, args: &ImportArgs) -> Result<ExitCode, Failed> {
    let bytes = bytes(args).map_err(|cause| format!("cannot read {}: {cause}", args.file.display()))?;
    let options = ImportOptions {
        format: args.format,
        name: args.name.clone(),
        file_name: args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        currency: args.currency,
        prices: args.prices.clone(),
        repair: args.repair,
    };
    let bar = progress_bar(bytes.len() as u64, "reading");
    let imported = read(&bytes, &options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    match imported {
        Ok(Imported { plan, report }) => {
            let store = super::open(settings).await?;
            let sale = SaleSettings::default();
            let details = details(args, &plan.document().name)?;
            let new = new_inventory(&Sources::system(), details, &plan, sale, "import", None);
            store.create(&new).await?;
            tell(args, Some(new.id), &report)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(report) => {
            tell(args, None, &report)?;
            Ok(ExitCode::from(1))
        }
    }
}

fn bytes(args: &ImportArgs) -> std::io::Result<Vec<u8>> {
    if args.file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(&args.file)
}

/// The sale ends with the start, where there is one.
fn details(args: &ImportArgs, name: &str) -> Result<Details, Failed> {
    let patch = SettingsPatch {
        starts_at: args.starts_at.map(Some),
        time_zone: args.time_zone.clone().map(Some),
        sale_ends_before_start_seconds: args.starts_at.map(|_| Some(0)),
        ..SettingsPatch::default()
    };
    let details = Details::named(name).patched(&patch);
    details.map_err(|bad| format!("--{} {}", bad.field.replace('_', "-"), bad.must).into())
}

fn tell(args: &ImportArgs, id: Option<InventoryId>, report: &Report) -> Result<(), Failed> {
    if args.json {
        say(&serde_json::to_string(&Outcome { id, report })?);
        return Ok(());
    }
    say(to_text(report).trim_end());
    match id {
        Some(id) => say(&format!("\nimported as {id}")),
        None if args.repair => complain("\nnothing was imported: not all of this can be repaired safely"),
        None => complain("\nnothing was imported; `--repair` does what can be done safely"),
    }
    Ok(())
}
