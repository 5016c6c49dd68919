//! `fairhold keys`.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::{Failed, complain, say};
use crate::domain::KeyId;
use crate::http::{key_hash, key_text};
use crate::persistence::{NewKey, Role, Store};
use crate::settings::Settings;
use crate::sources::Sources;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key; it is printed on the last line and never again
    Create {
        #[arg(long, value_enum)]
        role: RoleArg,
        /// What it is for
        #[arg(long, default_value = "unnamed")]
        name: String,
    },
    /// The keys that work, without their secrets
    List,
    /// Make a key useless, within five seconds
    Revoke { id: KeyId },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleArg {
    /// Everything
    Operator,
    /// Act for buyers: hold, purchase, return
    Seller,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Operator => Self::Operator,
            RoleArg::Seller => Self::Seller,
        }
    }
}

pub(super) async fn keys(settings: &Settings, command: KeysCommand) -> Result<ExitCode, Failed> {
    let store = super::open(settings).await?;
    match command {
        KeysCommand::Create { role, name } => {
            let name = crate::domain::text::clean(&name).map_err(|bad| format!("the name {bad}"))?;
            say(&create(&*store, &Sources::system(), role.into(), &name).await?);
        }
        KeysCommand::List => {
            for key in store.list_keys().await? {
                say(&format!("{}  {:8}  {}", key.id, key.role.name(), key.name));
            }
        }
        KeysCommand::Revoke { id } => {
            if !store.revoke_key(id, Sources::system().now()).await? {
                complain(&format!("no working key has the id {id}"));
                return Ok(ExitCode::from(1));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A new key's text; the store keeps only its hash.
pub(super) async fn create(
    store: &dyn Store,
    sources: &Sources,
    role: Role,
    name: &str,
) -> Result<String, Failed> {
    let text = key_text(&sources.secret());
    let id = KeyId::new(sources.fresh_id());
    let key = NewKey { id, role, name: name.to_owned(), hash: key_hash(&text), at: sources.now() };
    store.create_key(&key).await?;
    Ok(text)
}
