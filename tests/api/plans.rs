use serde_json::json;

use crate::helpers::*;

#[tokio::test]
async fn a_file_of_another_format_is_read_and_looked_at_and_nothing_is_stored() {
    let app = spawn_app().await;
    let before = app.get("/v1/inventories").send().await.ok(200).body;
    let grid = "R:1,R:2+\n,R:3\n";
    let path = "/v1/plans?file_name=stalls&currency=KRW";
    let answer = app.post(path).by(&app.operator).raw(grid).send().await.ok(200).body;
    assert_eq!((&answer["seats"], &answer["units"], &answer["defects"]), (&json!(3), &json!(3), &json!([])));
    assert_eq!((&answer["plan"]["name"], &answer["plan"]["currency"]), (&json!("stalls"), &json!("KRW")));
    let made = app.post("/v1/inventories").by(&app.operator).json(&json!({"plan": answer["plan"]}));
    assert_eq!(made.send().await.ok(201).body["units"], 3);
    assert_eq!(before["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn defects_are_listed_with_their_places_and_repaired_when_asked() {
    let app = spawn_app().await;
    let seat = json!({"id": "1", "category": "R"});
    let file = json!({"name": "Hall", "categories": [{"id": "R", "name": "R"}],
        "zones": [{"id": "A", "rows": [{"seats": [seat, seat]}]}]});
    let read = async |query: &str| {
        let path = format!("/v1/plans{query}");
        app.post(&path).by(&app.operator).raw(file.to_string()).send().await.ok(200).body
    };
    let refused = read("").await;
    assert_eq!(refused["plan"], json!(null));
    assert_eq!(
        (&refused["defects"][0]["code"], &refused["defects"][0]["pointer"]),
        (&json!("duplicate_id"), &json!("/zones/0/rows/0/seats/1/id"))
    );
    let mended = read("?repair=true").await;
    assert_eq!((&mended["seats"], &mended["repaired"][0]["code"]), (&json!(2), &json!("duplicate_id")));
    assert!(mended["plan"].is_object());
    let nothing = app.post("/v1/plans").by(&app.operator).raw("?!").send().await.ok(200).body;
    assert_eq!((&nothing["plan"], &nothing["defects"][0]["code"]), (&json!(null), &json!("format_unknown")));
}

#[tokio::test]
async fn only_an_operator_reads_plans_and_only_with_known_parameters() {
    let app = spawn_app().await;
    let read = async |query: &str, token: &str| {
        app.post(&format!("/v1/plans{query}")).by(token).raw("{}").send().await
    };
    read("", &app.alice.token).await.refused(403, "forbidden");
    read("", &app.seller).await.refused(403, "forbidden");
    for bad in ["?format=svg", "?currency=won", "?repair=maybe", "?price=1"] {
        read(bad, &app.operator).await.refused(422, "invalid_query");
    }
}

#[tokio::test]
async fn of_each_code_a_hundred_are_listed_and_all_are_counted() {
    let app = spawn_app().await;
    let seats: Vec<_> = (0..2_000).map(|_| json!({"id": "1", "label": "x", "category": "R"})).collect();
    let file = json!({"name": "Hall", "categories": [{"id": "R", "name": "R"}],
        "zones": [{"id": "A", "rows": [{"seats": seats}]}]});
    let read = app.post("/v1/plans?repair=true").by(&app.operator).raw(file.to_string());
    let answer = read.send().await.ok(200).body;
    let counts = json!([{"code": "label_repeated", "count": 1_999, "repaired": 1_999},
        {"code": "duplicate_id", "count": 1_999, "repaired": 1_999}]);
    assert_eq!(answer["counts"], counts);
    for list in ["defects", "repaired"] {
        assert_eq!(answer[list].as_array().unwrap().len(), 200, "{list}");
    }
    assert_eq!(
        (&answer["read_alike"], &answer["offers"], &answer["format"]),
        (&json!(2_000), &json!(2_000), &json!("fairhold"))
    );
}

#[tokio::test]
async fn a_seat_list_is_read_and_what_it_has_too_much_is_told() {
    let app = spawn_app().await;
    let list = "구역,열,번호,등급,가격,색\n가,1,1,R,\"66,000\",red\n가,1,2,R,66000,\n";
    let path = "/v1/plans?file_name=stalls&currency=KRW";
    let answer = app.post(path).by(&app.operator).raw(list).send().await.ok(200).body;
    assert_eq!((&answer["format"], &answer["seats"]), (&json!("csv"), &json!(2)));
    assert_eq!(answer["left_out"], json!([{"what": "column \"색\"", "count": 1}]));
    assert_eq!(answer["plan"]["categories"][0]["price"], 66_000);
    let workbook = app.post("/v1/plans?format=csv").by(&app.operator).raw("PK\u{3}\u{4}xl/workbook.xml");
    let told = workbook.send().await.ok(200).body;
    assert_eq!(told["defects"][0]["code"], "format_unknown");
    assert!(told["defects"][0]["detail"].as_str().unwrap().contains("CSV UTF-8"), "{told}");
}

/// What a document is refused for as a file, as a new inventory, and as the next version of one.
async fn told_at_each_door(app: &TestApp, document: &serde_json::Value) -> [Vec<(String, String)>; 3] {
    let told = |defects: &serde_json::Value| -> Vec<(String, String)> {
        let text = |defect: &serde_json::Value, name: &str| defect[name].as_str().unwrap().to_owned();
        let defects = defects.as_array().into_iter().flatten();
        defects.map(|defect| (text(defect, "code"), text(defect, "pointer"))).collect()
    };
    let read = app.post("/v1/plans?format=fairhold").by(&app.operator).raw(document.to_string());
    let file = told(&read.send().await.ok(200).body["defects"]);
    let made = app.post("/v1/inventories").by(&app.operator).json(&json!({"plan": document})).send().await;
    let next = app.request(reqwest::Method::PUT, &app.at("/plan")).by(&app.operator).header("If-Match", "*");
    let next = next.json(document).send().await;
    let inside = told(&made.body["errors"]).into_iter();
    let inside = inside.map(|(code, at)| (code, at.strip_prefix("/plan").unwrap().to_owned()));
    [file, inside.collect(), told(&next.body["errors"])]
}

#[tokio::test]
async fn every_door_refuses_the_same() {
    let app = spawn_app().await;
    let mut alike = hall();
    alike["zones"][0]["rows"][1]["seats"][2]["label"] = json!("2");
    alike["zones"][0]["rows"][0]["label"] = json!("2");
    let repeated = |places: &[u32]| -> Vec<(String, String)> {
        let at = |place: &u32| format!("/zones/0/rows/1/seats/{place}/label");
        places.iter().map(|place| ("label_repeated".to_owned(), at(place))).collect()
    };
    let all_but_3 = repeated(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let mut idle = hall();
    idle["offers"] = json!([]);
    idle["zones"][0]["rows"] = json!([]);
    idle["zones"][0]["areas"][0]["category"] = json!(null);
    let nothing = vec![("nothing_for_sale".to_owned(), String::new())];
    for (document, expected) in [(alike, all_but_3), (idle, nothing), (hall(), vec![])] {
        for (door, told) in told_at_each_door(&app, &document).await.into_iter().enumerate() {
            assert_eq!(told, expected, "door {door}");
        }
    }
}

#[tokio::test]
async fn neighbours_are_those_who_sit_beside_each_other_whatever_door_a_plan_came_by() {
    let app = spawn_app().await;
    let mut plan = hall();
    let seat = |n: u32| json!({"id": format!("A-1-{n}"), "label": n.to_string(), "category": "R"});
    plan["zones"][0]["rows"][0]["seats"] = [1, 3, 5, 7, 9, 2, 4, 6, 8, 10].map(seat).into();
    let far = plan["zones"][0]["rows"][1]["seats"].as_array_mut().unwrap();
    for (place, seat) in far.iter_mut().enumerate() {
        let gap = if place < 4 { 0 } else { 200 };
        (seat["x"], seat["y"]) = (json!(place * 30 + gap), json!(0));
    }
    let gaps = async |id: &str| {
        let shown = app.get(&format!("/v1/inventories/{id}/plan")).send().await.ok(200).body;
        let of = |unit: &serde_json::Value| shown["units"][unit.as_u64().unwrap() as usize].clone();
        let row = |row: usize| shown["rows"][row]["units"].as_array().unwrap().iter().map(of).collect();
        let [first, second]: [Vec<_>; 2] = [row(0), row(1)];
        let labels: Vec<_> = first.iter().map(|unit| unit["label"].as_str().unwrap().to_owned()).collect();
        (labels.join(" "), second.iter().position(|unit| unit["gap_before"] == true))
    };
    let expected = ("1 2 3 4 5 6 7 8 9 10".to_owned(), Some(4));
    let made = app.create(json!({"plan": plan})).await;
    assert_eq!(gaps(&made).await, expected);
    let next = app.request(reqwest::Method::PUT, &app.at("/plan")).by(&app.operator).header("If-Match", "*");
    next.json(&plan).send().await.ok(200);
    assert_eq!(gaps(&app.hall).await, expected);
    // 7 and 2 stood beside each other in the list only.
    let wanted = json!({"offers": [{"offer": "A-1-7"}, {"offer": "A-1-2"}]});
    assert_eq!(app.hold_as(&app.alice.token, &wanted).await.ok(201).body["adjacent"], false);
}
