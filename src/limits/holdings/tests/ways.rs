//! All the ways in which a buyer could hold more, or for longer, than it may: none gives more than another.

use super::*;

const MINUTE: usize = 60;
const LONG: usize = 90 * MINUTE;

/// What a buyer can do about holds. Each alone, and all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One hold after the other, each to its end.
    Again,
    Best,
    Extend,
    /// Pieces in and out, down to one and up to all.
    Change,
    /// Others of the same number.
    Move,
    /// Given back, and held at once again.
    Release,
    /// A hold that begins while another one is there.
    Overlap,
    /// A part of a group, kept, given back, or left until its group is asked.
    Group,
    /// A part of a group that never comes about.
    Aborted,
    /// From another address each time.
    Roam,
}

const WAYS: [Way; 10] = [
    Way::Again,
    Way::Best,
    Way::Extend,
    Way::Change,
    Way::Move,
    Way::Release,
    Way::Overlap,
    Way::Group,
    Way::Aborted,
    Way::Roam,
];

/// The same row of numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }

    /// Sometimes all, sometimes one, mostly something between.
    fn quantity(&mut self, max: u32) -> u32 {
        [max, max, 1, 1 + self.roll(max)][self.roll(4) as usize]
    }
}

struct Griefer {
    owner: Owner,
    ways: Vec<Way>,
    dice: Dice,
    /// Groups that are held here, and when they end.
    groups: Vec<(GroupId, Timestamp)>,
    gained: u32,
}

impl Griefer {
    fn new(ways: &[Way], seed: u64) -> Self {
        let owner = Owner::of(10_000, OPEN);
        Self { owner, ways: ways.to_vec(), dice: Dice(seed), groups: Vec::new(), gained: 0 }
    }

    fn goes(&self, way: Way) -> bool {
        self.ways.contains(&way)
    }

    fn myself(&mut self) -> Asker {
        let address = if self.goes(Way::Roam) { 1 + self.dice.roll(3) } else { 1 };
        buyer(1, address as u16)
    }

    fn do_it(&mut self, action: Action) -> bool {
        let ann = self.myself();
        let is_done = self.owner.ask(&ann, action).is_ok();
        self.gained += u32::from(is_done);
        is_done
    }

    fn hold(&mut self) {
        let quantity = self.dice.quantity(8);
        let wanted = match self.goes(Way::Best) {
            true => Wanted::Best(BestWanted::of(NonZeroU32::new(quantity).unwrap())),
            false => Wanted::Offers(vec![pick(["f", "g"][self.dice.roll(2) as usize], quantity)]),
        };
        let Party::Buyer(ann) = self.myself().party else { unreachable!() };
        let is_group = self.goes(Way::Group) || (self.goes(Way::Aborted) && self.dice.roll(2) == 0);
        if !is_group {
            self.do_it(Action::Hold { buyer: ann, wanted, access: Access::default() });
            return;
        }
        self.owner.made += 1;
        let group = GroupId::new(uuid::Uuid::from_u128(self.owner.made));
        let step = PartStep::Hold { buyer: ann, wanted };
        if !self.do_it(Action::Part { group, step }) {
            return;
        }
        let until = self.owner.now.plus_seconds(300);
        let step = match self.goes(Way::Aborted) && self.dice.roll(4) > 0 {
            true => PartStep::Release,
            false => PartStep::Keep { until },
        };
        if matches!(step, PartStep::Keep { .. }) {
            self.groups.push((group, until));
        }
        self.owner.have(None, Action::Part { group, step }).unwrap();
    }

    /// Of one line into the other, in or out.
    fn change(&mut self, hold: HoldId) {
        let lines = self.owner.state.hold(hold).unwrap().lines.clone();
        let offer = |index: usize| self.owner.state.plan().offer_id(lines[index].offer).to_string();
        let (first, quantity) = (offer(0), lines[0].quantity);
        let remove = vec![pick(&first, self.dice.quantity(quantity))];
        let add = vec![pick(["f", "g"][self.dice.roll(2) as usize], self.dice.quantity(8))];
        let none = Vec::new;
        let (add, remove) = [(add.clone(), none()), (none(), remove.clone()), (add, remove)]
            [self.dice.roll(3) as usize]
            .clone();
        self.do_it(Action::Change { hold, change: Change { add, remove, access: Access::default() } });
    }

    fn exchange(&mut self, hold: HoldId) {
        let line = self.owner.state.hold(hold).unwrap().lines[0].clone();
        let from = self.owner.state.plan().offer_id(line.offer).to_string();
        let to = if from == "f" { "g" } else { "f" };
        let quantity = self.dice.quantity(line.quantity);
        let (from, to) = (vec![pick(&from, quantity)], vec![pick(to, quantity)]);
        self.do_it(Action::Move { moves: vec![Moving { claim: Claim::Hold(hold), from, to }] });
    }

    /// Whoever gave a group away, or asks what became of it, is the server: the buyer cannot hurry it.
    fn group_ends(&mut self) {
        let now = self.owner.now;
        let (over, live): (Vec<_>, Vec<_>) = self.groups.drain(..).partition(|(_, until)| *until <= now);
        self.groups = live;
        for (group, _) in over {
            self.owner.have(None, Action::Part { group, step: PartStep::Expire }).unwrap();
        }
        if self.goes(Way::Release) && self.dice.roll(60) == 0 {
            for (group, _) in std::mem::take(&mut self.groups) {
                self.owner.have(None, Action::Part { group, step: PartStep::Release }).unwrap();
            }
        }
    }

    fn second(&mut self) {
        let own = |owner: &Owner| -> Vec<HoldId> {
            owner.state.holds().filter(|(_, hold)| hold.group.is_none()).map(|(id, _)| id).collect()
        };
        self.group_ends();
        if self.goes(Way::Release) && self.dice.roll(60) == 0 {
            for hold in own(&self.owner) {
                self.do_it(Action::Release { hold });
            }
        }
        if self.owner.held() == 0 || self.goes(Way::Overlap) {
            self.hold();
        }
        for hold in own(&self.owner) {
            if self.goes(Way::Extend) {
                self.do_it(Action::Extend { hold });
            }
            if self.goes(Way::Change) && self.dice.roll(20) == 0 {
                self.change(hold);
            }
            if self.goes(Way::Move) && self.dice.roll(20) == 0 {
                self.exchange(hold);
            }
        }
    }

    /// The most pieces at once, and the most seconds with any of them in thirty minutes.
    fn for_long(mut self) -> (u64, usize, u32) {
        let (mut most, mut held) = (0, Vec::with_capacity(LONG));
        for _ in 0..LONG {
            self.owner.pass(0);
            self.second();
            most = most.max(self.owner.held());
            held.push(u32::from(self.owner.held() > 0));
            self.owner.now = self.owner.now.plus_seconds(1);
        }
        let longest = held.windows(30 * MINUTE).map(|window| window.iter().sum::<u32>() as usize).max();
        (most, longest.unwrap(), self.gained)
    }
}

#[test]
fn one_session_that_never_pays_holds_eight_pieces_and_ten_minutes_of_thirty_in_every_way() {
    let mut sets: Vec<Vec<Way>> = WAYS.iter().map(|way| vec![*way]).collect();
    sets.extend(WAYS.iter().map(|left_out| WAYS.into_iter().filter(|way| way != left_out).collect()));
    sets.extend([WAYS.to_vec(), vec![Way::Group, Way::Overlap], vec![Way::Extend, Way::Overlap]]);
    for (seed, ways) in (1..).zip(sets) {
        let (most, longest, gained) = Griefer::new(&ways, seed).for_long();
        assert!(most <= 8, "{ways:?}: {most} pieces at once");
        assert!(longest <= 10 * MINUTE, "{ways:?}: {longest} s of thirty minutes");
        // It is a limit only if somebody gets as far as that; a habit of giving up ends earlier.
        let gives_up = ways.iter().any(|way| matches!(way, Way::Release | Way::Aborted | Way::Change));
        assert!(most == 8 && (gives_up || longest >= 500), "{ways:?}: {most} pieces, {longest} s");
        assert!(gained >= 6, "{ways:?}: {gained} things were done");
    }
}

/// One of eight is paid for, again and again: first of all, while the others are held; or when they were given back.
#[test]
fn a_small_purchase_does_not_pay_for_what_is_held_beside_it() {
    for is_paid_last in [false, true] {
        let mut owner = Owner::of(10_000, r#"{"checkout":"open","hold_seconds":500}"#);
        let ann = buyer(1, 1);
        let (mut in_vain, mut paid) = (Vec::new(), 0);
        for second in 0..LONG {
            let of = |owner: &Owner, size: u32| {
                let mut own = owner.state.holds().filter(|(_, hold)| pieces(&hold.lines) == size);
                own.next().map(|(id, _)| id)
            };
            let (large, small) = (of(&owner, 7), of(&owner, 1));
            match second % 500 {
                0 => drop(owner.hold(&ann, 7)),
                1 => drop(owner.hold(&ann, 1)),
                250 if !is_paid_last => {
                    paid += small.map_or(0, |hold| {
                        owner.buy(&ann, hold);
                        1
                    })
                }
                498 => drop(large.map(|hold| owner.release(&ann, hold))),
                499 if is_paid_last => {
                    paid += small.map_or(0, |hold| {
                        owner.buy(&ann, hold);
                        1
                    })
                }
                _ => {}
            }
            in_vain.push(u32::from(of(&owner, 7).is_some()));
            owner.pass(1);
        }
        let longest = in_vain.windows(30 * MINUTE).map(|window| window.iter().sum::<u32>()).max().unwrap();
        assert!(paid > 2, "{paid}");
        assert!((490..=600).contains(&longest), "paid last: {is_paid_last}: {longest} s of thirty minutes");
    }
}

#[test]
fn pieces_that_go_out_of_a_hold_again_and_again_are_a_habit_too() {
    for is_move in [false, true] {
        let mut owner = Owner::of(1_000, OPEN);
        let ann = buyer(1, 1);
        let Party::Buyer(name) = ann.party.clone() else { unreachable!() };
        let wanted = Wanted::Offers(vec![pick("f", 2)]);
        let held = owner.ask(&ann, Action::Hold { buyer: name, wanted, access: Access::default() }).unwrap();
        let Some(Event::Held { hold, .. }) = held else { panic!("{held:?}") };
        let swap = |owner: &mut Owner, number: u32| {
            let (from, to) = if number.is_multiple_of(2) { ("f", "g") } else { ("g", "f") };
            let (from, to) = (vec![pick(from, 1)], vec![pick(to, 1)]);
            let claim = Claim::Hold(hold);
            let action = match is_move {
                true => Action::Move { moves: vec![Moving { claim, from, to }] },
                false => {
                    let change = Change { add: to, remove: from, access: Access::default() };
                    Action::Change { hold, change }
                }
            };
            owner.ask(&ann, action).map(drop)
        };
        let done = (0..100).take_while(|&number| swap(&mut owner, number).is_ok()).count();
        assert_eq!(done, 24, "five holds' worth and one");
        let cooling = Err(No::Away(Reason::CoolingDown, Whose::Buyer));
        assert_eq!(swap(&mut owner, 24), cooling);
        assert_eq!(owner.hold(&ann, 1).map(drop), cooling, "and no other hold");
        let out = Change { add: vec![], remove: vec![pick("f", 1)], access: Access::default() };
        assert!(
            owner.ask(&ann, Action::Change { hold, change: out }).is_ok(),
            "giving back is always possible"
        );
        owner.buy(&ann, hold);
    }
}

#[test]
fn who_holds_again_after_its_inventory_was_put_away_has_waited_for_it() {
    let mut owner = Owner::of(1_000, OPEN);
    let ann = buyer(1, 1);
    assert!(!owner.holdings.matters(owner.now), "nobody has held anything");
    for _ in 0..2 {
        owner.hold(&ann, 1).unwrap();
        owner.pass(300);
    }
    assert_eq!(owner.hold(&ann, 1), Err(No::Away(Reason::HoldingTime, Whose::Buyer)));
    owner.pass(1_799);
    assert!(owner.holdings.matters(owner.now), "it stays in memory");
    owner.pass(1);
    assert!(!owner.holdings.matters(owner.now));
    assert!(owner.hold(&ann, 1).is_ok(), "as it would without what is forgotten");
}

/// An end that nobody can bring about, and that no hold outlives.
#[test]
fn a_cancelled_sale_leaves_nothing_held() {
    let mut owner = Owner::of(1_000, OPEN);
    owner.hold(&buyer(1, 1), 8).unwrap();
    owner.have(None, Action::Cancel { reason: "rain".to_owned() }).unwrap();
    assert!(owner.holdings.unpaid.is_empty());
    assert!(owner.holdings.young.values().all(|standing| standing.pieces == 0 && standing.holds == 0));
}
