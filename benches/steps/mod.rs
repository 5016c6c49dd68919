//! What best available is asked for in the benchmark, and the hall as it finds it.

use std::num::NonZeroU32;

use fairhold::domain::Plan;
use fairhold::domain::command::BestWanted;
use fairhold::domain::event::Step;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) wanted: BestWanted,
    /// By seat: whether it is free.
    pub(crate) free: Vec<bool>,
    /// Single seats only where there is no other choice.
    pub(crate) strict: bool,
    /// None: refused.
    pub(crate) step: Option<Step>,
}

pub(crate) fn cases(plan: &Plan) -> Vec<Case> {
    let of = |quantity| BestWanted::of(NonZeroU32::new(quantity).expect("somebody"));
    let text = |text: &str| Some(text.to_owned());
    let seats = plan.places().len();
    // One seat in a thousand is free: alone, or with others.
    let scattered =
        |len: usize| (0..seats).map(|n| (500..500 + len).contains(&(n % (1_000 * len)))).collect();
    // In each row runs of so many free seats, so many sold between them.
    let runs = |sold: usize, free: usize| (0..seats).map(|n| n % 50 % (sold + free) < free).collect();
    let case = |name, wanted, free, step| Case { name, wanted, free, strict: false, step };
    let all = vec![true; seats];
    vec![
        case("step 1, all free, 4", of(4), all.clone(), Some(Step::OneRow)),
        case("step 1, 99.9 % sold, 2 of pairs", of(2), scattered(2), Some(Step::OneRow)),
        case("step 2, runs of 5 everywhere, 4", of(4), runs(1, 5), Some(Step::OneRowSingleLeft)),
        case("step 2, 99.9 % sold, 4 of fives", of(4), scattered(5), Some(Step::OneRowSingleLeft)),
        Case { strict: true, ..case("step 3, strict, runs of 5, 4", of(4), mixed(seats), Some(Step::Rows)) },
        case("step 3, runs of 3 everywhere, 4", of(4), runs(1, 3), Some(Step::Rows)),
        case("step 3, runs of 3 everywhere, 20", of(20), runs(1, 3), Some(Step::Rows)),
        case("step 4, 99.9 % sold, 6 of pairs", of(6), scattered(2), Some(Step::Sections)),
        case("step 4, 99.9 % sold, 4 alone", of(4), scattered(1), Some(Step::Sections)),
        case("step 3, 50 of pairs, half sold", of(50), runs(2, 2), Some(Step::Rows)),
        case("step 4, 50 alone", of(50), runs(1, 1), Some(Step::Sections)),
        case("refused, 99.9 % sold, 50 of 50 singles and one", of(50), few(seats), None),
        case(
            "category and zone, half sold, 4",
            BestWanted { category: text("S"), zone: text("7"), ..of(4) },
            runs(6, 6),
            Some(Step::OneRow),
        ),
        case(
            "price ceiling, half sold, 4",
            BestWanted { price_max: Some(100_000), ..of(4) },
            runs(6, 6),
            Some(Step::OneRow),
        ),
        case(
            "zone without seats left, 99.9 % sold, 4",
            BestWanted { zone: text("0"), ..of(4) },
            last_zone(seats),
            None,
        ),
    ]
}

/// Runs of five, and in each zone two pairs.
fn mixed(seats: usize) -> Vec<bool> {
    (0..seats).map(|n| if n % 2_500 < 100 { n % 50 < 2 } else { n % 50 < 5 }).collect()
}

/// 49 free seats.
fn few(seats: usize) -> Vec<bool> {
    (0..seats).map(|n| n % 1_000 == 7 && n > 1_000).collect()
}

fn last_zone(seats: usize) -> Vec<bool> {
    (0..seats).map(|n| n >= seats - 50).collect()
}
