//! The actors against a real store: what a caller may rely on when things go wrong.

mod groups;
mod idle;
mod loading;
mod sold;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::watch;

use super::*;
use crate::domain::command::{KeyUse, Pick};
use crate::domain::keys::KeyLimits;
use crate::domain::{
    Access, Action, BuyerId, Caller, Cause, Checkout, Details, Event, HoldId, Plan, PlanDocument, Settings,
    Timestamp, Wanted,
};
use crate::persistence::sqlite::SqliteStore;
use crate::persistence::{
    Append, AppendError, Appender, ChainLink, Fenced, Intercepted, Journal, Store, new_inventory,
};
use crate::realtime::{Hub, HubOptions};

struct House {
    _dir: tempfile::TempDir,
    store: Arc<dyn Store>,
    sources: Sources,
    inventories: Inventories,
    /// Closed: no append gets through.
    gate: watch::Sender<bool>,
}

struct Gated {
    inner: Box<dyn Appender>,
    gate: watch::Receiver<bool>,
}

#[async_trait]
impl Appender for Gated {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        self.gate.wait_for(|open| *open).await.unwrap();
        self.inner.append(rows).await
    }
}

impl House {
    async fn open() -> Self {
        Self::with(DirectoryOptions::default(), Sources::manual(Timestamp(1_777_633_200_000))).await
    }

    async fn with(options: DirectoryOptions, sources: Sources) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (gate, gated) = watch::channel(true);
        let wrap = move |inner| -> Box<dyn Appender> { Box::new(Gated { inner, gate: gated.clone() }) };
        let sqlite = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
        let store: Arc<dyn Store> = Arc::new(Intercepted::new(sqlite, wrap));
        let (journal, writers) = Journal::new(&store, 1_000, 2);
        writers.into_iter().for_each(|writer| drop(tokio::spawn(writer.run())));
        let inventories = serve(&store, journal, sources.clone(), options);
        Self { _dir: dir, store, sources, inventories, gate }
    }

    /// Another server on the same store.
    fn beside(&self, sources: Sources) -> Inventories {
        let (journal, writers) = Journal::new(&self.store, 1_000, 1);
        writers.into_iter().for_each(|writer| drop(tokio::spawn(writer.run())));
        serve(&self.store, journal, sources, DirectoryOptions::default())
    }

    /// Two seats and ten pieces of stock; holds live a second.
    async fn hall(&self) -> InventoryId {
        let document: PlanDocument = serde_json::from_value(serde_json::json!({
            "name": "hall",
            "categories": [{"id": "R", "name": "R"}],
            "zones": [{"id": "z", "name": "z", "rows": [{"id": "A", "label": "A", "seats": [
                {"id": "A-1", "label": "1", "category": "R"}, {"id": "A-2", "label": "2", "category": "R"}]}]}],
            "items": [{"id": "cup", "label": "cup", "capacity": 10, "sellable": true}],
        }))
        .unwrap();
        let plan = Plan::compile(document).unwrap();
        let settings = Settings { hold_seconds: 1, checkout: Checkout::Open, ..Settings::default() };
        let new = new_inventory(&self.sources, Details::named("hall"), &plan, settings, "test", None);
        self.store.create(&new).await.unwrap();
        new.id
    }

    async fn run(&self, hall: InventoryId, command: Command) -> Result<Done, Failure> {
        self.inventories.execute(hall, command).await
    }

    async fn hold_with(&self, hall: InventoryId, buyer: &str, offer: &str, key: u128) -> Arc<Record> {
        match self.run(hall, hold(buyer, offer, Some(key))).await {
            Ok(Done::Committed { record, .. }) => record,
            other => panic!("not held: {other:?}"),
        }
    }

    async fn hold(&self, hall: InventoryId, buyer: &str, offer: &str) -> Result<Arc<Record>, Failure> {
        match self.run(hall, hold(buyer, offer, None)).await? {
            Done::Committed { record, .. } => Ok(record),
            Done::Nothing => panic!("a hold is never nothing"),
        }
    }
}

/// The row with its link to the record before it.
async fn linked(store: &dyn Store, row: Append) -> Append {
    let before = store.record(row.inventory, row.seq - 1).await.unwrap().unwrap().link.unwrap();
    let link = before.next(row.inventory, row.seq, row.epoch, row.at, &row.body);
    Append { link, ..row }
}

fn serve(
    store: &Arc<dyn Store>,
    journal: Journal,
    sources: Sources,
    options: DirectoryOptions,
) -> Inventories {
    let hub = Hub::new(HubOptions::default());
    Inventories::start(store.clone(), journal, hub, Placement::here(), sources, options)
}

fn hold(buyer: &str, offer: &str, key: Option<u128>) -> Command {
    let buyer: BuyerId = buyer.parse().unwrap();
    let wanted = Wanted::Offers(vec![Pick { offer: offer.to_owned(), quantity: NonZeroU32::MIN }]);
    let key = key.map(|hash| KeyUse { hash, fingerprint: 1 });
    Command {
        caller: Caller::Buyer(buyer.clone()),
        cause: Cause { key, request_id: None },
        action: Action::Hold { buyer, wanted, access: Access::default() },
    }
}

fn hold_id(record: &Record) -> HoldId {
    match record.events[..] {
        [Event::Held { hold, .. }] => hold,
        _ => panic!("not a hold: {record:?}"),
    }
}

fn code(outcome: Result<Arc<Record>, Failure>) -> &'static str {
    match outcome {
        Err(Failure::Refused { refusal, .. }) => refusal.code(),
        other => panic!("not refused: {other:?}"),
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[actix::test]
async fn an_answer_is_durable_and_readers_are_never_behind_it() {
    let house = House::open().await;
    let hall = house.hall().await;
    let record = house.hold(hall, "ann", "A-1").await.unwrap();
    assert_eq!((record.seq, record.epoch), (2, 1));
    assert!(house.store.record(hall, 2).await.unwrap().is_some());
    let channel = house.inventories.channel(hall).await.unwrap();
    assert_eq!(channel.summary().seq, 2);
    assert_eq!(channel.summary().figures.held, 1);
    assert_eq!(code(house.hold(hall, "bob", "A-1").await), "unit_taken");
}

#[actix::test]
async fn a_panic_in_decide_is_one_callers_and_changes_nothing() {
    let house = House::open().await;
    let hall = house.hall().await;
    let panicked = house.hold(hall, "panic-in-decide", "A-1").await;
    assert!(matches!(panicked, Err(Failure::Panicked)), "{panicked:?}");
    let record = house.hold(hall, "ann", "A-1").await.unwrap();
    assert_eq!((record.seq, record.epoch), (2, 1), "the same incarnation serves on");
}

#[actix::test]
async fn a_panic_in_apply_poisons_that_inventory_only_and_the_next_command_reloads_it() {
    let house = House::open().await;
    let (hall, other) = (house.hall().await, house.hall().await);
    house.hold(hall, "ann", "A-1").await.unwrap();
    house.hold(other, "ann", "A-1").await.unwrap();
    let lost = house.hold(hall, "panic-in-apply", "A-2").await;
    assert!(matches!(lost, Err(Failure::NotCommitted)), "{lost:?}");
    let record = house.hold(hall, "bob", "A-2").await.unwrap();
    assert_eq!((record.seq, record.epoch), (3, 2), "loaded again, without a gap");
    assert_eq!(house.hold(other, "bob", "A-2").await.unwrap().epoch, 1);
}

#[actix::test]
async fn a_due_hold_is_released_by_itself_within_a_second() {
    let house = House::with(DirectoryOptions::default(), Sources::system()).await;
    let hall = house.hall().await;
    let record = house.hold(hall, "ann", "A-1").await.unwrap();
    let [Event::Held { expires_at, .. }] = record.events[..] else { panic!("{record:?}") };
    let channel = house.inventories.channel(hall).await.unwrap();
    until("the hold expires", || channel.summary().figures.held == 0).await;
    let late_ms = house.sources.now().since_ms(expires_at);
    assert!((0..1_000).contains(&late_ms), "{late_ms} ms after its end");
    let stored = house.store.record(hall, 3).await.unwrap().unwrap();
    let expiry = codec::decode_record(&stored).unwrap();
    assert_eq!(expiry.by, Caller::Clock);
    assert_eq!(expiry.events[..], [Event::Expired { holds: vec![hold_id(&record)] }]);
}

#[actix::test]
async fn a_command_that_wants_a_due_seat_finds_it_free() {
    let house = House::open().await;
    let hall = house.hall().await;
    let held = house.hold(hall, "ann", "A-1").await.unwrap();
    house.sources.advance_ms(999);
    assert_eq!(code(house.hold(hall, "bob", "A-1").await), "unit_taken");
    house.sources.advance_ms(1);
    let next = house.hold(hall, "bob", "A-1").await.unwrap();
    assert_eq!(next.seq, held.seq + 2, "the expiry is a record of its own");
}

#[actix::test]
async fn a_server_whose_clock_is_an_hour_behind_ends_holds_in_their_time() {
    let house = House::open().await;
    let hall = house.hall().await;
    house.hold(hall, "ann", "A-1").await.unwrap();
    let clock = Sources::manual(house.sources.now().plus_ms(-3_600_000));
    let behind = house.beside(clock.clone());
    let taken = behind.execute(hall, hold("bob", "A-1", None)).await;
    assert!(matches!(taken, Err(Failure::Refused { .. })), "{taken:?}");
    clock.advance_ms(1_000);
    let Ok(Done::Committed { record, now, .. }) = behind.execute(hall, hold("bob", "A-1", None)).await else {
        panic!("ann's second is over")
    };
    assert_eq!((record.at, now), (house.sources.now().plus_ms(1_000), record.at));
}

#[actix::test]
async fn a_repeated_key_gives_the_same_record_also_after_a_reload() {
    let house = House::open().await;
    let hall = house.hall().await;
    let Ok(Done::Committed { record, replayed: false, .. }) =
        house.run(hall, hold("ann", "A-1", Some(7))).await
    else {
        panic!("the first is no replay")
    };
    house.store.take_over(hall).await.unwrap();
    let lost = house.hold(hall, "ann", "A-2").await;
    assert!(matches!(lost, Err(Failure::NotCommitted)), "fenced: {lost:?}");
    house.sources.advance_ms(1_000);
    let again = house.run(hall, hold("ann", "A-1", Some(7))).await;
    let Ok(Done::Committed { record: same, replayed: true, .. }) = again else { panic!("{again:?}") };
    assert_eq!(same, record);
    let mut other = hold("ann", "A-1", Some(7));
    other.cause.key = Some(KeyUse { hash: 7, fingerprint: 2 });
    let mismatch = house.run(hall, other).await.map(|_| Arc::new((*record).clone()));
    assert_eq!(code(mismatch), "idempotency_mismatch");
}

#[actix::test]
async fn repeats_and_refusals_wait_for_the_commit_they_rest_on() {
    let house = House::open().await;
    let hall = house.hall().await;
    house.inventories.channel(hall).await.unwrap();
    house.gate.send(false).unwrap();
    let send = |command| {
        let inventories = house.inventories.clone();
        actix::spawn(async move { inventories.execute(hall, command).await })
    };
    let first = send(hold("ann", "A-1", Some(7)));
    let repeat = send(hold("ann", "A-1", Some(7)));
    let refused = send(hold("bob", "A-1", None));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let channel = house.inventories.channel(hall).await.unwrap();
    assert_eq!(channel.summary().seq, 1, "readers see nothing that is not committed");
    assert!(!first.is_finished() && !repeat.is_finished() && !refused.is_finished());
    house.gate.send(true).unwrap();
    assert!(matches!(first.await.unwrap(), Ok(Done::Committed { replayed: false, .. })));
    assert!(matches!(repeat.await.unwrap(), Ok(Done::Committed { replayed: true, .. })));
    assert!(matches!(refused.await.unwrap(), Err(Failure::Refused { .. })));
    assert_eq!(house.store.records(hall, 0, 10).await.unwrap().len(), 2, "one effect");
}

#[actix::test]
async fn commands_beyond_the_limit_are_turned_away_and_a_stuck_store_is_said_so() {
    let options = DirectoryOptions { in_flight_max: 2, ..DirectoryOptions::default() };
    let house = House::with(options, Sources::system()).await;
    let hall = house.hall().await;
    house.inventories.channel(hall).await.unwrap();
    house.gate.send(false).unwrap();
    let (one, two, three) = tokio::join!(
        house.hold(hall, "ann", "A-1"),
        house.hold(hall, "bob", "A-2"),
        house.hold(hall, "cat", "cup"),
    );
    assert!(matches!(three, Err(Failure::Overloaded)), "{three:?}");
    for outcome in [one, two] {
        assert!(matches!(outcome, Err(Failure::CommitPending)), "{outcome:?}");
    }
    house.gate.send(true).unwrap();
    let channel = house.inventories.channel(hall).await.unwrap();
    until("the store is back", || channel.summary().seq >= 3).await;
    house.hold(hall, "cat", "cup").await.unwrap();
}

#[actix::test]
async fn a_fenced_owner_pauses_a_second_before_it_takes_over_again() {
    let house = House::open().await;
    let hall = house.hall().await;
    house.hold(hall, "ann", "A-1").await.unwrap();
    assert_eq!(house.store.take_over(hall).await.unwrap(), Some(2));
    let fenced = house.hold(hall, "bob", "A-2").await;
    assert!(matches!(fenced, Err(Failure::NotCommitted)), "{fenced:?}");
    let waiting = house.hold(hall, "bob", "A-2").await;
    assert!(matches!(waiting, Err(Failure::Unavailable { retry_after_seconds: 1 })), "{waiting:?}");
    house.sources.advance_ms(1_000);
    let record = house.hold(hall, "bob", "cup").await.unwrap();
    assert_eq!(record.epoch, 3);
    let records = house.store.records(hall, 0, 10).await.unwrap();
    assert!(records.iter().zip(1..).all(|(record, seq)| record.seq == seq), "no gap");
}

#[actix::test]
async fn an_inventory_that_cannot_be_loaded_is_not_tried_on_every_call() {
    let house = House::open().await;
    let unknown = house.hold(InventoryId::new(uuid::Uuid::from_u128(9)), "ann", "A-1").await;
    assert!(matches!(unknown, Err(Failure::InventoryUnknown)), "{unknown:?}");
    let hall = house.hall().await;
    house.store.take_over(hall).await.unwrap();
    let mut appender = house.store.appender().await.unwrap();
    let body = b"{\"v\":9}".as_slice().into();
    let broken = linked(
        &*house.store,
        Append { inventory: hall, epoch: 1, seq: 2, at: Timestamp(1), link: ChainLink::ANCHOR, body },
    )
    .await;
    appender.append(&[broken]).await.unwrap();
    for _ in 0..2 {
        let failed = house.hold(hall, "ann", "A-1").await;
        assert!(matches!(failed, Err(Failure::Unavailable { retry_after_seconds: 1 })), "{failed:?}");
    }
    assert_eq!(house.store.take_over(hall).await.unwrap(), Some(3), "one load, one take-over");
}

fn eager() -> DirectoryOptions {
    DirectoryOptions {
        idle_after: Duration::from_millis(1_500),
        sweep_every: Duration::from_millis(10),
        snapshot_quiet: Duration::from_secs(3_600),
        ..DirectoryOptions::default()
    }
}

#[actix::test]
async fn a_purchase_is_answered_again_whatever_others_did_in_between() {
    let limits = KeyLimits { passing: 8, passing_per_owner: 4, ..KeyLimits::default() };
    let options = DirectoryOptions { key_limits: limits, ..DirectoryOptions::default() };
    let house = House::with(options, Sources::manual(Timestamp(1_777_633_200_000))).await;
    let hall = house.hall().await;
    let wanted = Wanted::Offers(vec![Pick { offer: "A-1".to_owned(), quantity: NonZeroU32::MIN }]);
    let action = Action::PurchaseNow { buyer: "ann".parse().unwrap(), wanted, access: Access::default() };
    let cause = Cause { key: Some(KeyUse { hash: 1, fingerprint: 7 }), request_id: None };
    let buy = Command { caller: Caller::Buyer("ann".parse().unwrap()), cause, action };
    let Done::Committed { record: sale, .. } = house.run(hall, buy.clone()).await.unwrap() else {
        panic!("sold")
    };
    let mut last = None;
    for n in 0..40u128 {
        let record = house.hold_with(hall, &format!("crowd-{}", n % 5), "cup", 100 + n).await;
        let Event::Held { hold: id, .. } = &record.events[0] else { panic!("held") };
        let action = Action::Release { hold: *id };
        let release = Command { caller: Caller::Clock, cause: Cause::default(), action };
        house.run(hall, release).await.unwrap();
        last = Some(record);
    }
    match house.run(hall, buy).await.unwrap() {
        Done::Committed { record, replayed: true, .. } => assert_eq!(record, sale),
        other => panic!("sold twice: {other:?}"),
    }
    // The newest of the crowd is there, the oldest is not: it is done anew.
    let again = house.hold_with(hall, "crowd-4", "cup", 139).await;
    assert_eq!(Some(again), last);
    assert_ne!(house.hold_with(hall, "crowd-0", "cup", 100).await.seq, 3);
}
