//! The promises of [`GroupRows`], engine by engine.

use std::sync::Arc;

use fairhold::domain::group::{Group, GroupState, Part};
use fairhold::domain::{Caller, GroupId, HoldId, Timestamp};
use fairhold::persistence::{Begun, GroupChange, NewGroup, Store};
use uuid::Uuid;

use crate::conformance::id;

type Engine = Arc<dyn Store>;

const DAY_MS: i64 = 86_400_000;

fn group_id(number: u128) -> GroupId {
    GroupId::new(Uuid::from_u128(number))
}

fn group() -> Group {
    let part = |index: usize| {
        let offers = serde_json::from_str(r#"[{"offer":"A-1-7"},{"offer":"floor\u0000","quantity":2}]"#);
        Part { inventory: id(7 + index as u128), index, offers: offers.unwrap(), held: None, sold: None }
    };
    let parts = (0..2).map(part).collect();
    Group {
        buyer: "ann".parse().unwrap(),
        by: Caller::Buyer("ann".parse().unwrap()),
        parts,
        expires_at: None,
        purchase: None,
    }
}

fn new(number: u128, key: u128) -> NewGroup {
    NewGroup { id: group_id(number), at: Timestamp(1_000), key: (key, 1), group: group() }
}

fn change(number: u128, from: GroupState, to: GroupState) -> GroupChange {
    GroupChange { id: group_id(number), from, to, unfinished: true, at: Timestamp(2_000), group: None }
}

pub(crate) async fn a_group_is_begun_once_per_key(store: Engine) {
    assert_eq!(store.begin_group(&new(1, 10)).await.unwrap(), Begun::Fresh);
    let Begun::Known(known) = store.begin_group(&new(2, 10)).await.unwrap() else { panic!("begun twice") };
    assert_eq!((known.id, known.state, known.unfinished), (group_id(1), GroupState::Holding, true));
    assert_eq!((known.created_at, &known.group), (Timestamp(1_000), &group()));
    assert_eq!(store.group(group_id(1)).await.unwrap(), Some(*known));
    assert_eq!(store.group(group_id(2)).await.unwrap(), None);
    let other = NewGroup { key: (10, 2), ..new(3, 10) };
    assert_eq!(store.begin_group(&other).await.unwrap(), Begun::Mismatch);
    assert_eq!(store.begin_group(&new(4, 11)).await.unwrap(), Begun::Fresh);
}

pub(crate) async fn a_group_is_begun_once_by_many_at_once(store: Engine) {
    let begin = |number: u128| {
        let store = store.clone();
        tokio::spawn(async move { store.begin_group(&new(number, 10)).await.unwrap() })
    };
    let tasks: Vec<_> = (1..=8).map(begin).collect();
    let mut fresh = 0;
    for task in tasks {
        fresh += u32::from(task.await.unwrap() == Begun::Fresh);
    }
    assert_eq!(fresh, 1);
    assert_eq!(store.groups(None, 10).await.unwrap().len(), 1);
}

pub(crate) async fn only_one_of_all_who_try_takes_a_group_further(store: Engine) {
    store.begin_group(&new(1, 10)).await.unwrap();
    let take = |to: GroupState| {
        let store = store.clone();
        tokio::spawn(async move { store.change_group(&change(1, GroupState::Holding, to)).await.unwrap() })
    };
    let tasks: Vec<_> = (0..8).map(|n| take([GroupState::Held, GroupState::Expired][n % 2])).collect();
    let mut taken = 0;
    for task in tasks {
        taken += u32::from(task.await.unwrap());
    }
    assert_eq!(taken, 1);
    assert!(
        !store.change_group(&change(2, GroupState::Holding, GroupState::Held)).await.unwrap(),
        "no such row"
    );

    store.begin_group(&new(3, 12)).await.unwrap();
    let mut held = group();
    held.expires_at = Some(Timestamp(9_000));
    held.parts[0].held = Some((HoldId::new(Uuid::from_u128(5)), 42));
    let with_body =
        GroupChange { group: Some(held.clone()), ..change(3, GroupState::Holding, GroupState::Held) };
    assert!(store.change_group(&with_body).await.unwrap());
    let without = GroupChange { unfinished: false, ..change(3, GroupState::Held, GroupState::Held) };
    assert!(store.change_group(&without).await.unwrap(), "a change may leave the state as it is");
    let row = store.group(group_id(3)).await.unwrap().unwrap();
    assert_eq!((row.state, row.unfinished, row.group), (GroupState::Held, false, held));
}

pub(crate) async fn a_group_that_never_came_about_gives_its_key_back(store: Engine) {
    store.begin_group(&new(1, 10)).await.unwrap();
    assert!(store.change_group(&change(1, GroupState::Holding, GroupState::Aborted)).await.unwrap());
    let Begun::Known(known) = store.begin_group(&new(9, 10)).await.unwrap() else {
        panic!("something of it is left")
    };
    assert_eq!((known.id, known.state), (group_id(1), GroupState::Aborted));
    let done = GroupChange { unfinished: false, ..change(1, GroupState::Aborted, GroupState::Aborted) };
    assert!(store.change_group(&done).await.unwrap());
    assert_eq!(store.group(group_id(1)).await.unwrap(), None, "a call that was refused leaves nothing");
    let other = NewGroup { key: (10, 2), ..new(2, 10) };
    assert_eq!(store.known_group(other.key).await.unwrap(), None);
    assert_eq!(store.begin_group(&other).await.unwrap(), Begun::Fresh, "also for another call");
    store.change_group(&change(2, GroupState::Holding, GroupState::Held)).await.unwrap();
    store.change_group(&change(2, GroupState::Held, GroupState::Released)).await.unwrap();
    let Begun::Known(known) = store.begin_group(&NewGroup { id: group_id(3), ..other }).await.unwrap() else {
        panic!("a group that came about keeps its key")
    };
    assert_eq!((known.id, known.state), (group_id(2), GroupState::Released));
}

pub(crate) async fn unfinished_groups_are_found_by_their_age(store: Engine) {
    for number in 1..=4 {
        store.begin_group(&new(number, number)).await.unwrap();
    }
    let done = GroupChange { unfinished: false, ..change(1, GroupState::Holding, GroupState::Held) };
    store.change_group(&done).await.unwrap();
    store.change_group(&change(2, GroupState::Holding, GroupState::Held)).await.unwrap();
    let found = async |before: i64, limit: u32| {
        let rows = store.unfinished_groups(Timestamp(before), limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(found(1_000, 10).await, []);
    let mut old = found(1_001, 10).await;
    old.sort();
    assert_eq!(old, [group_id(3), group_id(4)]);
    assert_eq!(found(2_001, 10).await.last(), Some(&group_id(2)), "oldest first");
    assert_eq!(found(2_001, 1).await.len(), 1);
}

pub(crate) async fn a_key_of_a_group_is_remembered_for_a_day(store: Engine) {
    for (number, to) in [(1, GroupState::Held), (2, GroupState::Aborted)] {
        store.begin_group(&new(number, number)).await.unwrap();
        let done = GroupChange { unfinished: false, ..change(number, GroupState::Holding, to) };
        store.change_group(&done).await.unwrap();
    }
    store.forget_groups(Timestamp(1_000 + DAY_MS)).await.unwrap();
    let later = |number: u128, ms: i64| NewGroup { at: Timestamp(1_000 + ms), ..new(number, 1) };
    assert!(matches!(store.begin_group(&later(3, DAY_MS)).await.unwrap(), Begun::Known(_)));
    store.forget_groups(Timestamp(1_000 + DAY_MS + 1)).await.unwrap();
    assert_eq!(store.begin_group(&later(4, DAY_MS + 1)).await.unwrap(), Begun::Fresh);
    let kept: Vec<GroupId> = store.groups(None, 10).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(kept, [group_id(1), group_id(4)], "what never came about is forgotten altogether");
}

pub(crate) async fn groups_are_paged_by_id(store: Engine) {
    for number in [3, 1, 2] {
        store.begin_group(&new(number, number)).await.unwrap();
    }
    let page = async |after: Option<GroupId>, limit: u32| {
        let rows = store.groups(after, limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [group_id(1), group_id(2)]);
    assert_eq!(page(Some(group_id(2)), 2).await, [group_id(3)]);
    assert_eq!(page(Some(group_id(3)), 2).await, []);
}
