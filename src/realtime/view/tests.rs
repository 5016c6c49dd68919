//! The view that follows the records, against the one that is made of the state.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::testing::{STEPS, Shop, Step};
use super::*;

/// After a load nobody knows any more which record a hold is of; everything else must be the same.
fn without_records(mut view: View) -> View {
    for hold in view.holds.values_mut() {
        let hold = Arc::make_mut(hold);
        (hold.epoch, hold.seq) = (0, 0);
    }
    view
}

fn follow(steps: Vec<Step>) -> Result<usize, TestCaseError> {
    let mut shop = Shop::open();
    let mut plan = shop.state.plan().clone();
    let mut view = View::of(&shop.state, shop.epoch);
    let mut records = 0;
    for (number, step) in steps.into_iter().enumerate() {
        let record = match number {
            30 => {
                shop.epoch += 1;
                Some(shop.configure(600))
            }
            _ => shop.step(step),
        };
        let Some(record) = record else { continue };
        records += 1;
        let (before, mut changes) = (view.clone(), Changes::default());
        view.apply(&mut plan, &record, &mut changes);
        let known = View::of(&shop.state, shop.epoch);
        prop_assert_eq!(without_records(view.clone()), without_records(known), "after {:?}", record);
        for unit in 0..plan.units().len() as u32 {
            let is_told = changes.units.contains(&unit);
            prop_assert!(is_told || shown(&before, &plan, unit) == shown(&view, &plan, unit), "{:?}", record);
        }
        holds_are_told(&before, &view, &changes)?;
    }
    Ok(records)
}

fn shown(view: &View, plan: &Plan, unit: UnitNo) -> u32 {
    match plan.counted().index_of(unit) {
        None => view.board.status(unit).into(),
        Some(index) => view.board.available[index],
    }
}

/// Every hold that began, changed or ended is among the changes, and no other.
fn holds_are_told(before: &View, after: &View, changes: &Changes) -> Result<(), TestCaseError> {
    let mut differ: Vec<HoldId> = before.holds.keys().chain(after.holds.keys()).copied().collect();
    differ.retain(|id| before.holds.get(id) != after.holds.get(id));
    differ.sort_unstable();
    differ.dedup();
    let mut told: Vec<HoldId> = changes.holds.iter().map(|change| change.id).collect();
    told.sort_unstable();
    prop_assert_eq!(differ, told);
    for change in &changes.holds {
        prop_assert_eq!(change.state == "held", after.holds.contains_key(&change.id), "{:?}", change);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_view_follows_every_record_as_the_state_does(
        steps in vec((0..STEPS, any::<u32>(), any::<u32>()), 40..120)
    ) {
        prop_assert!(follow(steps)? > 5, "most steps do something");
    }
}
