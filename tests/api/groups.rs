use serde_json::{Value, json};

use crate::helpers::*;

/// A series: so many performances in the same hall, by id.
async fn series(app: &TestApp, count: usize, settings: Value) -> Vec<String> {
    let mut performances = Vec::new();
    for number in 0..count {
        let body = json!({"name": format!("Night {number}"), "plan": hall(), "settings": settings});
        performances.push(app.create(body).await);
    }
    performances
}

/// The same offer in each.
fn each(performances: &[String], offer: &str) -> Value {
    json!({"inventories": performances, "offers": [{ "offer": offer }]})
}

impl TestApp {
    async fn group(&self, who: &str, body: &Value) -> Reply {
        self.post("/v1/groups").by(who).json(body).send().await
    }

    async fn standing(&self, performances: &[String]) -> Vec<(u64, u64)> {
        let mut standing = Vec::new();
        for id in performances {
            let shown = self.get(&format!("/v1/inventories/{id}")).send().await.ok(200);
            let figure = |name: &str| shown.body["figures"][name].as_u64().unwrap();
            standing.push((figure("held"), figure("sold")));
        }
        standing
    }

    /// Until all performances have so much held and sold: what is due is seen to without being asked.
    async fn comes_to(&self, performances: &[String], held_and_sold: (u64, u64)) {
        for _ in 0..500 {
            if self.standing(performances).await.iter().all(|one| *one == held_and_sold) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("still {:?}", self.standing(performances).await);
    }
}

#[tokio::test]
async fn a_group_holds_the_same_seat_in_every_performance() {
    let app = spawn_app().await;
    let nights = series(&app, 3, json!({"hold_seconds": 120})).await;
    let group = app.group(&app.alice.token, &each(&nights, "A-1-7")).await.ok(201);
    assert!(group.text("id").starts_with("grp_"));
    assert_eq!((group.text("state"), group.text("buyer")), ("held".into(), app.alice.id.clone()));
    assert_eq!(group.body["total"], json!({"amount": 450_000, "currency": "KRW"}));
    assert_eq!(
        (group.text("expires_at"), &group.body["expires_in_seconds"]),
        ("2026-05-01T11:02:00.000Z".into(), &json!(120))
    );
    let holds = group.body["holds"].as_array().unwrap();
    for (hold, night) in holds.iter().zip(&nights) {
        assert_eq!((&hold["inventory"], &hold["group"]), (&json!(night), &group.body["id"]));
        assert_eq!((&hold["state"], &hold["expires_at"]), (&json!("held"), &group.body["expires_at"]));
        assert_eq!(hold["lines"][0]["units"], json!([["A-1-7", 1]]));
        let path = format!("/v1/inventories/{night}/holds");
        let mine = app.get(&path).by(&app.alice.token).send().await.ok(200);
        assert_eq!(mine.body["data"][0]["id"], hold["id"]);
        assert_eq!(
            mine.body["data"][0]["expires_at"], group.body["expires_at"],
            "the full time, not 15 seconds"
        );
        assert_eq!(mine.body["data"][0]["group"], group.body["id"]);
    }
    let shown =
        app.get(&format!("/v1/groups/{}", group.text("id"))).by(&app.alice.token).send().await.ok(200);
    assert_eq!(shown.body, group.body);
}

#[tokio::test]
async fn a_key_holds_more_than_fifty_pieces_in_each_part() {
    let app = spawn_app().await;
    let settings = json!({"pieces_per_hold": 50, "pieces_per_hold_of_keys": 60});
    let nights = series(&app, 2, settings).await;
    let many = |count: usize| {
        let offers = vec![json!({"offer": "floor"}); count];
        json!({"inventories": nights, "offers": offers, "buyer": "school-7"})
    };
    let party = app.group(&app.seller, &many(51)).await.ok(201);
    assert_eq!(app.standing(&nights).await, [(51, 0), (51, 0)]);
    app.group(&app.seller, &many(61)).await.refused(409, "buyer_limit");
    let mut of_buyer = many(51);
    of_buyer.as_object_mut().unwrap().remove("buyer");
    let refused = app.group(&app.alice.token, &of_buyer).await.refused(422, "too_many_pieces");
    assert_eq!(refused.body["limits"], json!({"offers": 50}));
    let path = format!("/v1/groups/{}", party.text("id"));
    let with_body = app.delete(&path).by(&app.seller).json(&json!({"inventories": [nights[0]]}));
    with_body.send().await.refused(422, "body_not_allowed");
    assert_eq!(app.standing(&nights).await, [(51, 0), (51, 0)]);
    app.delete(&path).by(&app.seller).send().await.ok(204);
    assert_eq!(app.standing(&nights).await, [(0, 0), (0, 0)]);
}

#[tokio::test]
async fn a_refused_part_frees_all_others_and_is_named() {
    let app = spawn_app().await;
    let nights = series(&app, 3, json!({})).await;
    let path = format!("/v1/inventories/{}/holds", nights[1]);
    app.post(&path).by(&app.bob.token).json(&seats(&["A-1-7"])).send().await.ok(201);
    let refused = app.group(&app.alice.token, &each(&nights, "A-1-7")).await.refused(409, "unit_taken");
    assert_eq!((&refused.body["inventory"], &refused.body["units"]), (&json!(nights[1]), &json!(["A-1-7"])));
    assert_eq!(refused.body["errors"][0]["pointer"], "/offers/0");
    let part = |night: usize, offer: &str| json!({"inventory": nights[night], "offers": [{"offer": "floor"}, {"offer": offer}]});
    // In an order of its own: the pointer is into the request.
    let by_part = json!({"holds": [part(2, "A-1-1"), part(0, "A-1-1"), part(1, "A-1-7")]});
    let refused = app.group(&app.alice.token, &by_part).await.refused(409, "unit_taken");
    refused.pointing_at("/holds/2/offers/1");
    let unknown = json!({"holds": [part(2, "A-1-1"), part(0, "Z-1")]});
    app.group(&app.alice.token, &unknown)
        .await
        .refused(422, "unit_unknown")
        .pointing_at("/holds/1/offers/1/offer");
    let nowhere = json!({"inventories": [nights[0], "inv_00000000000000000000000000000000"], "offers": [{"offer": "floor"}]});
    app.group(&app.alice.token, &nowhere)
        .await
        .refused(404, "inventory_unknown")
        .pointing_at("/inventories/1");
    assert_eq!(app.standing(&nights).await, [(0, 0), (1, 0), (0, 0)], "nothing of it is left");
}

#[tokio::test]
async fn a_repeat_gets_the_same_group_whatever_became_of_it() {
    let app = spawn_app().await;
    let nights = series(&app, 2, json!({})).await;
    let send = |body: Value| {
        let request = app.post("/v1/groups").by(&app.alice.token).key("k").json(&body);
        request.send()
    };
    let first = send(each(&nights, "A-1-7")).await.ok(201);
    app.seconds_pass(10);
    let again = send(each(&nights, "A-1-7")).await.ok(201);
    assert!(!first.is_replay() && again.is_replay());
    let mut expected = first.body.clone();
    expected["expires_in_seconds"] = json!(290);
    expected["holds"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .for_each(|hold| hold["expires_in_seconds"] = json!(290));
    assert_eq!(again.body, expected);
    send(each(&nights, "A-1-8")).await.refused(422, "idempotency_mismatch");
    app.delete(&format!("/v1/groups/{}", first.text("id"))).by(&app.alice.token).send().await.ok(204);
    assert_eq!(send(each(&nights, "A-1-7")).await.ok(201).body, expected);
    assert_eq!(app.standing(&nights).await, [(0, 0), (0, 0)]);
}

#[tokio::test]
async fn a_refusal_keeps_no_key() {
    let app = spawn_app().await;
    let nights = series(&app, 2, json!({})).await;
    let bobs = app.group(&app.bob.token, &each(&nights, "A-1-7")).await.ok(201);
    let body = each(&nights, "A-1-7");
    let send = || app.post("/v1/groups").by(&app.alice.token).key("k").json(&body).send();
    send().await.refused(409, "unit_taken");
    app.delete(&format!("/v1/groups/{}", bobs.text("id"))).by(&app.bob.token).send().await.ok(204);
    assert!(!send().await.ok(201).is_replay());
}

#[tokio::test]
async fn many_repeats_at_once_hold_once() {
    let app = spawn_app().await;
    let nights = series(&app, 3, json!({})).await;
    let body = each(&nights, "A-1-7");
    let send = || app.post("/v1/groups").by(&app.alice.token).key("k").json(&body).send();
    let replies = futures_util::future::join_all((0..10).map(|_| send())).await;
    let ids: std::collections::BTreeSet<String> =
        replies.into_iter().map(|reply| reply.ok(201).text("id")).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(app.standing(&nights).await, [(1, 0); 3]);
}

#[tokio::test]
async fn a_part_is_not_touched_by_itself() {
    let app = spawn_app().await;
    let nights = series(&app, 2, json!({"checkout": "open"})).await;
    let group = app.group(&app.alice.token, &each(&nights, "A-1-7")).await.ok(201);
    let hold = group.body["holds"][0]["id"].as_str().unwrap();
    let path = format!("/v1/inventories/{}/holds/{hold}", nights[0]);
    for who in [&app.alice.token, &app.seller] {
        app.delete(&path).by(who).send().await.refused(409, "hold_in_group");
        app.post(&format!("{path}/extend")).by(who).send().await.refused(409, "hold_in_group");
        app.post(&format!("{path}/purchase")).by(who).send().await.refused(409, "hold_in_group");
        let body = json!({"from": [{"offer": "A-1-7"}], "to": [{"offer": "A-1-8"}]});
        app.post(&format!("{path}/move")).by(who).json(&body).send().await.refused(409, "hold_in_group");
    }
    app.delete(&path).by(&app.bob.token).send().await.refused(404, "hold_unknown");
    assert_eq!(app.standing(&nights).await, [(1, 0), (1, 0)]);
}

#[tokio::test]
async fn a_group_is_purchased_as_a_whole_and_once() {
    let app = spawn_app().await;
    let nights = series(&app, 3, json!({})).await;
    let group = app.group(&app.alice.token, &each(&nights, "A-1-7")).await.ok(201);
    let path = format!("/v1/groups/{}", group.text("id"));
    let purchase = || app.post(&format!("{path}/purchase"));
    purchase().by(&app.alice.token).send().await.refused(403, "purchase_needs_key");
    purchase().by(&app.bob.token).send().await.refused(404, "group_unknown");
    let sold = purchase().by(&app.seller).key("k").send().await.ok(201);
    assert_eq!((sold.text("state"), &sold.body["total"]), ("sold".into(), &group.body["total"]));
    let sales = sold.body["sales"].as_array().unwrap();
    for ((sale, hold), night) in sales.iter().zip(group.body["holds"].as_array().unwrap()).zip(&nights) {
        assert_eq!(
            (&sale["inventory"], &sale["hold"], &sale["state"]),
            (&json!(night), &hold["id"], &json!("sold"))
        );
        assert_eq!(sale["buyer"], app.alice.id);
    }
    let again = purchase().by(&app.seller).key("k").send().await.ok(201);
    assert!(again.is_replay());
    assert_eq!(again.body, sold.body);
    purchase().by(&app.seller).send().await.refused(409, "hold_purchased");
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
    let shown = app.get(&path).by(&app.seller).send().await.ok(200);
    assert_eq!((shown.text("state"), &shown.body["sales"]), ("sold".into(), &sold.body["sales"]));
    assert_eq!(app.standing(&nights).await, [(0, 1); 3]);
}

#[tokio::test]
async fn a_group_expires_in_all_performances_at_the_shortest_of_their_times() {
    let app = spawn_app().await;
    let mut nights = series(&app, 2, json!({"hold_seconds": 300})).await;
    nights.extend(series(&app, 1, json!({"hold_seconds": 60})).await);
    let group = app.group(&app.alice.token, &each(&nights, "A-1-7")).await.ok(201);
    assert_eq!(group.text("expires_at"), "2026-05-01T11:01:00.000Z");
    let path = format!("/v1/groups/{}", group.text("id"));
    app.seconds_pass(59);
    // Something happens there: what is due would be seen to.
    for night in &nights {
        let holds = format!("/v1/inventories/{night}/holds");
        app.post(&holds).by(&app.bob.token).json(&seats(&["A-1-7"])).send().await.refused(409, "unit_taken");
    }
    app.seconds_pass(1);
    app.post(&format!("{path}/purchase")).by(&app.seller).send().await.refused(409, "hold_expired");
    let shown = app.get(&path).by(&app.alice.token).send().await.ok(200);
    assert_eq!((shown.text("state"), &shown.body["expires_in_seconds"]), ("expired".into(), &json!(0)));
    for night in &nights {
        // Their clocks stand still, so they are woken.
        let holds = format!("/v1/inventories/{night}/holds");
        app.post(&holds).by(&app.bob.token).json(&seats(&["A-2-1"])).send().await.ok(201);
    }
    app.comes_to(&nights, (1, 0)).await;
}

#[tokio::test]
async fn a_group_counts_for_the_limits_of_its_buyer() {
    let app = spawn_app().await;
    let nights = series(&app, 2, json!({"holds_per_buyer": 1})).await;
    app.group(&app.alice.token, &each(&nights, "A-1-7")).await.ok(201);
    let refused = app.group(&app.alice.token, &each(&nights, "A-1-8")).await.refused(409, "buyer_limit");
    assert_eq!(refused.body["limits"], json!({"holds_per_buyer": 1}));
    refused.pointing_at("/inventories/0");
    assert_eq!(app.standing(&nights).await, [(1, 0); 2]);
}

#[tokio::test]
async fn a_group_belongs_to_its_buyer_and_needs_a_key_of_its_own() {
    let app = spawn_app().await;
    let nights = series(&app, 2, json!({})).await;
    let body = each(&nights, "A-1-7");
    app.post("/v1/groups")
        .by(&app.alice.token)
        .no_key()
        .json(&body)
        .send()
        .await
        .refused(400, "idempotency_key_missing");
    app.post("/v1/groups").json(&body).send().await.refused(401, "unauthenticated");
    app.group(&app.seller, &body).await.refused(422, "buyer_required");
    let group = app.group(&app.alice.token, &body).await.ok(201);
    let path = format!("/v1/groups/{}", group.text("id"));
    app.get(&path).by(&app.bob.token).send().await.refused(404, "group_unknown");
    app.delete(&path).by(&app.bob.token).send().await.refused(404, "group_unknown");
    app.get(&path).by(&app.seller).send().await.ok(200);
    app.get("/v1/groups/grp_1").by(&app.alice.token).send().await.refused(404, "group_unknown");
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
    assert_eq!(app.get(&path).by(&app.alice.token).send().await.ok(200).text("state"), "released");
    app.post(&format!("{path}/purchase")).by(&app.seller).send().await.refused(409, "hold_released");
    assert_eq!(app.standing(&nights).await, [(0, 0); 2]);
}
