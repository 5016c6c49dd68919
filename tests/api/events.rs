//! Events after they were made: who may see them, when they are, and whether they take place.

use fairhold::domain::Listing;
use fairhold::persistence::{CatalogueFacts, Offload, Plans, recovery};
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::*;

impl TestApp {
    async fn listed(&self, who: Option<&str>) -> Vec<String> {
        let request = self.get("/v1/inventories?limit=200");
        let request = if let Some(who) = who { request.by(who) } else { request };
        let list = request.send().await.ok(200).body;
        list["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn row(&self, id: &str) -> Value {
        let list = self.get("/v1/inventories?limit=200").by(&self.operator).send().await.ok(200).body;
        list["data"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
    }
}

/// The answer without what names the request.
fn told(reply: &Reply) -> (u16, Value) {
    let mut body = reply.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    (reply.status, body)
}

#[tokio::test]
async fn a_draft_is_missing_for_everybody_without_a_key_on_every_route() {
    let app = spawn_app().await;
    let draft = app.create(json!({"name": "Secret", "plan": hall(), "listing": "draft"})).await;
    let missing = format!("inv_{}", "0".repeat(31) + "7");
    let openapi = app.get("/openapi.json").send().await.ok(200).body;
    let mut routes = 0;
    for (template, item) in openapi["paths"].as_object().unwrap() {
        if !template.contains("{inventory}") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            routes += 1;
            for who in [None, Some(&app.alice.token), Some(&format!("sk_{}", "a".repeat(43)))] {
                let ask = async |id: &str| {
                    let mut path = template.replace("{inventory}", id);
                    for (name, prefix) in [("hold", "hold"), ("sale", "sale"), ("block", "block")] {
                        path = path.replace(&format!("{{{name}}}"), &format!("{prefix}_{}", "0".repeat(32)));
                    }
                    let request = app.request(method.to_uppercase().parse().unwrap(), &path);
                    let request = if let Some(who) = who { request.by(who) } else { request };
                    let request = if template.ends_with("/holds") && method == "post" {
                        request.json(&seats(&["A-1-1"]))
                    } else {
                        request
                    };
                    told(&request.send().await)
                };
                let (of_draft, of_missing) = (ask(&draft).await, ask(&missing).await);
                assert_eq!(of_draft, of_missing, "{method} {template} {who:?}");
                assert!(of_draft.0 >= 400, "{method} {template}");
            }
        }
    }
    assert!(routes >= 20, "{routes}");
    let group = json!({"holds": [{"inventory": draft, "offers": [{"offer": "A-1-1"}]}]});
    let grouped = app.post("/v1/groups").by(&app.alice.token).json(&group).send().await;
    grouped.refused(404, "inventory_unknown");
    for key in [&app.seller, &app.operator] {
        for path in ["", "/plan", "/offers", "/availability"] {
            let path = format!("/v1/inventories/{draft}{path}");
            let shown = app.get(&path).by(key).send().await.ok(200);
            assert!(!shown.header("cache-control").contains("public"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_list_shows_everybody_what_is_public_and_keys_all() {
    let app = spawn_app().await;
    let draft = app.create(json!({"name": "Draft", "plan": hall(), "listing": "draft"})).await;
    let unlisted = app.create(json!({"name": "Unlisted", "plan": hall(), "listing": "unlisted"})).await;
    assert_eq!(app.listed(None).await, std::slice::from_ref(&app.hall));
    assert_eq!(app.listed(Some(&app.alice.token)).await, std::slice::from_ref(&app.hall));
    assert_eq!(app.listed(Some(&app.seller)).await, [app.hall.clone(), draft.clone(), unlisted.clone()]);
    app.get(&format!("/v1/inventories/{unlisted}")).send().await.ok(200);
    let list = async |id: &str, listing: &str| {
        let request = app.request(Method::PATCH, &format!("/v1/inventories/{id}")).by(&app.operator);
        request.header("If-Match", "*").json(&json!({"listing": listing})).send().await
    };
    list(&draft, "public").await.ok(200);
    assert_eq!(app.listed(None).await, [app.hall.clone(), draft.clone()]);
    list(&draft, "unlisted").await.ok(200);
    assert_eq!(app.listed(None).await, std::slice::from_ref(&app.hall));
    // Whoever holds something could not see it any more.
    let hold = app.hold("A-1-1").await.ok(201);
    list(&app.hall, "draft").await.refused(422, "setting_invalid").pointing_at("/listing");
    app.delete(&app.at(&format!("/holds/{}", hold.text("id")))).by(&app.alice.token).send().await.ok(204);
    list(&app.hall, "draft").await.ok(200);
    app.hold("A-1-1").await.refused(404, "inventory_unknown");
    list(&app.hall, "everybody").await.refused(422, "invalid_field").pointing_at("/listing");
}

#[tokio::test]
async fn an_event_is_renamed_and_put_off_with_its_zone_and_the_sale_ends_with_it() {
    let app = spawn_app().await;
    let made = json!({"name": "Spring", "plan": hall(), "venue": "Old hall",
        "starts_at": "2026-05-02T19:00:00.000+09:00"});
    let id = app.create(made).await;
    let path = format!("/v1/inventories/{id}");
    let shown = app.get(&path).send().await.ok(200);
    assert_eq!(shown.body["starts_at"], "2026-05-02T10:00:00.000Z");
    assert_eq!(shown.body["starts_at_local"], "2026-05-02T19:00:00.000+09:00");
    assert_eq!(
        shown.body["sale"],
        json!({"state": "open", "opens_at": null, "closes_at": "2026-05-02T10:00:00.000Z"})
    );
    let patch = async |tag: &str, body: Value| {
        let request = app.request(Method::PATCH, &path).by(&app.operator).header("If-Match", tag);
        request.json(&body).send().await
    };
    let change = json!({"name": "Autumn", "venue": null, "time_zone": "asia/seoul",
        "starts_at": "2026-10-02T19:30:00", "sale_ends_before_start_seconds": 3600});
    let changed = patch(shown.header("etag"), change).await.ok(200);
    assert_ne!(changed.header("etag"), shown.header("etag"));
    for shown in [changed.body.clone(), app.get(&path).send().await.ok(200).body, app.row(&id).await] {
        assert_eq!((&shown["name"], &shown["venue"]), (&json!("Autumn"), &json!(null)));
        assert_eq!(
            (&shown["starts_at"], &shown["time_zone"]),
            (&json!("2026-10-02T10:30:00.000Z"), &json!("Asia/Seoul"))
        );
        assert_eq!(shown["starts_at_local"], "2026-10-02T19:30:00.000+09:00");
        assert_eq!(shown["sale"]["closes_at"], "2026-10-02T09:30:00.000Z");
    }
    assert_eq!(app.get(&format!("{path}/plan")).send().await.ok(200).body["name"], "Autumn");
    let found = app.get("/v1/inventories?q=autu&starts_from=2026-10-02T00:00:00.000Z").send().await.ok(200);
    assert_eq!(found.body["data"][0]["id"], id.as_str());
    patch(shown.header("etag"), json!({"name": "x"})).await.refused(412, "precondition_failed");
    for (bad, pointer) in [
        (json!({"time_zone": "Seoul"}), "/time_zone"),
        (json!({"name": ""}), "/name"),
        (json!({"on_sale_from": "2027-01-01T00:00:00.000Z"}), "/starts_at"),
        (json!({"sale_ends_before_start_seconds": 40_000_000}), "/sale_ends_before_start_seconds"),
    ] {
        patch("*", bad).await.refused(422, "setting_invalid").pointing_at(pointer);
    }
    patch("*", json!({"starts_at": "tomorrow"}))
        .await
        .refused(422, "invalid_field")
        .pointing_at("/starts_at");
    // After the end of the sale nothing can be had; put off, it goes on.
    let buy = || app.post(&format!("{path}/holds")).by(&app.alice.token).json(&seats(&["A-1-1"])).send();
    patch("*", json!({"starts_at": "2026-05-01T11:30:00.000Z"})).await.ok(200);
    buy().await.refused(409, "not_on_sale");
    patch("*", json!({"starts_at": "2026-05-01T13:00:00.000Z"})).await.ok(200);
    buy().await.ok(201);
}

#[tokio::test]
async fn what_is_said_of_an_event_is_in_its_journal() {
    let app = spawn_app().await;
    app.configure(json!({"name": "Night", "listing": "unlisted", "time_zone": "Europe/Berlin"}))
        .await
        .ok(200);
    let cancel = json!({"reason": "rain"});
    app.post(&app.at("/cancel")).by(&app.operator).json(&cancel).send().await.ok(200);
    let (store, hall) = (app.server.store.clone(), app.hall.parse().unwrap());
    let replayed = recovery::load(&*store, &Plans::new(Offload::default()), hall).await.unwrap();
    let details = replayed.state.details().unwrap();
    assert_eq!((details.name.as_str(), details.listing), ("Night", Listing::Unlisted));
    assert_eq!(details.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(replayed.state.cancelled().unwrap().reason, "rain");
    let row = store.inventory(hall).await.unwrap().unwrap();
    assert_eq!(row.shown, Some(CatalogueFacts::of(&replayed.state)));
}

#[tokio::test]
async fn a_cancelled_event_ends_its_holds_and_sells_nothing_more() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-1").await;
    let hold = app.hold("A-1-2").await.ok(201);
    let cancel = |who: String, body: Value| app.post(&app.at("/cancel")).by(&who).json(&body).send();
    cancel(app.seller.clone(), json!({"reason": "x"})).await.refused(403, "forbidden");
    cancel(app.operator.clone(), json!({})).await.refused(422, "missing_field").pointing_at("/reason");
    cancel(app.operator.clone(), json!({"reason": ""})).await.refused(422, "invalid_field");
    let done = cancel(app.operator.clone(), json!({"reason": "The singer is ill."})).await.ok(200).body;
    assert_eq!(done["cancelled"], json!({"at": "2026-05-01T11:00:00.000Z", "reason": "The singer is ill."}));
    assert_eq!(done["sale"]["state"], "cancelled");
    assert_eq!((&done["figures"]["held"], &done["figures"]["sold"]), (&json!(0), &json!(1)));
    let again = cancel(app.operator.clone(), json!({"reason": "Another."})).await.ok(200).body;
    assert_eq!(again["cancelled"], done["cancelled"], "once");
    app.hold("A-1-3").await.refused(409, "cancelled");
    app.purchase(&hold).await.refused(409, "cancelled");
    app.hold_call(&hold, "/extend").by(&app.alice.token).send().await.refused(409, "cancelled");
    let mut at_once = seats(&["A-1-4"]);
    at_once["buyer"] = json!("b");
    app.post(&app.at("/purchases")).by(&app.seller).json(&at_once).send().await.refused(409, "cancelled");
    let group = json!({"holds": [{"inventory": app.hall, "offers": [{"offer": "A-1-5"}]}]});
    app.post("/v1/groups").by(&app.alice.token).json(&group).send().await.refused(409, "cancelled");
    assert_eq!(app.row(&app.hall).await["sale"]["state"], "cancelled");
    // Everybody is refunded by the list.
    let list = app.get(&app.at("/sales?state=sold")).by(&app.operator).send().await.ok(200).body;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    app.give_back(&sale, None).await.ok(200);
    let list = app.get(&app.at("/sales?state=sold")).by(&app.operator).send().await.ok(200).body;
    assert_eq!(list["data"], json!([]));
}

#[tokio::test]
async fn the_list_tells_live_figures_and_loads_nothing() {
    let app = spawn_app().await;
    let drop = json!({"name": "Drop", "currency": "KRW",
        "items": [{"id": "sneaker", "label": "Sneaker", "capacity": 2, "sellable": true, "price": 1}]});
    let id = app.create(drop).await;
    assert_eq!(app.row(&id).await["sale"]["state"], "open");
    let buy = async |quantity: u32| {
        let body = json!({"offers": [{"offer": "sneaker", "quantity": quantity}], "buyer": "b"});
        app.post(&format!("/v1/inventories/{id}/purchases")).by(&app.seller).json(&body).send().await.ok(201)
    };
    let sale = buy(1).await;
    app.seconds_pass(3);
    let row = app.row(&id).await;
    assert_eq!((&row["figures"]["sold"], &row["sale"]["state"]), (&json!(1), &json!("open")));
    assert_eq!(row["as_of"], "2026-05-01T11:00:03.000Z");
    buy(1).await;
    assert_eq!(app.row(&id).await["sale"]["state"], "sold_out");
    let back = format!("/v1/inventories/{id}/sales/{}/return", sale.text("id"));
    app.post(&back).by(&app.seller).send().await.ok(200);
    assert_eq!(app.row(&id).await["sale"]["state"], "open");
}

#[tokio::test]
async fn a_café_is_sold_out_when_nothing_can_be_made() {
    let app = spawn_app().await;
    let cafe = json!({"name": "Café", "currency": "KRW",
        "items": [{"id": "beans", "label": "Beans", "capacity": 40}],
        "offers": [{"id": "latte", "label": "Latte", "price": 1, "units": {"beans": 18}}]});
    let id = app.create(cafe).await;
    let body = json!({"offers": [{"offer": "latte", "quantity": 2}], "buyer": "b"});
    app.post(&format!("/v1/inventories/{id}/purchases")).by(&app.seller).json(&body).send().await.ok(201);
    let row = app.row(&id).await;
    assert_eq!((&row["figures"]["available"], &row["sale"]["state"]), (&json!(4), &json!("sold_out")));
}

#[tokio::test]
async fn names_of_partners_are_for_keys() {
    let app = spawn_app().await;
    app.configure(json!({"channels": {"Globex": {}}})).await.ok(200);
    for who in [None, Some(&app.alice.token)] {
        let request = app.get(&app.at(""));
        let request = if let Some(who) = who { request.by(who) } else { request };
        let shown = request.send().await.ok(200);
        assert!(!shown.body.to_string().contains("Globex"), "{}", shown.body);
    }
    let shown = app.get(&app.at("")).by(&app.seller).send().await.ok(200);
    assert!(shown.body["settings"]["channels"].get("Globex").is_some(), "{}", shown.body);
}

#[tokio::test]
async fn a_change_is_repeated_under_its_key_with_the_same_answer() {
    let app = spawn_app().await;
    let tag = app.get(&app.at("")).send().await.header("etag").to_owned();
    let patch = |body: Value| {
        let request = app.request(Method::PATCH, &app.at("")).by(&app.operator).header("If-Match", &tag);
        request.header("Idempotency-Key", "rename-1").json(&body).send()
    };
    let first = patch(json!({"name": "Other"})).await.ok(200);
    let again = patch(json!({"name": "Other"})).await.ok(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("etag"), first.header("etag"));
    patch(json!({"name": "Third"})).await.refused(422, "idempotency_mismatch");

    let block = json!({"units": [["A-1-1", 1]]});
    let block = app.post(&app.at("/blocks")).by(&app.operator).json(&block).send().await.ok(201).text("id");
    let lift = || {
        let request = app.delete(&app.at(&format!("/blocks/{block}"))).by(&app.operator);
        request.header("Idempotency-Key", "lift-1").send()
    };
    lift().await.ok(204);
    lift().await.ok(204);
    app.delete(&app.at(&format!("/blocks/{block}")))
        .by(&app.operator)
        .send()
        .await
        .refused(404, "block_unknown");

    let tag = app.get(&app.at("/plan")).send().await.header("etag").to_owned();
    let mut plan = hall();
    plan["name"] = json!("A name of its own");
    plan["zones"][0]["areas"][0]["capacity"] = json!(120);
    let replan = |plan: &Value, tag: &str| {
        let request = app.request(Method::PUT, &app.at("/plan")).by(&app.operator).header("If-Match", tag);
        request.header("Idempotency-Key", "plan-1").json(plan).send()
    };
    let first = replan(&plan, &tag).await.ok(200);
    let shown = app.get(&app.at("/plan")).send().await.ok(200);
    assert_eq!(shown.header("etag"), first.header("etag"), "the tag of the new plan");
    assert_eq!(shown.body["name"], "Other", "an inventory has one name");
    for tag in [tag.as_str(), "*", first.header("etag")] {
        let again = replan(&plan, tag).await.ok(200);
        assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body), "{tag}");
    }
    assert_eq!(app.row(&app.hall).await["plan_version"], 2);
    let keyless = app.request(Method::PUT, &app.at("/plan")).by(&app.operator).header("If-Match", &tag);
    keyless.json(&plan).send().await.refused(412, "precondition_failed");
    plan["zones"][0]["areas"][0]["capacity"] = json!(130);
    replan(&plan, &tag).await.refused(422, "idempotency_mismatch");
}

/// The lines of a CSV file, without its mark.
async fn csv(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.get(&app.at(&format!("/sales?format=csv{query}"))).by(&app.operator).send().await;
    let text = String::from_utf8(reply.ok(200).bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a mark for spreadsheets");
    text.split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn an_operator_lists_all_sales_and_downloads_them() {
    let app = spawn_app().await;
    app.configure(json!({"time_zone": "Asia/Seoul", "starts_at": "2026-05-09T19:00:00"})).await.ok(200);
    let buy = async |buyer: &str, offers: Value| {
        app.seconds_pass(1);
        let body = json!({"offers": offers, "buyer": buyer});
        app.post(&app.at("/purchases")).by(&app.seller).json(&body).send().await.ok(201)
    };
    let first = buy("ann", json!([{"offer": "A-1-1"}, {"offer": "A-1-2"}])).await;
    let second = buy("bob", json!([{"offer": "floor", "quantity": 2}])).await;
    let third = buy("ann", json!([{"offer": "latte"}])).await;
    app.seconds_pass(1);
    app.give_back(&second, None).await.ok(200);
    let page = async |query: &str| {
        let list = app.get(&app.at(&format!("/sales{query}"))).by(&app.operator).send().await.ok(200).body;
        let ids = list["data"].as_array().unwrap().iter().map(|sale| sale["id"].clone());
        (ids.collect::<Vec<_>>(), list["has_more"].clone())
    };
    let ids = [&third, &second, &first].map(|sale| sale.body["id"].clone());
    assert_eq!(page("").await, (ids.to_vec(), json!(false)));
    assert_eq!(page("?limit=2").await, (ids[..2].to_vec(), json!(true)));
    let after = format!("?limit=2&starting_after={}", second.text("id"));
    assert_eq!(page(&after).await, (ids[2..].to_vec(), json!(false)));
    assert_eq!(page("?state=returned").await.0, ids[1..2]);
    assert_eq!(page("?state=sold").await.0, [ids[0].clone(), ids[2].clone()]);
    let lines = csv(&app, "").await;
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(
        lines[0].starts_with("sale,state,buyer,offer,unit,zone,section,row,seat,quantity,price"),
        "{}",
        lines[0]
    );
    assert!(lines[2].contains(",returned,bob,floor,floor,Stalls,,,Floor,2,90000,KRW,Hall,"), "{}", lines[2]);
    let seat = format!(
        "{},sold,ann,A-1-1,A-1-1,Stalls,,1,1,1,150000,KRW,Hall,2026-05-09T19:00:00.000+09:00,2026-05-01T20:00:01.000+09:00,",
        first.text("id")
    );
    assert!(lines.contains(&seat), "{lines:?}");
    assert_eq!(csv(&app, "&state=returned").await.len(), 2);
    for (who, query, status, code) in [
        (&app.seller, "", 422, "buyer_required"),
        (&app.operator, "?state=lost", 422, "invalid_query"),
        (&app.operator, "?buyer=ann&format=csv", 422, "invalid_query"),
        (&app.alice.token, "?format=csv", 422, "invalid_query"),
    ] {
        app.get(&app.at(&format!("/sales{query}"))).by(who).send().await.refused(status, code);
    }
}

#[tokio::test]
async fn what_came_back_stays_with_its_buyer_and_says_when() {
    let app = spawn_app().await;
    app.seconds_pass(5);
    let sale = app.sold("A-1-1").await;
    app.seconds_pass(60);
    app.give_back(&sale, None).await.ok(200);
    let mine = app.get(&app.at("/sales")).by(&app.alice.token).send().await.ok(200).body;
    let mine = &mine["data"][0];
    assert_eq!((&mine["id"], &mine["state"]), (&sale.body["id"], &json!("returned")));
    assert_eq!((&mine["lines"], &mine["returned"]), (&json!([]), &sale.body["lines"]));
    assert_eq!(mine["returned_total"], sale.body["total"]);
    assert_eq!(mine["sold_at"], "2026-05-01T11:00:05.000Z");
    assert_eq!(mine["returned_at"], "2026-05-01T11:01:05.000Z");
}
