//! Best available on a plan that changes, held against the reference of `tests/model/seats.rs`.

use serde_json::{Value, json};

use super::ledger::{Ledger, lines};
use super::reading::Place;
use crate::reference::{Ask, House};

/// What somebody wants to have found.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) quantity: usize,
    pub(crate) together: bool,
    pub(crate) category: Option<String>,
}

impl Wish {
    pub(crate) fn json(&self) -> Value {
        let mut wish = json!({"quantity": self.quantity, "adjacent": self.together});
        if let Some(category) = &self.category {
            wish["category"] = json!(category);
        }
        json!({ "best_available": wish })
    }

    fn ask(&self) -> Ask {
        Ask { quantity: self.quantity, together: self.together, strict: false }
    }
}

fn house<'a>(ledger: &'a Ledger, wish: &Wish) -> House<'a> {
    let layout = &ledger.layout;
    let is_free = |place: &Place| ledger.levels[place.unit].taken() == 0;
    let public = |place: &Place| place.category.is_some() && !place.is_accessible && is_free(place);
    let suits = |place: &Place| wish.category.is_none() || wish.category == place.category;
    House {
        chairs: &layout.chairs,
        public: layout.places.iter().map(public).collect(),
        open: layout.places.iter().map(|place| public(place) && suits(place)).collect(),
    }
}

/// The seats that the rule gives, by number, and the step.
pub(crate) fn best_units(ledger: &Ledger, wish: &Wish) -> Option<(Vec<usize>, &'static str)> {
    let (groups, step) = house(ledger, wish).best(wish.ask())?;
    let mut units: Vec<usize> =
        groups.into_iter().flatten().map(|place| ledger.layout.places[place].unit).collect();
    units.sort_unstable();
    Some((units, step))
}

/// Whether the seats of this event are those that the rule gives, by the step that it names.
pub(crate) fn is_best(ledger: &Ledger, wish: &Wish, held: &Value) -> Result<(), String> {
    let mut given: Vec<usize> = lines(&held["lines"]).iter().map(|&(unit, _)| unit).collect();
    given.sort_unstable();
    let ids = |units: &[usize]| -> Vec<&str> {
        units.iter().map(|&unit| ledger.layout.units.get(unit).map_or("?", |unit| &unit.id)).collect()
    };
    let step = &held["step"];
    let Some((places, expected)) = best_units(ledger, wish) else {
        return (*step == "area").then_some(()).ok_or_else(|| format!("{wish:?} got {:?}", ids(&given)));
    };
    match places == given && *step == expected {
        true => Ok(()),
        false => {
            Err(format!("{wish:?} got {:?} by {step}, best is {:?} by {expected}", ids(&given), ids(&places)))
        }
    }
}

/// Whether no seats can be given. Standing room is not looked at: who finds that there is none has found no seats.
pub(crate) fn nothing_fits(ledger: &Ledger, wish: &Wish) -> bool {
    house(ledger, wish).best(wish.ask()).is_none()
}
