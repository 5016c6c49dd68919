//! What settings may be.

use fairhold::domain::{Settings, SettingsPatch};

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
    patch.pieces_per_buyer.iter().for_each(|to| new.pieces_per_buyer = *to);
    patch.checkout.iter().for_each(|to| new.checkout = *to);
    patch.single_seats.iter().for_each(|to| new.single_seats = *to);
    patch.single_seats_until_left.iter().for_each(|to| new.single_seats_until_left = *to);
    patch.release_accessible.iter().for_each(|to| new.release_accessible = *to);
    new
}

/// The first field that is out of its range, and what it must be.
pub fn first_fault(settings: &Settings) -> Option<(&'static str, &'static str)> {
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
            settings.pieces_per_buyer == Some(0),
            "pieces_per_buyer",
            "must be at least 1, or null for no limit",
        ),
        (backwards, "on_sale_until", "must lie after on_sale_from"),
    ];
    faults.iter().find(|fault| fault.0).map(|&(_, field, must)| (field, must))
}
