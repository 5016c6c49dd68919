//! The promises of [`Store`], engine by engine.

use std::sync::Arc;

use fairhold::domain::state::Figures;
use fairhold::domain::{Details, InventoryId, KeyId, Timestamp};
use fairhold::persistence::{
    Append, AppendError, CatalogueFacts, ChainLink, Creation, Fenced, NewInventory, NewKey, Role, Store,
    StoredPlan, StoredSnapshot,
};
use uuid::Uuid;

/// One test for each promise. `$open` gives the engine, and what has to live as long.
macro_rules! suite {
    ($open:path) => {
        $crate::conformance::suite! { $open, conformance:
            a_batch_is_written_whole_and_read_back_in_order,
            a_stale_epoch_writes_nothing_and_is_named,
            a_seq_is_written_once,
            a_take_over_raises_the_epoch_by_one,
            an_unknown_inventory_has_nothing,
            bodies_keep_every_byte,
            snapshots_are_fenced_and_the_last_two_stay,
            an_inventory_is_created_once_per_key,
            an_inventory_is_created_once_by_two_at_once,
            the_list_is_paged_by_id_and_shows_the_last_snapshot,
            only_recently_active_inventories_are_named,
            a_key_is_found_until_it_is_revoked,
            a_secret_is_made_once,
            two_owners_never_both_write,
        }
        $crate::conformance::suite! { $open, plans:
            versions_of_a_plan_are_kept_side_by_side,
            of_many_at_once_each_gets_a_version_of_its_own,
            a_version_that_never_came_into_force_is_dropped,
            the_catalogue_shows_the_newest_version,
        }
        $crate::conformance::suite! { $open, listing:
            the_list_is_searched_by_a_part_of_the_name,
            the_list_is_narrowed_to_what_begins_in_a_time,
        }
        $crate::conformance::suite! { $open, groups:
            a_group_is_begun_once_per_key,
            a_group_is_begun_once_by_many_at_once,
            only_one_of_all_who_try_takes_a_group_further,
            a_group_that_never_came_about_gives_its_key_back,
            unfinished_groups_are_found_by_their_age,
            a_key_of_a_group_is_remembered_for_a_day,
            groups_are_paged_by_id,
        }
    };
    ($open:path, $module:ident: $($name:ident,)*) => {$(
        #[tokio::test]
        async fn $name() {
            let (_kept, store) = $open().await;
            $crate::$module::$name(store).await;
        }
    )*};
}
pub(crate) use suite;

type Engine = Arc<dyn Store>;

pub(crate) fn id(number: u128) -> InventoryId {
    InventoryId::new(Uuid::from_u128(number))
}

/// What is told of an inventory at its record 1.
pub(crate) fn shown(name: &str, starts_at: Option<i64>) -> CatalogueFacts {
    let details = Details { starts_at: starts_at.map(Timestamp), ..Details::named(name) };
    CatalogueFacts { seq: 1, details: Some(details), ..CatalogueFacts::default() }
}

pub(crate) fn new(number: u128) -> NewInventory {
    NewInventory {
        id: id(number),
        at: Timestamp(1_000),
        shown: shown(&format!("hall {number}"), None),
        plan: br#"{"name":"hall"}"#.to_vec(),
        units: 7,
        figures: Figures { capacity: 7, available: 7, ..Figures::default() },
        first_record: br#"{"v":1}"#.as_slice().into(),
        idempotency: None,
    }
}

async fn owned(store: &Engine, number: u128) -> (InventoryId, u64) {
    assert_eq!(store.create(&new(number)).await.unwrap(), Creation::Created);
    (id(number), store.take_over(id(number)).await.unwrap().unwrap())
}

fn row(inventory: InventoryId, epoch: u64, seq: u64) -> Append {
    let body = format!(r#"{{"v":1,"seq":{seq}}}"#).into();
    Append {
        inventory,
        epoch,
        seq,
        at: Timestamp(1_000 + seq as i64),
        link: ChainLink([seq as u8; 16]),
        body,
    }
}

async fn seqs(store: &Engine, inventory: InventoryId) -> Vec<u64> {
    store.records(inventory, 0, 1_000).await.unwrap().iter().map(|record| record.seq).collect()
}

pub(crate) async fn a_batch_is_written_whole_and_read_back_in_order(store: Engine) {
    let (hall, epoch) = owned(&store, 1).await;
    let (club, club_epoch) = owned(&store, 2).await;
    let mut appender = store.appender().await.unwrap();
    let batch = [row(hall, epoch, 2), row(club, club_epoch, 2), row(hall, epoch, 3)];
    assert_eq!(appender.append(&batch).await.unwrap(), []);
    let records = store.records(hall, 1, 10).await.unwrap();
    assert_eq!(records.iter().map(|record| (record.seq, record.epoch)).collect::<Vec<_>>(), [(2, 1), (3, 1)]);
    assert_eq!(records[0].body, br#"{"v":1,"seq":2}"#);
    assert_eq!(store.records(hall, 0, 2).await.unwrap().len(), 2, "the limit holds");
    assert_eq!(store.record(hall, 3).await.unwrap().unwrap().seq, 3);
    assert_eq!(store.record(hall, 4).await.unwrap(), None);
    assert_eq!(seqs(&store, club).await, [1, 2]);
    assert_eq!(appender.append(&[]).await.unwrap(), [], "an empty batch is no error");
}

pub(crate) async fn a_stale_epoch_writes_nothing_and_is_named(store: Engine) {
    let (hall, stale) = owned(&store, 1).await;
    let (club, club_epoch) = owned(&store, 2).await;
    let fresh = store.take_over(hall).await.unwrap().unwrap();
    let mut appender = store.appender().await.unwrap();
    let batch = [row(hall, stale, 2), row(club, club_epoch, 2), row(hall, stale, 3), row(hall, fresh, 2)];
    let fenced = appender.append(&batch).await.unwrap();
    assert_eq!(fenced, [Fenced { inventory: hall, epoch: stale }]);
    let records = store.records(hall, 1, 10).await.unwrap();
    assert_eq!(records.iter().map(|record| (record.seq, record.epoch)).collect::<Vec<_>>(), [(2, fresh)]);
    assert_eq!(seqs(&store, club).await, [1, 2], "the others of the batch are committed");
}

pub(crate) async fn a_seq_is_written_once(store: Engine) {
    let (hall, epoch) = owned(&store, 1).await;
    let mut appender = store.appender().await.unwrap();
    appender.append(&[row(hall, epoch, 2)]).await.unwrap();
    let again = appender.append(&[row(hall, epoch, 3), row(hall, epoch, 2)]).await;
    assert!(matches!(again, Err(AppendError::Refused(_))), "{again:?}");
    assert_eq!(seqs(&store, hall).await, [1, 2], "nothing of a refused batch is there");
    appender.append(&[row(hall, epoch, 3)]).await.unwrap();
    assert_eq!(seqs(&store, hall).await, [1, 2, 3], "the connection serves on");
}

pub(crate) async fn a_take_over_raises_the_epoch_by_one(store: Engine) {
    let (hall, first) = owned(&store, 1).await;
    assert_eq!(first, 1);
    assert_eq!(store.take_over(hall).await.unwrap(), Some(2));
    assert_eq!(store.take_over(hall).await.unwrap(), Some(3));
}

pub(crate) async fn an_unknown_inventory_has_nothing(store: Engine) {
    assert_eq!(store.take_over(id(9)).await.unwrap(), None);
    assert!(store.inventory(id(9)).await.unwrap().is_none());
    assert_eq!(store.plan(id(9), 1).await.unwrap(), None);
    assert_eq!(seqs(&store, id(9)).await, Vec::<u64>::new());
    assert_eq!(store.snapshot_seq(id(9)).await.unwrap(), None);
    let mut appender = store.appender().await.unwrap();
    let fenced = appender.append(&[row(id(9), 1, 1)]).await.unwrap();
    assert_eq!(fenced, [Fenced { inventory: id(9), epoch: 1 }]);
}

/// `\u0000` is legal JSON and must not fail a batch of others.
pub(crate) async fn bodies_keep_every_byte(store: Engine) {
    let (hall, epoch) = owned(&store, 1).await;
    let bodies = [
        r#"{"v":1,"text":"\u0000 \" \\ / 한글 🎫"}"#,
        r#"{"v":1,"number":9007199254740993,"small":0.1,"nested":[{"a":[]}]}"#,
        r#"{"v":1,"text":"it's \"quoted\" – and $1 ?"}"#,
    ];
    let mut appender = store.appender().await.unwrap();
    let rows: Vec<Append> =
        (2..).zip(bodies).map(|(seq, body)| Append { body: body.into(), ..row(hall, epoch, seq) }).collect();
    assert_eq!(appender.append(&rows).await.unwrap(), []);
    let stored = store.records(hall, 1, 10).await.unwrap();
    for (record, body) in stored.iter().zip(bodies) {
        assert_eq!(std::str::from_utf8(&record.body).unwrap(), body);
    }
    assert_eq!(stored.len(), bodies.len());
}

pub(crate) async fn snapshots_are_fenced_and_the_last_two_stay(store: Engine) {
    let (hall, epoch) = owned(&store, 1).await;
    let snapshot = |seq: u64, epoch: u64| StoredSnapshot {
        inventory: hall,
        epoch,
        seq,
        at: Timestamp(5),
        figures: Figures { sold: seq, ..Figures::default() },
        body: vec![seq as u8; 3].into(),
    };
    let mut appender = store.appender().await.unwrap();
    for seq in 2..=4 {
        appender.append(&[row(hall, epoch, seq)]).await.unwrap();
        assert!(store.keep_snapshot(&snapshot(seq, epoch)).await.unwrap());
    }
    let newest = store.snapshot(hall, None).await.unwrap().unwrap();
    assert_eq!(
        (newest.seq, newest.epoch, &newest.body[..], newest.figures.sold),
        (4, epoch, &[4, 4, 4][..], 4)
    );
    assert_eq!(store.snapshot(hall, Some(4)).await.unwrap().unwrap().seq, 3);
    assert!(store.snapshot(hall, Some(3)).await.unwrap().is_none(), "older ones are dropped");
    store.take_over(hall).await.unwrap();
    assert!(!store.keep_snapshot(&snapshot(5, epoch)).await.unwrap());
    assert_eq!(store.snapshot_seq(hall).await.unwrap(), Some(4), "a stale owner stores none");
}

pub(crate) async fn an_inventory_is_created_once_per_key(store: Engine) {
    let first = NewInventory { idempotency: Some((7, 70)), ..new(1) };
    assert_eq!(store.create(&first).await.unwrap(), Creation::Created);
    let again = NewInventory { idempotency: Some((7, 70)), ..new(2) };
    assert_eq!(store.create(&again).await.unwrap(), Creation::Replayed(id(1)));
    let other = NewInventory { idempotency: Some((7, 71)), ..new(3) };
    assert_eq!(store.create(&other).await.unwrap(), Creation::Mismatch);
    assert_eq!(store.inventories(None, 10).await.unwrap().len(), 1);
    let first = StoredPlan { document: br#"{"name":"hall"}"#.to_vec(), numbering: None };
    assert_eq!(store.plan(id(1), 1).await.unwrap(), Some(first));
    let day_later = NewInventory { at: Timestamp(1_000 + 86_400_001), idempotency: Some((7, 71)), ..new(4) };
    assert_eq!(store.create(&day_later).await.unwrap(), Creation::Created, "keys are kept for a day");
}

/// The same call twice at the same time, as an impatient client sends it.
pub(crate) async fn an_inventory_is_created_once_by_two_at_once(store: Engine) {
    let call = |number| NewInventory { idempotency: Some((7, 70)), ..new(number) };
    let (first, second) = (call(1), call(2));
    let (one, two) = tokio::join!(store.create(&first), store.create(&second));
    let (one, two) = (one.unwrap(), two.unwrap());
    let there = store.inventories(None, 10).await.unwrap();
    assert_eq!(there.len(), 1);
    let replayed = Creation::Replayed(there[0].id);
    assert!([(one, two), (two, one)].contains(&(Creation::Created, replayed)), "{one:?} {two:?}");
}

pub(crate) async fn the_list_is_paged_by_id_and_shows_the_last_snapshot(store: Engine) {
    for number in [3, 1, 2] {
        owned(&store, number).await;
    }
    let first = store.inventories(None, 2).await.unwrap();
    assert_eq!(first.iter().map(|row| row.id).collect::<Vec<_>>(), [id(1), id(2)]);
    let second = store.inventories(Some(id(2)), 2).await.unwrap();
    assert_eq!(second.iter().map(|row| row.id).collect::<Vec<_>>(), [id(3)]);
    assert_eq!((first[0].seq, first[0].as_of, first[0].figures.available), (1, Timestamp(1_000), 7));
    let snapshot = StoredSnapshot {
        inventory: id(1),
        epoch: 1,
        seq: 2,
        at: Timestamp(2_000),
        figures: Figures { sold: 3, ..Figures::default() },
        body: b"x".as_slice().into(),
    };
    let mut appender = store.appender().await.unwrap();
    appender.append(&[row(id(1), 1, 2)]).await.unwrap();
    assert!(store.keep_snapshot(&snapshot).await.unwrap());
    let shown = store.inventory(id(1)).await.unwrap().unwrap();
    assert_eq!(
        (shown.seq, shown.as_of, shown.figures.sold, shown.name.as_str()),
        (2, Timestamp(2_000), 3, "hall 1")
    );
}

pub(crate) async fn only_recently_active_inventories_are_named(store: Engine) {
    let (hall, epoch) = owned(&store, 1).await;
    owned(&store, 2).await;
    let mut appender = store.appender().await.unwrap();
    appender.append(&[row(hall, epoch, 2)]).await.unwrap();
    assert_eq!(store.active_since(Timestamp(1_001)).await.unwrap(), [hall]);
    assert_eq!(store.active_since(Timestamp(999)).await.unwrap().len(), 2);
}

pub(crate) async fn a_key_is_found_until_it_is_revoked(store: Engine) {
    let key = |number: u8| NewKey {
        id: KeyId::new(Uuid::from_u128(number.into())),
        role: if number == 1 { Role::Operator } else { Role::Seller },
        name: format!("key {number}"),
        hash: [number; 32],
        at: Timestamp(1),
    };
    store.create_key(&key(1)).await.unwrap();
    store.create_key(&key(2)).await.unwrap();
    let found = store.find_key([1; 32]).await.unwrap().unwrap();
    assert_eq!((found.role, found.name.as_str()), (Role::Operator, "key 1"));
    assert_eq!(store.find_key([3; 32]).await.unwrap(), None);
    assert_eq!(store.list_keys().await.unwrap().len(), 2);
    assert!(store.revoke_key(found.id, Timestamp(2)).await.unwrap());
    assert!(!store.revoke_key(found.id, Timestamp(3)).await.unwrap());
    assert_eq!(store.find_key([1; 32]).await.unwrap(), None);
    assert_eq!(store.list_keys().await.unwrap()[0].role, Role::Seller);
}

pub(crate) async fn a_secret_is_made_once(store: Engine) {
    assert_eq!(store.secret("token", b"first").await.unwrap(), b"first");
    assert_eq!(store.secret("token", b"second").await.unwrap(), b"first");
    assert_eq!(store.secret("other", b"second").await.unwrap(), b"second");
    store.ping().await.unwrap();
}

/// Two owners write as fast as they can and take over from each other: each seq has one writer, and what a
/// new owner reads is all that the old one ever wrote.
pub(crate) async fn two_owners_never_both_write(store: Engine) {
    owned(&store, 1).await;
    let owner = |store: Engine| async move {
        let mut appender = store.appender().await.unwrap();
        let mut written = 0;
        for _ in 0..40 {
            let epoch = store.take_over(id(1)).await.unwrap().unwrap();
            let mut seq = *seqs(&store, id(1)).await.last().unwrap();
            while written < 1_000 {
                seq += 1;
                let fenced = appender.append(&[row(id(1), epoch, seq)]).await.unwrap();
                if !fenced.is_empty() {
                    break;
                }
                written += 1;
                if seq.is_multiple_of(5) {
                    break;
                }
            }
        }
        written
    };
    let (one, two) = tokio::join!(tokio::spawn(owner(store.clone())), tokio::spawn(owner(store.clone())));
    let written = one.unwrap() + two.unwrap();
    let records = store.records(id(1), 1, 10_000).await.unwrap();
    assert_eq!(records.len(), written, "an acknowledged append is there, and nothing else");
    assert!(records.iter().zip(2..).all(|(record, seq)| record.seq == seq), "no gap");
    assert!(records.windows(2).all(|pair| pair[0].epoch <= pair[1].epoch), "no stale writer");
}
