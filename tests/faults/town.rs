//! A small town of shops: a hall, a product of which there is little, a café that mixes drinks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairhold::persistence::{self, Store};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::client::{Kind, ROWS, SEATS, Shelf};
use crate::scale::cluster;
use crate::support::api::Api;
use crate::support::postgres::Cluster;
use crate::support::proxy::Proxy;
use crate::support::server::secret_key;

/// Creates one inventory of each kind.
pub(crate) async fn open(api: &Api, operator: &str) -> Vec<Shelf> {
    let mut shelves = Vec::new();
    for (kind, body) in [(Kind::Hall, hall()), (Kind::Stock, stock()), (Kind::Cafe, cafe())] {
        shelves.push(Shelf { id: api.create(operator, &body).await, kind });
    }
    shelves
}

/// Holds end while the test runs, and nobody is stopped by a limit per buyer.
fn settings() -> Value {
    json!({"hold_seconds": 30, "checkout": "open", "holds_per_buyer": 100_000, "pieces_per_hold": 50})
}

fn hall() -> Value {
    let seat = |row: usize, seat: usize| {
        json!({"id": format!("{row}-{seat}"), "category": if row <= 20 { "R" } else { "S" },
               "x": seat * 10, "y": row * 12})
    };
    let row = |row: usize| {
        let seats: Vec<Value> = (1..=SEATS).map(|number| seat(row, number)).collect();
        json!({"id": row.to_string(), "label": row.to_string(), "seats": seats})
    };
    json!({"name": "Hall", "settings": settings(), "plan": {
        "name": "Hall", "currency": "KRW", "focal_point": {"x": 250, "y": 0},
        "categories": [{"id": "R", "name": "R", "price": 150_000}, {"id": "S", "name": "S", "price": 90_000}],
        "zones": [{"id": "stalls", "name": "Stalls", "rows": (1..=ROWS).map(row).collect::<Vec<_>>()}]}})
}

fn stock() -> Value {
    json!({"name": "Sneaker", "currency": "KRW", "settings": settings(),
           "items": [{"id": "sneaker", "label": "Sneaker", "capacity": 400, "sellable": true, "price": 129_000}]})
}

fn cafe() -> Value {
    let item = |id: &str, capacity: u32| json!({"id": id, "label": id, "capacity": capacity});
    let drink =
        |id: &str, price: u32, units: Value| json!({"id": id, "label": id, "price": price, "units": units});
    json!({"name": "Café", "currency": "KRW", "settings": settings(),
        "items": [item("beans", 9_000), item("milk", 60_000), item("chocolate", 4_000), item("cup", 700)],
        "offers": [
            drink("latte", 5_000, json!({"beans": 18, "milk": 200, "cup": 1})),
            drink("mocha", 5_500, json!({"beans": 18, "milk": 180, "chocolate": 20, "cup": 1})),
            drink("americano", 4_000, json!({"beans": 18, "cup": 1}))]})
}

/// Servers live about a second here: a restart should begin with a stored snapshot now and then.
const SETTINGS: &str = "snapshot_every = 100\n";

/// Where everything is kept: a directory, or a database.
pub(crate) struct Town {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) operator: String,
    /// Empty: the embedded store in the directory.
    pub(crate) database_url: String,
}

impl Town {
    /// On the embedded store.
    pub(crate) fn found() -> Self {
        Self::found_in(String::new())
    }

    /// On a Postgres that other tests use as well.
    pub(crate) async fn found_on_postgres() -> Self {
        static SHARED: OnceCell<Cluster> = OnceCell::const_new();
        Self::found_on(SHARED.get_or_init(cluster).await).await
    }

    pub(crate) async fn found_on(cluster: &Cluster) -> Self {
        Self::found_in(cluster.database().await)
    }

    pub(crate) fn found_in(database_url: String) -> Self {
        Self::settled(tempfile::tempdir().expect("a scratch directory"), database_url)
    }

    /// On the embedded store, in a directory of its own below this one.
    pub(crate) fn found_below(parent: &Path) -> Self {
        std::fs::create_dir_all(parent).expect("a directory");
        Self::settled(tempfile::tempdir_in(parent).expect("a scratch directory"), String::new())
    }

    fn settled(dir: tempfile::TempDir, database_url: String) -> Self {
        settle(dir.path(), &database_url);
        let operator = secret_key(dir.path(), "operator");
        Self { dir, operator, database_url }
    }

    pub(crate) fn data(&self) -> &Path {
        self.dir.path()
    }

    /// A bad network to its Postgres, and the URL of the database through it.
    pub(crate) async fn proxied(&self) -> (Proxy, String) {
        let (server, database) = self.database_url.rsplit_once('/').expect("a path");
        let (start, address) = server.rsplit_once('@').expect("a user");
        let proxy = Proxy::before(address.parse().expect("an address")).await;
        let url = format!("{start}@{}/{database}", proxy.address());
        (proxy, url)
    }

    /// The directory of a server: its own on Postgres, which it may reach by another address.
    pub(crate) fn home(&self, number: usize, database_url: Option<&str>) -> PathBuf {
        if self.database_url.is_empty() {
            return self.data().to_owned();
        }
        let home = self.data().join(format!("node-{number}"));
        settle(&home, database_url.unwrap_or(&self.database_url));
        home
    }

    /// The store itself, past whoever serves it.
    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        persistence::open(&self.database_url, 2, self.data()).await.expect("the store opens")
    }
}

/// Whoever works there finds its settings.
fn settle(dir: &Path, database_url: &str) {
    std::fs::create_dir_all(dir).expect("a directory");
    let text = format!("{SETTINGS}database_url = \"{database_url}\"\n");
    std::fs::write(dir.join("fairhold.toml"), text).expect("a settings file");
}
