//! The promises about versions of plans.

use std::sync::Arc;

use fairhold::domain::Timestamp;
use fairhold::persistence::{Creation, Store, StoredPlan, StoredSnapshot};

use crate::conformance::{id, new};

type Engine = Arc<dyn Store>;

fn plan(n: u8) -> StoredPlan {
    StoredPlan { document: vec![b'd', n], numbering: Some(vec![0, n, 255]) }
}

async fn created(store: &Engine) {
    assert_eq!(store.create(&new(1)).await.unwrap(), Creation::Created);
}

pub(crate) async fn versions_of_a_plan_are_kept_side_by_side(store: Engine) {
    created(&store).await;
    store.create(&new(2)).await.unwrap();
    assert_eq!(store.add_plan(id(1), &plan(2)).await.unwrap(), Some(2));
    assert_eq!(store.add_plan(id(1), &plan(3)).await.unwrap(), Some(3));
    assert_eq!(store.add_plan(id(2), &plan(9)).await.unwrap(), Some(2), "each inventory has its own");
    assert_eq!(store.plan(id(1), 2).await.unwrap(), Some(plan(2)));
    assert_eq!(store.plan(id(1), 3).await.unwrap(), Some(plan(3)));
    assert_eq!(store.plan(id(1), 1).await.unwrap().unwrap().numbering, None);
    assert_eq!(store.plan(id(1), 4).await.unwrap(), None);
    assert_eq!(store.add_plan(id(7), &plan(2)).await.unwrap(), None, "no such inventory");
}

pub(crate) async fn of_many_at_once_each_gets_a_version_of_its_own(store: Engine) {
    created(&store).await;
    let add = |n: u8| {
        let store = store.clone();
        tokio::spawn(async move { (store.add_plan(id(1), &plan(n)).await.unwrap().unwrap(), n) })
    };
    let tasks: Vec<_> = (2..10).map(add).collect();
    let mut versions = Vec::new();
    for task in tasks {
        let (version, n) = task.await.unwrap();
        assert_eq!(store.plan(id(1), version).await.unwrap(), Some(plan(n)));
        versions.push(version);
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..10).collect::<Vec<_>>());
}

pub(crate) async fn a_version_that_never_came_into_force_is_dropped(store: Engine) {
    created(&store).await;
    store.add_plan(id(1), &plan(2)).await.unwrap();
    store.add_plan(id(1), &plan(3)).await.unwrap();
    store.show_plan(id(1), 2, 9).await.unwrap();
    for version in [1, 2, 3, 4] {
        store.drop_plan(id(1), version).await.unwrap();
    }
    assert!(store.plan(id(1), 1).await.unwrap().is_some() && store.plan(id(1), 2).await.unwrap().is_some());
    assert_eq!(store.plan(id(1), 3).await.unwrap(), None);
}

pub(crate) async fn the_catalogue_shows_the_newest_version(store: Engine) {
    created(&store).await;
    let shown = async || {
        let row = store.inventory(id(1)).await.unwrap().unwrap();
        (row.plan_version, row.units)
    };
    assert_eq!(shown().await, (1, 7));
    store.show_plan(id(1), 3, 12).await.unwrap();
    assert_eq!(shown().await, (3, 12));
    store.show_plan(id(1), 2, 9).await.unwrap();
    assert_eq!(shown().await, (3, 12), "whoever comes late changes nothing");
    store.show_plan(id(8), 2, 9).await.unwrap();
    let snapshot = StoredSnapshot {
        inventory: id(1),
        epoch: 0,
        seq: 1,
        at: Timestamp(1),
        figures: new(1).figures,
        body: b"x".as_slice().into(),
    };
    assert!(store.keep_snapshot(&snapshot).await.unwrap());
    assert_eq!(shown().await, (3, 12));
}
