use super::*;
use crate::domain::moves::{Claim, Moved, Moving};

fn wish(claim: Claim, from: &str, to: &str) -> Moving {
    Moving { claim, from: list(from), to: list(to) }
}

impl Shop {
    fn moves(&mut self, caller: &Caller, moves: Vec<Moving>) -> Result<Vec<Moved>, Refusal> {
        match self.ask(caller, Action::Move { moves })? {
            Some(Event::Moved { moves }) => Ok(moves),
            other => panic!("not moved: {other:?}"),
        }
    }

    fn move_sale(&mut self, sale: SaleId, from: &str, to: &str) -> Result<Vec<Moved>, Refusal> {
        self.moves(&key(), vec![wish(Claim::Sale(sale), from, to)])
    }
}

#[test]
fn a_sale_moves_and_its_old_seat_is_free() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1 A-2").unwrap();
    let moved = shop.move_sale(sale, "A-2", "B-1").unwrap().remove(0);
    assert_eq!((moved.from[0].price, moved.to[0].price), (Some(150_000), Some(90_000)));
    assert_eq!((shop.left("A-2"), shop.left("B-1")), (1, 0));
    assert!(!moved.adjacent);
    assert_eq!(shop.state.account(&id("ann")).sold, 2);
    assert!(shop.give_back(sale, Some("A-1 B-1")).is_ok(), "the sale has what it moved to");
    assert_eq!((shop.left("A-1"), shop.left("B-1")), (1, 1));
}

#[test]
fn a_hold_moves_and_keeps_its_time() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.wait(60);
    let moves = vec![wish(Claim::Hold(hold), "A-1", "A-4")];
    assert_eq!(shop.moves(&buyer("bob"), moves.clone()), Err(Refusal::HoldUnknown));
    shop.moves(&buyer("ann"), moves).unwrap();
    assert_eq!(shop.state.hold(hold).unwrap().expires_at, START.plus_seconds(300));
    shop.wait(240);
    assert!(shop.expire().is_some());
    assert_eq!((shop.left("A-1"), shop.left("A-4")), (1, 1));
}

#[test]
fn two_swap_their_seats_in_one_record() {
    let mut shop = Shop::open(theatre());
    let (ann, bob) = (shop.buy("ann", "A-1").unwrap(), shop.hold("bob", "A-2").unwrap());
    assert_eq!(shop.move_sale(ann, "A-1", "A-2"), Err(shop.taken(&["A-2"])));
    let before = shop.state.seq();
    let moves = vec![wish(Claim::Sale(ann), "A-1", "A-2"), wish(Claim::Hold(bob), "A-2", "A-1")];
    shop.moves(&key(), moves).unwrap();
    assert_eq!(shop.state.seq(), before + 1);
    let seat = |lines: &crate::domain::Lines| shop.state.plan().offer_id(lines[0].offer).to_string();
    assert_eq!(seat(&shop.state.sale(ann).unwrap().lines), "A-2");
    assert_eq!(seat(&shop.state.hold(bob).unwrap().lines), "A-1");
    let figures = shop.state.figures();
    assert_eq!((figures.held, figures.sold), (1, 1));
}

#[test]
fn what_is_given_up_counts_for_what_is_taken() {
    let mut shop = Shop::open(cafe());
    // 18 beans each: five lattes leave 10.
    let sale = shop.buy("ann", "latte*5").unwrap();
    assert_eq!(shop.left("milk"), 0);
    let refused = shop.move_sale(sale, "latte", "cookie*2");
    assert_eq!(refused, Err(Refusal::MoveInvalid), "as many pieces as before");
    shop.move_sale(sale, "latte*2", "espresso*2").unwrap();
    assert_eq!((shop.left("milk"), shop.left("beans"), shop.left("cup")), (400, 10, 45));
    assert_eq!(shop.move_sale(sale, "espresso", "latte").map(|moved| moved.len()), Ok(1));
    shop.restock("milk", -200).unwrap();
    assert_eq!(shop.move_sale(sale, "espresso", "latte"), Err(shop.short(&["milk"])));
}

#[test]
fn a_move_is_of_what_the_claim_has() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1 floor*2").unwrap();
    let missing = |offer: &str| Err(Refusal::NotInClaim { offer: offer.to_owned() });
    assert_eq!(shop.move_sale(sale, "A-2", "A-3"), missing("A-2"));
    assert_eq!(shop.move_sale(sale, "floor*3", "A-3 A-4 A-5"), missing("floor"));
    assert_eq!(shop.move_sale(sale, "floor*2 floor", "A-3 A-4 A-5"), missing("floor"));
    let both = vec![wish(Claim::Sale(sale), "A-1", "A-2"), wish(Claim::Sale(sale), "A-2", "A-1")];
    assert_eq!(shop.moves(&key(), both), Err(Refusal::MoveInvalid), "each claim once");
    assert_eq!(shop.moves(&key(), Vec::new()), Err(Refusal::MoveInvalid));
    shop.move_sale(sale, "A-1", "A-1").unwrap();
    assert_eq!(shop.left("A-1"), 0);
}

#[test]
fn a_hold_does_not_move_when_the_sale_is_over() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    let sale = shop.buy("bob", "A-2").unwrap();
    shop.configure(json!({"on_sale_until": START.plus_seconds(1).rfc3339().to_string()})).unwrap();
    shop.wait(2);
    let moves = vec![wish(Claim::Hold(hold), "A-1", "A-3")];
    assert!(matches!(shop.moves(&buyer("ann"), moves), Err(Refusal::NotOnSale { .. })));
    assert!(shop.move_sale(sale, "A-2", "A-3").is_ok(), "the box office moves who has paid");
}
