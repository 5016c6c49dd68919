//! F5: the server dies at every named point of its work with the store.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::history::Reads;
use crate::node::{Node, honest};
use crate::saboteur;
use crate::scale::{Times, alone, report, seed, times};
use crate::support::api::{Api, Call, Outcome};
use crate::town::Town;
use crate::trial::Trial;

/// Each point, and how often it may be passed before: what happens rarely is not waited for.
const POINTS: &[(&str, usize)] = &[
    ("before append", 200),
    ("during append", 200),
    ("after append", 200),
    ("while answering", 200),
    ("before take_over", 3),
    ("after take_over", 3),
    ("before records", 3),
    ("after records", 3),
    ("before snapshot", 3),
    ("before keep_snapshot", 1),
    ("after keep_snapshot", 1),
    ("before create", 1),
    ("after create", 1),
];
const DIES_WITHIN: Duration = Duration::from_secs(30);
const AGAIN_AFTER: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_may_die_at_any_point_of_its_work_with_the_store() {
    let _alone = alone().await;
    let town = Town::found_on_postgres().await;
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let (rounds, mut recovery, mut names) = (times(1, 20), Times::default(), Vec::new());
    trial.load();
    for round in 0..rounds {
        for (point, skip_below) in POINTS {
            let skip = trial.rng.below(*skip_below);
            let name = format!("Kiosk {round} {point}");
            let creator = tokio::spawn(create(
                trial.servers.apis[0].clone(),
                trial.town.operator.clone(),
                name.clone(),
            ));
            names.push(name);
            recovery.add(die_at(&mut trial, &format!("{point}/{skip}")).await);
            creator.await.expect("the kiosk is made in the end");
        }
    }
    let list = trial.servers.apis[0].get("/v1/inventories?limit=200").await;
    let (findings, figures) = trial.verify(Reads::Now).await;
    let size = format!("{} points × {rounds}", POINTS.len());
    report("F5 crash points", &size, findings.len(), &recovery, &figures.to_string());
    assert!(findings.is_empty(), "{findings:#?}");
    // One effect per key, also without an actor.
    let listed = list["data"].as_array().unwrap();
    let last = names.len().min(190);
    for name in &names[..last] {
        let count = listed.iter().filter(|line| line["name"] == **name).count();
        assert!(count == 1 || listed.len() == 200 && count == 0, "{name} is there {count} times");
    }
}

/// Starts a server that dies there, waits until it has, and starts an honest one: how long until somebody was
/// served again.
async fn die_at(trial: &mut Trial, point: &str) -> Duration {
    let node = &mut trial.nodes[0];
    node.kill();
    node.becomes(saboteur::with(point));
    node.start();
    let started = Instant::now();
    while node.server().is_alive() {
        assert!(started.elapsed() < DIES_WITHIN, "{point} is never reached");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let dead = Instant::now();
    node.kill();
    node.becomes(honest());
    node.start();
    trial.ack_after(dead).await
}

/// A shop of one more product, asked for with the same key until it is there.
async fn create(api: Api, operator: String, name: String) {
    let body =
        json!({"name": name, "items": [{"id": "cola", "label": "Cola", "capacity": 3, "sellable": true}]});
    let call = Call::post("/v1/inventories".to_owned(), &operator, name.replace(' ', "-"), &body);
    while !matches!(api.send(&call).await, Outcome::Done(_)) {
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}
