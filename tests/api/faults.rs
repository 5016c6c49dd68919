use tokio::sync::watch;

use crate::helpers::*;
use crate::moody::{Mood, moody};
use crate::support::host::Host;

async fn spawn_moody() -> (TestApp, watch::Sender<Mood>) {
    let (mood, moods) = watch::channel(Mood::Well);
    let server = Host::behind(Box::new(|store| moody(store, moods))).await;
    (TestApp::on(server).await, mood)
}

#[tokio::test]
async fn a_server_without_its_store_is_not_ready_but_alive() {
    let (app, mood) = spawn_moody().await;
    for bad in [Mood::Down, Mood::Silent] {
        mood.send(bad).unwrap();
        let reply = app.get("/readyz").send().await.ok(503);
        let text = String::from_utf8(reply.bytes).unwrap();
        assert_eq!(text, "[-]store failed\n[+]journal ok\n[+]accepting ok\nnot ready\n");
        app.get("/livez").send().await.ok(200);
    }
    mood.send(Mood::Well).unwrap();
    app.get("/readyz").send().await.ok(200);
}

#[tokio::test]
async fn what_the_store_cannot_tell_is_unavailable_and_nothing_else() {
    let (app, mood) = spawn_moody().await;
    app.hold("A-1-1").await.ok(201);
    let other = app.create(serde_json::json!({"name": "Other", "plan": hall()})).await;
    mood.send(Mood::Down).unwrap();
    app.seconds_pass(5);
    let refused = app.get("/v1/inventories").send().await.refused(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(!refused.body.to_string().contains("on purpose"), "causes stay in the log");
    // A key that cannot be looked up is not an unknown key.
    app.post(&app.at("/blocks")).by(&app.operator).send().await.refused(503, "unavailable");
    app.get(&format!("/v1/inventories/{other}")).send().await.refused(503, "unavailable");
    // What is in memory is served further.
    app.get(&app.at("/availability")).send().await.ok(200);
    app.hold_as(&app.bob.token, &seats(&["A-1-1"])).await.refused(409, "unit_taken");
}

#[tokio::test]
async fn a_hold_that_was_not_written_can_be_repeated_with_its_key() {
    let (app, mood) = spawn_moody().await;
    app.hold("A-1-2").await.ok(201);
    let send = || app.post(&app.at("/holds")).by(&app.alice.token).key("k").json(&seats(&["A-1-1"])).send();
    mood.send(Mood::Down).unwrap();
    let refused = send().await.refused(503, "not_committed");
    assert_eq!(refused.header("retry-after"), "1");
    mood.send(Mood::Well).unwrap();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let reply = send().await;
        if reply.status == 201 {
            assert!(!reply.is_replay());
            break;
        }
        assert_eq!(reply.status, 503, "{}", reply.body);
        assert!(tokio::time::Instant::now() < deadline, "it never came back: {}", reply.body);
    }
    assert_eq!(app.figures().await["held"], 2);
}

#[tokio::test]
async fn a_hold_whose_commit_is_pending_is_found_again_by_its_key() {
    let (app, mood) = spawn_moody().await;
    app.hold("A-1-2").await.ok(201);
    let send = || app.post(&app.at("/holds")).by(&app.alice.token).key("k").json(&seats(&["A-1-1"])).send();
    mood.send(Mood::Silent).unwrap();
    send().await.refused(503, "commit_pending");
    let ready = app.get("/readyz?verbose").send().await.ok(503);
    let text = String::from_utf8(ready.bytes).unwrap();
    assert!(text.contains("[-]journal failed\n"), "{text}");
    let seen = app.get(&app.at("/availability")).send().await.ok(200);
    assert_eq!(seen.body["seq"], 2, "readers see only what is committed");
    let lists = app.get("/v1/inventories").send();
    let creation = serde_json::json!({"name": "Other", "plan": hall()});
    let create = || app.post("/v1/inventories").by(&app.operator).key("c").json(&creation).send();
    let (list, made) = futures_util::join!(lists, create());
    list.refused(503, "unavailable");
    made.refused(503, "commit_pending");
    mood.send(Mood::Well).unwrap();
    assert!(send().await.ok(201).is_replay());
    let ready = app.get("/readyz?verbose").send().await.ok(200);
    assert!(String::from_utf8(ready.bytes).unwrap().contains("[+]journal ok\n"));
    // Either this or the one that nobody waited for came first; there is one inventory of them.
    let made = create().await.ok(201);
    assert_eq!(create().await.ok(201).body, made.body);
    assert_eq!(app.get("/v1/inventories").send().await.ok(200).body["data"][1]["id"], made.body["id"]);
    assert_eq!(app.get("/v1/inventories").send().await.ok(200).body["data"].as_array().unwrap().len(), 2);
    assert_eq!(app.figures().await["held"], 2);
}
