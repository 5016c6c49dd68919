//! The command line beside a running server: it writes rows, and the server finds them.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::api::{Api, Call, Outcome, Shopper};
use crate::support::server::{Server, check, run, secret_key, stderr, stdout};
use crate::town::Town;

const READY_WITHIN: Duration = Duration::from_secs(30);
/// A looked-up key is believed for five seconds; on a busy machine that takes longer.
const REVOKED_WITHIN: Duration = Duration::from_secs(60);

async fn running() -> (Town, Server, Api) {
    let town = Town::found();
    let server = Server::start(town.data());
    let api = Api::new(server.url());
    api.ready(READY_WITHIN).await;
    (town, server, api)
}

/// Somebody can buy this there.
async fn sells(api: &Api, operator: &str, inventory: &str, offer: &str) {
    let shop = Shopper { token: operator.to_owned(), acts_for: Some("customer".to_owned()) };
    let wanted = json!({"offers": [{"offer": offer}]});
    let sold = api.send(&shop.buy(inventory, "first".to_owned(), wanted)).await.done();
    assert_eq!(sold.body["state"], "sold");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_finds_what_import_and_demo_create_beside_it() {
    let (town, _server, api) = running().await;
    let file = town.data().join("kiosk.json");
    std::fs::write(
        &file,
        r#"{"name":"Kiosk","items":[{"id":"cola","label":"Cola","capacity":3,"sellable":true}]}"#,
    )
    .unwrap();
    let imported = run(town.data(), &["import", file.to_str().unwrap(), "--json"]);
    assert!(imported.status.success(), "{}", stderr(&imported));
    let imported: serde_json::Value = serde_json::from_slice(&imported.stdout).unwrap();
    sells(&api, &town.operator, imported["id"].as_str().unwrap(), "cola").await;

    let seeded = run(town.data(), &["demo"]);
    assert!(seeded.status.success(), "{}", stderr(&seeded));
    let listed = api.get("/v1/inventories").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 4, "{listed}");
    for line in stdout(&seeded).lines() {
        let (id, name) = line.split_once("  ").unwrap();
        let shown = api.get(&format!("/v1/inventories/{id}")).await;
        assert_eq!(shown["name"], name);
    }
    let check = check(town.data());
    assert!(check.clean, "{}", check.report);
    assert_eq!(check.report["inventories"], 4);
    assert_eq!(check.report["sold"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_works_when_it_is_made_and_no_longer_when_it_is_revoked() {
    let (town, _server, api) = running().await;
    let key = secret_key(town.data(), "seller");
    let kiosk =
        json!({"name": "Kiosk", "items": [{"id": "cola", "label": "Cola", "capacity": 9, "sellable": true}]});
    let inventory = api.create(&town.operator, &kiosk).await;
    sells(&api, &key, &inventory, "cola").await;
    let listed = stdout(&run(town.data(), &["keys", "list"]));
    let seller = listed.lines().find(|line| line.contains("seller")).unwrap();
    let id = seller.split(' ').next().unwrap();
    let forbidden = Call::post("/v1/inventories".to_owned(), &key, "second".to_owned(), &kiosk);
    assert!(matches!(api.send(&forbidden).await, Outcome::Refused(reply) if reply.code() == "forbidden"));

    let revoked = run(town.data(), &["keys", "revoke", id]);
    assert!(revoked.status.success(), "{}", stderr(&revoked));
    let started = Instant::now();
    while !matches!(api.send(&forbidden).await, Outcome::Refused(reply) if reply.code() == "token_invalid") {
        assert!(started.elapsed() < REVOKED_WITHIN, "the key still works");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("useless after {:?}", started.elapsed());
    let again = run(town.data(), &["keys", "revoke", id]);
    assert_eq!(again.status.code(), Some(1), "{}", stderr(&again));
}
