//! A document of our own that comes as it is: made by a program, or by hand.

use super::settle;
use crate::domain::plan::{Defect, Plan, PlanDocument};

/// The first version of a plan, or the one behind `previous`. Who is whose neighbour is settled as in a file that is read.
///
/// # Errors
/// Every defect, with its place in the document as it was sent.
pub fn compile_sent(mut document: PlanDocument, previous: Option<&Plan>) -> Result<Plan, Vec<Defect>> {
    let order = settle(&mut document);
    let plan = match previous {
        Some(previous) => Plan::compile_after(document, previous),
        None => Plan::compile(document),
    };
    plan.map_err(|defects| order.all_as_listed(defects))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A row of seats: numbers in the order of the list, and what they say beside.
    fn row(numbers: &[u32], more: impl Fn(usize, u32) -> Value) -> PlanDocument {
        let seat = |(place, number): (usize, &u32)| {
            let mut seat = json!({"id": format!("A-{number}"), "label": number.to_string(), "category": "R"});
            seat.as_object_mut().unwrap().extend(more(place, *number).as_object().unwrap().clone());
            seat
        };
        let seats: Vec<Value> = numbers.iter().enumerate().map(seat).collect();
        let document = json!({"name": "Hall", "categories": [{"id": "R", "name": "R"}],
            "zones": [{"id": "z", "name": "Z", "rows": [{"id": "A", "label": "A", "seats": seats}]}]});
        serde_json::from_value(document).unwrap()
    }

    fn neighbours(plan: &Plan) -> String {
        let told = |(n, seat): (usize, &u32)| {
            let unit = plan.unit(*seat);
            let sign = if n == 0 {
                ""
            } else if unit.gap_before {
                "|"
            } else {
                " "
            };
            format!("{sign}{}", unit.label)
        };
        plan.places().iter().enumerate().map(told).collect()
    }

    #[test]
    fn who_is_whose_neighbour_is_settled_as_in_a_file() {
        let numbered = row(&[1, 3, 5, 7, 2, 4, 6, 8], |_, _| json!({}));
        let first = compile_sent(numbered.clone(), None).unwrap();
        assert_eq!(neighbours(&first), "1 2 3 4 5 6 7 8");
        let spread = row(&[1, 2, 3, 4], |place, _| {
            let x = [0, 30, 60, 290][place];
            json!({"x": x, "y": 0})
        });
        assert_eq!(neighbours(&compile_sent(spread.clone(), None).unwrap()), "1 2 3|4");
        // A later version goes by the same rules, and settled once it stays so.
        let second = compile_sent(spread, Some(&first)).unwrap();
        assert_eq!(neighbours(&second), "1 2 3|4");
        let again = compile_sent(second.document().clone(), Some(&second)).unwrap();
        assert_eq!(again.document(), second.document());
    }

    #[test]
    fn what_is_wrong_is_where_it_was_sent() {
        let unknown = |_, number| if number == 2 { json!({"category": "S"}) } else { json!({}) };
        let defects = compile_sent(row(&[1, 3, 5, 7, 2, 4, 6, 8], unknown), None).unwrap_err();
        let found: Vec<_> = defects.iter().map(|defect| (&*defect.code, &*defect.pointer)).collect();
        assert_eq!(found, [("category_unknown", "/zones/0/rows/0/seats/4/category")]);
    }
}
