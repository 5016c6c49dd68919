//! A private Postgres or Redis for one test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// It ends with this value.
pub(crate) struct Service {
    process: Child,
    pub(crate) url: String,
}

impl Service {
    pub(crate) fn start(kind: &str, name: &str) -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let dir = std::env::temp_dir().join(format!("fairhold-{name}-{}", std::process::id()));
        let mut process = Command::new("tests/support/services.sh")
            .args(["run", kind])
            .arg(dir)
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(!url.is_empty(), "{kind} did not start");
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}
