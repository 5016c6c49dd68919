//! Limits under parallel calls: what a check reads has to be what the next one writes. Shops have sold past such a
//! limit by a race between the two (CVE-2024-45300).

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::helpers::*;

const ROUNDS: u32 = 200;
const CALLS: usize = 50;
/// Of each buyer, in all and of what is cheaper.
const PIECES: usize = 4;
const PROMOTED: usize = 1;

fn field() -> Value {
    let area =
        |id: &str, category: &str| json!({"id": id, "label": id, "capacity": 10_000, "category": category});
    json!({"name": "Field", "currency": "KRW",
        "categories": [{"id": "F", "name": "Field", "price": 10_000}, {"id": "P", "name": "Promotion", "price": 1_000}],
        "zones": [{"id": "z", "name": "z", "areas": [area("field", "F"), area("promotion", "P")]}]})
}

/// One piece, by one of all ways to claim something.
async fn claim(app: &TestApp, inventory: &str, token: &str, way: usize, is_promoted: bool) -> Reply {
    let (offer, category) = if is_promoted { ("promotion", "P") } else { ("field", "F") };
    let picked = json!({"offers": [{"offer": offer}]});
    let best = json!({"best_available": {"quantity": 1, "category": category}});
    let (path, body) = match way % 5 {
        0 => (format!("/v1/inventories/{inventory}/holds"), picked),
        1 => (format!("/v1/inventories/{inventory}/purchases"), picked),
        2 => (format!("/v1/inventories/{inventory}/holds"), best),
        3 => (format!("/v1/inventories/{inventory}/purchases"), best),
        _ => ("/v1/groups".to_owned(), json!({"inventories": [inventory], "offers": [{"offer": offer}]})),
    };
    app.post(&path).by(token).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_calls_at_once_get_exactly_what_a_buyer_may_have() {
    let app = Arc::new(spawn_app().await);
    let settings = json!({"checkout": "open", "holds_per_buyer": 1_000, "pieces_per_buyer": PIECES,
        "categories": {"P": {"pieces_per_buyer": PROMOTED}}});
    let field = app.create(json!({"name": "Field", "plan": field(), "settings": settings})).await;
    let mut expected = 0;
    for round in 0..ROUNDS {
        let is_promoted = round.is_multiple_of(2);
        let token = app.buyer().await.token;
        let calls = (0..CALLS).map(|way| {
            let (app, field, token) = (app.clone(), field.clone(), token.clone());
            tokio::spawn(async move { claim(&app, &field, &token, way, is_promoted).await })
        });
        let mut had = 0;
        for reply in join_all(calls).await {
            let reply = reply.unwrap();
            if reply.status == 201 {
                had += 1;
            } else {
                let limit = reply.refused(409, "buyer_limit").body["limits"].clone();
                assert!(
                    limit == json!({"pieces_per_buyer": 4}) || limit == json!({"categories": 1}),
                    "{limit}"
                );
            }
        }
        let limit = if is_promoted { PROMOTED } else { PIECES };
        assert_eq!(had, limit, "round {round}");
        expected += limit as u64;
    }
    let shown = app.get(&format!("/v1/inventories/{field}")).by(&app.operator).send().await.ok(200);
    let figure = |name: &str| shown.body["figures"][name].as_u64().unwrap();
    assert_eq!(figure("held") + figure("sold"), expected);
}
