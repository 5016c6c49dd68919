//! What happens when an inventory cannot be loaded, or is another server's by then.

use std::sync::atomic::{AtomicBool, AtomicU32};

use smallvec::smallvec;

use super::*;
use crate::persistence::intercept::Gate;

/// A server of its own on a house's store, with something in between.
fn behind(house: &House, gate: impl Gate, options: DirectoryOptions) -> Inventories {
    let inner = house.store.clone();
    let store: Arc<dyn Store> = Arc::new(Intercepted::new(inner, |appender| appender).behind(gate));
    let (journal, writers) = Journal::new(&store, 1_000, 1);
    writers.into_iter().for_each(|writer| drop(tokio::spawn(writer.run())));
    serve(&store, journal, house.sources.clone(), options)
}

/// Before the first page of records is read another server takes over and writes.
struct Overtakes {
    store: Arc<dyn Store>,
    hall: InventoryId,
    is_done: AtomicBool,
}

#[async_trait]
impl Gate for Overtakes {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        if call != "records" || self.is_done.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return Ok(());
        }
        let epoch = self.store.take_over(self.hall).await?.unwrap();
        let record = Record {
            seq: 2,
            epoch,
            at: Timestamp(1_777_633_200_000),
            by: Caller::Clock,
            cause: Cause::default(),
            events: smallvec![Event::Configured { settings: Settings::default(), details: None }],
        };
        let body = codec::encode_record(&record);
        let row =
            Append { inventory: self.hall, epoch, seq: 2, at: record.at, link: ChainLink::ANCHOR, body };
        let row = linked(&*self.store, row).await;
        self.store.appender().await?.append(&[row]).await.unwrap();
        Ok(())
    }
}

#[actix::test]
async fn a_load_that_was_overtaken_serves_nothing_and_is_tried_again_a_second_later() {
    let house = House::open().await;
    let hall = house.hall().await;
    let gate = Overtakes { store: house.store.clone(), hall, is_done: AtomicBool::new(false) };
    let inventories = behind(&house, gate, DirectoryOptions::default());
    for _ in 0..2 {
        let Err(failure) = inventories.channel(hall).await else { panic!("the epoch shown would be a lie") };
        assert!(matches!(failure, Failure::Unavailable { retry_after_seconds: 1 }), "{failure:?}");
    }
    pass(Duration::from_secs(1)).await;
    let summary = inventories.channel(hall).await.unwrap().summary();
    assert_eq!((summary.epoch, summary.seq), (3, 2));
}

/// Lets the waits of this thread pass at once.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// Takes nothing over, so often.
struct Fails(Arc<AtomicU32>);

#[async_trait]
impl Gate for Fails {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let one_less = |left: u32| left.checked_sub(1);
        let order = std::sync::atomic::Ordering::SeqCst;
        match call == "take_over" && self.0.fetch_update(order, order, one_less).is_ok() {
            true => Err(StoreError::new("take over", "on purpose")),
            false => Ok(()),
        }
    }
}

#[actix::test]
async fn while_the_store_fails_a_load_is_tried_again_every_four_seconds_at_least() {
    let house = House::open().await;
    let hall = house.hall().await;
    let inventories = behind(&house, Fails(Arc::new(AtomicU32::new(5))), DirectoryOptions::default());
    let mut waits = Vec::new();
    while let Err(failure) = inventories.execute(hall, hold("ann", "A-1", None)).await {
        let Failure::Unavailable { retry_after_seconds } = failure else { panic!("{failure:?}") };
        waits.push(retry_after_seconds);
        pass(Duration::from_secs(retry_after_seconds.into())).await;
    }
    assert_eq!(waits, [1, 2, 4, 4, 4]);
}

#[actix::test]
async fn a_fenced_owner_does_not_take_back_what_nobody_asks_it_for() {
    let house = House::with(eager(), Sources::manual(Timestamp(0))).await;
    let hall = house.hall().await;
    house.hold(hall, "ann", "A-1").await.unwrap();
    house.store.take_over(hall).await.unwrap();
    let fenced = house.hold(hall, "bob", "A-2").await;
    assert!(matches!(fenced, Err(Failure::NotCommitted)), "{fenced:?}");
    house.sources.advance_ms(1_000);
    // Ten sweeps.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(house.store.take_over(hall).await.unwrap(), Some(3), "two would never end");
}

/// Keeps no snapshot, in the way that it is told, and counts who asks.
struct KeepsNone {
    is_fenced: bool,
    asked: Arc<AtomicU32>,
}

#[async_trait]
impl Gate for KeepsNone {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        if call == "keep_snapshot" {
            self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            if !self.is_fenced {
                return Err(StoreError::new("keep a snapshot", "on purpose"));
            }
        }
        Ok(())
    }
}

/// Each is a copy of the whole state: one that is not kept must not be made again and again.
#[actix::test]
async fn a_snapshot_that_is_not_kept_is_not_tried_again_at_once_nor_taken_for_kept() {
    for is_fenced in [false, true] {
        let house = House::with(eager(), Sources::manual(Timestamp(1_000_000))).await;
        let hall = house.hall().await;
        let asked = Arc::new(AtomicU32::new(0));
        let gate = KeepsNone { is_fenced, asked: asked.clone() };
        let options = DirectoryOptions { snapshot_quiet: Duration::ZERO, ..eager() };
        let inventories = behind(&house, gate, options);
        inventories.execute(hall, hold("ann", "A-1", None)).await.unwrap();
        if is_fenced {
            house.store.take_over(hall).await.unwrap();
        }
        let tries = || asked.load(std::sync::atomic::Ordering::SeqCst);
        until("a snapshot is made", || tries() == 1).await;
        // Many sweeps, and the same time.
        for _ in 0..20 {
            tokio::time::sleep(eager().sweep_every).await;
        }
        assert_eq!(tries(), 1, "fenced: {is_fenced}");
        house.sources.advance_ms(5_000);
        until("it is tried again", || tries() == 2).await;
        assert_eq!(house.store.snapshot_seq(hall).await.unwrap(), None);
    }
}

/// The store is away when the server starts: holds of inventories that nobody asks for still end.
#[actix::test]
async fn active_inventories_are_loaded_once_the_store_is_there() {
    let house = House::open().await;
    let hall = house.hall().await;
    house.hold(hall, "ann", "A-1").await.unwrap();
    let inventories = behind(&house, Fails(Arc::new(AtomicU32::new(1))), DirectoryOptions::default());
    assert_eq!(inventories.load_active(&house.sources).await.unwrap(), 1);
    assert_eq!(inventories.loaded(), 1);
}
