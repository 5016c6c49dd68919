//! The list of inventories, narrowed.

use std::sync::Arc;

use fairhold::domain::Timestamp;
use fairhold::persistence::{Creation, Filter, InventoryRow, NewInventory, Store};

use crate::conformance::{id, new, shown};

type Engine = Arc<dyn Store>;

async fn stored(store: &Engine, halls: &[(u128, &str, Option<i64>)]) {
    for &(number, name, starts_at) in halls {
        let hall = NewInventory { shown: shown(name, starts_at), ..new(number) };
        assert_eq!(store.create(&hall).await.unwrap(), Creation::Created);
    }
}

fn numbers(rows: &[InventoryRow]) -> Vec<u128> {
    rows.iter().map(|row| row.id.uuid().as_u128()).collect()
}

pub(crate) async fn the_list_is_searched_by_a_part_of_the_name(store: Engine) {
    let names = ["Han River Arena", "한강 아레나", "100% Café_Été", "100 Cafes", "\\'\"", "ÉCOLE"];
    let halls: Vec<_> = (1..).zip(names).map(|(number, name)| (number, name, None)).collect();
    stored(&store, &halls).await;
    for (asked, expected) in [
        ("river", vec![1]),
        ("RIVER AR", vec![1]),
        ("강 아", vec![2]),
        ("한강", vec![2]),
        ("아레나", vec![2]),
        ("100", vec![3, 4]),
        ("100%", vec![3]),
        ("%", vec![3]),
        ("_", vec![3]),
        ("caf", vec![3, 4]),
        ("\\", vec![5]),
        ("'", vec![5]),
        ("été", vec![3]),
        ("École", vec![6]),
        ("none of it", vec![]),
    ] {
        let filter = Filter { name: Some(asked.to_owned()), ..Filter::default() };
        let rows = store.inventories_like(&filter, None, 10).await.unwrap();
        assert_eq!(numbers(&rows), expected, "{asked}");
    }
    let cafes = Filter { name: Some("100".to_owned()), ..Filter::default() };
    assert_eq!(numbers(&store.inventories_like(&cafes, None, 1).await.unwrap()), [3]);
    assert_eq!(numbers(&store.inventories_like(&cafes, Some(id(3)), 1).await.unwrap()), [4]);
}

pub(crate) async fn the_list_is_narrowed_to_what_begins_in_a_time(store: Engine) {
    stored(&store, &[(1, "a", Some(100)), (2, "b", None), (3, "a", Some(200)), (4, "a", Some(300))]).await;
    let row = store.inventory(id(3)).await.unwrap().unwrap();
    assert_eq!((row.starts_at, row.name.as_str()), (Some(Timestamp(200)), "a"));
    assert_eq!(store.inventory(id(2)).await.unwrap().unwrap().starts_at, None);
    for (from, until, expected) in [
        (None, None, vec![1, 2, 3, 4]),
        (Some(200), None, vec![3, 4]),
        (None, Some(200), vec![1]),
        (Some(100), Some(300), vec![1, 3]),
        (Some(201), Some(300), vec![]),
    ] {
        let (starts_from, starts_until) = (from.map(Timestamp), until.map(Timestamp));
        let filter = Filter { starts_from, starts_until, ..Filter::default() };
        let rows = store.inventories_like(&filter, None, 10).await.unwrap();
        assert_eq!(numbers(&rows), expected, "{filter:?}");
    }
    let both = Filter { name: Some("A".to_owned()), starts_from: Some(Timestamp(200)), ..Filter::default() };
    assert_eq!(numbers(&store.inventories_like(&both, Some(id(3)), 10).await.unwrap()), [4]);
}
