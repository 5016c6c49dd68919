use std::net::IpAddr;

use super::*;
use crate::domain::{BuyerId, KeyId, Timestamp};
use crate::limits::ClientAddress;

fn rules() -> CallRules {
    CallRules {
        selling_calls_per_buyer: 3,
        selling_calls_per_address: 5,
        other_calls_per_buyer: 10,
        other_calls_per_address: 20,
        calls_per_key: 100,
        sessions_per_address: 2,
        journal_bytes_per_buyer: 1_000,
        journal_bytes_per_address: 3_000,
        streams_per_buyer: 2,
        streams_per_address: 3,
    }
}

struct Door {
    limiter: LocalLimiter,
    sources: Sources,
}

const SELLING: Counted = Counted::Call(Lane::Selling);
const OTHER: Counted = Counted::Call(Lane::Other);

impl Door {
    fn open() -> Self {
        let sources = Sources::manual(Timestamp(1_777_633_200_000));
        Self { limiter: LocalLimiter::new(rules(), sources.clone()), sources }
    }

    /// How many of so many are let in.
    fn passes(&self, asker: &Asker, what: Counted, tries: usize) -> usize {
        (0..tries).filter(|_| self.limiter.take(asker, what).is_ok()).count()
    }

    fn away(&self, asker: &Asker, what: Counted) -> (Reason, Whose) {
        let away = self.limiter.take(asker, what).unwrap_err();
        assert!(away.wait_ms > 0 && away.retry_after_seconds() >= 1, "{away:?}");
        (away.reason, away.whose)
    }
}

fn from(address: &str, party: Party) -> Asker {
    let address: ClientAddress = address.parse::<IpAddr>().unwrap().into();
    Asker { address, party, is_raised: false }
}

fn buyer(name: &str, address: &str) -> Asker {
    from(address, Party::Buyer(name.parse::<BuyerId>().unwrap()))
}

fn key(number: u128) -> Asker {
    from("192.0.2.1", Party::Key(KeyId::new(uuid::Uuid::from_u128(number))))
}

#[test]
fn lanes_buyers_and_addresses_are_counted_apart() {
    let door = Door::open();
    let ann = buyer("ann", "192.0.2.1");
    assert_eq!(door.passes(&ann, SELLING, 3), 3);
    assert_eq!(door.away(&ann, SELLING), (Reason::Calls, Whose::Buyer));
    assert_eq!(door.passes(&ann, SELLING, 1), 0);
    assert_eq!(door.passes(&ann, OTHER, 9), 9, "a rush in one lane leaves the other alone");
    assert_eq!(door.passes(&buyer("ann", "192.0.2.9"), SELLING, 9), 0, "another address, the same buyer");
    // The tries that Ann was refused counted for her address, too.
    assert_eq!(door.away(&buyer("bob", "192.0.2.1"), SELLING), (Reason::Calls, Whose::Address));
    assert_eq!(door.passes(&buyer("bob", "192.0.2.2"), SELLING, 9), 3);
    door.sources.advance_ms(60_000);
    assert_eq!(door.passes(&ann, SELLING, 9), 3, "a minute's worth a minute");
}

#[test]
fn all_of_a_home_counts_together() {
    let door = Door::open();
    let sum: usize =
        (0..10).map(|n| door.passes(&buyer(&format!("b{n}"), &format!("2001:db8::{n}")), SELLING, 3)).sum();
    assert_eq!(sum, 5);
    assert_eq!(door.passes(&buyer("x", "2001:db8:0:1::1"), SELLING, 3), 3);
}

#[test]
fn a_key_has_a_budget_of_its_own_and_its_address_none() {
    let door = Door::open();
    assert_eq!(door.passes(&key(1), SELLING, 60) + door.passes(&key(1), OTHER, 60), 120, "by lane");
    assert_eq!(door.passes(&key(1), SELLING, 100), 40);
    assert_eq!(door.away(&key(1), SELLING), (Reason::Calls, Whose::Key));
    assert_eq!(door.passes(&key(2), SELLING, 9), 9);
    assert_eq!(door.passes(&buyer("ann", "192.0.2.1"), SELLING, 9), 3, "behind the same address");
}

#[test]
fn a_raised_address_may_do_a_thousand_times_as_much() {
    let door = Door::open();
    let raised = Asker { is_raised: true, ..buyer("ann", "192.0.2.1") };
    assert_eq!(door.passes(&raised, SELLING, 4_000), 3_000);
    let inventory = InventoryId::new(uuid::Uuid::nil());
    assert_eq!(door.passes(&raised, Counted::WrongCode(inventory), 99), 10, "but guess no more than others");
}

#[test]
fn sessions_are_counted_by_address() {
    let door = Door::open();
    let nobody = from("192.0.2.1", Party::Nobody);
    assert_eq!(door.passes(&nobody, Counted::Session, 9), 2);
    assert_eq!(door.away(&nobody, Counted::Session), (Reason::Sessions, Whose::Address));
}

#[test]
fn streams_are_counted_while_they_are_open() {
    let door = Door::open();
    let (ann, bob) = (buyer("ann", "192.0.2.1"), buyer("bob", "192.0.2.1"));
    assert_eq!(door.passes(&ann, Counted::Stream, 9), 2);
    assert_eq!(door.away(&ann, Counted::Stream), (Reason::Streams, Whose::Buyer));
    assert_eq!(
        door.passes(&bob, Counted::Stream, 9),
        1,
        "what Ann was refused is not taken from her address"
    );
    assert_eq!(door.away(&bob, Counted::Stream), (Reason::Streams, Whose::Address));
    door.limiter.give_back(&ann, Counted::Stream);
    assert_eq!(door.passes(&bob, Counted::Stream, 9), 1);
    door.sources.advance_ms(3_600_000);
    assert_eq!(door.passes(&bob, Counted::Stream, 9), 0, "an open stream does not end by itself");
    (0..9).for_each(|_| door.limiter.give_back(&bob, Counted::Stream));
    assert_eq!(door.passes(&bob, Counted::Stream, 9), 2, "no more than were taken come back");
}

#[test]
fn ten_wrong_codes_in_any_minute_by_buyer_address_and_inventory() {
    let door = Door::open();
    let at = |n: u128| Counted::WrongCode(InventoryId::new(uuid::Uuid::from_u128(n)));
    let ann = buyer("ann", "192.0.2.1");
    assert_eq!(door.passes(&ann, at(1), 3), 3);
    door.sources.advance_ms(59_000);
    assert_eq!(door.passes(&ann, at(1), 99), 7);
    assert_eq!(door.away(&ann, at(1)), (Reason::WrongCodes, Whose::Address));
    assert_eq!(door.away(&buyer("bob", "192.0.2.1"), at(1)), (Reason::WrongCodes, Whose::Address));
    assert_eq!(door.away(&buyer("ann", "192.0.2.2"), at(1)), (Reason::WrongCodes, Whose::Buyer));
    assert_eq!(door.passes(&ann, at(2), 99), 10, "another inventory");
    door.sources.advance_ms(1_000);
    assert_eq!(door.passes(&ann, at(1), 99), 3, "those of a minute ago");
    door.limiter.give_back(&ann, at(1));
    assert_eq!(door.passes(&ann, at(1), 99), 1, "a right one does not count");
}

#[test]
fn whoever_makes_the_journal_keep_too_much_waits() {
    let door = Door::open();
    let ann = buyer("ann", "192.0.2.1");
    door.limiter.spend(&ann, Counted::JournalByte, 1_500);
    assert_eq!(door.away(&ann, SELLING), (Reason::JournalBytes, Whose::Buyer));
    assert_eq!(door.passes(&ann, OTHER, 1), 1);
    door.sources.advance_ms(31_000);
    assert_eq!(door.passes(&ann, SELLING, 1), 1);
    (0..10)
        .for_each(|n| door.limiter.spend(&buyer(&format!("b{n}"), "192.0.2.3"), Counted::JournalByte, 400));
    assert_eq!(door.away(&buyer("c", "192.0.2.3"), SELLING), (Reason::JournalBytes, Whose::Address));
}

#[test]
fn what_is_remembered_is_bounded() {
    let door = Door {
        limiter: LocalLimiter { subjects: Table::new(1_000), ..Door::open().limiter },
        ..Door::open()
    };
    for n in 0..50_000u32 {
        let asker = from(&std::net::Ipv4Addr::from_bits(n).to_string(), Party::Nobody);
        let _let_in_or_not = door.limiter.take(&asker, OTHER);
    }
    assert_eq!(door.limiter.subjects.len(), 1_000);
}
