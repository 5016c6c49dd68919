//! Style as a test: the direction of use, file lengths, reasons for dependencies, licences.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own sources has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each room of `src/` and the rooms that it may use. An arrow back is a defect of design, not of this list.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("sources", &["domain"]),
    ("telemetry", &[]),
    ("settings", &[]),
    ("plans", &["domain"]),
    ("limits", &["domain", "sources", "telemetry"]),
    ("persistence", &["domain", "sources", "telemetry"]),
    ("realtime", &["domain", "sources", "telemetry"]),
    ("actors", &["domain", "limits", "persistence", "realtime", "sources", "telemetry"]),
    ("http", &["actors", "domain", "limits", "persistence", "plans", "realtime", "sources", "telemetry"]),
    (
        "startup",
        &[
            "actors",
            "domain",
            "http",
            "limits",
            "persistence",
            "realtime",
            "settings",
            "sources",
            "telemetry",
        ],
    ),
    (
        "cli",
        &["actors", "domain", "http", "persistence", "plans", "settings", "sources", "startup", "telemetry"],
    ),
];
/// No file may grow beyond this.
const LINES_MAX: usize = 400;
/// Older files that are longer: they may shrink, never grow.
const LONGER: &[(&str, usize)] = &[];

type Version = (u32, u32, u32);

/// Crates with a known hole or without anybody who keeps them: the first version that is sound, if there is one, and who
/// says so. Not a database, which a fresh machine cannot have: `make audit` asks one where the network lets it.
const UNSOUND: &[(&str, Option<Version>, &str)] = &[
    ("atty", None, "RUSTSEC-2024-0375"),
    ("crossbeam-channel", Some((0, 5, 15)), "RUSTSEC-2025-0024"),
    ("curve25519-dalek", Some((4, 1, 3)), "RUSTSEC-2024-0344"),
    ("derivative", None, "RUSTSEC-2024-0388"),
    ("dotenv", None, "RUSTSEC-2021-0141"),
    ("ed25519-dalek", Some((2, 0, 0)), "RUSTSEC-2022-0093"),
    ("h2", Some((0, 4, 4)), "RUSTSEC-2024-0332"),
    ("idna", Some((1, 0, 0)), "RUSTSEC-2024-0421"),
    ("instant", None, "RUSTSEC-2024-0384"),
    ("paste", None, "RUSTSEC-2024-0436"),
    ("proc-macro-error", None, "RUSTSEC-2024-0370"),
    ("ring", Some((0, 17, 12)), "RUSTSEC-2025-0009"),
    ("rsa", None, "RUSTSEC-2023-0071"),
    ("rustls", Some((0, 23, 5)), "RUSTSEC-2024-0336"),
    ("slab", Some((0, 4, 11)), "RUSTSEC-2025-0047"),
    ("sqlx", Some((0, 8, 1)), "RUSTSEC-2024-0363"),
    ("tracing-subscriber", Some((0, 3, 20)), "RUSTSEC-2025-0055"),
    ("webpki", None, "RUSTSEC-2023-0052"),
    ("yaml-rust", None, "RUSTSEC-2024-0320"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(below: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

fn room_of(file: &str) -> String {
    let inside = file.strip_prefix("src/").unwrap();
    inside.split(['/', '.']).next().unwrap().to_owned()
}

#[test]
fn every_room_uses_only_those_below_it() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let file = relative(&path);
        let room = room_of(&file);
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let (_, allowed) =
            ROOMS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("unknown room {room}"));
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for used in used_rooms(line) {
                if used != room
                    && ROOMS.iter().any(|(name, _)| *name == used)
                    && !allowed.contains(&used.as_str())
                {
                    wrong.push(format!("{file}:{}: {room} uses {used}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names right behind `crate::` in a line, also in `crate::{a, b}`.
fn used_rooms(line: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut rooms = BTreeSet::new();
    for part in line.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(list) => rooms.extend(list.split(", ").map(name)),
            None => drop(rooms.insert(name(part))),
        }
    }
    rooms
}

#[test]
fn files_stay_short() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches", "loadtest"] {
        for path in rust_files(&root().join(folder)) {
            let file = relative(&path);
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            let max = LONGER.iter().find(|(name, _)| *name == file).map_or(LINES_MAX, |(_, max)| *max);
            if lines > max {
                wrong.push(format!("{file} has {lines} lines, at most {max}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> = rust_files(&root().join("src"))
        .iter()
        .filter(|path| {
            !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests")
        })
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .map(|path| relative(path))
        .collect();
    assert!(silent.is_empty(), "no module comment: {}", silent.join(", "));
}

#[test]
fn the_core_knows_no_clock_no_disk_and_no_random_order() {
    let forbidden = [
        "HashMap<",
        "HashSet<",
        "Instant::now",
        "SystemTime",
        "std::fs",
        "std::net",
        "tokio::",
        "async fn",
        "rand::",
    ];
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src/domain")) {
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let line = line.replace("FxHashMap<", "").replace("FxHashSet<", "");
            if let Some(word) = forbidden.iter().find(|word| line.contains(**word)) {
                wrong.push(format!("{}:{}: {word}", relative(&path), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_has_a_reason() {
    for manifest in ["Cargo.toml", "loadtest/Cargo.toml"] {
        let text = fs::read_to_string(root().join(manifest)).unwrap();
        let mut in_dependencies = false;
        let mut has_reason = false;
        for line in text.lines() {
            if line.starts_with('[') {
                in_dependencies = line.ends_with("dependencies]");
            } else if line.starts_with('#') {
                has_reason = true;
                continue;
            } else if in_dependencies && line.contains(" = ") {
                assert!(has_reason, "{manifest}: {line} needs a comment line that says why it is there");
            }
            // A comment speaks for the whole block below it, up to the next comment.
            has_reason = has_reason && in_dependencies && !line.is_empty();
        }
    }
}

#[test]
fn no_licence_asks_for_more_than_a_notice() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &host()])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let (name, licence) = (&package["name"], package["license"].as_str().unwrap_or("none"));
        let choices = licence.split(" OR ");
        let copyleft = |choice: &str| ["GPL", "EUPL", "none"].iter().any(|bad| choice.contains(bad));
        assert!(choices.into_iter().any(|choice| !copyleft(choice)), "{name} is under {licence}");
        assert_ne!(name, "h2", "HTTP/2 is not built in");
        // One of them has an open advisory (RUSTSEC-2023-0071); none of them is needed for HS256.
        for unwanted in ["rsa", "p256", "p384", "ed25519-dalek", "jsonwebtoken"] {
            assert_ne!(name, unwanted, "signatures of tokens are HMACs");
        }
    }
}

/// Only what is built here is downloaded.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

#[test]
fn nothing_is_left_to_do_and_no_path_of_a_machine_is_kept() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches", "loadtest", "docs", "config", "migrations"] {
        for path in text_files(&root().join(folder)) {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if let Some(word) = words.iter().find(|word| text.contains(**word)) {
                wrong.push(format!("{}: {word}", relative(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn text_files(below: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(below) else { return files };
    for entry in entries {
        let path = entry.unwrap().path();
        let skipped = ["target", "node_modules", "results"];
        if path.is_dir() {
            if !skipped.iter().any(|name| path.ends_with(name)) {
                files.extend(text_files(&path));
            }
        } else {
            files.push(path);
        }
    }
    files
}

/// Name and version of all that is locked.
fn locked() -> Vec<(String, (u32, u32, u32))> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let field = |package: &str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let number = |part: Option<&str>| part.and_then(|part| part.parse().ok()).unwrap_or(0);
    let package = |package: &str| {
        let (name, version) = (field(package, "name")?, field(package, "version")?);
        let mut parts = version.split(['.', '-', '+']);
        Some((name, (number(parts.next()), number(parts.next()), number(parts.next()))))
    };
    lock.split("[[package]]").filter_map(package).collect()
}

#[test]
fn no_crate_has_a_hole_that_is_known() {
    let locked = locked();
    assert!(locked.len() > 100 && locked.iter().any(|(name, _)| name == "sqlx"), "{} crates", locked.len());
    let mut found = Vec::new();
    for (name, sound_from, advisory) in UNSOUND {
        let is_unsound = |version| sound_from.is_none_or(|sound| version < sound);
        found.extend(
            locked
                .iter()
                .filter(|(known, version)| known == name && is_unsound(*version))
                .map(|(name, (major, minor, patch))| format!("{name} {major}.{minor}.{patch}: {advisory}")),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}
