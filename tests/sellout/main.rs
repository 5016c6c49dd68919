//! A real seat plan, imported with all its flaws and sold to the last seat while everybody watches.
//!
//! `FAIRHOLD_SELLOUT_PLAN` names a pretix file to use instead of the made-up hall; `FAIRHOLD_SELLOUT_SEED`
//! repeats a run's random choices.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod buyers;
mod hall;
mod imported;
#[path = "../model/seats.rs"]
#[allow(dead_code, unreachable_pub, reason = "the model uses all of it")]
mod reference;
mod replans;
mod rush;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use buyers::{Books, Checkout};
use imported::Venue;
use support::journal::{Journal, store};
use support::rng::Rng;
use support::server::check;
use support::viewer::Viewer;

const BUYERS: usize = 200;
const SOLD_OUT_WITHIN: Duration = Duration::from_secs(180);
/// The restless viewer leaves after so many frames and comes back.
const FRAMES_A_VISIT: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hall_is_sold_out_with_every_seat_sold_once() {
    let seed = Rng::seed("FAIRHOLD_SELLOUT_SEED");
    println!("FAIRHOLD_SELLOUT_SEED={seed}");
    let venue = Venue::open().await;
    let mut rng = Rng::new(seed);
    let shop = Checkout::Shop { key: venue.seller.clone() };
    for checkout in [shop, Checkout::Buyer] {
        let inventory = venue.inventory(&checkout).await;
        sell_out(&venue, &inventory, checkout, &mut rng).await;
    }
    let check = check(venue.data());
    println!("check: {}", check.report);
    assert!(check.clean, "{}", check.report);
    assert_eq!(check.report["sold"], 2 * venue.seats);
    assert_eq!(check.report["held"], 0);
}

async fn sell_out(venue: &Venue, inventory: &str, checkout: Checkout, rng: &mut Rng) {
    let api = &venue.api;
    let mut viewers = [
        ("the WebSocket", Viewer::websocket(api, inventory).await),
        ("the event stream", Viewer::events(api, inventory, None).await),
        ("the event stream that comes and goes", Viewer::events(api, inventory, Some(FRAMES_A_VISIT)).await),
    ];
    let started = Instant::now();
    let buying = buyers::buy_everything(api, inventory, &checkout, BUYERS, viewers[0].1.watch(), rng);
    let books = tokio::time::timeout(SOLD_OUT_WITHIN, buying).await.expect("sold out in time");
    println!("{checkout}: {} by {BUYERS} buyers in {:?}", books.summary(), started.elapsed());

    let mut journal = Journal::of(api, inventory).await;
    journal.read(&store(venue.data()).await).await;
    journal.advance(journal.last_seq());
    every_seat_is_sold_once(venue, &books, &journal);
    for (who, viewer) in &mut viewers {
        let board = viewer.reaches(journal.last_seq()).await;
        journal.compare(who, &board);
        println!(
            "{who}: {} snapshots, {} deltas, resumed {} times",
            board.snapshots, board.deltas, board.resumed
        );
        assert!(board.seq == journal.last_seq() && board.deltas > 0, "{who}");
    }
    let restless = viewers[2].1.board();
    assert!(restless.resumed > 0, "nobody came back in time to resume");
    assert!(journal.findings.is_empty(), "{:#?}", journal.findings);
}

/// By the clients' own books, and by the journal.
fn every_seat_is_sold_once(venue: &Venue, books: &Books, journal: &Journal) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (sale, seats) in &books.sales {
        for seat in seats {
            let before = owners.insert(seat, sale);
            assert_eq!(before, None, "{seat} was sold to two: {sale} is the second");
        }
    }
    assert_eq!(owners.len(), venue.seats, "by the clients' books");
    let sold = journal.sold();
    assert_eq!(sold.len(), venue.seats, "by the journal");
    assert!(sold.values().all(|&pieces| pieces == 1));
    assert_eq!(sold.keys().copied().collect::<BTreeSet<_>>(), owners.keys().copied().collect());
    let in_journal: BTreeMap<String, BTreeSet<&str>> =
        journal.sales().map(|(sale, seats)| (sale.to_string(), seats.into_iter().collect())).collect();
    let in_books: BTreeMap<String, BTreeSet<&str>> = books
        .sales
        .iter()
        .map(|(sale, seats)| (sale.clone(), seats.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(in_journal, in_books);
}
