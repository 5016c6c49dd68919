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
        let why =
            if bad == Mood::Down { "it refuses; the log says why" } else { "it does not answer in time" };
        assert!(text.starts_with(&format!("[-]store failed: {why}\n")), "{text}");
        assert!(text.ends_with("[+]inventories ok\n[+]accepting ok\nnot ready\n"), "{text}");
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
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
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
    assert!(text.contains("[-]journal failed: it does not answer in time\n"), "{text}");
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

/// Until the answer is as it should be; a minute is enough for any machine.
async fn until(app: &TestApp, path: &str, is_so: impl Fn(&Reply) -> bool) -> Reply {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let reply = app.get(path).send().await;
        if is_so(&reply) {
            return reply;
        }
        let told = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert!(tokio::time::Instant::now() < deadline, "{path} stays {}: {told}", reply.status);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// A full disk, a standby, a file system that was mounted anew: what is known is shown, and said to be old.
#[tokio::test]
async fn a_store_that_can_only_be_read_shows_the_last_view_and_sells_nothing() {
    let (app, mood) = spawn_moody().await;
    app.hold("A-1-1").await.ok(201);
    let other = app.create(serde_json::json!({"name": "Other", "plan": hall()})).await;
    let at = |rest: &str| format!("/v1/inventories/{other}{rest}");
    mood.send(Mood::ReadOnly).unwrap();
    // Nobody owns this one, and nobody can take it over.
    let shown = app.get(&at("")).send().await.ok(200);
    assert_eq!((&shown.body["stale"], &shown.body["seq"]), (&true.into(), &1.into()));
    assert_eq!(app.get(&at("/availability")).send().await.ok(200).body["stale"], true);
    let mut stream = reqwest::get(format!("{}{}", app.base, at("/live"))).await.unwrap();
    let mut heard = String::new();
    while !(heard.contains(r#""type":"snapshot""#) && heard.ends_with("\n\n")) {
        heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(heard.contains(r#""type":"snapshot""#) && heard.contains(r#""stale":true"#), "{heard}");
    app.post(&at("/holds"))
        .by(&app.alice.token)
        .json(&seats(&["A-1-1"]))
        .send()
        .await
        .refused(503, "unavailable");
    app.get("/v1/inventories/inv_00000000000000000000000000000009")
        .send()
        .await
        .refused(404, "inventory_unknown");
    // This one is owned: its view is the truth, as long as nothing was written.
    let owned = app.get(&app.at("")).send().await.ok(200);
    assert_eq!((owned.body.get("stale"), &owned.body["figures"]["held"]), (None, &1.into()));
    let ready = until(&app, "/readyz", |reply| reply.status == 503).await;
    let text = String::from_utf8(ready.bytes).unwrap();
    assert!(text.contains("[+]store ok\n[-]journal failed: it refuses"), "{text}");
    assert!(text.contains(&format!("[!]inventories ok: 1 cannot be served: {other} (it refuses")), "{text}");

    mood.send(Mood::Well).unwrap();
    until(&app, &at(""), |reply| reply.status == 200 && reply.body.get("stale").is_none()).await;
    while !(heard.contains(r#""epoch":1,"#) && heard.ends_with("\n\n")) {
        heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    let last = heard.rsplit("data: ").next().unwrap();
    assert!(!last.contains("stale"), "viewers are told as well: {heard}");
    until(&app, "/readyz", |reply| reply.status == 200).await;
}

/// What was sent while the store could only be read is answered when it can be written.
#[tokio::test]
async fn what_waits_for_a_store_that_can_only_be_read_is_written_once_it_can_be() {
    let (app, mood) = spawn_moody().await;
    app.hold("A-1-2").await.ok(201);
    let send = || app.post(&app.at("/holds")).by(&app.alice.token).key("k").json(&seats(&["A-1-1"])).send();
    mood.send(Mood::ReadOnly).unwrap();
    send().await.refused(503, "commit_pending");
    let ready = app.get("/readyz").send().await.ok(503);
    assert!(String::from_utf8(ready.bytes).unwrap().contains("[-]journal failed: it refuses"));
    let shown = app.get(&app.at("")).send().await.ok(200);
    assert_eq!(
        (shown.body.get("stale"), &shown.body["epoch"]),
        (None, &1.into()),
        "nobody was poisoned by it"
    );
    mood.send(Mood::Well).unwrap();
    until(&app, "/readyz", |reply| reply.status == 200).await;
    assert!(send().await.ok(201).is_replay());
    assert_eq!(app.get(&app.at("")).send().await.ok(200).body["epoch"], 1);
}

/// Behind the server's back.
async fn run_sql(settings: &fairhold::settings::Settings, sql: String) {
    use sqlx::Connection;
    let sql = sqlx::AssertSqlSafe(sql);
    if settings.database_url.is_empty() {
        let file = format!("sqlite://{}/fairhold.sqlite", settings.data.display());
        let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(&settings.database_url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_can_serve_no_inventory_is_not_ready() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let app = spawn_app_with(|settings| drop(tell.send(settings.clone()))).await;
    let settings = told.await.unwrap();
    app.hold("A-1-1").await.ok(201);
    let broken = app.create(serde_json::json!({"name": "Broken", "plan": hall()})).await;
    let bare = broken.trim_start_matches("inv_");
    run_sql(
        &settings,
        format!("DELETE FROM records WHERE replace(CAST(inventory AS TEXT), '-', '') LIKE '%{bare}'"),
    )
    .await;
    app.get(&format!("/v1/inventories/{broken}")).send().await.refused(503, "unavailable");
    let ready = app.get("/readyz?verbose").send().await.ok(200);
    let text = String::from_utf8(ready.bytes).unwrap();
    let told = format!("[!]inventories ok: 1 cannot be served: {broken} (its journal was changed or cut)\n");
    assert!(text.contains(&told), "one of two: {text}");
    run_sql(&settings, "DROP TABLE records".to_owned()).await;
    let ready = app.get("/readyz").send().await.ok(503);
    let text = String::from_utf8(ready.bytes).unwrap();
    assert!(text.starts_with("[-]store failed: the database is malformed\n"), "{text}");
}
