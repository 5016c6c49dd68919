//! The settings of who may have how much, as the layers want them.

use std::sync::Arc;

use super::StartError;
use crate::actors::BudgetOptions;
use crate::http::ClientOptions;
use crate::limits::{CallRules, ForwardedBy, HoldingRules, LocalLimiter, Network, Proxies};
use crate::settings::{ClientAddressHeader, Settings};
use crate::sources::Sources;

/// Files that are not connections: the store, logs, libraries.
const FILES_RESERVED: u64 = 256;
/// With fewer files than this a server is a toy.
const CONNECTIONS_FEW: usize = 256;

pub(super) fn options(settings: &Settings, sources: &Sources) -> BudgetOptions {
    let holding = HoldingRules {
        percent_per_address: settings.held_percent_per_address,
        pieces_per_address_min: settings.held_pieces_per_address_min,
    };
    let limiter = Arc::new(LocalLimiter::new(calls(settings), sources.clone()));
    BudgetOptions { limiter, holding: Some(holding) }
}

fn calls(settings: &Settings) -> CallRules {
    CallRules {
        selling_calls_per_buyer: settings.selling_calls_per_buyer,
        selling_calls_per_address: settings.selling_calls_per_address,
        other_calls_per_buyer: settings.other_calls_per_buyer,
        other_calls_per_address: settings.other_calls_per_address,
        calls_per_key: settings.calls_per_key,
        sessions_per_address: settings.sessions_per_address,
        journal_bytes_per_buyer: settings.journal_bytes_per_buyer,
        journal_bytes_per_address: settings.journal_bytes_per_address,
        streams_per_buyer: settings.streams_per_buyer,
        streams_per_address: settings.streams_per_address,
    }
}

pub(super) fn clients(settings: &Settings) -> Result<ClientOptions, StartError> {
    let header = match settings.client_address_header {
        ClientAddressHeader::XForwardedFor => ForwardedBy::XForwardedFor,
        ClientAddressHeader::Forwarded => ForwardedBy::Forwarded,
    };
    let trusted = networks("trusted_proxies", &settings.trusted_proxies)?;
    let raised = networks("raised_addresses", &settings.raised_addresses)?;
    Ok(ClientOptions { proxies: Proxies { trusted, header }, raised })
}

fn networks(setting: &'static str, list: &[String]) -> Result<Vec<Network>, StartError> {
    let read = |text: &String| text.parse().map_err(|cause| StartError::Network { setting, cause });
    list.iter().map(read).collect()
}

/// Below the file limit, which is raised as far as it goes.
pub(super) fn connections_max(settings: &Settings) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    let files = if setrlimit(Resource::Nofile, raised).is_ok() { raised.current } else { limit.current };
    let files =
        usize::try_from(files.unwrap_or(1_048_576).saturating_sub(FILES_RESERVED)).unwrap_or(usize::MAX);
    match settings.connections_max {
        0 => files,
        wanted => wanted.min(files),
    }
}

/// Viewers stay for hours, buyers come and go: the last fifth of the connections is never taken by viewers. Refused
/// where a worker has but one connection, since a single viewer would keep everybody else of it out.
pub(super) fn viewers_max(wanted: u64, connections: usize, workers: usize) -> Result<u64, StartError> {
    if connections / workers.max(1) < 2 {
        return Err(StartError::Connections { connections, workers });
    }
    if connections < CONNECTIONS_FEW {
        tracing::warn!(connections, "few connections: raise the limit of open files, or connections_max");
    }
    let most = connections as u64 * 4 / 5;
    if wanted > most {
        tracing::info!(viewers_max = most, connections, "viewers leave a fifth of the connections free");
    }
    Ok(wanted.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fifth_of_the_connections_is_not_for_viewers() {
        assert_eq!(viewers_max(50_000, 1_000, 2).unwrap(), 800);
        assert_eq!(viewers_max(100, 1_000, 2).unwrap(), 100);
        assert_eq!(viewers_max(50_000, 4, 2).unwrap(), 3);
        for (connections, workers) in [(1, 1), (2, 2), (3, 2), (0, 1)] {
            let error = viewers_max(1, connections, workers).unwrap_err().to_string();
            assert!(error.contains("one connection"), "{error}");
        }
    }

    #[test]
    fn what_is_no_network_is_named_with_its_setting() {
        let error = networks("trusted_proxies", &["10.0.0.0/8".to_owned(), "proxy".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("trusted_proxies") && error.to_string().contains("proxy"));
    }
}
