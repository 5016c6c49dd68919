//! 160 parties at once who want the best seats, until nothing fits any more; then every refusal and every single
//! seat is held against the journal and the reference of `tests/model/seats.rs`.
//!
//! `FAIRHOLD_RUSH_SEATS` sets the size of the hall, `FAIRHOLD_RUSH_SEED` repeats a run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fairhold::domain::Event;
use serde_json::{Value, json};

use crate::reference::{Ask, Chair, House};
use crate::support::api::{Api, Outcome, Session, Shopper};
use crate::support::journal::{Journal, store};
use crate::support::rng::Rng;
use crate::support::server::{Server, secret_key};

const PARTIES: usize = 160;
const SEATS: usize = 8_000;
const SECTIONS: usize = 4;
const ROW: usize = 25;
const PARTY_MAX: usize = 6;
const OVER_WITHIN: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_rush_nobody_is_refused_while_seats_for_them_are_there() {
    let seed = Rng::seed("FAIRHOLD_RUSH_SEED");
    println!("FAIRHOLD_RUSH_SEED={seed}");
    let dir = tempfile::tempdir().unwrap();
    let operator = secret_key(dir.path(), "operator");
    let server = Server::start(dir.path());
    let api = Api::new(server.url());
    api.ready(Duration::from_secs(30)).await;
    let hall = Hall::of(size());
    let mut rng = Rng::new(seed);
    for mode in ["off", "strict"] {
        let settings = json!({"single_seats": mode, "hold_seconds": 1800, "holds_per_buyer": 1_000_000,
            "pieces_per_hold": 50});
        let body = json!({"name": mode, "plan": hall.document, "settings": settings});
        let inventory = api.create(&operator, &body).await;
        let started = Instant::now();
        let books = tokio::time::timeout(OVER_WITHIN, rush(&api, &inventory, &mut rng)).await;
        let (books, took) = (books.expect("it ends"), started.elapsed());
        let mut journal = Journal::of(&api, &inventory).await;
        journal.read(&store(dir.path()).await).await;
        let figures = Replay::of(&hall, &journal, &books, mode == "strict").figures();
        println!("single seats {mode}: {} requests in {took:?}; {figures}", books.requests);
        assert_eq!(api.get(&format!("/v1/inventories/{inventory}")).await["figures"]["available"], 0);
    }
}

fn size() -> usize {
    std::env::var("FAIRHOLD_RUSH_SEATS").map_or(SEATS, |size| size.parse().expect("a number of seats"))
}

/// Sections side by side before one stage.
struct Hall {
    document: Value,
    chairs: Vec<Chair>,
    ids: Vec<String>,
}

impl Hall {
    fn of(seats: usize) -> Self {
        let rows = seats.div_ceil(SECTIONS * ROW);
        let (mut chairs, mut ids) = (Vec::new(), Vec::new());
        let focal = ((SECTIONS * (ROW + 2)) as i64 / 2, -5);
        let mut zones = Vec::new();
        for part in 0..SECTIONS {
            let mut list = Vec::new();
            for row in 0..rows {
                let mut seats = Vec::new();
                for n in 0..ROW {
                    let at = ((part * (ROW + 2) + n) as i64, row as i64);
                    let id = format!("{part}-{row}-{n}");
                    seats.push(json!({"id": id, "category": "R", "x": at.0, "y": at.1}));
                    let cost = (10_000 * ((at.0 - focal.0).pow(2) + (at.1 - focal.1).pow(2))).unsigned_abs();
                    let at = (100 * at.0, 100 * at.1);
                    chairs.push(Chair { bench: part * rows + row, part, cost: cost.isqrt(), at });
                    ids.push(id);
                }
                list.push(json!({"id": format!("{row}"), "seats": seats}));
            }
            zones.push(json!({"id": format!("{part}"), "rows": list}));
        }
        let document = json!({"name": "Rush", "focal_point": {"x": focal.0, "y": focal.1}, "zones": zones,
            "categories": [{"id": "R", "name": "R"}]});
        Self { document, chairs, ids }
    }
}

/// A refusal: what was asked for, and a seq that is not before the decision.
struct Refused {
    quantity: usize,
    together: bool,
    until: u64,
}

#[derive(Default)]
struct Books {
    requests: u64,
    /// By hold: whether it was asked to be together; None: picked.
    holds: BTreeMap<String, Option<bool>>,
    refused: Vec<Refused>,
    orphans_refused: u64,
}

async fn rush(api: &Api, inventory: &str, rng: &mut Rng) -> Books {
    let mut tasks = Vec::new();
    let plan = api.get(&format!("/v1/inventories/{inventory}/plan")).await;
    let units = plan["units"].as_array().unwrap().iter();
    let ids: Vec<String> = units.map(|unit| unit["id"].as_str().unwrap().to_owned()).collect();
    for _ in 0..PARTIES {
        let (api, inventory, ids) = (api.clone(), inventory.to_owned(), ids.clone());
        let party = Party { session: api.session().await, api, inventory, ids, rng: rng.fork() };
        tasks.push(tokio::spawn(party.run()));
    }
    let mut all = Books::default();
    for task in tasks {
        let mut books = task.await.expect("no party panics");
        all.requests += books.requests;
        all.holds.append(&mut books.holds);
        all.refused.append(&mut books.refused);
        all.orphans_refused += books.orphans_refused;
    }
    all
}

struct Party {
    api: Api,
    inventory: String,
    ids: Vec<String>,
    session: Session,
    rng: Rng,
}

impl Party {
    /// Takes until not even one seat is left.
    async fn run(mut self) -> Books {
        let mut books = Books::default();
        let mut most = PARTY_MAX;
        while most > 0 {
            let quantity = 1 + self.rng.below(most);
            if self.rng.percent(15) {
                self.pick(quantity, &mut books).await;
                continue;
            }
            let together = self.rng.percent(30);
            let wanted = json!({"best_available": {"quantity": quantity, "adjacent": together}});
            match self.hold(wanted, &mut books).await {
                Ok(id) => drop(books.holds.insert(id, Some(together))),
                Err(code) => {
                    assert!(["not_enough", "no_adjacent_block"].contains(&code.as_str()), "{code}");
                    let shown = self.api.get(&format!("/v1/inventories/{}", self.inventory)).await;
                    let until = shown["seq"].as_u64().unwrap();
                    books.refused.push(Refused { quantity, together, until });
                    if !together || quantity == 1 {
                        most = quantity - 1;
                    }
                }
            }
        }
        books
    }

    /// Neighbours of its own choice, whatever becomes of that.
    async fn pick(&mut self, quantity: usize, books: &mut Books) {
        let first = self.rng.below(self.ids.len() - quantity);
        let offers: Vec<Value> =
            self.ids[first..first + quantity].iter().map(|id| json!({"offer": id})).collect();
        match self.hold(json!({"offers": offers}), books).await {
            Ok(id) => drop(books.holds.insert(id, None)),
            Err(code) if code == "would_orphan_seat" => books.orphans_refused += 1,
            Err(code) => assert_eq!(code, "unit_taken"),
        }
    }

    async fn hold(&mut self, wanted: Value, books: &mut Books) -> Result<String, String> {
        books.requests += 1;
        let me = Shopper { token: self.session.token.clone(), acts_for: None };
        match self.api.send(&me.hold(&self.inventory, self.rng.key(), wanted)).await {
            Outcome::Done(reply) => Ok(reply.id().to_owned()),
            Outcome::Refused(reply) => Err(reply.code().to_owned()),
            open => panic!("{open:?}"),
        }
    }
}

/// The journal once more, with the reference at every seq that matters.
struct Replay<'a> {
    hall: &'a Hall,
    books: &'a Books,
    strict: bool,
    free: Vec<bool>,
    steps: BTreeMap<&'static str, u64>,
    singles: u64,
    refusals: u64,
}

impl<'a> Replay<'a> {
    fn of(hall: &'a Hall, journal: &Journal, books: &'a Books, strict: bool) -> Self {
        let free = vec![true; hall.chairs.len()];
        let mut this = Self { hall, books, strict, free, steps: BTreeMap::new(), singles: 0, refusals: 0 };
        for seq in 1..=journal.last_seq() {
            let record = journal.record(seq).expect("it was read");
            record.events.iter().for_each(|event| this.happened(journal, seq, event));
            for refused in books.refused.iter().filter(|refused| refused.until == seq) {
                this.fits_nowhere(seq, refused);
            }
        }
        assert_eq!(this.refusals, books.refused.len() as u64, "every refusal was looked at");
        this
    }

    fn house(&self) -> House<'_> {
        House { chairs: &self.hall.chairs, public: self.free.clone(), open: self.free.clone() }
    }

    fn happened(&mut self, journal: &Journal, seq: u64, event: &Event) {
        let Event::Held { hold, lines, step, .. } = event else { return };
        let units = lines.iter().map(|line| journal.unit_id(line.units[0].0));
        let mut seats: Vec<usize> =
            units.map(|id| self.hall.ids.iter().position(|known| known == id).unwrap()).collect();
        seats.sort_unstable();
        *self.steps.entry(step.map_or("picked", |step| step.name())).or_default() += 1;
        let house = self.house();
        let singles =
            house.neighbours(&seats).iter().filter(|group| house.leaves_single(group)).count() as u64;
        if self.strict && singles > 0 {
            let together = self.books.holds[&hold.to_string()].unwrap_or(false);
            let avoidable = house.has_clean_choice(seats.len(), together);
            assert!(!avoidable, "seq {seq}: {seats:?} leave a single seat, {} need not", seats.len());
        }
        self.singles += singles;
        for seat in seats {
            assert!(std::mem::replace(&mut self.free[seat], false), "seq {seq}: seat {seat} is held twice");
        }
    }

    /// Seats only go: what fits now has fitted when it was refused.
    fn fits_nowhere(&mut self, seq: u64, refused: &Refused) {
        self.refusals += 1;
        let Refused { quantity, together, .. } = *refused;
        let found = self.house().best(Ask { quantity, together, strict: self.strict });
        assert_eq!(found, None, "seq {seq}: {quantity} were refused (together: {together})");
    }

    fn figures(&self) -> String {
        format!(
            "steps {:?}, {} refused and none of them had seats, {} single seats left{}, {} picks refused for one",
            self.steps,
            self.refusals,
            self.singles,
            if self.strict { ", none without need" } else { "" },
            self.books.orphans_refused
        )
    }
}
