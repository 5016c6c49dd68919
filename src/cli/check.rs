//! `fairhold check`.

use std::process::ExitCode;

use clap::Args;

use super::{Failed, progress_bar, say};
use crate::persistence::{self, CheckReport};
use crate::settings::Settings;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) async fn check(settings: &Settings, args: &CheckArgs) -> Result<ExitCode, Failed> {
    let Settings { database_url, database_connections, data, .. } = settings;
    let store = persistence::open_as_it_is(database_url, *database_connections, data).await?;
    let bar = progress_bar(0, "records").with_style(indicatif::ProgressStyle::default_spinner());
    let report = persistence::check(&*store, |records| bar.set_position(records)).await?;
    bar.finish_and_clear();
    if args.json {
        say(&serde_json::to_string(&report)?);
    } else {
        tell(&report);
    }
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(report: &CheckReport) {
    let CheckReport { inventories, records, snapshots, groups, sold, held, violations } = report;
    say(&format!(
        "{inventories} inventories, {records} records, {snapshots} snapshots, {groups} groups; {sold} sold, {held} held"
    ));
    for violation in violations {
        let seq = violation.seq.map_or(String::new(), |seq| format!(" seq {seq}"));
        say(&format!("  {}{seq} {}: {}", violation.inventory, violation.rule, violation.detail));
    }
    match violations.len() {
        0 => say("clean"),
        count => say(&format!("{count} violations")),
    }
}
