use super::*;
use crate::domain::GroupId;
use crate::domain::group::PartStep;

fn group() -> GroupId {
    GroupId::new(Uuid::from_u128(77))
}

impl Shop {
    fn part(&mut self, step: PartStep) -> Result<Option<Event>, Refusal> {
        self.ask(&Caller::Clock, Action::Part { group: group(), step })
    }

    fn hold_part(&mut self, name: &str, offers: &str) -> Result<HoldId, Refusal> {
        match self.part(PartStep::Hold { buyer: id(name), wanted: picks(offers) })? {
            Some(Event::Held { hold, group: Some(_), .. }) => Ok(hold),
            other => panic!("no part: {other:?}"),
        }
    }
}

#[test]
fn a_part_is_held_for_fifteen_seconds_and_does_not_expire_by_its_time() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold_part("ann", "A-1").unwrap();
    assert_eq!(shop.state.hold(hold).unwrap().expires_at, START.plus_seconds(15));
    assert_eq!(shop.state.next_due(), None);
    assert_eq!(shop.state.parts_due().collect::<Vec<_>>(), [(START.plus_seconds(15), group())]);
    shop.wait(3_600);
    assert_eq!(shop.expire(), None);
    assert_eq!(shop.hold("bob", "A-1"), Err(shop.taken(&["A-1"])));
    assert!(matches!(shop.part(PartStep::Expire), Ok(Some(Event::Expired { holds })) if holds == [hold]));
    assert!(shop.hold("bob", "A-1").is_ok());
}

#[test]
fn what_expires_by_its_time_does_so_beside_a_part_that_is_older() {
    let mut shop = Shop::open(theatre());
    shop.hold_part("ann", "A-1").unwrap();
    let alone = shop.hold("ann", "A-2").unwrap();
    shop.wait(3_600);
    assert_eq!(shop.expire(), Some(Event::Expired { holds: vec![alone] }));
    assert_eq!(shop.left("A-1"), 0);
}

#[test]
fn a_part_is_kept_until_its_groups_end_and_never_made_shorter() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold_part("ann", "A-1").unwrap();
    let until = START.plus_seconds(120);
    assert!(matches!(shop.part(PartStep::Keep { until }), Ok(Some(Event::Extended { .. }))));
    assert_eq!(shop.part(PartStep::Keep { until }), Ok(None), "done twice it is done once");
    assert_eq!(shop.part(PartStep::Keep { until: START.plus_seconds(60) }), Ok(None));
    assert_eq!(shop.state.hold(hold).unwrap().expires_at, until);
    assert_eq!(shop.state.parts_due().next(), Some((until, group())));
}

#[test]
fn a_part_is_sold_also_when_its_time_is_over_and_whatever_checkout_says() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold_part("ann", "A-1").unwrap();
    shop.wait(3_600);
    let purchase = Action::Part { group: group(), step: PartStep::Purchase };
    let sold = shop.ask(&buyer("ann"), purchase.clone()).unwrap();
    assert!(matches!(sold, Some(Event::Purchased { hold: Some(of), .. }) if of == hold));
    assert_eq!(shop.ask(&buyer("ann"), purchase), Ok(None), "done twice it is done once");
    assert_eq!(shop.state.account(&id("ann")).sold, 1);
    assert_eq!(shop.state.part(group()), None);
}

#[test]
fn a_part_is_out_of_reach_for_every_command_but_its_groups() {
    let mut shop = Shop::with(theatre(), json!({"checkout": "open"}));
    let hold = shop.hold_part("ann", "A-1").unwrap();
    let refused = Refusal::HoldInGroup { group: group() };
    for caller in [buyer("ann"), key()] {
        for action in [Action::Extend { hold }, Action::Release { hold }, Action::Purchase { hold }] {
            assert_eq!(shop.ask(&caller, action), Err(refused.clone()));
        }
    }
    assert_eq!(shop.release("bob", hold), Err(Refusal::HoldUnknown), "nobody else learns of it");
    assert!(matches!(shop.part(PartStep::Release), Ok(Some(Event::Released { .. }))));
    assert_eq!(shop.part(PartStep::Release), Ok(None));
    assert_eq!(shop.release("ann", hold), Ok(None), "over, as any hold");
}

#[test]
fn a_part_keeps_to_the_rules_of_every_hold() {
    let mut shop = Shop::with(theatre(), json!({"holds_per_buyer": 1}));
    shop.hold("ann", "A-1").unwrap();
    assert!(matches!(shop.hold_part("ann", "A-2"), Err(Refusal::BuyerLimit { max: 1, .. })));
    assert_eq!(shop.hold_part("bob", "A-1"), Err(shop.taken(&["A-1"])));
    shop.hold_part("bob", "A-2").unwrap();
    assert!(matches!(shop.hold("bob", "A-3"), Err(Refusal::BuyerLimit { max: 1, .. })));
}
