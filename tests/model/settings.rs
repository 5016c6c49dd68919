//! What settings may be.

use fairhold::domain::settings::Window;
use fairhold::domain::{Settings, SettingsPatch, Timestamp};

/// The patch laid over the settings, field by field.
pub fn patched(old: &Settings, patch: &SettingsPatch) -> Settings {
    let mut new = old.clone();
    if let Some(time) = patch.on_sale_from {
        new.on_sale_from = time.map(|time| time.0);
    }
    if let Some(time) = patch.on_sale_until {
        new.on_sale_until = time.map(|time| time.0);
    }
    patch.hold_seconds.iter().for_each(|to| new.hold_seconds = *to);
    patch.extensions_max.iter().for_each(|to| new.extensions_max = *to);
    patch.holds_per_buyer.iter().for_each(|to| new.holds_per_buyer = *to);
    patch.pieces_per_hold.iter().for_each(|to| new.pieces_per_hold = *to);
    patch.pieces_per_hold_min.iter().for_each(|to| new.pieces_per_hold_min = *to);
    patch.pieces_per_hold_of_keys.iter().for_each(|to| new.pieces_per_hold_of_keys = *to);
    if let Some(time) = patch.release_accessible_at {
        new.release_accessible_at = time.map(|time| time.0);
    }
    patch.pieces_per_buyer.iter().for_each(|to| new.pieces_per_buyer = *to);
    patch.checkout.iter().for_each(|to| new.checkout = *to);
    patch.categories.iter().for_each(|to| new.categories = to.clone());
    patch.channels.iter().for_each(|to| new.channels = to.clone());
    patch.single_seats.iter().for_each(|to| new.single_seats = *to);
    patch.single_seats_until_left.iter().for_each(|to| new.single_seats_until_left = *to);
    patch.release_accessible.iter().for_each(|to| new.release_accessible = *to);
    new
}

/// All windows of categories.
fn of_categories(settings: &Settings) -> Vec<Window> {
    let window = |(from, until)| Window { on_sale_from: from, on_sale_until: until };
    settings.categories.values().map(|rule| window((rule.on_sale_from, rule.on_sale_until))).collect()
}

/// Every time at which some sale opens or closes.
pub fn times(settings: &Settings) -> Vec<Timestamp> {
    let own = of_categories(settings).into_iter().chain(settings.channels.values().copied());
    let own = own.flat_map(|window| [window.on_sale_from, window.on_sale_until]);
    let own = own.flatten().map(|time| time.0).chain(settings.release_accessible_at);
    settings.on_sale_from.into_iter().chain(settings.on_sale_until).chain(own).collect()
}

/// The first field that is out of its range, and what it must be.
pub fn first_fault(settings: &Settings, known: &[String]) -> Option<(&'static str, &'static str)> {
    let backwards = match (settings.on_sale_from, settings.on_sale_until) {
        (Some(from), Some(until)) => until.0 - from.0 <= 0,
        _ => false,
    };
    let faults = [
        (!(30..=1800).contains(&settings.hold_seconds), "hold_seconds", "must be between 30 and 1800"),
        (settings.extensions_max > 2, "extensions_max", "must be between 0 and 2"),
        (
            settings.holds_per_buyer == 0 || settings.holds_per_buyer > 1_000_000,
            "holds_per_buyer",
            "must be between 1 and 1000000",
        ),
        (
            settings.pieces_per_hold == 0 || settings.pieces_per_hold > 50,
            "pieces_per_hold",
            "must be between 1 and 50",
        ),
        (
            settings.pieces_per_hold_min == 0 || settings.pieces_per_hold_min > settings.pieces_per_hold,
            "pieces_per_hold_min",
            "must be between 1 and pieces_per_hold",
        ),
        (
            settings.pieces_per_hold_of_keys.is_some_and(|max| max == 0 || max > 1_000),
            "pieces_per_hold_of_keys",
            "must be between 1 and 1000, or null for no more than others",
        ),
        (
            settings.pieces_per_buyer == Some(0),
            "pieces_per_buyer",
            "must be at least 1, or null for no limit",
        ),
        (backwards, "on_sale_until", "must lie after on_sale_from"),
    ];
    let faults = faults.into_iter().chain(faults_of_rules(settings, known));
    faults.into_iter().find(|fault| fault.0).map(|(_, field, must)| (field, must))
}

fn faults_of_rules(settings: &Settings, known: &[String]) -> [(bool, &'static str, &'static str); 7] {
    let is_name = |name: &String| (1..=200).contains(&name.chars().count()) && !name.contains('\n');
    let is_backwards = |window: &Window| match (window.on_sale_from, window.on_sale_until) {
        (Some(from), Some(until)) => until.0.0 - from.0.0 <= 0,
        _ => false,
    };
    let none_left = settings.categories.values().any(|rule| rule.pieces_per_buyer == Some(0));
    [
        (settings.categories.len() > 100, "categories", "must be at most 100"),
        (settings.channels.len() > 100, "channels", "must be at most 100"),
        (
            !settings.channels.keys().all(is_name),
            "channels",
            "must have names of 1 to 200 characters that can be seen, in Unicode form NFC",
        ),
        (none_left, "categories", "must allow at least 1 piece, or null for no limit"),
        (of_categories(settings).iter().any(is_backwards), "categories", "must end after they begin"),
        (settings.channels.values().any(is_backwards), "channels", "must end after they begin"),
        (
            !settings.categories.keys().all(|id| known.contains(id)),
            "categories",
            "must name categories of the plan",
        ),
    ]
}
