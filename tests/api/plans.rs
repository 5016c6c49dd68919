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
    let file =
        json!({"name": "Hall", "zones": [{"id": "A", "rows": [{"seats": [{"id": "1"}, {"id": "1"}]}]}]});
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
    assert_eq!((&nothing["plan"], &nothing["defects"][0]["code"]), (&json!(null), &json!("json_malformed")));
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
