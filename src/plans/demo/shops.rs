//! Stock instead of seats: a thousand pairs of shoes, and drinks made of ingredients.

use std::collections::BTreeMap;

use crate::domain::plan::{Item, NamedOffer, PlanDocument};

pub(super) fn flash_sale() -> PlanDocument {
    let items = vec![piece("sneaker", "Moonlight Sneaker", 1_000, 129_000)];
    PlanDocument { items, ..PlanDocument::default() }
}

pub(super) fn cafe() -> PlanDocument {
    let items = vec![
        ingredient("beans", "Espresso beans", 6_000, "g"),
        ingredient("milk", "Milk", 30_000, "ml"),
        ingredient("oat-milk", "Oat milk", 8_000, "ml"),
        ingredient("chocolate", "Chocolate sauce", 3_000, "ml"),
        ingredient("vanilla", "Vanilla syrup", 2_000, "ml"),
        ingredient("matcha", "Matcha powder", 600, "g"),
        ingredient("ice", "Ice", 40_000, "g"),
        ingredient("cup-hot", "Paper cup", 400, "pieces"),
        ingredient("cup-cold", "Cold cup", 400, "pieces"),
        piece("croissant", "Butter croissant", 24, 4_200),
    ];
    let offers = vec![
        drink("espresso", "Espresso", 3_500, &[("beans", 18), ("cup-hot", 1)]),
        drink("americano", "Americano", 4_000, &[("beans", 18), ("cup-hot", 1)]),
        drink("iced-americano", "Iced Americano", 4_500, &[("beans", 18), ("ice", 150), ("cup-cold", 1)]),
        drink("latte", "Latte", 5_000, &[("beans", 18), ("milk", 200), ("cup-hot", 1)]),
        drink("oat-latte", "Oat latte", 5_700, &[("beans", 18), ("oat-milk", 200), ("cup-hot", 1)]),
        drink(
            "vanilla-latte",
            "Iced vanilla latte",
            5_800,
            &[("beans", 18), ("milk", 180), ("vanilla", 20), ("ice", 120), ("cup-cold", 1)],
        ),
        drink("mocha", "Mocha", 5_800, &[("beans", 18), ("milk", 180), ("chocolate", 25), ("cup-hot", 1)]),
        drink("matcha-latte", "Matcha latte", 6_000, &[("matcha", 6), ("milk", 220), ("cup-hot", 1)]),
    ];
    PlanDocument { items, offers, ..PlanDocument::default() }
}

fn piece(id: &str, label: &str, capacity: u32, price: i64) -> Item {
    Item {
        id: id.to_owned(),
        label: label.to_owned(),
        capacity,
        measure: None,
        sellable: true,
        price: Some(price),
    }
}

fn ingredient(id: &str, label: &str, capacity: u32, measure: &str) -> Item {
    Item {
        id: id.to_owned(),
        label: label.to_owned(),
        capacity,
        measure: Some(measure.to_owned()),
        sellable: false,
        price: None,
    }
}

fn drink(id: &str, label: &str, price: i64, recipe: &[(&str, u32)]) -> NamedOffer {
    let units: BTreeMap<String, u32> =
        recipe.iter().map(|(unit, quantity)| ((*unit).to_owned(), *quantity)).collect();
    NamedOffer { id: id.to_owned(), label: label.to_owned(), price: Some(price), units }
}
