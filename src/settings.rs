//! Settings: flags > environment > file > `config/default.toml`, which names and explains every one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The shipped defaults.
pub const DEFAULTS: &str = include_str!("../config/default.toml");
/// Read when it is there and no other file was named.
const DEFAULT_FILE: &str = "fairhold.toml";
const ENVIRONMENT_PREFIX: &str = "FAIRHOLD";

/// Where inventory actors live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacementSetting {
    Workers,
    Pool,
    Here,
}

/// Where proxies say in whose name they ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAddressHeader {
    XForwardedFor,
    Forwarded,
}

/// What `config/default.toml` explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub listen: String,
    pub public_url: String,
    pub allowed_origins: Vec<String>,
    pub data: PathBuf,
    /// May carry a password.
    #[serde(serialize_with = "hidden")]
    pub database_url: String,
    pub database_connections: u32,
    pub journal_writers: usize,
    #[serde(serialize_with = "hidden")]
    pub token_secret: String,
    pub workers: usize,
    pub body_max_bytes: usize,
    pub plan_body_max_bytes: usize,
    pub body_seconds: u64,
    pub head_seconds: u64,
    pub pages_dir: PathBuf,
    pub connections_max: usize,
    pub trusted_proxies: Vec<String>,
    pub client_address_header: ClientAddressHeader,
    pub raised_addresses: Vec<String>,
    pub selling_calls_per_buyer: u64,
    pub selling_calls_per_address: u64,
    pub other_calls_per_buyer: u64,
    pub other_calls_per_address: u64,
    pub calls_per_key: u64,
    pub sessions_per_address: u64,
    pub journal_bytes_per_buyer: u64,
    pub journal_bytes_per_address: u64,
    pub streams_per_buyer: u64,
    pub streams_per_address: u64,
    pub held_percent_per_address: u64,
    pub held_pieces_per_address_min: u64,
    pub in_flight_max: usize,
    pub backlog_max: usize,
    pub loaded_max: usize,
    pub idle_after_seconds: u64,
    pub snapshot_every: u64,
    pub placement: PlacementSetting,
    pub tick_ms: u64,
    pub frames_per_second_max: u64,
    pub viewers_max: u64,
    pub log: String,
}

fn hidden<S: serde::Serializer>(secret: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(if secret.is_empty() { "" } else { "(set)" })
}

/// A setting cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    #[error("{name} {must}")]
    Invalid { name: &'static str, must: &'static str },
}

/// Flags that stand above environment and file; None: not given.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub data: Option<PathBuf>,
    pub database_url: Option<String>,
    pub listen: Option<String>,
    pub public_url: Option<String>,
}

impl Settings {
    pub fn load(flags: &Flags) -> Result<Self, SettingsError> {
        Self::load_with(flags, config::Environment::default())
    }

    fn load_with(flags: &Flags, environment: config::Environment) -> Result<Self, SettingsError> {
        let file = match &flags.config {
            Some(file) => config::File::from(file.as_path()),
            None => config::File::from(Path::new(DEFAULT_FILE)).required(false),
        };
        // Never with `try_parsing`: a secret of digits would come out as a number, rounded.
        let environment = environment.prefix(ENVIRONMENT_PREFIX).ignore_empty(true);
        let settings: Self = config::Config::builder()
            .add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml))
            .add_source(file.format(config::FileFormat::Toml))
            .add_source(Known(environment))
            .set_override_option("data", flags.data.as_ref().map(|data| data.display().to_string()))?
            .set_override_option("database_url", flags.database_url.clone())?
            .set_override_option("listen", flags.listen.clone())?
            .set_override_option("public_url", flags.public_url.clone())?
            .build()?
            .try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let positive = [
            ("body_max_bytes", self.body_max_bytes),
            ("plan_body_max_bytes", self.plan_body_max_bytes),
            ("in_flight_max", self.in_flight_max),
            ("backlog_max", self.backlog_max),
            ("loaded_max", self.loaded_max),
            ("database_connections", self.database_connections as usize),
        ];
        if let Some(&(name, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(SettingsError::Invalid { name, must: "must be at least 1" });
        }
        if !self.token_secret.is_empty() && self.token_secret.len() < 32 {
            return Err(SettingsError::Invalid {
                name: "token_secret",
                must: "needs at least 32 characters",
            });
        }
        if self.snapshot_every == 0 || self.tick_ms == 0 || self.frames_per_second_max == 0 {
            let name = "snapshot_every, tick_ms, frames_per_second_max";
            return Err(SettingsError::Invalid { name, must: "must be at least 1" });
        }
        self.check_budgets()
    }

    fn check_budgets(&self) -> Result<(), SettingsError> {
        let budgets = [
            ("selling_calls_per_buyer", self.selling_calls_per_buyer),
            ("selling_calls_per_address", self.selling_calls_per_address),
            ("other_calls_per_buyer", self.other_calls_per_buyer),
            ("other_calls_per_address", self.other_calls_per_address),
            ("calls_per_key", self.calls_per_key),
            ("sessions_per_address", self.sessions_per_address),
            ("journal_bytes_per_buyer", self.journal_bytes_per_buyer),
            ("journal_bytes_per_address", self.journal_bytes_per_address),
            ("streams_per_buyer", self.streams_per_buyer),
            ("streams_per_address", self.streams_per_address),
            ("held_pieces_per_address_min", self.held_pieces_per_address_min),
        ];
        if let Some(&(name, _)) = budgets.iter().find(|(_, value)| *value == 0) {
            return Err(SettingsError::Invalid { name, must: "must be at least 1" });
        }
        if self.held_percent_per_address > 100 {
            return Err(SettingsError::Invalid {
                name: "held_percent_per_address",
                must: "must be between 0 and 100",
            });
        }
        Ok(())
    }

    /// Threads that serve requests. With one for every core they take turns with the journal's writer and with
    /// a store on the same machine, and everybody waits longer.
    pub fn workers(&self, cores: usize) -> usize {
        match self.workers {
            0 => cores.saturating_sub(1).max(1),
            workers => workers,
        }
    }

    /// Connections that append to the journal. More than one would only wait for each other in a file.
    pub fn writers(&self, cores: usize) -> usize {
        match self.journal_writers {
            _ if self.database_url.is_empty() => 1,
            0 => cores.div_ceil(4),
            writers => writers,
        }
    }
}

/// The environment's settings, without variables of flags that are no settings (such as `FAIRHOLD_CONFIG`). Each is
/// the text that it is; what is a list by default is one, with commas between.
#[derive(Debug, Clone)]
struct Known(config::Environment);

impl config::Source for Known {
    fn clone_into_box(&self) -> Box<dyn config::Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<config::Map<String, config::Value>, config::ConfigError> {
        let defaults = config::File::from_str(DEFAULTS, config::FileFormat::Toml).collect()?;
        let mut variables = self.0.collect()?;
        variables.retain(|name, _| defaults.contains_key(name));
        for (name, value) in &mut variables {
            if matches!(defaults[name].kind, config::ValueKind::Array(_)) {
                let texts = value.clone().into_string()?;
                let texts: Vec<&str> =
                    texts.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
                *value = config::Value::from(texts);
            }
        }
        Ok(variables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_has_every_setting_and_a_comment_for_each() {
        let settings = Settings::load(&Flags::default()).unwrap();
        assert_eq!(settings.in_flight_max, 1_024);
        let names: Vec<&str> =
            DEFAULTS.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
        let known = serde_json::to_value(&settings).unwrap();
        let known: Vec<&String> = known.as_object().unwrap().keys().collect();
        for name in known {
            assert!(names.contains(&name.as_str()), "{name} is not in config/default.toml");
        }
    }

    #[test]
    fn workers_are_as_many_as_asked_for_or_leave_a_core_free() {
        let settings = Settings::load(&Flags::default()).unwrap();
        assert_eq!([1, 2, 3, 16].map(|cores| settings.workers(cores)), [1, 1, 2, 15]);
        assert_eq!(Settings { workers: 4, ..settings }.workers(2), 4);
    }

    #[test]
    fn writers_are_as_many_as_asked_for_or_as_the_cores_keep_busy() {
        let file = Settings::load(&Flags::default()).unwrap();
        assert_eq!(file.writers(64), 1, "a file takes one");
        let postgres = Settings { database_url: "postgres://x".to_owned(), ..file };
        assert_eq!([1, 2, 4, 5, 16].map(|cores| postgres.writers(cores)), [1, 1, 1, 2, 4]);
        assert_eq!(Settings { journal_writers: 3, ..postgres }.writers(2), 3);
    }

    fn of_environment(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let source = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        Settings::load_with(&Flags::default(), config::Environment::default().source(Some(source)))
    }

    /// Every setting that is a text stays the text that it is, whatever it looks like.
    #[test]
    fn a_text_of_the_environment_is_no_number() {
        let shipped = serde_json::to_value(Settings::load(&Flags::default()).unwrap()).unwrap();
        let texts = shipped.as_object().unwrap().iter().filter(|(_, value)| value.is_string());
        let words = ["placement", "client_address_header"];
        let secrets = ["token_secret", "database_url"];
        for (name, _) in texts.filter(|(name, _)| !words.contains(&name.as_str())) {
            for text in [
                "12345678901234567890123456789012345678901234",
                "5813947201e88344444444444444444444444444",
                "000000000000000000000000000000000000000000000007",
                "0x1234567890123456789012345678901234567890",
                "1.50000000000000000000000000000000000000000",
                "true                                    ",
                "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,",
            ] {
                let variable = format!("FAIRHOLD_{}", name.to_uppercase());
                let settings = of_environment(&[(&variable, text)]).unwrap();
                let read = match name.as_str() {
                    "token_secret" => settings.token_secret.clone(),
                    "database_url" => settings.database_url.clone(),
                    _ => serde_json::to_value(&settings).unwrap()[name].as_str().unwrap().to_owned(),
                };
                assert_eq!(read, text, "{name}");
                assert!(
                    !secrets.contains(&name.as_str())
                        || !format!("{}", serde_json::json!(settings)).contains(text)
                );
            }
        }
    }

    #[test]
    fn numbers_and_lists_of_the_environment_are_read_as_such() {
        let settings = of_environment(&[
            ("FAIRHOLD_TICK_MS", "50"),
            ("FAIRHOLD_PLACEMENT", "pool"),
            ("FAIRHOLD_ALLOWED_ORIGINS", "https://a.example, https://b.example"),
            ("FAIRHOLD_CONFIG", "elsewhere.toml"),
            ("FAIRHOLD_LISTEN", ""),
        ]);
        let settings = settings.unwrap();
        assert_eq!((settings.tick_ms, settings.placement), (50, PlacementSetting::Pool));
        assert_eq!(settings.allowed_origins, ["https://a.example", "https://b.example"]);
        assert_eq!(settings.listen, Settings::load(&Flags::default()).unwrap().listen, "empty: not given");
        assert!(of_environment(&[("FAIRHOLD_TICK_MS", "soon")]).is_err());
    }

    #[test]
    fn flags_stand_above_the_file_and_bad_values_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("my.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\ntick_ms = 50\n").unwrap();
        let flags =
            Flags { config: Some(file.clone()), listen: Some("127.0.0.1:2".to_owned()), ..Flags::default() };
        let settings = Settings::load(&flags).unwrap();
        assert_eq!((settings.listen.as_str(), settings.tick_ms), ("127.0.0.1:2", 50));
        std::fs::write(&file, "in_flight_max = 0\n").unwrap();
        let error = Settings::load(&flags).unwrap_err().to_string();
        assert!(error.contains("in_flight_max"), "{error}");
        std::fs::write(&file, "no_such_setting = 1\n").unwrap();
        assert!(Settings::load(&flags).unwrap_err().to_string().contains("no_such_setting"));
    }
}
