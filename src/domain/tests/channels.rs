//! Allotments, channels and codes, and what holds for single categories.

use super::super::access::Access;
use super::super::allotment::AccessCode;
use super::super::moves::{Claim, Moving};
use super::super::refusal::BuyerLimit;
use super::super::time::Rfc3339;
use super::*;

const FAN_CODE: AccessCode = AccessCode(7);

fn through(channel: &str) -> Access {
    Access { channel: Some(channel.to_owned()), code: None }
}

fn with_code() -> Access {
    Access { channel: None, code: Some(FAN_CODE) }
}

impl Shop {
    /// What is kept for the fan club, who have a code, until then.
    fn allot(&mut self, units: &[(&str, u32)], release_at: Option<Timestamp>) -> BlockId {
        let units = units.iter().map(|&(unit, quantity)| (unit.to_owned(), quantity)).collect();
        let channel = Some("fans".to_owned());
        let action = Action::Block { units, reason: None, channel, code: Some(FAN_CODE), release_at };
        match self.ask(&key(), action).unwrap() {
            Some(Event::Blocked { block, .. }) => block,
            other => panic!("not blocked: {other:?}"),
        }
    }

    fn hold_by(&mut self, name: &str, offers: &str, access: Access) -> Result<HoldId, Refusal> {
        self.want_by(name, picks(offers), access)
    }

    fn want_by(&mut self, name: &str, wanted: Wanted, access: Access) -> Result<HoldId, Refusal> {
        let caller = if access.code.is_none() { key() } else { buyer(name) };
        match self.ask(&caller, Action::Hold { buyer: id(name), wanted, access })? {
            Some(Event::Held { hold, .. }) => Ok(hold),
            other => panic!("not held: {other:?}"),
        }
    }

    fn level(&self, unit: &str) -> (u32, u32, u32) {
        let level = self.state.levels()[self.unit(unit) as usize];
        (level.held, level.sold, level.blocked)
    }

    fn left_in(&self, block: BlockId, unit: &str) -> u32 {
        let block = self.state.all_blocks().get(block).unwrap();
        block.units.get(&self.unit(unit)).copied().unwrap_or(0)
    }
}

#[test]
fn what_is_kept_for_a_channel_is_for_nobody_else() {
    let mut shop = Shop::open(theatre());
    shop.allot(&[("A-1", 1), ("floor", 15)], None);
    assert_eq!(shop.hold("ann", "A-1"), Err(shop.taken(&["A-1"])));
    assert_eq!(shop.hold("ann", "floor*6"), Err(shop.short(&["floor"])));
    assert!(shop.hold_by("ann", "A-1 A-2 floor*20", with_code()).is_ok());
    assert_eq!((shop.level("A-1"), shop.level("floor")), ((1, 0, 0), (20, 0, 0)));
}

#[test]
fn a_code_opens_what_a_buyer_may_not_ask_for_by_name() {
    let mut shop = Shop::open(theatre());
    shop.allot(&[("A-1", 1)], None);
    let by_name = Action::Hold { buyer: id("ann"), wanted: picks("A-1"), access: through("fans") };
    assert_eq!(shop.ask(&buyer("ann"), by_name), Err(Refusal::ChannelNeedsKey));
    let wrong = Access { channel: None, code: Some(AccessCode(8)) };
    assert_eq!(shop.hold_by("ann", "A-1", wrong), Err(Refusal::CodeUnknown));
    let nobody = Err(Refusal::ChannelUnknown { name: "nobody".to_owned() });
    assert_eq!(shop.hold_by("ann", "A-2", through("nobody")), nobody);
    assert!(shop.hold_by("ann", "A-1", with_code()).is_ok());
}

#[test]
fn what_a_channel_gives_up_goes_back_to_its_allotment() {
    let mut shop = Shop::with(theatre(), json!({"checkout": "open"}));
    let block = shop.allot(&[("A-1", 1), ("floor", 5)], None);
    let hold = shop.hold_by("ann", "A-1 floor*3", through("fans")).unwrap();
    assert_eq!((shop.left_in(block, "A-1"), shop.left_in(block, "floor")), (0, 2));
    shop.release("ann", hold).unwrap();
    assert_eq!((shop.level("A-1"), shop.left_in(block, "floor")), ((0, 0, 1), 5));

    shop.hold_by("ann", "A-1", through("fans")).unwrap();
    shop.wait(300);
    shop.expire().unwrap();
    assert_eq!((shop.level("A-1"), shop.left_in(block, "A-1")), ((0, 0, 1), 1));

    let hold = shop.hold_by("ann", "A-1 floor*7", through("fans")).unwrap();
    let sale = shop.purchase(&key(), hold).unwrap();
    assert_eq!(shop.level("floor"), (0, 7, 0));
    shop.give_back(sale, Some("floor*6")).unwrap();
    assert_eq!((shop.level("floor"), shop.left_in(block, "floor")), ((0, 1, 5), 5));
    shop.give_back(sale, None).unwrap();
    assert_eq!((shop.level("floor"), shop.level("A-1")), ((0, 0, 5), (0, 0, 1)));
}

#[test]
fn what_comes_back_after_the_allotment_has_gone_is_on_public_sale() {
    let mut shop = Shop::open(theatre());
    let block = shop.allot(&[("A-1", 1)], None);
    let hold = shop.hold_by("ann", "A-1", with_code()).unwrap();
    shop.ask(&key(), Action::Unblock { block }).unwrap();
    shop.release("ann", hold).unwrap();
    assert!(shop.hold("bob", "A-1").is_ok());
}

#[test]
fn an_allotment_goes_on_public_sale_at_its_time() {
    let mut shop = Shop::open(theatre());
    shop.allot(&[("A-1", 1)], Some(START.plus_seconds(60)));
    shop.hold_by("ann", "A-1", with_code()).unwrap();
    assert_eq!(shop.state.next_due(), Some(START.plus_seconds(60)));
    shop.wait(59);
    assert_eq!(shop.expire(), None);
    shop.wait(1);
    assert!(matches!(shop.expire(), Some(Event::Unblocked { .. })));
    assert_eq!(shop.level("A-1"), (1, 0, 0));
    shop.wait(240);
    assert!(matches!(shop.expire(), Some(Event::Expired { .. })));
    assert_eq!(shop.left("A-1"), 1);
}

#[test]
fn a_hold_and_its_allotment_that_are_due_together_leave_the_seat_free() {
    let mut shop = Shop::open(theatre());
    shop.allot(&[("A-1", 1)], Some(START.plus_seconds(300)));
    shop.hold_by("ann", "A-1", with_code()).unwrap();
    shop.wait(300);
    shop.expire();
    assert_eq!((shop.left("A-1"), shop.level("A-1")), (1, (0, 0, 0)));
    assert!(shop.state.all_blocks().iter().next().is_none());
}

#[test]
fn best_available_of_a_channel_looks_at_its_allotment_too() {
    let mut shop = Shop::open(hall(&[row("A", "RRRR")]));
    shop.allot(&[("A-2", 1), ("A-3", 1), ("floor", 20)], None);
    assert!(matches!(shop.best(together(2)), Err(Refusal::NoAdjacentBlock { largest_block: 1 })));
    let hold = shop.want_by("ann", Wanted::Best(together(4)), with_code()).unwrap();
    assert!(shop.state.hold(hold).unwrap().adjacent);
    assert_eq!(shop.state.hold(hold).unwrap().drawn.len(), 2);
}

#[test]
fn a_channel_with_a_time_of_its_own_sells_then_and_only_then() {
    let day = |n: u32| Rfc3339(START.plus_seconds(n * 86_400));
    let fans = json!({"on_sale_from": START.rfc3339(), "on_sale_until": day(1)});
    let settings = json!({"on_sale_from": day(2), "channels": {"fans": fans}});
    let mut shop = Shop::with(theatre(), settings);
    shop.allot(&[("A-1", 1), ("A-2", 1)], None);
    assert!(matches!(shop.hold("ann", "A-3"), Err(Refusal::NotOnSale { .. })));
    assert!(shop.hold_by("ann", "A-1", with_code()).is_ok());
    shop.wait(2 * 86_400);
    assert!(matches!(shop.hold_by("ann", "A-2", through("fans")), Err(Refusal::NotOnSale { .. })));
    assert!(shop.hold("ann", "A-3").is_ok());
}

#[test]
fn a_category_that_is_not_on_sale_yet_is_passed_over() {
    let later = START.plus_seconds(60);
    let settings = json!({"categories": {"R": {"on_sale_from": later.rfc3339()}}});
    let mut shop = Shop::with(theatre(), settings);
    let not_yet = Refusal::NotOnSale { from: Some(later), until: None };
    assert_eq!(shop.hold("ann", "A-1"), Err(not_yet.clone()));
    let of_r = BestWanted { category: Some("R".to_owned()), ..best_of(1) };
    assert_eq!(shop.best(of_r), Err(not_yet));
    let (seats, _) = shop.best(best_of(2)).unwrap();
    assert!(seats.iter().all(|seat| seat.starts_with('B')), "{seats:?}");
    shop.wait(60);
    assert!(shop.hold("ann", "A-1").is_ok());
}

#[test]
fn a_buyer_has_so_many_pieces_of_a_category() {
    let mut shop = Shop::open(theatre());
    shop.hold("ann", "A-1").unwrap();
    shop.configure(json!({"categories": {"R": {"pieces_per_buyer": 2}}})).unwrap();
    let category = shop.state.plan().category_by_id("R").unwrap();
    let full = Err(Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerCategory { category }, max: 2 });
    let hold = shop.hold("ann", "A-2 B-1").unwrap();
    assert_eq!(shop.hold("ann", "A-3"), full);
    assert!(shop.hold("ann", "B-2 floor*5").is_ok());
    shop.release("ann", hold).unwrap();
    let sale = shop.buy("ann", "A-3").unwrap();
    assert_eq!(shop.hold("ann", "A-4"), full);
    shop.give_back(sale, None).unwrap();
    let other = shop.buy("bob", "A-4 A-5").unwrap();
    let to_ann = Action::Reassign { sale: other, to: id("ann") };
    assert!(matches!(shop.ask(&key(), to_ann), Err(Refusal::BuyerLimit { .. })));
    let restored = State::restore(shop.state.plan().clone(), shop.state.kept().clone()).unwrap();
    assert_eq!(restored.by_category, shop.state.by_category);
}

fn wish(claim: Claim, from: &str, to: &str) -> Moving {
    Moving { claim, from: list(from), to: list(to) }
}

#[test]
fn a_bundle_counts_for_each_category_that_it_has_something_of() {
    let mut document = theatre();
    document["offers"] = json!([{"id": "pair", "price": 200_000, "units": {"A-1": 1, "B-1": 1}}]);
    let mut shop = Shop::with(document, json!({"categories": {"R": {"pieces_per_buyer": 2}}}));
    shop.configure(json!({"categories": {"S": {"pieces_per_buyer": 1}}})).unwrap();
    shop.hold("ann", "pair").unwrap();
    assert!(matches!(shop.hold("ann", "B-2"), Err(Refusal::BuyerLimit { max: 1, .. })));
    assert!(shop.hold("ann", "A-2").is_ok());
}

#[test]
fn what_a_buyer_moves_at_once_counts_as_a_whole() {
    let mut shop = Shop::with(theatre(), json!({"categories": {"R": {"pieces_per_buyer": 2}}}));
    let (one, two) = (shop.buy("ann", "A-1 B-1").unwrap(), shop.buy("ann", "B-2").unwrap());
    let (one, two) = (Claim::Sale(one), Claim::Sale(two));
    let more = vec![wish(one, "B-1", "A-2"), wish(two, "B-2", "A-3")];
    let refused = shop.ask(&key(), Action::Move { moves: more });
    assert!(matches!(refused, Err(Refusal::BuyerLimit { max: 2, .. })), "{refused:?}");
    shop.ask(&key(), Action::Move { moves: vec![wish(one, "B-1", "A-2")] }).unwrap();
    let swap = vec![wish(two, "B-2", "A-2"), wish(one, "A-2", "B-2")];
    assert!(shop.ask(&key(), Action::Move { moves: swap }).is_ok());
}

#[test]
fn what_two_give_up_and_take_in_other_parts_is_handed_on_whole() {
    let mut shop = Shop::open(theatre());
    let block = shop.allot(&[("floor", 5)], None);
    let ann = shop.hold_by("ann", "floor*2", with_code()).unwrap();
    let bob = shop.hold_by("bob", "floor*3 B-1", with_code()).unwrap();
    let moves = vec![
        wish(Claim::Hold(ann), "floor*2", "floor A-1"),
        wish(Claim::Hold(bob), "floor*3 B-1", "floor*4"),
    ];
    shop.ask(&key(), Action::Move { moves }).unwrap();
    assert_eq!((shop.level("floor"), shop.left_in(block, "floor")), ((5, 0, 0), 0));
    shop.release("bob", bob).unwrap();
    assert_eq!((shop.level("floor"), shop.left_in(block, "floor")), ((1, 0, 4), 4));
}

#[test]
fn a_hold_has_at_least_so_many_pieces() {
    let mut shop = Shop::with(theatre(), json!({"pieces_per_hold_min": 2}));
    let few = Err(Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerHoldMin, max: 2 });
    assert_eq!(shop.hold("ann", "A-1"), few);
    assert!(shop.hold("ann", "A-1 A-2").is_ok());
}

#[test]
fn rules_are_of_categories_that_there_are() {
    let mut shop = Shop::open(theatre());
    let refused = shop.configure(json!({"categories": {"Z": {}}}));
    let must = "must name categories of the plan";
    assert_eq!(refused, Err(Refusal::SettingInvalid { field: "categories", must }));
}
