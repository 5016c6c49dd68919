//! Random commands of the operator: what is off sale and for whom, how much there is, and the settings.

use std::collections::BTreeMap;

use fairhold::domain::allotment::AccessCode;
use fairhold::domain::settings::{CategoryRule, SingleSeats, Window};
use fairhold::domain::time::Rfc3339;
use fairhold::domain::{Access, Action, BlockId, Checkout, Settings, SettingsPatch, Timestamp, UnitNo};
use uuid::Uuid;

use crate::model::{Block, Model};
use crate::rng::Rng;

/// The last of them never has an allotment.
const CHANNELS: [&str; 3] = ["fans", "box office", "early birds"];
/// The last of them opens nothing.
const CODES: [AccessCode; 3] = [AccessCode(7), AccessCode(u128::MAX), AccessCode(8)];

const SINGLE_SEATS: [SingleSeats; 4] =
    [SingleSeats::Off, SingleSeats::Off, SingleSeats::Lenient, SingleSeats::Strict];

/// The settings of record 1.
pub fn settings(rng: &mut Rng) -> Settings {
    Settings {
        hold_seconds: rng.range(30..=120),
        extensions_max: rng.range(0..=2),
        holds_per_buyer: rng.range(1..=6),
        pieces_per_hold: if rng.percent(60) { 50 } else { rng.range(3..=12) },
        pieces_per_hold_of_keys: rng.percent(25).then(|| rng.range(40..=80)),
        pieces_per_hold_min: if rng.percent(90) { 1 } else { rng.range(2..=3) },
        pieces_per_buyer: rng.percent(30).then(|| rng.range(4..=20)),
        checkout: if rng.percent(60) { Checkout::Open } else { Checkout::Key },
        single_seats: *rng.one(&SINGLE_SEATS),
        single_seats_until_left: if rng.percent(80) { 0 } else { rng.range(1..=10) },
        release_accessible: rng.percent(10),
        ..Settings::default()
    }
}

pub fn block_id(rng: &mut Rng, model: &Model) -> BlockId {
    let known = rng.any(&model.blocks).map(|block| block.id).filter(|_| !rng.percent(8));
    known.unwrap_or_else(|| BlockId::new(Uuid::from_u128(rng.wide())))
}

pub fn block(rng: &mut Rng, model: &Model) -> Action {
    let units = (0..rng.range(1..=3)).map(|_| {
        let quantity = if rng.percent(50) { 1 } else { rng.range(1..=8) };
        (unit_id(rng, model), if rng.percent(1) { u32::MAX } else { quantity })
    });
    let units = units.collect();
    let reason = rng.percent(50).then(|| "camera".to_owned());
    let channel = rng.percent(55).then(|| (*rng.one(&CHANNELS[..2])).to_owned());
    let code = rng.percent(40).then(|| *rng.one(&CODES[..2]));
    let some_hold = rng.any(&model.holds).map(|hold| hold.expires);
    let release_at = match rng.below(100) {
        0..=24 => Some(model.at.plus_ms(rng.below(120_000) as i64 - 5_000)),
        25..=29 => some_hold,
        _ => None,
    };
    Action::Block { units, reason, channel, code, release_at }
}

/// Mostly public sale, else mostly a way to something that is kept.
pub fn access(rng: &mut Rng, model: &Model) -> Access {
    let is_kept = |block: &&Block| block.channel.is_some() || block.code.is_some();
    let kept: Vec<&Block> = model.blocks.iter().filter(is_kept).collect();
    if rng.percent(if kept.is_empty() { 92 } else { 40 }) {
        return Access::default();
    }
    let block = rng.any(&kept).filter(|_| !rng.percent(10));
    let channel = || block.and_then(|block| block.channel.clone());
    let code = || block.and_then(|block| block.code);
    let any_channel = Some((*rng.one(&CHANNELS)).to_owned());
    let any_code = Some(*rng.one(&CODES));
    match rng.below(100) {
        0..=44 => Access { channel: channel().or(any_channel), code: None },
        45..=89 => Access { channel: None, code: code().or(any_code) },
        _ => Access { channel: channel().or(any_channel), code: code().or(any_code) },
    }
}

fn unit_id(rng: &mut Rng, model: &Model) -> String {
    if rng.percent(3) { "nowhere".to_owned() } else { rng.one(&model.hall.units).id.clone() }
}

pub fn restock(rng: &mut Rng, model: &Model) -> Action {
    let stocked: Vec<UnitNo> =
        (0..model.hall.units.len() as UnitNo).filter(|&n| !model.hall.is_seat(n)).collect();
    let unit = match rng.percent(20) {
        true => unit_id(rng, model),
        false => model.hall.units[*rng.one(&stocked) as usize].id.clone(),
    };
    let change = match rng.below(20) {
        0 => *rng.one(&[i64::MIN, i64::MAX, 1_000_000_000, -1_000_000_000, 0]),
        1..=5 => -i64::from(rng.range(1..=30)),
        _ => i64::from(rng.range(1..=20)),
    };
    Action::Restock { unit, change }
}

pub fn configure(rng: &mut Rng, model: &Model) -> Action {
    let stale = model.settings_seq + 1 - u64::from(rng.percent(50)) * 2;
    let expected = if rng.percent(85) { model.settings_seq } else { stale };
    let now = model.at;
    let mut patch = SettingsPatch::default();
    // A sale that is closed mostly opens again.
    let close = if model.settings.on_sale_from.or(model.settings.on_sale_until).is_some() { 15 } else { 25 };
    let ahead = |rng: &mut Rng| Rfc3339(Timestamp(now.0 + i64::from(rng.range(0..=90_000)) - 30_000));
    match rng.percent(close) {
        true if rng.percent(50) => patch.on_sale_from = Some(Some(ahead(rng))),
        true => patch.on_sale_until = Some(Some(ahead(rng))),
        false => (patch.on_sale_from, patch.on_sale_until) = (Some(None), Some(None)),
    }
    if rng.percent(5) {
        // Never open, open for a moment, or the wrong way round.
        let from = ahead(rng);
        let until = from.0.plus_ms(i64::from(rng.range(0..=2)) - 1);
        (patch.on_sale_from, patch.on_sale_until) = (Some(Some(from)), Some(Some(Rfc3339(until))));
    }
    let wild = rng.percent(12);
    let mut some = |from: u32, to: u32, wilds: [u32; 2]| match (rng.percent(35), wild && rng.percent(40)) {
        (_, true) => Some(*rng.one(&wilds)),
        (true, false) => Some(rng.range(from..=to)),
        (false, false) => None,
    };
    patch.hold_seconds = some(30, 150, [29, 1801]);
    patch.extensions_max = some(0, 2, [3, 3]);
    patch.holds_per_buyer = some(1, 6, [0, 1_000_001]);
    patch.pieces_per_hold = some(2, 50, [0, 51]);
    patch.pieces_per_hold_min = some(1, 2, [0, 51]);
    patch.pieces_per_buyer = some(1, 30, [0, 0]).map(Some);
    patch.pieces_per_hold_of_keys = some(40, 80, [0, 1_001]).map(Some);
    if rng.percent(10) {
        patch.pieces_per_hold_of_keys = Some(None);
    }
    if rng.percent(30) {
        patch.pieces_per_buyer = Some(None);
    }
    if rng.percent(40) {
        patch.checkout = Some(*rng.one(&[Checkout::Open, Checkout::Key]));
    }
    if rng.percent(30) {
        patch.single_seats = Some(*rng.one(&SINGLE_SEATS));
        patch.single_seats_until_left = rng.percent(30).then(|| rng.range(0..=12));
        patch.release_accessible_at = Some(rng.percent(20).then(|| ahead(rng)));
        patch.release_accessible = rng.percent(30).then(|| rng.percent(30));
    }
    if rng.percent(60) {
        patch.categories = Some(categories(rng, model, now));
    }
    if rng.percent(35) {
        patch.channels = Some(channels(rng, now));
    }
    Action::Configure { patch, expected, known: None }
}

/// From some time on, until some time; rarely the wrong way round, or never.
fn window(rng: &mut Rng, now: Timestamp) -> Window {
    let mut ahead = |percent: usize, from: i64| {
        rng.percent(percent).then(|| Rfc3339(now.plus_ms(from + i64::from(rng.range(0..=90_000)))))
    };
    let (on_sale_from, on_sale_until) = (ahead(50, -60_000), ahead(40, -10_000));
    match (on_sale_from, on_sale_until) {
        (Some(from), Some(until)) if from.0 >= until.0 && !rng.percent(60) => {
            Window { on_sale_from: None, on_sale_until }
        }
        _ => Window { on_sale_from, on_sale_until },
    }
}

fn categories(rng: &mut Rng, model: &Model, now: Timestamp) -> BTreeMap<String, CategoryRule> {
    let mut rules = BTreeMap::new();
    for id in &model.hall.categories {
        if rng.percent(60) {
            continue;
        }
        let Window { on_sale_from, on_sale_until } =
            if rng.percent(50) { window(rng, now) } else { Window::default() };
        let pieces_per_buyer = rng.percent(70).then(|| *rng.one(&[1, 2, 2, 3, 4, 8]));
        rules.insert(id.clone(), CategoryRule { on_sale_from, on_sale_until, pieces_per_buyer });
    }
    match rng.below(40) {
        0 => drop(rules.insert("balcony".to_owned(), CategoryRule::default())),
        1 => rules.values_mut().for_each(|rule| rule.pieces_per_buyer = Some(0)),
        2 => rules.extend((0..98).map(|n| (format!("category {n}"), CategoryRule::default()))),
        _ => {}
    }
    rules
}

fn channels(rng: &mut Rng, now: Timestamp) -> BTreeMap<String, Window> {
    let mut windows = BTreeMap::new();
    for name in CHANNELS {
        if rng.percent(40) {
            windows.insert(name.to_owned(), window(rng, now));
        }
    }
    match rng.below(40) {
        0 => drop(windows.insert(String::new(), Window::default())),
        1 => drop(windows.insert("fans\n".to_owned(), Window::default())),
        2 => drop(windows.insert("f".repeat(rng.range(200..=201) as usize), Window::default())),
        3 => windows.extend((0..99).map(|n| (format!("channel {n}"), Window::default()))),
        _ => {}
    }
    windows
}
