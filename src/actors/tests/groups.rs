//! Groups: cut off at every step, taken up again, and judged by their row.

use super::*;
use crate::actors::budgets::BudgetOptions;
use crate::actors::group::{GroupCall, GroupFailure, Groups};
use crate::domain::group::{Group, GroupPurchase, GroupState, PartStep};
use crate::domain::{GroupId, KeyUse};
use crate::limits::{Asker, Counted, Left, Limiter, Party, TurnedAway, Unlimited};
use crate::persistence::{GroupChange, NewGroup};

struct Series {
    house: House,
    groups: Groups,
    nights: Vec<InventoryId>,
}

impl Series {
    /// Three halls; holds live a second there, so groups do, too.
    async fn open() -> Self {
        Self::with(DirectoryOptions::default()).await
    }

    async fn with(options: DirectoryOptions) -> Self {
        let house = House::with(options, Sources::manual(Timestamp(1_777_633_200_000))).await;
        let nights = vec![house.hall().await, house.hall().await, house.hall().await];
        let groups = Groups::new(house.inventories.clone(), house.store.clone(), house.sources.clone());
        Self { house, groups, nights }
    }

    fn call(&self, buyer: &str, key: u128, offer: &str) -> GroupCall {
        let pick = Pick { offer: offer.to_owned(), quantity: NonZeroU32::MIN };
        let parts = self.nights.iter().map(|night| (*night, vec![pick.clone()])).collect();
        let buyer: BuyerId = buyer.parse().unwrap();
        let key = KeyUse { hash: key, fingerprint: 1 };
        GroupCall { caller: Caller::Buyer(buyer.clone()), key, buyer, parts, asker: None }
    }

    /// As if a server had died when so many parts were held.
    async fn cut_off(&self, parts: usize) -> (GroupId, Group) {
        let call = self.call("ann", 7, "A-1");
        let new = self.groups.new_group(&call).await.unwrap();
        self.house.store.begin_group(&new).await.unwrap();
        let NewGroup { id, mut group, .. } = new;
        for part in group.parts.iter_mut().take(parts) {
            let wanted = Wanted::Offers(part.offers.clone());
            let step = PartStep::Hold { buyer: call.buyer.clone(), wanted };
            let Ok(Done::Committed { record, .. }) = self.step(part.inventory, id, step, true).await else {
                panic!("not held")
            };
            let [Event::Held { hold, .. }] = record.events[..] else { panic!("{record:?}") };
            part.held = Some((hold, record.seq));
        }
        (id, group)
    }

    async fn step(
        &self,
        night: InventoryId,
        group: GroupId,
        step: PartStep,
        keyed: bool,
    ) -> Result<Done, Failure> {
        let key = keyed.then_some(KeyUse { hash: group.as_u128(), fingerprint: 0 });
        let action = Action::Part { group, step };
        self.house.run(night, Command { cause: Cause { key, request_id: None }, ..command(action) }).await
    }

    /// The row says so, and whoever wrote it is gone.
    async fn row(&self, id: GroupId, group: &Group, steps: &[GroupState]) {
        let mut from = GroupState::Holding;
        for &to in steps {
            let (at, group) = (self.house.sources.now(), Some(group.clone()));
            let change = GroupChange { id, from, to, unfinished: true, at, group };
            assert!(self.house.store.change_group(&change).await.unwrap());
            from = to;
        }
    }

    async fn state(&self, id: GroupId) -> (GroupState, bool) {
        let row = self.house.store.group(id).await.unwrap().unwrap();
        (row.state, row.unfinished)
    }

    /// A command that changes nothing: whoever owns the inventory looks at the clock.
    async fn wake(&self) {
        for night in &self.nights {
            assert!(matches!(self.house.run(*night, Command::expire()).await, Ok(Done::Nothing)));
        }
    }

    async fn figures(&self) -> Vec<(u64, u64)> {
        let mut figures = Vec::new();
        for night in &self.nights {
            let summary = self.house.inventories.channel(*night).await.unwrap().summary();
            figures.push((summary.figures.held, summary.figures.sold));
        }
        figures
    }

    async fn comes_to(&self, expected: [(u64, u64); 3]) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.figures().await != expected {
            assert!(Instant::now() < deadline, "still {:?}", self.figures().await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn command(action: Action) -> Command {
    Command { caller: Caller::Clock, cause: Cause::default(), action }
}

#[actix::test]
async fn parts_of_a_dead_undecided_group_come_free_after_fifteen_seconds() {
    let series = Series::open().await;
    let (id, _) = series.cut_off(2).await;
    series.house.sources.advance_ms(14_999);
    series.wake().await;
    assert_eq!(series.figures().await, [(1, 0), (1, 0), (0, 0)]);
    series.house.sources.advance_ms(1);
    series.wake().await;
    series.comes_to([(0, 0); 3]).await;
    assert_eq!(series.state(id).await.0, GroupState::Aborted);
    assert!(series.groups.hold(series.call("ann", 7, "A-1")).await.is_ok(), "its key is free again");
}

#[actix::test]
async fn a_repeat_drives_on_what_a_dead_server_has_begun() {
    let series = Series::open().await;
    let (id, group) = series.cut_off(2).await;
    let shown = series.groups.hold(series.call("ann", 7, "A-1")).await.unwrap();
    assert_eq!(shown.id, id);
    let row = series.house.store.group(id).await.unwrap().unwrap();
    assert_eq!(row.group.parts[..2], group.parts[..2], "the same holds");
    assert_eq!(series.figures().await, [(1, 0); 3]);
}

#[actix::test]
async fn no_part_is_held_for_longer_than_a_hold_however_long_the_others_took() {
    let series = Series::open().await;
    let began = series.house.sources.now();
    series.cut_off(2).await;
    series.house.sources.advance_ms(700);
    let shown = series.groups.hold(series.call("ann", 7, "A-1")).await.unwrap();
    assert_eq!(shown.expires_at, Some(began.plus_seconds(1)));
}

/// Writes down what the journal was made to keep because of somebody.
#[derive(Debug, Default)]
struct Ledger(std::sync::Mutex<Vec<(Asker, u64)>>);

impl Limiter for Ledger {
    fn take(&self, asker: &Asker, what: Counted) -> Result<Left, TurnedAway> {
        Unlimited.take(asker, what)
    }

    fn spend(&self, asker: &Asker, what: Counted, much: u64) {
        assert_eq!(what, Counted::JournalByte);
        self.0.lock().unwrap().push((asker.clone(), much));
    }

    fn give_back(&self, _: &Asker, _: Counted) {}
}

#[actix::test]
async fn all_that_a_group_makes_the_journals_keep_is_taken_from_its_buyers_budget() {
    let ledger = Arc::new(Ledger::default());
    let budgets = BudgetOptions { limiter: ledger.clone(), holding: None };
    let series = Series::with(DirectoryOptions { budgets, ..DirectoryOptions::default() }).await;
    let address = std::net::IpAddr::from([192, 0, 2, 1]).into();
    let party = Party::Buyer("ann".parse().unwrap());
    let ann = Asker { address, party, is_raised: false };
    let hold = |key, offer| GroupCall { asker: Some(ann.clone()), ..series.call("ann", key, offer) };
    let caller = || Caller::Buyer("ann".parse().unwrap());
    series.house.hold(series.nights[2], "bob", "A-2").await.unwrap();
    let (mut kept, mut taken) = (vec![1, 1, 2], 0);
    // What the journals keep that they did not before, and what was taken for it.
    let mut more = async |what: &str| {
        let mut bytes = 0;
        for (night, kept) in series.nights.iter().zip(&mut kept) {
            let records = series.house.store.records(*night, *kept, 100).await.unwrap();
            *kept += records.len() as u64;
            bytes += records.iter().map(|stored| stored.body.len() as u64).sum::<u64>();
        }
        let all = ledger.0.lock().unwrap();
        assert!(all.iter().all(|(asker, _)| *asker == ann));
        let sum: u64 = all[taken..].iter().map(|(_, much)| much).sum();
        taken = all.len();
        assert!(bytes > 0, "{what}: nothing is kept");
        assert_eq!(sum, bytes, "{what}");
    };
    let shown = series.groups.hold(hold(7, "A-1")).await.unwrap();
    more("held").await;
    series.groups.release(shown.id, caller(), Some(ann.clone())).await.unwrap();
    more("released").await;
    let refused = series.groups.hold(hold(8, "A-2")).await;
    assert!(matches!(refused, Err(GroupFailure::Part { .. })), "{refused:?}");
    more("refused by its last part").await;
    let shown = series.groups.hold(hold(9, "A-1")).await.unwrap();
    let key = KeyUse { hash: 9, fingerprint: 9 };
    series.groups.purchase(shown.id, caller(), key, Some(ann.clone())).await.unwrap();
    more("held and purchased").await;
}

#[actix::test]
async fn a_decided_group_is_kept_also_when_nobody_has_told_its_parts() {
    let series = Series::open().await;
    let (id, mut group) = series.cut_off(3).await;
    group.expires_at = Some(series.house.sources.now().plus_seconds(60));
    series.row(id, &group, &[GroupState::Held]).await;
    series.house.sources.advance_ms(15_000);
    series.wake().await;
    for night in &series.nights {
        let channel = series.house.inventories.channel(*night).await.unwrap();
        let end = || channel.holds_of(&group.buyer).first().map(|(_, hold)| hold.expires_at);
        until("the part is extended", || end() == group.expires_at).await;
    }
    series.house.sources.advance_ms(45_000);
    series.wake().await;
    series.comes_to([(0, 0); 3]).await;
    assert_eq!(series.state(id).await.0, GroupState::Expired);
}

#[actix::test]
async fn the_first_part_whose_end_has_come_ends_the_whole_group() {
    let series = Series::open().await;
    let shown = series.groups.hold(series.call("ann", 7, "A-1")).await.unwrap();
    series.house.sources.advance_ms(15_000);
    // One inventory looks at the clock, the others have not yet.
    series.house.run(series.nights[1], Command::expire()).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while series.state(shown.id).await.0 != GroupState::Expired {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let caller = Caller::Buyer(shown.buyer.clone());
    let late = series.groups.purchase(shown.id, caller, KeyUse { hash: 9, fingerprint: 9 }, None).await;
    assert!(matches!(late, Err(GroupFailure::Over(GroupState::Expired))), "{late:?}");
    series.wake().await;
    series.comes_to([(0, 0); 3]).await;
}

#[actix::test]
async fn a_purchase_that_was_cut_off_is_finished_and_time_does_not_stop_it() {
    let series = Series::open().await;
    let (id, mut group) = series.cut_off(3).await;
    group.expires_at = Some(series.house.sources.now().plus_seconds(1));
    let key = KeyUse { hash: 9, fingerprint: 9 };
    group.purchase = Some(GroupPurchase::new(key, Caller::Buyer("ann".parse().unwrap())));
    series.row(id, &group, &[GroupState::Held, GroupState::Purchasing]).await;
    series.step(series.nights[2], id, PartStep::Purchase, false).await.unwrap();
    series.house.sources.advance_ms(3_600_000);
    series.wake().await;
    assert_eq!(series.figures().await, [(1, 0), (1, 0), (0, 1)], "the row is the pin");
    // Another server on the same store takes it up.
    let beside = series.house.beside(series.house.sources.clone());
    let others = Groups::new(beside, series.house.store.clone(), series.house.sources.clone());
    others.sweep(-1).await.unwrap();
    assert_eq!(series.state(id).await, (GroupState::Sold, false));
    let shown = others.purchase(id, Caller::Buyer(group.buyer.clone()), key, None).await.unwrap();
    assert_eq!((shown.state, shown.replayed), (GroupState::Sold, true));
    let sold = |night: InventoryId| {
        let store = series.house.store.clone();
        async move {
            let records = store.records(night, 0, 100).await.unwrap();
            let records = records.iter().map(|stored| codec::decode_record(stored).unwrap());
            records.flat_map(|record| record.events).filter(|event| event.name() == "purchased").count()
        }
    };
    for night in &series.nights {
        assert_eq!(sold(*night).await, 1, "once, whoever tried");
    }
}

#[actix::test]
async fn a_release_that_was_cut_off_is_finished() {
    let series = Series::open().await;
    let (id, mut group) = series.cut_off(3).await;
    group.expires_at = Some(series.house.sources.now().plus_seconds(600));
    series.row(id, &group, &[GroupState::Held, GroupState::Released]).await;
    series.groups.sweep(-1).await.unwrap();
    assert_eq!(series.figures().await, [(0, 0); 3]);
    assert_eq!(series.state(id).await, (GroupState::Released, false));
}

#[actix::test]
async fn a_sweep_leaves_alone_what_somebody_is_at_work_on() {
    let series = Series::open().await;
    let (id, _) = series.cut_off(1).await;
    series.house.sources.advance_ms(10_000);
    series.groups.sweep(-1).await.unwrap();
    assert_eq!(series.state(id).await, (GroupState::Holding, true), "it may still be decided");
    series.house.sources.advance_ms(10_001);
    series.groups.sweep(10_000).await.unwrap();
    assert_eq!(series.house.store.group(id).await.unwrap(), None, "it never came about");
    series.comes_to([(0, 0); 3]).await;
}

#[actix::test]
async fn with_the_store_away_nothing_is_promised_and_a_repeat_tells() {
    let series = Series::open().await;
    series.house.gate.send(false).unwrap();
    let pending = series.groups.hold(series.call("ann", 7, "A-1")).await;
    assert!(matches!(pending, Err(GroupFailure::Pending | GroupFailure::Part { .. })), "{pending:?}");
    series.house.gate.send(true).unwrap();
    let shown = series.groups.hold(series.call("ann", 7, "A-1")).await.unwrap();
    assert_eq!(shown.parts.len(), 3);
    series.comes_to([(1, 0); 3]).await;
}

#[actix::test]
async fn of_many_who_want_the_same_one_has_all() {
    let series = Series::open().await;
    let calls = (0..12).map(|n| series.groups.hold(series.call(&format!("buyer-{n}"), n, "A-1")));
    let outcomes = futures_util::future::join_all(calls).await;
    let had = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(had, 1);
    for refused in outcomes.into_iter().filter_map(Result::err) {
        let GroupFailure::Part { failure: Failure::Refused { refusal, .. }, .. } = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code(), "unit_taken");
    }
    assert_eq!(series.figures().await, [(1, 0); 3]);
}

#[actix::test]
async fn a_row_that_the_journals_contradict_is_found() {
    let series = Series::open().await;
    let shown = series.groups.hold(series.call("ann", 7, "A-1")).await.unwrap();
    let found = async || {
        let report = crate::persistence::check(&*series.house.store, |_| {}).await.unwrap();
        assert_eq!(report.groups, 1);
        let count = |rule: &str| report.violations.iter().filter(|violation| violation.rule == rule).count();
        (count("groups"), report.violations.len())
    };
    assert_eq!(found().await, (0, 0));
    let row = series.house.store.group(shown.id).await.unwrap().unwrap();
    let says = async |from, to| {
        let at = series.house.sources.now();
        let change = GroupChange { id: row.id, from, to, unfinished: false, at, group: None };
        assert!(series.house.store.change_group(&change).await.unwrap());
    };
    says(GroupState::Held, GroupState::Sold).await;
    assert_eq!(found().await, (3, 3), "sold, but every part is only held");
    says(GroupState::Sold, GroupState::Held).await;
    series.step(series.nights[1], shown.id, PartStep::Purchase, false).await.unwrap();
    assert_eq!(found().await, (1, 1), "a part is sold of a group that is not");
}

#[actix::test]
async fn groups_beyond_those_at_work_are_turned_away_at_once() {
    let series = Series::open().await;
    series.house.gate.send(false).unwrap();
    let calls = (0..=crate::actors::group::AT_WORK_MAX as u128)
        .map(|n| series.groups.hold(series.call("ann", n, "A-1")));
    let opens = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        series.house.gate.send(true).unwrap();
    };
    let (ended, ()) = tokio::join!(futures_util::future::join_all(calls), opens);
    let away = ended.iter().filter(|end| matches!(end, Err(GroupFailure::Overloaded))).count();
    assert_eq!(away, 1);
    series.groups.hold(series.call("bob", 1_000, "A-2")).await.expect("there is room again");
}
