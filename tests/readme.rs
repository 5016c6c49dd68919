//! The README is true: its tour works when pasted, its client survives a reconnect.
#![allow(clippy::unwrap_used, reason = "a test that cannot start the server has failed")]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const README: &str = include_str!("../README.md");
const ADDRESS: &str = "http://127.0.0.1:8080";

/// The fenced blocks whose info string is `info`.
fn blocks(info: &str) -> Vec<String> {
    let opening = format!("```{info}\n");
    README.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

struct Demo {
    server: Child,
    address: String,
    dir: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut server = Command::new(env!("CARGO_BIN_EXE_fairhold"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find_map(|line| line.strip_prefix("  address    ").map(str::to_owned)).unwrap();
        let named: Vec<String> =
            lines.by_ref().filter(|line| line.starts_with("  inventory ")).take(3).collect();
        assert_eq!(named.len(), 3, "the demo's inventories are named at start");
        std::thread::spawn(move || lines.for_each(drop));
        Self { server, address, dir }
    }

    /// What a person would paste, with this server's address.
    fn run(&self, program: &str, args: &[&str], script: &str) -> Output {
        let file = self.dir.path().join("pasted");
        std::fs::write(&file, script.replace(ADDRESS, &self.address)).unwrap();
        Command::new(program).args(args).arg(&file).current_dir(self.dir.path()).output().unwrap()
    }

    fn text(output: &Output) -> String {
        let (mut out, mut err) = (String::new(), String::new());
        (&output.stdout[..]).read_to_string(&mut out).unwrap();
        (&output.stderr[..]).read_to_string(&mut err).unwrap();
        format!("{out}\n{err}")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _gone_already = self.server.kill();
        let _reaped = self.server.wait();
    }
}

#[test]
fn the_tour_works_when_pasted() {
    let demo = Demo::start();
    let tour = blocks("sh tour");
    assert!(tour.len() >= 7);
    let output = demo.run("bash", &["-euo", "pipefail"], &tour.concat());
    let said = Demo::text(&output);
    assert!(output.status.success(), "{said}");
    let must = [
        r#""adjacent":true"#,
        r#""state":"sold""#,
        r#""code":"buyer_limit""#,
        r#""type":"snapshot""#,
        r#""change":500"#,
        r#""code":"unknown_field""#,
    ];
    for part in must {
        assert!(said.contains(part), "no {part} in:\n{said}");
    }
    assert!(!said.contains(r#""status":5"#), "{said}");
    assert!(Path::new(&demo.dir.path().join("data/demo.key")).exists());
}

/// Holds while the client watches, cuts its connection, holds more, and compares boards.
const DRIVER: &str = r#"
const base = "http://127.0.0.1:8080";
const json = async (path, options) => (await fetch(base + path, options)).json();
const { data } = await json("/v1/inventories");
const url = `${base}/v1/inventories/${data[0].id}`;
const { token } = await json("/v1/sessions", { method: "POST" });
const hold = (key) => fetch(`${url}/holds`, { method: "POST", body: '{"best_available":{"quantity":2}}', headers: {
  authorization: `Bearer ${token}`, "idempotency-key": key, "content-type": "application/json" } });
let resolve, seen = { seq: 0 }, snapshots = 0;
const socket = watch(url, (board, frame) => { seen = board; snapshots += frame.type === "snapshot"; resolve?.(); });
const until = async (is) => { while (!is()) await new Promise((r) => { resolve = r; setTimeout(r, 50); }); };
await until(() => seen.seq > 0);
await hold("one");
await until(() => seen.seq >= 2);
socket().close();
await hold("two");
await hold("three");
await until(() => seen.seq >= 4);
const truth = await json(`/v1/inventories/${data[0].id}/availability`);
const bytes = new Uint8Array(truth.seats.length / 4 * 3 - (truth.seats.match(/=+$/)?.[0].length ?? 0));
seen.seats.forEach((status, unit) => { bytes[unit >> 2] |= status << ((unit & 3) * 2); });
const same = Buffer.from(bytes).toString("base64") === truth.seats && seen.seq === truth.seq;
const held = seen.seats.filter((status) => status === 1).length;
console.log(JSON.stringify({ same, held, snapshots }));
process.exit(0);
"#;

#[test]
fn the_client_survives_a_reconnect() {
    let demo = Demo::start();
    let client = blocks("js client").concat();
    let script = format!(
        "{client}\n(async () => {{ {DRIVER} }})().catch((e) => {{ console.error(e); process.exit(1); }});"
    );
    // Node 20 has WebSocket behind a flag; later ones know the flag still.
    let output = demo.run("node", &["--experimental-websocket"], &script);
    let said = Demo::text(&output);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains(r#"{"same":true,"held":6,"snapshots":1}"#),
        "resumed without a second snapshot: {said}"
    );
}
