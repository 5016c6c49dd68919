//! Best available in 10,000 small halls, against every set of seats that there is.
//!
//! The reference in `seats.rs` follows the rule's words; this looks at nothing but the sets themselves, so it also
//! tells whether the words mean what they should. `FAIRHOLD_BEST_HALLS` sets how many.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use fairhold::domain::command::{BestWanted, Pick, Wanted};
use fairhold::domain::event::Step;
use fairhold::domain::plan::{Category, PlanDocument, Point, Row, Seat, Section, Zone};
use fairhold::domain::settings::SingleSeats;
use fairhold::domain::{
    Access, Action, Caller, Cause, Command, Event, Moment, Plan, Record, Settings, State, Timestamp, decide,
};
use uuid::Uuid;

use crate::rng::Rng;
use crate::seats::{Ask, Chair, House, Seats};

const HALLS: u64 = 10_000;
const SEATS_MAX: u32 = 14;

#[test]
fn in_small_halls_every_step_gives_what_the_best_of_all_sets_gives() {
    let halls = crate::variable("FAIRHOLD_BEST_HALLS").unwrap_or(HALLS);
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 0..halls {
        *seen.entry(one_hall(&mut Rng::new(seed))).or_default() += 1;
    }
    println!("{halls} halls: {seen:?}");
    for step in ["one_row", "one_row_single_left", "rows", "sections", "none"] {
        let least = halls / 100;
        assert!(seen.get(step).is_some_and(|&count| count >= least), "{step} is rare: {seen:?}");
    }
}

/// Two sections of short rows, some seats taken, one party. The step by which it is seated.
fn one_hall(rng: &mut Rng) -> &'static str {
    let mut hall = small_hall(rng);
    let strict = rng.percent(30);
    let settings = Settings {
        pieces_per_hold: 50,
        holds_per_buyer: 100,
        single_seats: if strict { SingleSeats::Strict } else { SingleSeats::Off },
        ..Settings::default()
    };
    let mut state = opened(std::mem::take(&mut hall.document), settings);
    let free: Vec<bool> = hall.chairs.iter().map(|_| rng.percent(hall.fill)).collect();
    take(&mut state, &free);
    let quantity = rng.range(1..=6);
    let ask = Ask { quantity: quantity as usize, together: rng.percent(20), strict };
    let house = House { chairs: &hall.chairs, public: free.clone(), open: free };
    let sets = Sets::of(&house, ask.quantity);
    let expected = sets.step(ask);
    let found = best(&state, &house, quantity, ask.together);
    let Some((groups, step)) = found else {
        assert_eq!(expected, "none", "{house:?} {ask:?}");
        return "none";
    };
    assert_eq!(step.name(), expected, "{groups:?} of {house:?} {ask:?}");
    assert_eq!(
        house.best(ask),
        Some((groups.clone(), step.name())),
        "the rule's own words: {house:?} {ask:?}"
    );
    sets.as_good_as_any(&house, ask, step.name(), &groups);
    expected
}

struct SmallHall {
    document: PlanDocument,
    chairs: Vec<Chair>,
    /// How much of it is free, in percent.
    fill: usize,
}

fn small_hall(rng: &mut Rng) -> SmallHall {
    let (mut rows, mut chairs) = (Vec::new(), Vec::new());
    let focal = (rng.below(8) as i64, -1 - rng.below(3) as i64);
    let mut bench = 0;
    while (chairs.len() as u32) < SEATS_MAX - 1 {
        let number = rows.len() as i64;
        let part = usize::from(rng.percent(35));
        let count = rng.range(1..=7).min(SEATS_MAX - chairs.len() as u32);
        let mut seats = Vec::new();
        for n in 0..count {
            let gap_before = n > 0 && rng.percent(12);
            bench += usize::from(n == 0 || gap_before);
            let at = (i64::from(n) + 8 * part as i64, number);
            let (dx, dy) = (focal.0 - at.0, focal.1 - at.1);
            let cost = (10_000 * (dx * dx + dy * dy)).unsigned_abs().isqrt();
            chairs.push(Chair { bench, part, cost, at: (100 * at.0, 100 * at.1) });
            seats.push(Seat {
                id: format!("{number}-{n}"),
                category: Some("R".to_owned()),
                x: Some(at.0 as f64),
                y: Some(at.1 as f64),
                gap_before,
                ..Seat::default()
            });
        }
        let section = Some(["left", "right"][part].to_owned());
        rows.push(Row { id: format!("r{number}"), section, seats, ..Row::default() });
    }
    let sections = ["left", "right"].map(|id| Section { id: id.to_owned(), ..Section::default() }).into();
    let document = PlanDocument {
        name: "Small hall".to_owned(),
        focal_point: Some(Point { x: focal.0 as f64, y: focal.1 as f64 }),
        categories: vec![Category { id: "R".to_owned(), name: "R".to_owned(), ..Category::default() }],
        zones: vec![Zone { id: "hall".to_owned(), sections, rows, ..Zone::default() }],
        ..PlanDocument::default()
    };
    SmallHall { document, chairs, fill: rng.range(25..=100) as usize }
}

fn opened(document: PlanDocument, settings: Settings) -> State {
    let plan = Plan::compile(document).unwrap_or_else(|defects| panic!("{defects:#?}"));
    let mut state = State::new(Arc::new(plan));
    append(&mut state, Event::Opened { plan_version: 1, settings, details: None });
    state
}

fn append(state: &mut State, event: Event) {
    let (seq, at) = (state.seq() + 1, Timestamp(1_777_633_200_000));
    let events = [event].into_iter().collect();
    let record = Record { seq, epoch: 1, at, by: Caller::Clock, cause: Cause::default(), events };
    state.apply(&record).expect("what was decided applies");
}

fn take(state: &mut State, free: &[bool]) {
    let taken = (0..free.len()).filter(|&seat| !free[seat]);
    let units: Vec<_> = taken.map(|seat| (state.plan().units()[seat].id.to_string(), 1)).collect();
    if !units.is_empty() {
        let event =
            ask(state, Action::Block { units, reason: None, channel: None, code: None, release_at: None })
                .expect("all are free");
        append(state, event);
    }
}

fn ask(state: &State, action: Action) -> Option<Event> {
    let moment = Moment { now: Timestamp(1_777_633_200_000), fresh: Uuid::from_u128(state.seq().into()) };
    let command = Command { caller: Caller::Clock, cause: Cause::default(), action };
    decide(state, &command, &moment).ok()?.pop()
}

/// The groups that the server gives, and its step.
fn best(state: &State, house: &House<'_>, quantity: u32, adjacent: bool) -> Option<(Vec<Seats>, Step)> {
    let quantity = NonZeroU32::new(quantity).expect("somebody");
    let wanted = Wanted::Best(BestWanted { adjacent, ..BestWanted::of(quantity) });
    let buyer = "ann".parse().expect("a buyer id");
    match ask(state, Action::Hold { buyer, wanted, access: Access::default() })? {
        Event::Held { lines, step, .. } => {
            let seats: Vec<usize> = lines.iter().map(|line| line.offer as usize).collect();
            let groups = house.neighbours(&seats);
            Some((groups, step.expect("best available says its step")))
        }
        other => panic!("{other:?}"),
    }
}

/// What somebody picks himself is refused exactly where the same party has a choice that leaves nobody alone.
#[test]
fn in_small_halls_picks_that_leave_a_single_seat_are_refused_where_they_need_not() {
    let (mut refused, mut unavoidable) = (0, 0);
    for seed in 0..crate::variable("FAIRHOLD_BEST_HALLS").unwrap_or(HALLS) {
        let rng = &mut Rng::new(seed);
        let mut hall = small_hall(rng);
        let settings =
            Settings { single_seats: SingleSeats::Strict, pieces_per_hold: 50, ..Settings::default() };
        let mut state = opened(std::mem::take(&mut hall.document), settings);
        let free: Vec<bool> = hall.chairs.iter().map(|_| rng.percent(hall.fill)).collect();
        take(&mut state, &free);
        let house = House { chairs: &hall.chairs, public: free.clone(), open: free };
        let quantity = rng.range(1..=4) as usize;
        let blocks = house.blocks(quantity);
        let Some(seats) = rng.any(&blocks).cloned() else { continue };
        let offer = |seat: usize| state.plan().units()[seat].id.to_string();
        let picks = seats.clone().map(|seat| Pick { offer: offer(seat), quantity: NonZeroU32::MIN });
        let wanted = Wanted::Offers(picks.collect());
        let held = ask(
            &state,
            Action::Hold { buyer: "ann".parse().expect("a buyer id"), wanted, access: Access::default() },
        )
        .is_some();
        let leaves = house.leaves_single(&seats);
        let has_choice = Sets::of(&house, quantity).has_clean_choice;
        assert_eq!(held, !(leaves && has_choice), "{seats:?} of {house:?}");
        refused += u64::from(!held);
        unavoidable += u64::from(leaves && held);
    }
    assert!(refused > 100 && unavoidable > 50, "{refused} refused, {unavoidable} unavoidable");
}

/// All sets of so many open seats, by what kind of choice they are.
struct Sets {
    /// The lowest cost of neighbours, and of those that leave no single seat.
    row: Option<u64>,
    clean_row: Option<u64>,
    /// All ways to sit in one part, or anywhere (no part), nobody alone: the sizes of groups, largest first, and the
    /// least that this costs.
    ways: BTreeMap<(Option<usize>, Vec<usize>), u64>,
    clean_part: bool,
    has_clean_choice: bool,
    enough: bool,
}

impl Sets {
    fn of(house: &House<'_>, quantity: usize) -> Self {
        let open: Vec<usize> = (0..house.chairs.len()).filter(|&seat| house.open[seat]).collect();
        let mut sets = Self {
            row: None,
            clean_row: None,
            ways: BTreeMap::new(),
            clean_part: false,
            has_clean_choice: false,
            enough: open.len() >= quantity,
        };
        let mut chosen = Vec::new();
        each_set(&open, quantity, &mut chosen, &mut |seats| sets.add(house, seats));
        sets.has_clean_choice = sets.clean_row.is_some() || sets.clean_part;
        sets
    }

    fn add(&mut self, house: &House<'_>, seats: &[usize]) {
        let groups = house.neighbours(seats);
        let clean = singles(house, seats) == 0;
        let cost: u64 = groups.iter().map(|group| house.cost(group)).sum();
        let lower = |best: &mut Option<u64>| *best = Some(best.map_or(cost, |best| best.min(cost)));
        if let [_] = &groups[..] {
            lower(&mut self.row);
            if clean {
                lower(&mut self.clean_row);
            }
        }
        let nobody_alone = groups.iter().all(|group| group.len() > 1);
        let part = |group: &Seats| house.chairs[group.start].part;
        let one_part = groups.iter().all(|group| part(group) == part(&groups[0]));
        if !nobody_alone || groups.len() == 1 {
            return;
        }
        self.clean_part |= clean && one_part;
        let mut sizes: Vec<usize> = groups.iter().map(Seats::len).collect();
        sizes.sort_unstable_by(|left, right| right.cmp(left));
        let spread = spread(house, &groups);
        for part in [None, one_part.then(|| part(&groups[0]))] {
            let best = self.ways.entry((part, sizes.clone())).or_insert(spread);
            *best = (*best).min(spread);
        }
    }

    /// The first step that has an answer.
    fn step(&self, ask: Ask) -> &'static str {
        let parted = !ask.together && self.ways.keys().any(|(part, _)| part.is_some());
        let clean_part = ask.strict && !ask.together && self.clean_part;
        match (self.clean_row, clean_part, self.row, parted) {
            (Some(_), ..) => "one_row",
            (_, true, ..) => "rows",
            (_, _, Some(_), _) => "one_row_single_left",
            (_, _, _, true) => "rows",
            _ if self.enough && !ask.together => "sections",
            _ => "none",
        }
    }

    /// No set of the same step is better: cheaper neighbours; in the same part larger groups; where two groups will
    /// do, two that are cheaper and nearer to each other, also in another part.
    fn as_good_as_any(&self, house: &House<'_>, ask: Ask, step: &str, groups: &[Seats]) {
        let cost: u64 = groups.iter().map(|group| house.cost(group)).sum();
        match step {
            "one_row" => return assert_eq!(Some(cost), self.clean_row, "{groups:?} of {house:?}"),
            "one_row_single_left" => return assert_eq!(Some(cost), self.row, "{groups:?} of {house:?}"),
            // With the rule on, the largest groups may be those that leave a single seat.
            _ if ask.strict || groups.iter().any(|group| group.len() == 1) => return,
            _ => {}
        }
        let own = (step == "rows").then(|| house.chairs[groups[0].start].part);
        let mut sizes: Vec<usize> = groups.iter().map(Seats::len).collect();
        sizes.sort_unstable_by(|left, right| right.cmp(left));
        let mut largest: BTreeMap<Option<usize>, (&Vec<usize>, u64)> = BTreeMap::new();
        // In the order of sizes, so the largest of each part stays.
        for ((part, sizes), cost) in self.ways.iter().filter(|((part, _), _)| part.is_some() == own.is_some())
        {
            largest.insert(*part, (sizes, *cost));
        }
        assert_eq!(*largest[&own].0, sizes, "{groups:?} of {house:?}");
        for (_, cost) in largest.values().filter(|(others, _)| others.len() == 2 && sizes.len() == 2) {
            assert!(spread(house, groups) <= *cost, "{groups:?} of {house:?}");
        }
    }
}

/// The sum of costs, and of each seat's distance from the first group: the larger, else the one that makes it less.
fn spread(house: &House<'_>, groups: &[Seats]) -> u64 {
    let cost: u64 = groups.iter().map(|group| house.cost(group)).sum();
    let largest = groups.iter().map(Seats::len).max().unwrap_or(0);
    let far = |first: &Seats| -> u64 {
        let others = groups.iter().filter(|group| *group != first);
        others.map(|group| group.len() as u64 * house.distance(first, group)).sum()
    };
    cost + groups.iter().filter(|group| group.len() == largest).map(far).min().unwrap_or(0)
}

/// How many seats have no free neighbour afterwards that had one before.
fn singles(house: &House<'_>, taken: &[usize]) -> usize {
    let chairs = house.chairs;
    let alone = |seat: usize, without: &[usize]| {
        let free = |other: usize| {
            other < chairs.len()
                && chairs[other].bench == chairs[seat].bench
                && house.public[other]
                && !without.contains(&other)
        };
        free(seat) && !free(seat.wrapping_sub(1)) && !free(seat + 1)
    };
    (0..chairs.len()).filter(|&seat| alone(seat, taken) && !alone(seat, &[])).count()
}

fn each_set(of: &[usize], size: usize, chosen: &mut Vec<usize>, each: &mut impl FnMut(&[usize])) {
    if size == 0 {
        return each(chosen);
    }
    for (n, &seat) in of.iter().enumerate() {
        chosen.push(seat);
        each_set(&of[n + 1..], size - 1, chosen, each);
        chosen.pop();
    }
}
