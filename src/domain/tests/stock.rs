//! Stock and recipes, blocks, settings: what operators do, and that nothing is sold twice.

use super::*;

#[test]
fn offers_in_one_hold_share_their_ingredients() {
    let mut shop = Shop::open(cafe());
    // Beans for five, whichever drinks they are.
    assert_eq!(shop.hold("ann", "latte*3 espresso*3"), Err(shop.short(&["beans"])));
    shop.hold("ann", "latte*3 espresso*2").unwrap();
    assert_eq!(shop.left("beans"), 10);
    assert_eq!(shop.hold("bob", "espresso"), Err(shop.short(&["beans"])));
}

#[test]
fn an_ingredient_is_no_offer() {
    let mut shop = Shop::open(cafe());
    let refused = shop.hold("ann", "beans").unwrap_err();
    assert_eq!(refused, Refusal::UnitUnknown { id: "beans".to_owned(), index: 0 });
}

/// Fifty times a thousand million does not fit into 32 bits.
#[test]
fn a_recipe_larger_than_any_stock_is_refused_not_wrapped() {
    let most = super::super::plan::QUANTITY_MAX;
    let mut shop = Shop::open(json!({
        "name": "Silo",
        "items": [{"id": "grain", "capacity": most}],
        "offers": [{"id": "all", "units": {"grain": most}}, {"id": "half", "units": {"grain": most / 2}}],
    }));
    for offers in ["all*50", "all*5", "all*4 half*46", "all half", "all*49 half"] {
        assert_eq!(shop.hold("ann", offers), Err(shop.short(&["grain"])), "{offers}");
    }
    // 43 × 10⁹ / 2 is 2.2 × 10⁸ modulo 2³².
    assert_eq!(shop.hold("ann", "half*43"), Err(shop.short(&["grain"])));
    shop.hold("ann", "half half").unwrap();
    assert_eq!(shop.left("grain"), 0);
}

#[test]
fn a_seat_may_be_part_of_a_recipe() {
    let mut document = theatre();
    document["items"] = json!([{"id": "dinner", "capacity": 5}]);
    document["offers"] = json!([
        {"id": "gala", "units": {"A-1": 1, "dinner": 1}}, {"id": "pair", "units": {"A-1": 1, "A-2": 1}},
    ]);
    let mut shop = Shop::open(document);
    assert_eq!(shop.hold("ann", "gala pair"), Err(shop.short(&["A-1"])), "it is there only once");
    shop.hold("ann", "gala").unwrap();
    assert_eq!(shop.hold("bob", "pair"), Err(shop.taken(&["A-1"])));
    assert_eq!(shop.best(best_of(5)).unwrap().0[0], "A-2", "the best seat knows of recipes");
}

#[test]
fn blocked_units_are_off_sale_until_unblocked() {
    let mut shop = Shop::open(theatre());
    let block = shop.block(&[("A-1", 1), ("floor", 15), ("floor", 5)]).unwrap();
    assert_eq!(shop.hold("ann", "A-1"), Err(shop.taken(&["A-1"])));
    assert_eq!(shop.hold("ann", "floor"), Err(shop.short(&["floor"])));
    shop.ask(&key(), Action::Unblock { block }).unwrap();
    assert!(shop.hold("ann", "A-1 floor*20").is_ok());
    assert_eq!(shop.ask(&key(), Action::Unblock { block }), Err(Refusal::BlockUnknown));
}

#[test]
fn only_what_is_free_can_be_blocked() {
    let mut shop = Shop::open(theatre());
    shop.hold("ann", "A-1 floor*18").unwrap();
    assert_eq!(shop.block(&[("A-1", 1), ("A-2", 1)]), Err(shop.taken(&["A-1"])));
    assert_eq!(shop.block(&[("floor", 3)]), Err(shop.short(&["floor"])));
    assert_eq!(shop.block(&[("floor", u32::MAX), ("floor", u32::MAX)]), Err(shop.short(&["floor"])));
    let unknown = Refusal::UnitUnknown { id: "Z".to_owned(), index: 1 };
    assert_eq!(shop.block(&[("A-2", 1), ("Z", 1)]), Err(unknown));
}

#[test]
fn stock_never_shrinks_below_what_is_taken() {
    let mut shop = Shop::open(cafe());
    shop.buy("ann", "cookie").unwrap();
    shop.hold("bob", "cookie").unwrap();
    assert_eq!(shop.restock("cookie", -2), Err(shop.short(&["cookie"])));
    let event = shop.restock("cookie", -1).unwrap();
    let unit = shop.unit("cookie");
    assert_eq!(event, Some(Event::Restocked { unit, change: -1, capacity: 2 }));
    assert_eq!(shop.hold("cho", "cookie"), Err(shop.short(&["cookie"])));
    shop.restock("cookie", 1).unwrap();
    assert!(shop.hold("cho", "cookie").is_ok());
}

#[test]
fn no_restock_is_too_large_to_be_refused() {
    let mut shop = Shop::open(cafe());
    for change in [i64::MIN, i64::MAX, i64::from(super::super::plan::QUANTITY_MAX)] {
        assert_eq!(shop.restock("cookie", change), Err(shop.short(&["cookie"])), "{change}");
    }
}

#[test]
fn a_seat_has_no_stock_to_change() {
    let mut shop = Shop::open(theatre());
    assert_eq!(shop.restock("A-1", 1), Err(Refusal::UnitNotStocked { id: "A-1".to_owned() }));
    assert_eq!(shop.restock("Z", 1), Err(Refusal::UnitUnknown { id: "Z".to_owned(), index: 0 }));
}

#[test]
fn settings_change_only_for_who_knows_the_current_ones() {
    let mut shop = Shop::open(theatre());
    assert_eq!(shop.state.settings_version(), 1);
    shop.configure(json!({"hold_seconds": 60})).unwrap();
    assert_eq!(shop.state.settings_version(), 2);
    let stale = Action::Configure { patch: SettingsPatch::default(), expected: 1, known: None };
    assert_eq!(shop.ask(&key(), stale), Err(Refusal::SettingsChanged { version: 2 }));
    let invalid = shop.configure(json!({"hold_seconds": 29})).unwrap_err();
    assert!(matches!(invalid, Refusal::SettingInvalid { field: "hold_seconds", .. }));
    assert_eq!(shop.state.settings().hold_seconds, 60);
}
