//! A hold's refusals in words of its own: which entry is wrong, and what the asker holds already.

use std::sync::Arc;

use crate::actors::Failure;
use crate::domain::command::Pick;
use crate::domain::{BuyerId, InventoryId, Plan, Refusal, UnitNo};
use crate::http::call::Call;
use crate::http::problem::{FieldError, Problem};
use crate::http::refused;

/// A refused change, with pointers to what in it is wrong.
pub(super) fn changed(failure: Failure, add: &[Pick], remove: &[Pick]) -> Problem {
    let Failure::Refused { refusal, .. } = &failure else {
        return failure.into();
    };
    let (id, lists): (&str, &[(&[Pick], &str)]) = match refusal {
        Refusal::UnitUnknown { id, .. } => (id, &[(remove, "remove"), (add, "add")]),
        Refusal::NotInClaim { offer } => (offer, &[(remove, "remove")]),
        Refusal::QuantityRange { .. } => return refused::pointed(failure, Some("/add")),
        _ => return refused::pointed(failure, None),
    };
    let mut pointers = Vec::new();
    for (list, name) in lists {
        for (number, _) in list.iter().enumerate().filter(|(_, pick)| pick.offer == id) {
            pointers.push(format!("/{name}/{number}/offer"));
        }
    }
    let errors = refused::at(refused::code(refusal), pointers);
    Problem::from(failure).errors(errors)
}

pub(super) fn taken_units(failure: &Failure) -> Option<(Vec<UnitNo>, Arc<Plan>)> {
    match failure {
        Failure::Refused { refusal: Refusal::UnitTaken { units }, plan } => {
            Some((units.clone(), plan.clone()))
        }
        _ => None,
    }
}

/// Who asks for seats that they hold already is told so, and where in their list these are.
pub(super) async fn own_words(
    call: &Call<'_>,
    inventory: InventoryId,
    buyer: &BuyerId,
    problem: Problem,
    (units, plan): &(Vec<UnitNo>, Arc<Plan>),
    (picks, list): (&[Pick], &str),
) -> Problem {
    let Ok(channel) = call.channel(inventory).await else { return problem };
    let holds = channel.holds_of(buyer);
    let has = |unit: &UnitNo| {
        let mut lines = holds.iter().flat_map(|(_, held)| &held.lines);
        lines.any(|line| line.units.iter().any(|part| part.0 == *unit))
    };
    let own: Vec<UnitNo> = units.iter().copied().filter(has).collect();
    if own.is_empty() {
        return problem;
    }
    let takes = |(number, pick): (usize, &Pick)| {
        refused::takes(plan, pick, &own).then(|| FieldError {
            pointer: format!("{list}/{number}/offer"),
            code: "held_already".into(),
            detail: "you hold this already".to_owned(),
        })
    };
    let errors = picks.iter().enumerate().filter_map(takes).collect();
    let detail = match own.len() == units.len() {
        true => "You hold these seats already; `GET …/holds` lists what you hold.",
        false => "You hold some of these seats already, as `errors` says; somebody else has the others.",
    };
    problem.detail(detail).errors(errors)
}
