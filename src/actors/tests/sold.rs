//! A buyer's sales: only what is committed, and whoever has them now.

use super::*;
use crate::domain::{KeyId, SaleId};

fn asked(buyer: &str) -> SalesAsked {
    SalesAsked { of: SalesOf::Buyer(buyer.parse().unwrap()), after: None, limit: 10 }
}

fn purchase(buyer: &str, offer: &str) -> Command {
    let command = hold(buyer, offer, None);
    let Action::Hold { buyer, wanted, access } = command.action else { panic!("a hold") };
    Command { action: Action::PurchaseNow { buyer, wanted, access }, ..command }
}

async fn sales(house: &House, hall: InventoryId, buyer: &str) -> Vec<SaleId> {
    let shown = house.inventories.sales_of(hall, asked(buyer)).await.unwrap();
    shown.sales.into_iter().map(|(id, ..)| id).collect()
}

fn sale_id(done: Done) -> SaleId {
    let Done::Committed { record, .. } = done else { panic!("a record") };
    match record.events[..] {
        [Event::Purchased { sale, .. }] => sale,
        _ => panic!("not a sale: {record:?}"),
    }
}

#[actix::test]
async fn a_sale_is_shown_when_it_is_committed_and_no_sooner() {
    let house = House::open().await;
    let hall = house.hall().await;
    assert_eq!(sales(&house, hall, "ann").await, []);
    house.gate.send(false).unwrap();
    let bought = house.run(hall, purchase("ann", "cup"));
    let shown = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let waits = sales(&house, hall, "ann");
        tokio::pin!(waits);
        let early = tokio::time::timeout(Duration::from_millis(100), &mut waits).await;
        assert!(early.is_err(), "nothing of it is in the journal: {early:?}");
        house.gate.send(true).unwrap();
        waits.await
    };
    let (bought, shown) = tokio::join!(bought, shown);
    assert_eq!(shown, [sale_id(bought.unwrap())]);
}

#[actix::test]
async fn a_sale_is_shown_to_whoever_has_it_now_also_after_a_load() {
    let house = House::open().await;
    let hall = house.hall().await;
    assert_eq!(sales(&house, hall, "bob").await, [], "from here on the index has to follow");
    let sale = sale_id(house.run(hall, purchase("ann", "A-1")).await.unwrap());
    assert_eq!(sales(&house, hall, "ann").await, [sale]);
    let to: BuyerId = "bob".parse().unwrap();
    let operator = Caller::Key(KeyId::new(uuid::Uuid::nil()));
    let action = Action::Reassign { sale, to };
    house.run(hall, Command { caller: operator, cause: Cause::default(), action }).await.unwrap();
    assert_eq!((sales(&house, hall, "ann").await, sales(&house, hall, "bob").await), (vec![], vec![sale]));
    let beside = house.beside(house.sources.clone());
    let loaded = beside.sales_of(hall, asked("bob")).await.unwrap();
    assert_eq!((loaded.seq, loaded.sales.len(), loaded.has_more), (3, 1, false));
    assert!(beside.sales_of(hall, asked("ann")).await.unwrap().sales.is_empty());
}
