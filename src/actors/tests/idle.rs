//! Inventories that are put away, and what brings them back.

use super::*;
use crate::actors::budgets::BudgetOptions;
use crate::limits::HoldingRules;

#[actix::test]
async fn idle_inventories_are_put_away_but_never_one_with_a_live_hold() {
    let house = House::with(eager(), Sources::manual(Timestamp(0))).await;
    let (idle, held) = (house.hall().await, house.hall().await);
    house.inventories.channel(idle).await.unwrap();
    let record = house.hold(held, "ann", "A-1").await.unwrap();
    house.sources.advance_ms(900);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(house.inventories.loaded(), 2, "not idle for long enough");
    house.run(held, extend(&record)).await.unwrap();
    house.sources.advance_ms(600);
    until("the idle one is put away", || house.inventories.loaded() == 1).await;
    house.sources.advance_ms(1_400);
    let channel = house.inventories.channel(held).await.unwrap();
    assert_eq!(channel.summary().epoch, 1, "still the first incarnation");
    assert_eq!(house.inventories.channel(idle).await.unwrap().summary().epoch, 2, "loaded on demand");
}

/// Else whoever waits until it is put away would be somebody new there.
#[actix::test]
async fn an_inventory_stays_while_somebody_has_used_up_a_budget_there() {
    let holding = Some(HoldingRules { percent_per_address: 2, pieces_per_address_min: 40 });
    let budgets = BudgetOptions { holding, ..BudgetOptions::default() };
    let house = House::with(DirectoryOptions { budgets, ..eager() }, Sources::manual(Timestamp(0))).await;
    let used = house.hall().await;
    house.hold(used, "ann", "A-1").await.unwrap();
    house.sources.advance_ms(1_000);
    house.run(used, Command::expire()).await.unwrap();
    // Whoever is asked to go behind it has to go.
    for _ in 0..2 {
        house.inventories.channel(house.hall().await).await.unwrap();
        house.sources.advance_ms(14 * 60_000);
        until("an idle one is put away", || house.inventories.loaded() <= 1).await;
    }
    assert_eq!(house.inventories.channel(used).await.unwrap().summary().epoch, 1, "still the first");
    house.sources.advance_ms(2 * 60_000);
    until("it is put away, too", || house.inventories.loaded() == 0).await;
}

fn extend(record: &Record) -> Command {
    let buyer: BuyerId = "ann".parse().unwrap();
    let action = Action::Extend { hold: hold_id(record) };
    Command { caller: Caller::Buyer(buyer), cause: Cause::default(), action }
}

#[actix::test]
async fn beyond_the_limit_the_least_recently_used_goes() {
    let options = DirectoryOptions { loaded_max: 2, idle_after: Duration::from_secs(3_600), ..eager() };
    let house = House::with(options, Sources::manual(Timestamp(0))).await;
    let halls = [house.hall().await, house.hall().await, house.hall().await];
    for hall in halls {
        house.sources.advance_ms(1);
        house.inventories.channel(hall).await.unwrap();
    }
    until("one is put away", || house.inventories.loaded() == 2).await;
    for (hall, epoch) in [(halls[2], 1), (halls[1], 1), (halls[0], 2)] {
        assert_eq!(house.inventories.channel(hall).await.unwrap().summary().epoch, epoch);
    }
}

#[actix::test]
async fn a_snapshot_is_stored_beside_the_actor_and_serves_the_next_load() {
    let options = DirectoryOptions { snapshot_every: 5, loaded_max: 1, ..eager() };
    let house = House::with(options, Sources::manual(Timestamp(0))).await;
    let hall = house.hall().await;
    for _ in 0..3 {
        let held = house.hold(hall, "ann", "cup").await.unwrap();
        let release = Action::Release { hold: hold_id(&held) };
        let caller = Caller::Buyer("ann".parse().unwrap());
        house.run(hall, Command { caller, cause: Cause::default(), action: release }).await.unwrap();
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while house.store.snapshot_seq(hall).await.unwrap() != Some(7) {
        assert!(Instant::now() < deadline, "no snapshot within a minute");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let report = crate::persistence::check(&*house.store, |_| {}).await.unwrap();
    assert_eq!((report.snapshots, report.violations.len()), (1, 0), "{report:?}");
    house.store.take_over(hall).await.unwrap();
    let fenced = house.hold(hall, "ann", "cup").await;
    assert!(matches!(fenced, Err(Failure::NotCommitted)), "{fenced:?}");
    house.sources.advance_ms(1_000);
    assert_eq!(house.hold(hall, "ann", "cup").await.unwrap().seq, 8);
}
