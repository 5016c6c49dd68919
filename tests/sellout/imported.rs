//! From a flawed file to inventories on sale: refused as it is, taken when repaired.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::buyers::Checkout;
use crate::hall;
use crate::support::api::Api;
use crate::support::server::{Server, check, run, secret_key, stderr};

/// All is sold within a second: many small frames instead of a few large ones.
const SETTINGS: &str = "tick_ms = 1\n";

pub(crate) struct Venue {
    dir: tempfile::TempDir,
    _server: Server,
    pub(crate) api: Api,
    operator: String,
    pub(crate) seller: String,
    file: PathBuf,
    pub(crate) seats: usize,
    defects: usize,
}

impl Venue {
    /// A server, and a file that it does not take as it is.
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let operator = secret_key(dir.path(), "operator");
        let seller = secret_key(dir.path(), "seller");
        std::fs::write(dir.path().join("fairhold.toml"), SETTINGS).unwrap();
        let server = Server::start(dir.path());
        let api = Api::new(server.url());
        api.ready(Duration::from_secs(30)).await;
        let (file, expected) = match std::env::var_os("FAIRHOLD_SELLOUT_PLAN") {
            Some(file) => (PathBuf::from(file), None),
            None => made_up(dir.path()),
        };
        let (seats, defects) = refused(dir.path(), &file, &api, expected).await;
        Self { dir, _server: server, api, operator, seller, file, seats, defects }
    }

    pub(crate) fn data(&self) -> &Path {
        self.dir.path()
    }

    /// The repaired file as an inventory with this way to pay, imported beside the running server.
    pub(crate) async fn inventory(&self, checkout: &Checkout) -> String {
        let file = self.file.to_str().unwrap();
        let (name, starts_at) = (checkout.to_string(), "2096-05-02T19:00:00+09:00");
        let args = ["import", file, "--repair", "--json", "--name", &name, "--starts-at", starts_at];
        let output = run(self.data(), &args);
        assert!(output.status.success(), "{}", stderr(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["seats"], self.seats);
        assert_eq!(report["units"], self.seats);
        let repaired = report["repaired"].as_array().unwrap().len();
        assert_eq!((repaired, report["defects"].as_array().unwrap().len()), (self.defects, self.defects));
        let id = report["id"].as_str().unwrap().to_owned();
        let listed =
            self.api.get(&format!("/v1/inventories?starts_from=2096-05-02T10:00:00Z&q={name}")).await;
        assert_eq!((&listed["data"][0]["id"], listed["data"].as_array().unwrap().len()), (&report["id"], 1));
        if matches!(checkout, Checkout::Buyer) {
            self.configure(&id, json!({"checkout": "open"})).await;
        }
        id
    }

    async fn configure(&self, inventory: &str, settings: Value) {
        let url = self.api.url(&format!("/v1/inventories/{inventory}"));
        let shown = self.api.http().get(&url).send().await.unwrap();
        let etag = shown.headers()["etag"].clone();
        let patch = self.api.http().patch(&url).header("if-match", etag).bearer_auth(&self.operator);
        let answer = patch.json(&settings).send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }
}

/// The made-up hall as a file, and what is wrong with it.
fn made_up(dir: &Path) -> (PathBuf, Option<hall::Hall>) {
    let hall = hall::flawed();
    let file = dir.join("hall.pretix.json");
    std::fs::write(&file, hall.file.to_string()).unwrap();
    (file, Some(hall))
}

/// Without `--repair` nothing is created, and everything that is wrong is listed.
async fn refused(dir: &Path, file: &Path, api: &Api, expected: Option<hall::Hall>) -> (usize, usize) {
    let output = run(dir, &["import", file.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["id"], Value::Null);
    assert_eq!(report["repaired"], json!([]));
    let text = |defect: &Value, key: &str| defect[key].as_str().unwrap().to_owned();
    let defects = report["defects"].as_array().unwrap().iter();
    let defects: BTreeSet<_> =
        defects.map(|defect| (text(defect, "code"), text(defect, "pointer"))).collect();
    let seats = report["seats"].as_u64().unwrap() as usize;
    if let Some(hall) = expected {
        assert_eq!(seats, hall.seats);
        assert_eq!(defects, hall.defects);
    }
    assert_eq!(api.get("/v1/inventories").await["data"], json!([]), "nothing was created");
    assert_eq!(check(dir).report["inventories"], 0);
    println!("{seats} seats, {} defects, refused", defects.len());
    (seats, defects.len())
}
