//! What the program refuses to start on, or says before it does: directories that others can write, stores that lost
//! something, databases that could lose something, locks that somebody holds.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::postgres::{Build, Cluster};
use crate::support::server::{Server, program, run, secret_key, stderr};
use crate::town::Town;

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const PATIENCE: Duration = Duration::from_secs(60);

fn refused(output: &Output, words: &str) {
    let told = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(words), "{told}");
}

#[test]
fn a_directory_that_everybody_can_write_is_refused_and_one_that_others_can_read_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let open = dir.path().join("open");
    std::fs::create_dir(&open).unwrap();
    for mode in [0o777, 0o1777] {
        std::fs::set_permissions(&open, Permissions::from_mode(mode)).unwrap();
        refused(&run(&open, &SERVE), "chmod 700");
    }
    std::fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
    let told = run(&open, &["keys", "list"]);
    assert!(told.status.success() && stderr(&told).contains("chmod 700"), "{}", stderr(&told));
    // As anybody would make it by hand, with a umask that hides nothing.
    let mut command = std::process::Command::new("sh");
    command.args([
        "-c",
        "umask 000; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_fairhold"),
        "migrate",
        "--data",
    ]);
    let made = dir.path().join("made");
    assert!(command.arg(&made).status().unwrap().success());
    for file in std::fs::read_dir(&made).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.file_name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_somebody_holds_is_told_with_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    secret_key(dir.path(), "operator");
    let lock = |name: &str| {
        let file = std::fs::File::open(dir.path().join(name)).unwrap();
        file.lock().unwrap();
        file
    };
    let me = format!("process {}", std::process::id());
    std::fs::write(dir.path().join("serve.lock"), "").unwrap();
    let held = lock("serve.lock");
    refused(&run(dir.path(), &SERVE), &me);
    drop(held);

    let held = lock("migrate.lock");
    let log = dir.path().join("keys.log");
    let mut command = program(dir.path());
    command.args(["keys", "list"]).stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
    let mut waiting = command.spawn().unwrap();
    let started = Instant::now();
    loop {
        let told = std::fs::read_to_string(&log).unwrap();
        if told.contains("waiting for a lock") && told.contains(&me) {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{told}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(held);
    assert!(waiting.wait().unwrap().success());
}

#[test]
fn a_store_that_is_suddenly_new_is_refused_until_it_is_accepted() {
    let town = Town::found();
    assert!(run(town.data(), &["demo"]).status.success());
    for name in ["fairhold.sqlite", "fairhold.sqlite-wal", "fairhold.sqlite-shm"] {
        let _may_be_missing = std::fs::remove_file(town.data().join(name));
    }
    for command in [&SERVE[..], &["demo"], &["keys", "list"]] {
        refused(&run(town.data(), command), "is gone, of which 3 records were confirmed");
    }
    let check = crate::support::server::check(town.data());
    assert!(!check.clean && check.report["violations"][0]["rule"] == "loss", "{}", check.report);
    assert_eq!(run(town.data(), &["accept"]).status.code(), Some(1), "to look is not to accept");
    refused(&run(town.data(), &SERVE), "confirmed");
    assert!(run(town.data(), &["accept", "--yes"]).status.success());
    drop(Server::start(town.data()));
}

/// What a crash could take back must not be confirmed: it is said at the start, not at the first sale.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_wait_for_its_disk_is_refused_at_the_start() {
    let cluster = Cluster::with(Build { options: "-c fsync=off", ..Build::default() }).await;
    let (dir, url) = (tempfile::tempdir().unwrap(), cluster.database().await);
    let mut command = program(dir.path());
    command.args(SERVE).args(["--database-url", &url]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    refused(&output, "fsync = off");
}
