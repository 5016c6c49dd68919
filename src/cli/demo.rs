//! `fairhold demo`, and what `serve --demo` seeds an empty store with.

use std::path::Path;
use std::process::ExitCode;

use super::{Failed, say};
use crate::http::key_hash;
use crate::persistence::private::{make_dir, open_file};
use crate::persistence::{InventoryRow, Role, Store, new_inventory};
use crate::plans::{compile_sent, demo};
use crate::settings::Settings;
use crate::sources::Sources;

const KEY_FILE: &str = "demo.key";

pub(super) async fn demo(settings: &Settings) -> Result<ExitCode, Failed> {
    let store = super::open(settings).await?;
    for row in seed(&*store, &Sources::system()).await? {
        say(&format!("{}  {}", row.id, row.name));
    }
    Ok(ExitCode::SUCCESS)
}

/// The demo inventories; those that are not there yet are created.
pub(super) async fn seed(store: &dyn Store, sources: &Sources) -> Result<Vec<InventoryRow>, Failed> {
    let mut there = all(store).await?;
    let mut seeded = Vec::new();
    for demo in demo::inventories() {
        if !there.iter().any(|row| row.name == demo.name) {
            let details = demo.details(sources.now());
            let plan = compile_sent(demo.plan, None)
                .map_err(|defects| format!("the demo plan is broken: {defects:?}"))?;
            let new = new_inventory(sources, details, &plan, demo.settings, "demo", None);
            store.create(&new).await?;
            there.extend(store.inventory(new.id).await?);
        }
        seeded.extend(there.iter().find(|row| row.name == demo.name).cloned());
    }
    Ok(seeded)
}

pub(super) async fn all(store: &dyn Store) -> Result<Vec<InventoryRow>, Failed> {
    let mut rows: Vec<InventoryRow> = Vec::new();
    loop {
        let page = store.inventories(rows.last().map(|row| row.id), 200).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

/// The demo's operator key: made once, kept in the data directory for its owner's eyes.
pub(super) async fn key(store: &dyn Store, sources: &Sources, data: &Path) -> Result<String, Failed> {
    let file = data.join(KEY_FILE);
    if let Ok(text) = std::fs::read_to_string(&file) {
        let text = text.trim().to_owned();
        // A file that outlived its store names a key that does not work.
        if store.find_key(key_hash(&text)).await?.is_some() {
            return Ok(text);
        }
    }
    let text = super::keys::create(store, sources, Role::Operator, "demo").await?;
    let written = make_dir(data).and_then(|()| write_private(&file, &text));
    written.map_err(|cause| format!("cannot write {}: {cause}", file.display()))?;
    Ok(text)
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = open_file(file)?;
    file.set_len(0)?;
    writeln!(file, "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::persistence::sqlite::SqliteStore;

    #[tokio::test]
    async fn the_arena_has_a_time_and_the_shops_have_none() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let seeded = seed(&store, &Sources::manual(Timestamp(1_777_633_200_000))).await.unwrap();
        let starts: Vec<_> = seeded.iter().map(|row| row.starts_at).collect();
        assert_eq!(starts, [Some(Timestamp(1_777_716_000_000)), None, None]);
    }

    /// With a store elsewhere nobody has made the data directory yet.
    #[tokio::test]
    async fn the_key_is_kept_also_where_no_data_directory_is() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&dir.path().join("elsewhere")).await.unwrap();
        let data = dir.path().join("data");
        let made = key(&store, &Sources::system(), &data).await.unwrap();
        assert_eq!(key(&store, &Sources::system(), &data).await.unwrap(), made);
        assert_eq!(store.list_keys().await.unwrap().len(), 1);
    }
}
