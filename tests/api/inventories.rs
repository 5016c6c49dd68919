use reqwest::Method;
use serde_json::json;

use crate::helpers::*;

#[tokio::test]
async fn an_inventory_tells_its_settings_and_figures() {
    let app = spawn_app().await;
    app.hold("A-1-1").await.ok(201);
    app.sold("A-1-2").await;
    let shown = app.get(&app.at("")).send().await.ok(200);
    assert_eq!(shown.header("etag"), "\"1\"");
    assert_eq!(
        shown.body,
        json!({
            "id": app.hall, "name": "Hall", "created_at": "2026-05-01T11:00:00.000Z", "venue": null, "listing": "public",
            "starts_at": null, "starts_at_local": null, "time_zone": null, "cancelled": null,
            "sale": {"state": "open", "opens_at": null, "closes_at": null}, "as_of": "2026-05-01T11:00:00.000Z",
            "plan_version": 1, "units": 23, "currency": "KRW", "epoch": 1, "seq": 4, "viewers": 0,
            "settings": {"on_sale_from": null, "on_sale_until": null, "hold_seconds": 300, "extensions_max": 2,
                "holds_per_buyer": 4, "pieces_per_hold": 50, "pieces_per_hold_min": 1, "pieces_per_hold_of_keys": null,
                "pieces_per_buyer": null,
                "checkout": "key", "categories": {}, "sale_ends_before_start_seconds": null,
                "single_seats": "off", "single_seats_until_left": 0, "release_accessible": false,
                "release_accessible_at": null},
            "figures": {"capacity": 223, "held": 1, "sold": 1, "blocked": 0, "available": 221},
        })
    );
}

#[tokio::test]
async fn an_inventory_is_made_from_a_plan_or_from_items() {
    let app = spawn_app().await;
    let drop = json!({"name": "Drop", "currency": "KRW",
        "items": [{"id": "sneaker", "label": "Sneaker", "capacity": 10, "sellable": true, "price": 189_000}],
        "starts_at": "2026-05-03T19:00:00.000+09:00",
        "settings": {"checkout": "open", "pieces_per_buyer": 1, "on_sale_until": "2026-05-02T00:00:00.000+09:00"}});
    let made = app.post("/v1/inventories").by(&app.operator).json(&drop).send().await.ok(201);
    assert_eq!(made.header("location"), format!("/v1/inventories/{}", made.text("id")));
    assert_eq!(
        (made.header("etag"), &made.body["seq"], &made.body["epoch"]),
        ("\"1\"", &json!(1), &json!(0))
    );
    assert_eq!(made.body["settings"]["on_sale_until"], "2026-05-01T15:00:00.000Z");
    assert_eq!(made.body["starts_at"], "2026-05-03T10:00:00.000Z");
    let shown = app.get(made.header("location")).by(&app.operator).send().await.ok(200);
    for field in [
        "id",
        "name",
        "created_at",
        "starts_at",
        "plan_version",
        "units",
        "currency",
        "settings",
        "figures",
        "seq",
    ] {
        assert_eq!(shown.body[field], made.body[field], "{field}");
    }
    let path = format!("{}/purchases", made.header("location"));
    app.post(&path).by(&app.alice.token).json(&seats(&["sneaker"])).send().await.ok(201);
    app.post(&path).by(&app.alice.token).json(&seats(&["sneaker"])).send().await.refused(409, "buyer_limit");
}

#[tokio::test]
async fn a_plan_may_name_its_inventory() {
    let app = spawn_app().await;
    let made =
        app.post("/v1/inventories").by(&app.operator).json(&json!({"plan": hall()})).send().await.ok(201);
    assert_eq!(made.body["name"], "Hall");
}

#[tokio::test]
async fn what_cannot_be_created_is_explained() {
    let app = spawn_app().await;
    let mut nameless = hall();
    nameless.as_object_mut().unwrap().remove("name");
    let mut clash = hall();
    clash["zones"][0]["rows"][1]["seats"][0]["id"] = json!("A-1-1");
    for (body, code, pointer) in [
        (json!({"plan": nameless}), "missing_field", "/name"),
        (json!({"name": "x"}), "missing_field", "/plan"),
        (json!({"name": "x\u{7}", "plan": hall()}), "invalid_field", "/name"),
        (json!({"name": "x".repeat(201), "plan": hall()}), "invalid_field", "/name"),
        (json!({"name": "x", "plan": hall(), "items": []}), "invalid_field", ""),
        (json!({"name": "x", "plan": {"seat": 1}}), "unknown_field", "/plan/seat"),
        (json!({"name": "x", "plan": clash}), "plan_invalid", "/plan/zones/0/rows/1/seats/0/id"),
        (
            json!({"name": "x", "items": [{"id": "a", "label": "a", "capacity": 1, "price": 5}]}),
            "plan_invalid",
            "/items/0/price",
        ),
        (
            json!({"name": "x", "plan": hall(), "settings": {"hold_seconds": 29}}),
            "setting_invalid",
            "/settings/hold_seconds",
        ),
        (
            json!({"name": "x", "plan": hall(), "settings": {"hold_secs": 60}}),
            "unknown_field",
            "/settings/hold_secs",
        ),
        (
            json!({"name": "x", "plan": hall(), "settings": {"on_sale_from": "soon"}}),
            "invalid_field",
            "/settings/on_sale_from",
        ),
    ] {
        let reply = app.post("/v1/inventories").by(&app.operator).json(&body).send().await;
        reply.refused(422, code).pointing_at(pointer);
    }
}

#[tokio::test]
async fn settings_change_only_for_who_has_read_them() {
    let app = spawn_app().await;
    let patch = |tag: Option<&str>| {
        let request = app.request(Method::PATCH, &app.at("")).by(&app.operator);
        let request = match tag {
            Some(tag) => request.header("If-Match", tag),
            None => request,
        };
        request.json(&json!({"hold_seconds": 60})).send()
    };
    patch(None).await.refused(428, "precondition_required");
    for wrong in ["\"2\"", "\"x\"", "W/\"1\"", ""] {
        patch(Some(wrong)).await.refused(412, "precondition_failed");
    }
    let changed = patch(Some("\"1\"")).await.ok(200);
    assert_eq!((changed.header("etag"), &changed.body["settings"]["hold_seconds"]), ("\"2\"", &json!(60)));
    patch(Some("\"1\"")).await.refused(412, "precondition_failed");
    patch(Some("*")).await.ok(200);
    assert_eq!(app.hold("A-1-1").await.ok(201).body["expires_in_seconds"], 60);
}

#[tokio::test]
async fn a_patch_is_checked_field_by_field() {
    let app = spawn_app().await;
    for (patch, code, pointer) in [
        (json!({"hold_seconds": 1801}), "setting_invalid", "/hold_seconds"),
        (json!({"hold_seconds": -1}), "invalid_field", "/hold_seconds"),
        (json!({"hold_seconds": "60"}), "invalid_field", "/hold_seconds"),
        (json!({"checkout": "maybe"}), "invalid_field", "/checkout"),
        (json!({"colour": "red"}), "unknown_field", "/colour"),
    ] {
        app.configure(patch).await.refused(422, code).pointing_at(pointer);
    }
    app.configure(json!({"pieces_per_buyer": 2})).await.ok(200);
    let cleared = app.configure(json!({"pieces_per_buyer": null})).await.ok(200);
    assert_eq!(cleared.body["settings"]["pieces_per_buyer"], json!(null));
}

#[tokio::test]
async fn the_list_is_read_page_by_page() {
    let app = spawn_app().await;
    let mut ids = vec![app.hall.clone()];
    for n in 0..4 {
        ids.push(app.create(json!({"name": format!("Hall {n}"), "plan": hall()})).await);
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/inventories?limit=2".to_owned());
    loop {
        let page = app.get(&path).send().await.ok(200);
        let data = page.body["data"].as_array().unwrap().clone();
        assert!(data.len() <= 2);
        seen.extend(data.iter().map(|line| line["id"].as_str().unwrap().to_owned()));
        if page.body["has_more"] == false {
            break;
        }
        path = format!("/v1/inventories?limit=2&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, ids);
    let all = app.get("/v1/inventories").send().await.ok(200);
    let line = &all.body["data"][0];
    assert_eq!(
        (&line["name"], &line["units"], &line["figures"]["capacity"]),
        (&json!("Hall"), &json!(23), &json!(223))
    );
    assert_eq!(line["as_of"], "2026-05-01T11:00:00.000Z");
    app.seconds_pass(90);
    let none = app.get("/v1/inventories?q=nothing+of+the+kind").send().await.ok(200);
    assert_eq!((&none.body["data"], &none.body["as_of"]), (&json!([]), &json!("2026-05-01T11:01:30.000Z")));
    for (query, pointer) in [
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=ten", "?limit"),
        ("limit=1&limit=2", "?limit"),
        ("starting_after=5", "?starting_after"),
        ("page=2", "?page"),
    ] {
        let path = format!("/v1/inventories?{query}");
        app.get(&path).send().await.refused(422, "invalid_query").pointing_at(pointer);
    }
}

#[tokio::test]
async fn an_id_that_cannot_be_is_one_that_is_not() {
    let app = spawn_app().await;
    let never = "inv_00000000000000000000000000000000";
    for id in
        [never, "inv_1", "1", "hold_00000000000000000000000000000000", "%00", "..%2f..", &"x".repeat(5_000)]
    {
        for rest in ["", "/plan", "/availability", "/live"] {
            app.get(&format!("/v1/inventories/{id}{rest}")).send().await.refused(404, "inventory_unknown");
        }
        let path = format!("/v1/inventories/{id}/holds");
        let reply = app.post(&path).by(&app.alice.token).json(&seats(&["A-1-1"])).send().await;
        reply.refused(404, "inventory_unknown");
    }
    for id in ["hold_1", "x", "sale_00000000000000000000000000000000"] {
        let path = app.at(&format!("/holds/{id}"));
        app.delete(&path).by(&app.alice.token).send().await.refused(404, "hold_unknown");
    }
}

#[tokio::test]
async fn the_plan_is_cacheable_and_compressed() {
    let app = spawn_app().await;
    let plan = app.get(&app.at("/plan")).send().await.ok(200);
    assert_eq!(plan.body["units"][0]["id"], "A-1-1");
    assert_eq!(plan.body["plan_version"], 1);
    assert!(plan.header("cache-control").starts_with("public, max-age="));
    assert_eq!((plan.header("vary"), plan.header("content-encoding")), ("accept-encoding", ""));
    let tag = plan.header("etag");
    assert!(tag.starts_with('"') && tag.ends_with('"'));
    let again = app.get(&app.at("/plan")).header("If-None-Match", tag).send().await.ok(304);
    assert!(again.bytes.is_empty() && again.header("etag") == tag);
    app.get(&app.at("/plan")).header("If-None-Match", "\"other\"").send().await.ok(200);
    let packed = app.get(&app.at("/plan")).header("Accept-Encoding", "br, gzip").send().await.ok(200);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.starts_with(&[0x1f, 0x8b]) && packed.bytes.len() < plan.bytes.len());
}

#[tokio::test]
async fn availability_is_what_was_committed() {
    let app = spawn_app().await;
    app.hold("A-1-2").await.ok(201);
    app.sold("A-1-3").await;
    app.hold("floor").await.ok(201);
    let now = app.get(&app.at("/availability")).send().await.ok(200);
    assert_eq!(now.header("cache-control"), "no-store");
    assert_eq!(
        (&now.body["type"], &now.body["epoch"], &now.body["seq"]),
        (&json!("snapshot"), &json!(1), &json!(5))
    );
    // 23 units: two bits each, the second seat held (1), the third sold (2).
    assert_eq!(now.body["seats"], "JAAAAAAA");
    assert_eq!(now.body["counts"], json!([[20, 99], [21, 100], [22, 3]]));
}

#[tokio::test]
async fn the_list_is_searched_and_narrowed_to_a_time() {
    let app = spawn_app().await;
    let make = async |name: &str, starts_at: &str| {
        app.create(json!({"name": name, "plan": hall(), "starts_at": starts_at})).await
    };
    let friday = make("Friday_한강 축제", "2026-05-08T19:00:00.000+09:00").await;
    let saturday = make("Saturday", "2026-05-09T10:00:00.000Z").await;
    let (friday, saturday) = (friday.as_str(), saturday.as_str());
    let found = async |query: &str| -> Vec<String> {
        let list = app.get(&format!("/v1/inventories?{query}")).send().await.ok(200).body;
        list["data"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found("q=DAY").await, [friday, saturday]);
    assert_eq!(found("q=day_").await, [friday], "an underscore is one");
    assert_eq!(found("q=%25").await, Vec::<String>::new(), "a per cent sign is one");
    assert_eq!(found("q=%ED%95%9C%EA%B0%95").await, [friday]);
    assert_eq!(found("q=").await.len(), 3);
    assert_eq!(found("starts_from=2026-05-08T10:00:00.000Z").await, [friday, saturday]);
    assert_eq!(found("starts_from=2026-05-08T10:00:01.000Z").await, [saturday]);
    assert_eq!(found("starts_until=2026-05-09T19:00:00%2B09:00").await, [friday]);
    let page = app.get("/v1/inventories?q=day&limit=1").send().await.ok(200).body;
    assert_eq!((&page["data"][0]["id"], &page["has_more"]), (&json!(friday), &json!(true)));
    assert_eq!(found(&format!("q=day&limit=1&starting_after={friday}")).await, [saturday]);
    let shown = app.get(&format!("/v1/inventories/{friday}")).send().await.ok(200).body;
    assert_eq!(
        (&shown["starts_at"], &page["data"][0]["starts_at"]),
        (&json!("2026-05-08T10:00:00.000Z"), &json!("2026-05-08T10:00:00.000Z"))
    );
    assert_eq!(app.get(&app.at("")).send().await.body["starts_at"], json!(null));
    for (query, pointer) in [
        ("starts_from=tomorrow", "?starts_from"),
        ("starts_until=2026-05-09T19:00:00.000+09:00", "?starts_until"), // a plus sign is a blank here
        ("q=%00", "?q"),
        ("name=x", "?name"),
    ] {
        let reply = app.get(&format!("/v1/inventories?{query}")).send().await;
        reply.refused(422, "invalid_query").pointing_at(pointer);
    }
    let bad = json!({"name": "x", "plan": hall(), "starts_at": "2026-05-09"});
    let bad = app.post("/v1/inventories").by(&app.operator).json(&bad).send().await;
    bad.refused(422, "invalid_field").pointing_at("/starts_at");
}
