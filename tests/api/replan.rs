//! `PUT …/plan`: another plan while the sale goes on.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Reply, TestApp, hall, seats, spawn_app};
use crate::support::host::Host;
use fairhold::persistence::{Gate, Intercepted, Store, StoreError, check};

impl TestApp {
    async fn etag(&self) -> String {
        self.get(&self.at("/plan")).send().await.ok(200).header("etag").to_owned()
    }

    async fn replan_from(&self, tag: Option<&str>, plan: &Value) -> Reply {
        let request = self.request(Method::PUT, &self.at("/plan")).by(&self.operator).json(plan);
        match tag {
            Some(tag) => request.header("If-Match", tag).send().await,
            None => request.send().await,
        }
    }

    async fn replan(&self, plan: &Value) -> Reply {
        self.replan_from(Some(&self.etag().await), plan).await
    }

    /// The stored versions of the hall's plan.
    async fn versions(&self) -> Vec<u32> {
        let mut found = Vec::new();
        for version in 1..20 {
            if self.server.store.plan(self.hall.parse().unwrap(), version).await.unwrap().is_some() {
                found.push(version);
            }
        }
        found
    }
}

/// The hall with a third row of two, without its last seat, and with more room on the floor.
fn larger() -> Value {
    let mut plan = hall();
    let zone = &mut plan["zones"][0];
    zone["rows"][1]["seats"].as_array_mut().unwrap().pop();
    let seat = |n: u32| json!({"id": format!("A-3-{n}"), "label": n.to_string(), "category": "R"});
    zone["rows"]
        .as_array_mut()
        .unwrap()
        .insert(0, json!({"id": "A-3", "label": "3", "seats": [seat(1), seat(2)]}));
    zone["areas"][0]["capacity"] = json!(120);
    plan
}

fn place(plan: &Value, id: &str) -> usize {
    plan["units"].as_array().unwrap().iter().position(|unit| unit["id"] == id).unwrap()
}

#[tokio::test]
async fn a_new_version_adds_closes_and_moves_units_under_a_sale() {
    let app = spawn_app().await;
    let held = app.hold("A-1-1").await.ok(201);
    let sale = app.sold("floor").await;
    let before = app.etag().await;
    let answer = app.replan(&larger()).await.ok(200);
    let told = ["plan_version", "units", "added", "closed", "reopened"].map(|name| answer.body[name].clone());
    assert_eq!(told, [2, 25, 2, 1, 0].map(|n| json!(n)));
    assert_eq!((&answer.body["inventory"], &answer.body["epoch"]), (&json!(app.hall), &json!(1)));
    assert_eq!(answer.body["seq"], 5);
    let shown = app.get(&app.at("/plan")).send().await.ok(200);
    assert_ne!(shown.header("etag"), before);
    let plan = &shown.body;
    assert_eq!(plan["plan_version"], 2);
    assert_eq!(
        [place(plan, "A-1-1"), place(plan, "A-2-10"), place(plan, "floor"), place(plan, "A-3-1")],
        [0, 19, 20, 23]
    );
    assert_eq!(plan["rows"][0]["units"], json!([23, 24]));
    let closed = &plan["units"][19];
    assert_eq!(
        (&closed["closed"], &closed["capacity"], &closed["offer"]),
        (&json!(true), &json!(0), &json!(false))
    );
    assert!(plan["units"][0].get("closed").is_none());
    let known = app.get(&app.at("/plan")).header("If-None-Match", &before).send().await;
    assert_eq!(known.status, 200, "a cache learns of it");
    let snapshot = app.get(&app.at("/availability")).send().await.ok(200).body;
    assert_eq!(snapshot["plan_version"], 2);
    assert_eq!(snapshot["counts"], json!([[20, 119], [21, 100], [22, 3]]));
    let figures = app.figures().await;
    assert_eq!((&figures["capacity"], &figures["held"]), (&json!(223 + 20 + 2 - 1), &json!(1)));
    // Who has something keeps it, and what is new is on sale.
    app.purchase(&held).await.ok(201);
    app.give_back(&sale, None).await.ok(200);
    app.hold("A-3-2").await.ok(201);
    app.hold("A-2-10").await.refused(422, "unit_unknown");
    let line = app.get("/v1/inventories").send().await.ok(200).body["data"][0].clone();
    assert_eq!((&line["plan_version"], &line["units"]), (&json!(2), &json!(25)));
    let one = app.get(&app.at("")).send().await.ok(200).body;
    assert_eq!((&one["plan_version"], &one["units"]), (&json!(2), &json!(25)));
    let report = check(&*app.server.store, |_| {}).await.unwrap();
    assert_eq!(report.violations, []);
}

#[tokio::test]
async fn best_available_and_offers_are_of_the_plan_in_force() {
    let app = spawn_app().await;
    let mut plan = larger();
    plan["offers"] = json!([{"id": "tea", "label": "Tea", "price": 3_000, "units": {"cup": 1}}]);
    app.replan(&plan).await.ok(200);
    let best = json!({"best_available": {"quantity": 2, "category": "R", "adjacent": true}});
    let held = app.hold_as(&app.alice.token, &best).await.ok(201);
    assert_eq!(held.body["lines"][0]["offer"], "A-3-1", "the new row stands in front");
    let offers = app.get(&app.at("/offers")).send().await.ok(200).body["data"].clone();
    let ids: Vec<_> = offers.as_array().unwrap().iter().map(|offer| offer["id"].clone()).collect();
    assert_eq!(ids, ["floor", "tea"]);
    app.hold("latte").await.refused(422, "unit_unknown");
    app.replan(&hall()).await.refused(409, "would_strand_holder");
}

#[tokio::test]
async fn who_would_lose_their_place_is_named_and_nothing_changes() {
    let app = spawn_app().await;
    let held = app.hold_as(&app.alice.token, &seats(&["A-1-3", "A-2-10"])).await.ok(201);
    app.sold("A-2-1").await;
    let floor = json!({"offers": [{"offer": "floor", "quantity": 5}]});
    app.hold_as(&app.bob.token, &floor).await.ok(201);
    let mut plan = larger();
    plan["zones"][0]["rows"][2]["label"] = json!("Second");
    plan["zones"][0]["areas"][0]["capacity"] = json!(4);
    let refused = app.replan(&plan).await.refused(409, "would_strand_holder");
    let expected = json!([
        {"unit": "A-2-1", "why": "relabelled"},
        {"unit": "A-2-10", "why": "closed"},
        {"unit": "floor", "why": "capacity"},
    ]);
    assert_eq!(refused.body["stranded"], expected);
    assert_eq!(app.versions().await, [1], "its row is gone");
    assert_eq!(app.get(&app.at("/plan")).send().await.ok(200).body["plan_version"], 1);
    app.delete(&app.at(&format!("/holds/{}", held.text("id")))).by(&app.alice.token).send().await.ok(204);
    app.replan(&larger()).await.ok(200);
    assert_eq!(app.versions().await, [1, 2]);
}

#[tokio::test]
async fn a_plan_changes_only_for_who_has_read_it() {
    let app = spawn_app().await;
    let first = app.etag().await;
    app.replan_from(None, &larger()).await.refused(428, "precondition_required");
    for wrong in ["\"1\"", "\"plan-1-00000000\"", &format!("W/{first}"), ""] {
        app.replan_from(Some(wrong), &larger()).await.refused(412, "precondition_failed");
    }
    let listed = format!("\"x\", {first}");
    app.replan_from(Some(&listed), &larger()).await.ok(200);
    app.replan_from(Some(&first), &hall()).await.refused(412, "precondition_failed");
    let back = app.replan_from(Some("*"), &hall()).await.ok(200);
    assert_eq!(back.body["plan_version"], 3);
    assert_eq!(
        ["added", "closed", "reopened"].map(|name| back.body[name].clone()),
        [0, 2, 1].map(|n| json!(n))
    );
    assert_eq!(app.versions().await, [1, 2, 3]);
}

#[tokio::test]
async fn of_two_who_have_read_the_same_one_is_refused() {
    let app = spawn_app().await;
    let tag = app.etag().await;
    let (plan, other) = (larger(), hall());
    let (one, two) = tokio::join!(app.replan_from(Some(&tag), &plan), app.replan_from(Some(&tag), &other));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let shown = app.get(&app.at("/plan")).send().await.ok(200).body["plan_version"].clone();
    assert_eq!(app.versions().await.last().map(|version| json!(version)), Some(shown));
}

#[tokio::test]
async fn a_plan_with_defects_is_refused_with_all_of_them() {
    let app = spawn_app().await;
    let mut plan = hall();
    plan["currency"] = json!("USD");
    plan["zones"][0]["rows"][0]["seats"][0]["id"] = json!("beans");
    plan["items"][0]["id"] = json!("rice");
    plan["offers"] = json!([]);
    let refused = app.replan(&plan).await.refused(422, "plan_invalid");
    let found: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (&error["code"], &error["pointer"]))
        .collect();
    let expected = [("kind_changed", "/zones/0/rows/0/seats/0/id"), ("currency_changed", "/currency")];
    let expected = expected.map(|(code, pointer)| (json!(code), json!(pointer)));
    assert_eq!(found, expected.iter().map(|(code, pointer)| (code, pointer)).collect::<Vec<_>>());
    app.replan(&json!({"plan": hall()})).await.refused(422, "unknown_field").pointing_at("/plan");
    app.replan(&json!({"name": "Empty"})).await.refused(422, "plan_invalid");
    app.configure(json!({"categories": {"F": {"pieces_per_buyer": 2}}})).await.ok(200);
    let mut plan = hall();
    plan["categories"][1]["id"] = json!("G");
    plan["zones"][0]["areas"][0]["category"] = json!("G");
    app.replan(&plan).await.refused(422, "setting_invalid").pointing_at("/categories");
    assert_eq!(app.versions().await, [1]);
    let nowhere = app.request(Method::PUT, "/v1/inventories/inv_00000000000000000000000000000000/plan");
    let nowhere = nowhere.by(&app.operator).header("If-Match", "*").json(&hall()).send().await;
    nowhere.refused(404, "inventory_unknown");
}

#[tokio::test]
async fn a_repeat_from_before_is_answered_with_what_it_said() {
    let app = spawn_app().await;
    let request = || {
        let request = app.post(&app.at("/holds")).by(&app.alice.token).key("once");
        request.json(&seats(&["A-2-10", "latte"])).send()
    };
    let held = request().await.ok(201);
    app.delete(&app.at(&format!("/holds/{}", held.text("id")))).by(&app.alice.token).send().await.ok(204);
    let mut plan = larger();
    plan["offers"] = json!([]);
    app.replan(&plan).await.ok(200);
    let again = request().await.ok(201);
    assert!(again.is_replay());
    assert_eq!((&again.body["lines"], &again.body["total"]), (&held.body["lines"], &held.body["total"]));
}

#[tokio::test]
async fn another_server_finds_the_plan_in_force() {
    let app = spawn_app().await;
    app.hold("A-1-1").await.ok(201);
    app.replan(&larger()).await.ok(200);
    app.hold("A-3-1").await.ok(201);
    let before = app.get(&app.at("/plan")).send().await.ok(200);
    let figures = app.figures().await;
    // Another one took it over: this one has to read it all again.
    let id = app.hall.parse().unwrap();
    app.server.store.take_over(id).await.unwrap().unwrap();
    app.hold("A-1-2").await.ok(503);
    app.seconds_pass(2);
    let after = app.get(&app.at("/plan")).send().await.ok(200);
    assert_eq!((after.header("etag"), &after.body), (before.header("etag"), &before.body));
    assert_eq!(app.figures().await["capacity"], figures["capacity"]);
    assert_eq!(app.hold("A-3-2").await.ok(201).body["epoch"], 3);
    app.hold("A-2-10").await.refused(422, "unit_unknown");
    app.replan(&hall()).await.refused(409, "would_strand_holder");
}

/// A store that does not tell the catalogue of plans, so often.
struct Forgets(std::sync::atomic::AtomicU32);

#[async_trait::async_trait]
impl Gate for Forgets {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let left = |left: u32| left.checked_sub(1);
        let order = std::sync::atomic::Ordering::SeqCst;
        match call == "show_plan" && self.0.fetch_update(order, order, left).is_ok() {
            true => Err(StoreError::new("show a plan", "not now")),
            false => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_catalogue_that_was_not_told_is_told_by_the_next_owner() {
    let forgets = |store| -> std::sync::Arc<dyn Store> {
        let gate = Forgets(1.into());
        std::sync::Arc::new(Intercepted::new(store, |appender| appender).behind(gate))
    };
    let app = TestApp::on(Host::behind(Box::new(forgets)).await).await;
    app.replan(&larger()).await.ok(200);
    let hall = app.hall.parse().unwrap();
    let shown = async || app.server.store.inventory(hall).await.unwrap().unwrap().plan_version;
    assert_eq!(shown().await, 1);
    app.server.store.take_over(hall).await.unwrap().unwrap();
    app.hold("A-1-2").await.ok(503);
    app.seconds_pass(2);
    app.hold("A-3-1").await.ok(201);
    assert_eq!(shown().await, 2);
}

#[tokio::test]
async fn what_is_counted_has_a_name() {
    let app = spawn_app().await;
    app.replan(&larger()).await.ok(200);
    let text = app.get("/metrics").send().await.ok(200).bytes;
    let text = String::from_utf8(text).unwrap();
    let is_it = |line: &str| line.contains("command=\"replan\"") && line.contains("outcome=\"committed\"");
    assert!(text.lines().any(is_it), "{text}");
}
