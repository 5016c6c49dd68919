use futures_util::StreamExt;
use serde_json::json;

use crate::helpers::*;

#[tokio::test]
async fn an_operator_sees_the_last_hour_by_minute() {
    let app = spawn_app().await;
    app.seconds_pass(20);
    let hold = app.hold("A-1-1").await.ok(201);
    app.hold("A-1-1").await.refused(409, "unit_taken");
    app.hold("A-1-1").await.refused(409, "unit_taken");
    app.hold("Z-9").await.refused(422, "unit_unknown");
    app.seconds_pass(39);
    let given = app.hold("A-1-2").await.ok(201);
    let path = app.at(&format!("/holds/{}", given.text("id")));
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
    app.seconds_pass(1);
    let sale = app.purchase(&hold).await.ok(201);
    app.give_back(&sale, None).await.ok(200);
    app.hold("A-1-3").await.ok(201);
    app.hold("A-1-3").await.refused(409, "unit_taken");
    app.seconds_pass(10 * 60);
    app.hold("A-1-4").await.ok(201);
    let path = app.at("/activity");
    let shown = app.get(&path).by(&app.operator).send().await.ok(200).body;
    let minute = |at: &str, changes: serde_json::Value| {
        let mut minute = json!({"at": at, "holds": 0, "purchases": 0, "released": 0, "expired": 0, "returned": 0,
            "viewers_max": 0, "refused": {}});
        changes.as_object().unwrap().iter().for_each(|(name, value)| minute[name] = value.clone());
        minute
    };
    let minutes = [
        minute(
            "2026-05-01T11:00:00.000Z",
            json!({"holds": 2, "released": 1, "refused": {"unit_taken": 2, "unit_unknown": 1}}),
        ),
        minute(
            "2026-05-01T11:01:00.000Z",
            json!({"holds": 1, "purchases": 1, "returned": 1, "refused": {"unit_taken": 1}}),
        ),
        minute("2026-05-01T11:11:00.000Z", json!({"holds": 1, "expired": 1})),
    ];
    assert_eq!(shown["minutes"], json!(minutes));
    assert_eq!(shown["refused"], json!({"unit_taken": 3, "unit_unknown": 1}));
    assert_eq!(shown["since"], "2026-05-01T11:00:20.000Z", "it was loaded by the first hold");
    app.seconds_pass(50 * 60);
    let later = app.get(&path).by(&app.operator).send().await.ok(200).body;
    assert_eq!(later["minutes"][0]["at"], "2026-05-01T11:11:00.000Z", "the rest is more than an hour ago");
    assert_eq!(later["refused"], json!({}));
    for who in [&app.seller, &app.alice.token] {
        app.get(&path).by(who).send().await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn those_who_watch_are_counted_at_their_most() {
    let app = spawn_app().await;
    let watch = || app.client.get(format!("{}{}", app.base, app.at("/live"))).send();
    let mut streams = Vec::new();
    for _ in 0..2 {
        let mut stream = watch().await.unwrap().bytes_stream();
        stream.next().await.unwrap().unwrap();
        streams.push(stream);
    }
    let shown = app.get(&app.at("/activity")).by(&app.operator).send().await.ok(200).body;
    assert_eq!(shown["minutes"][0]["viewers_max"], 2);
    streams.clear();
    app.seconds_pass(60);
    let hour = app.get(&app.at("/activity")).by(&app.operator).send().await.ok(200).body;
    assert_eq!(hour["minutes"][0]["viewers_max"], 2, "of that minute it stays the most");
}
