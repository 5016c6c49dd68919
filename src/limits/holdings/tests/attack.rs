//! Attacks with any number of sessions, and honest buyers beside them.

use super::*;

const SEATS: u32 = 10_000;
/// Two in a hundred of them.
const SHARE: u64 = 200;

/// The number of a buyer.
fn number(hold: &crate::domain::ledger::Hold) -> u32 {
    hold.buyer.as_str()[1..].parse().unwrap()
}

/// As many sessions as it likes, from these addresses, and never a purchase.
struct Attack {
    addresses: Vec<u16>,
    sessions: std::ops::Range<u32>,
    gained: u64,
}

impl Attack {
    fn new(first: u32, addresses: impl Iterator<Item = u16>) -> Self {
        Self { addresses: addresses.collect(), sessions: first..first, gained: 0 }
    }

    fn asker(&self, session: u32, turn: u32) -> Asker {
        buyer(session, self.addresses[(session + turn) as usize % self.addresses.len()])
    }

    fn held(&self, owner: &Owner) -> u64 {
        let own = owner.state.holds().filter(|(_, hold)| self.sessions.contains(&number(hold)));
        own.map(|(_, hold)| u64::from(pieces(&hold.lines))).sum()
    }

    fn second(&mut self, owner: &mut Owner) {
        for _ in 0..20 {
            let session = self.sessions.end;
            self.sessions.end += 1;
            // Half of them hold one piece and let it grow afterwards, from wherever there is room.
            let quantity = if session.is_multiple_of(2) { 8 } else { 1 };
            self.gained += u64::from(owner.hold(&self.asker(session, 0), quantity).is_ok());
        }
        let own = owner.state.holds().map(|(id, hold)| (id, number(hold)));
        let own: Vec<_> = own.filter(|(_, session)| self.sessions.contains(session)).collect();
        for (hold, session) in own {
            for turn in 0..self.addresses.len() as u32 {
                let asker = self.asker(session, turn);
                let change = Change { add: vec![pick("f", 7)], remove: vec![], access: Access::default() };
                self.gained += u64::from(owner.ask(&asker, Action::Change { hold, change }).is_ok());
                self.gained += u64::from(owner.extend(&asker, hold).is_ok());
            }
        }
    }
}

#[test]
fn what_is_held_from_one_address_does_not_grow_from_another() {
    for count in [1, 2, 3] {
        let mut owner = Owner::of(SEATS, OPEN);
        let mut attack = Attack::new(1_000_000, 1..=count);
        let mut most = 0;
        for _ in 0..900 {
            attack.second(&mut owner);
            most = most.max(attack.held(&owner));
            owner.pass(1);
        }
        assert!(attack.gained > 100, "{}", attack.gained);
        let share = SHARE * u64::from(count);
        assert!((share * 9 / 10..=share).contains(&most), "{most} pieces from {count} addresses");
    }
}

/// Wants some seats, thinks about them, pays; comes back when it is told to.
struct Honest {
    asker: Asker,
    quantity: u32,
    comes_at: u32,
    tries: u32,
    hold: Option<HoldId>,
    pays_at: u32,
    has_paid: bool,
}

impl Honest {
    fn new(number: u32, address: u16, comes_at: u32) -> Self {
        let (asker, quantity) = (buyer(number, address), 1 + number % 4);
        Self { asker, quantity, comes_at, tries: 0, hold: None, pays_at: 0, has_paid: false }
    }

    fn second(&mut self, owner: &mut Owner, second: u32) {
        if self.has_paid || second < self.comes_at || self.tries > 60 {
            return;
        }
        match self.hold {
            Some(hold) if second >= self.pays_at => {
                owner.buy(&key(), hold);
                self.has_paid = true;
            }
            Some(_) => {}
            None => match owner.hold(&self.asker, self.quantity) {
                Ok(hold) => (self.hold, self.pays_at) = (Some(hold), second + 30),
                // As the pages do by themselves.
                Err(_) => (self.tries, self.comes_at) = (self.tries + 1, second + 2),
            },
        }
    }
}

/// An office of 200 behind one address, all within a minute, households, and two who attack from one address each.
#[test]
fn honest_buyers_succeed_beside_an_attack_an_office_of_two_hundred_among_them() {
    let mut owner = Owner::of(SEATS, OPEN);
    let mut attacks = [1, 2].map(|address| Attack::new(1_000_000 * u32::from(address), address..=address));
    let office = (0..200).map(|person| Honest::new(person, 1_000, 60 + person * 60 / 200));
    let homes = (0..800).map(|person| Honest::new(10_000 + person, 2_000 + (person / 3) as u16, person / 2));
    let mut honest: Vec<Honest> = office.chain(homes).collect();
    let mut most = 0;
    for second in 0..600 {
        // Attackers come first.
        for attack in &mut attacks {
            attack.second(&mut owner);
            most = most.max(attack.held(&owner));
        }
        honest.iter_mut().for_each(|buyer| buyer.second(&mut owner, second));
        owner.pass(1);
    }
    assert!((SHARE * 9 / 10..=SHARE).contains(&most), "{most} pieces from one address");
    let paid = |some: &[Honest]| some.iter().filter(|buyer| buyer.has_paid).count();
    assert!(paid(&honest[..200]) * 100 >= 200 * 99, "{} of the office", paid(&honest[..200]));
    assert!(paid(&honest) * 100 >= honest.len() * 99, "{} of {}", paid(&honest), honest.len());
}

#[test]
fn to_an_addresss_credit_is_what_a_shop_has_confirmed_and_nobody_has_given_back() {
    let more = |owner: &mut Owner| (5_000..5_200).filter(|n| owner.hold(&buyer(*n, 1), 8).is_ok()).count();
    let bought = |by: &dyn Fn(u32) -> Asker| {
        let mut owner = Owner::of(SEATS, OPEN);
        for number in 0..25 {
            let hold = owner.hold(&buyer(number, 1), 8).unwrap();
            owner.buy(&by(number), hold);
        }
        owner
    };
    let mut by_itself = bought(&|number| buyer(number, 1));
    assert_eq!(more(&mut by_itself), 25, "a button costs nothing");
    let mut paid = bought(&|_| key());
    assert_eq!(more(&mut paid), 50, "what was paid for lets it hold as much more");
    let mut refunded = bought(&|_| key());
    let sales: Vec<SaleId> = refunded.state.sales().map(|(id, _)| id).collect();
    for sale in sales {
        refunded.have(Some(&key()), Action::Return { sale, pieces: None }).unwrap();
    }
    assert_eq!(more(&mut refunded), 25, "what was paid back was not paid");
}

#[test]
fn whoever_lets_a_hold_grow_takes_all_of_it_upon_his_address() {
    let mut owner = Owner::of(SEATS, OPEN);
    let ann = buyer(1, 1);
    let hold = owner.hold(&ann, 4).unwrap();
    let mut others: Vec<HoldId> = (100..124).map(|n| owner.hold(&buyer(n, 2), 8).unwrap()).collect();
    others.push(owner.hold(&buyer(124, 2), 4).unwrap());
    let grow = |owner: &mut Owner, pieces| {
        let change = Change { add: vec![pick("f", pieces)], remove: vec![], access: Access::default() };
        owner.ask(&buyer(1, 2), Action::Change { hold, change }).map(drop)
    };
    let full = Err(No::Away(Reason::PiecesHeld, Whose::Address));
    assert_eq!(grow(&mut owner, 4), full, "four more, and the four that come along");
    assert_eq!(grow(&mut owner, 1), full);
    owner.release(&buyer(124, 2), others.pop().unwrap());
    assert_eq!(grow(&mut owner, 4), Ok(()), "200 in all");
    assert_eq!(owner.hold(&buyer(125, 2), 1).map(drop), full);
    assert!((200..225).all(|n| owner.hold(&buyer(n, 1), 8).is_ok()), "where it was nothing is left of it");
}
