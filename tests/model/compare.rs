//! Whether the server's state shows what the model counts.

use std::collections::BTreeMap;

use fairhold::domain::ledger::{Account, pieces};
use fairhold::domain::state::Figures;
use fairhold::domain::{BuyerId, SaleId, State};

use crate::allotments::pieces_of;
use crate::model::{Count, Model};

pub fn compare(state: &State, model: &Model) {
    assert_eq!(state.seq(), model.seq, "seq");
    assert_eq!(state.at(), model.at, "time of the last record");
    assert_eq!(state.plan_version(), model.plan_version, "the plan in force");
    assert_eq!(state.settings(), &model.settings, "settings");
    assert_eq!(state.settings_version(), model.settings_seq, "version of the settings");
    assert_eq!(state.cancelled().is_some(), model.is_cancelled, "cancelled");
    assert_eq!(state.next_due(), model.next_due(), "when the next hold is due");
    levels(state, &model.counts());
    holds(state, model);
    sales(state, model);
    blocks(state, model);
    accounts(state, model);
    keys(state, model);
}

fn levels(state: &State, counts: &[Count]) {
    assert_eq!(state.levels().len(), counts.len(), "number of units");
    let mut sum = Figures::default();
    for (unit, (level, count)) in state.levels().iter().zip(counts).enumerate() {
        let shown =
            Count { capacity: level.capacity, held: level.held, sold: level.sold, blocked: level.blocked };
        assert_eq!(shown, *count, "unit {unit}");
        assert!(level.taken() <= level.capacity.into(), "unit {unit} is sold twice: {level:?}");
        assert_eq!(u64::from(state.available(unit as u32)), count.left(), "what is left of unit {unit}");
        sum.capacity += u64::from(count.capacity);
        sum.held += u64::from(count.held);
        sum.sold += u64::from(count.sold);
        sum.blocked += u64::from(count.blocked);
        sum.available += count.left();
    }
    assert_eq!(state.figures(), sum, "figures");
}

fn holds(state: &State, model: &Model) {
    let mut expected: Vec<_> = model.holds.iter().collect();
    expected.sort_by_key(|hold| (hold.expires, hold.id));
    let shown: Vec<_> = state.holds().collect();
    assert_eq!(shown.len(), expected.len(), "number of live holds");
    for ((id, hold), expected) in shown.into_iter().zip(expected) {
        assert_eq!(id, expected.id, "order of live holds");
        assert_eq!(hold.buyer, expected.buyer, "buyer of {id}");
        assert_eq!(hold.lines, model.lines(&expected.basket), "lines of {id}");
        assert_eq!((hold.adjacent, hold.step), (expected.adjacent, expected.step), "places of {id}");
        assert_eq!(hold.started_at, expected.started, "start of {id}");
        assert_eq!(hold.expires_at, expected.expires, "end of {id}");
        assert_eq!(hold.extensions, expected.extensions, "extensions of {id}");
        assert_eq!(hold.channel, expected.channel, "channel of {id}");
        assert_eq!(pieces_of(&hold.drawn), expected.drawn, "what of {id} was drawn");
        assert_eq!(hold.group, expected.group, "group of {id}");
        assert_eq!(state.hold(id), Some(hold));
        let part = expected.group.map(|group| state.part(group).map(|(id, _)| id));
        assert!(part.is_none_or(|part| part == Some(id)), "the part of a group");
    }
}

fn sales(state: &State, model: &Model) {
    let shown = state.sales().count();
    assert_eq!(shown, model.sales.len(), "number of sales");
    for expected in &model.sales {
        let id: SaleId = expected.id;
        let sale = state.sale(id).unwrap_or_else(|| panic!("sale {id} is missing"));
        assert_eq!(sale.buyer, expected.buyer, "buyer of {id}");
        assert_eq!(sale.lines, model.lines(&expected.basket), "lines of {id}");
        assert_eq!(pieces_of(&sale.drawn), expected.drawn, "what of {id} was drawn");
        assert_eq!(pieces(&sale.lines), crate::model::pieces(&expected.basket), "pieces of {id}");
    }
    let parts = state.parts_due().count();
    assert_eq!(parts, model.holds.iter().filter(|hold| hold.group.is_some()).count(), "number of parts");
}

fn blocks(state: &State, model: &Model) {
    let shown = state.blocks().count();
    assert_eq!(shown, model.blocks.len(), "number of blocks");
    for ((id, block), expected) in state.blocks().zip(&model.blocks) {
        assert_eq!(id, expected.id, "order of blocks");
        let units: BTreeMap<_, _> = expected.units.iter().copied().collect();
        assert_eq!(block.units, units, "what is left in {id}");
        assert_eq!(block.channel, expected.channel, "channel of {id}");
        assert_eq!((block.code, block.release_at), (expected.code, expected.release_at), "terms of {id}");
    }
}

/// Every buyer who has anything has an account, and nobody else.
fn accounts(state: &State, model: &Model) {
    let held = model.holds.iter().map(|hold| &hold.buyer);
    let mut buyers: Vec<&BuyerId> = held.chain(model.sales.iter().map(|sale| &sale.buyer)).collect();
    buyers.sort();
    buyers.dedup();
    let expected: Vec<(&BuyerId, Account)> = buyers
        .into_iter()
        .map(|buyer| (buyer, model.account(buyer)))
        .filter(|(_, account)| *account != Account::default())
        .collect();
    let mut shown: Vec<(&BuyerId, Account)> = state.accounts().collect();
    shown.sort_by_key(|&(buyer, _)| buyer);
    assert_eq!(shown, expected, "accounts");
}

fn keys(state: &State, model: &Model) {
    assert_eq!(state.keys_remembered(), model.keys.len(), "number of keys");
    for key in &model.keys {
        assert_eq!(state.recall(Some(key.used)), model.recall(Some(key.used)), "a key");
    }
}
