//! The rules by name: given a shop, when somebody asks, then this. `tests/model` tries their combinations.

mod accessible;
mod best;
mod bounds;
mod changes;
mod channels;
mod groups;
mod holds;
mod limits;
mod memory;
mod moves;
mod plan;
mod replan;
mod sales;
mod singles;
mod stock;
mod whole;

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::change::Change;
use super::command::{BestWanted, Pick, Wanted};
use super::{
    Access, Action, BlockId, BuyerId, Caller, Cause, Command, Event, HoldId, KeyId, Moment, Plan, Record,
    Refusal, SaleId, Settings, SettingsPatch, State, Timestamp, UnitNo, decide,
};

const START: Timestamp = Timestamp(1_777_633_200_000);

/// An open inventory, a clock that the test moves, and fresh ids.
struct Shop {
    state: State,
    now: Timestamp,
    made: u128,
}

impl Shop {
    fn open(document: Value) -> Self {
        Self::with(document, json!({}))
    }

    /// With settings other than the defaults.
    fn with(document: Value, settings: Value) -> Self {
        let document = serde_json::from_value(document).unwrap();
        let state = State::new(Arc::new(Plan::compile(document).unwrap()));
        let patch: SettingsPatch = serde_json::from_value(settings).unwrap();
        let roomy = Settings { pieces_per_hold: 50, ..Settings::default() };
        let settings = roomy.patched(&patch).unwrap();
        let mut shop = Self { state, now: START, made: 0 };
        shop.append(Cause::default(), Event::Opened { plan_version: 1, settings, details: None }).unwrap();
        shop
    }

    fn wait_ms(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }

    fn wait(&mut self, seconds: u32) {
        self.now = self.now.plus_seconds(seconds);
    }

    /// The event that the command made; None if there was nothing to do.
    fn ask(&mut self, caller: &Caller, action: Action) -> Result<Option<Event>, Refusal> {
        self.made += 1;
        let moment = Moment { now: self.now, fresh: Uuid::from_u128(self.made) };
        let command = Command { caller: caller.clone(), cause: Cause::default(), action };
        let mut events = decide(&self.state, &command, &moment)?;
        if !events.is_empty() {
            self.append_all(Cause::default(), events.clone()).unwrap();
        }
        Ok(events.pop())
    }

    fn append(&mut self, cause: Cause, event: Event) -> Result<(), super::Impossible> {
        self.append_all(cause, [event].into_iter().collect())
    }

    fn append_all(&mut self, cause: Cause, events: super::Events) -> Result<(), super::Impossible> {
        let seq = self.state.seq() + 1;
        self.state.apply(&Record { seq, epoch: 1, at: self.now, by: Caller::Clock, cause, events })
    }

    fn wants(&mut self, name: &str, wanted: Wanted) -> Result<HoldId, Refusal> {
        match self.ask(&buyer(name), Action::Hold { buyer: id(name), wanted, access: Access::default() })? {
            Some(Event::Held { hold, .. }) => Ok(hold),
            other => panic!("not held: {other:?}"),
        }
    }

    fn hold(&mut self, name: &str, offers: &str) -> Result<HoldId, Refusal> {
        self.wants(name, picks(offers))
    }

    /// The ids of the best seats, and whether they are together.
    fn best(&mut self, wanted: BestWanted) -> Result<(Vec<String>, bool), Refusal> {
        let hold = self.wants("best", Wanted::Best(wanted))?;
        let hold = self.state.hold(hold).unwrap();
        let seats = hold.lines.iter().map(|line| self.state.plan().offer_id(line.offer).to_string());
        Ok((seats.collect(), hold.adjacent))
    }

    fn extend(&mut self, name: &str, hold: HoldId) -> Result<Timestamp, Refusal> {
        match self.ask(&buyer(name), Action::Extend { hold })? {
            Some(Event::Extended { expires_at, .. }) => Ok(expires_at),
            other => panic!("not extended: {other:?}"),
        }
    }

    /// All that the hold has now, by offer.
    fn change(
        &mut self,
        caller: &Caller,
        hold: HoldId,
        add: &str,
        remove: &str,
    ) -> Result<Vec<String>, Refusal> {
        let change = Change { add: list(add), remove: list(remove), access: Access::default() };
        self.ask(caller, Action::Change { hold, change })?;
        let lines = &self.state.hold(hold).unwrap().lines;
        let shown =
            |line: &super::Line| format!("{}*{}", self.state.plan().offer_id(line.offer), line.quantity);
        Ok(lines.iter().map(shown).collect())
    }

    fn release(&mut self, name: &str, hold: HoldId) -> Result<Option<Event>, Refusal> {
        self.ask(&buyer(name), Action::Release { hold })
    }

    fn purchase(&mut self, caller: &Caller, hold: HoldId) -> Result<SaleId, Refusal> {
        sale_of(self.ask(caller, Action::Purchase { hold })?)
    }

    /// A direct purchase by a key.
    fn buy(&mut self, name: &str, offers: &str) -> Result<SaleId, Refusal> {
        sale_of(self.ask(
            &key(),
            Action::PurchaseNow { buyer: id(name), wanted: picks(offers), access: Access::default() },
        )?)
    }

    fn give_back(&mut self, sale: SaleId, offers: Option<&str>) -> Result<Option<Event>, Refusal> {
        let pieces = offers.map(list);
        self.ask(&key(), Action::Return { sale, pieces })
    }

    fn block(&mut self, units: &[(&str, u32)]) -> Result<BlockId, Refusal> {
        let units = units.iter().map(|&(unit, quantity)| (unit.to_owned(), quantity)).collect();
        match self
            .ask(&key(), Action::Block { units, reason: None, channel: None, code: None, release_at: None })?
        {
            Some(Event::Blocked { block, .. }) => Ok(block),
            other => panic!("not blocked: {other:?}"),
        }
    }

    fn restock(&mut self, unit: &str, change: i64) -> Result<Option<Event>, Refusal> {
        self.ask(&key(), Action::Restock { unit: unit.to_owned(), change })
    }

    fn configure(&mut self, patch: Value) -> Result<Option<Event>, Refusal> {
        let patch = serde_json::from_value(patch).unwrap();
        let expected = self.state.settings_version();
        self.ask(&key(), Action::Configure { patch, expected, known: None })
    }

    fn expire(&mut self) -> Option<Event> {
        self.ask(&Caller::Clock, Action::Expire).unwrap()
    }

    fn unit(&self, id: &str) -> UnitNo {
        self.state.plan().unit_by_id(id).unwrap()
    }

    fn left(&self, id: &str) -> u32 {
        self.state.available(self.unit(id))
    }

    fn taken(&self, ids: &[&str]) -> Refusal {
        Refusal::UnitTaken { units: ids.iter().map(|id| self.unit(id)).collect() }
    }

    fn short(&self, ids: &[&str]) -> Refusal {
        let units = ids.iter().map(|id| self.unit(id)).collect();
        Refusal::NotEnough { units, largest_block: None }
    }
}

fn sale_of(event: Option<Event>) -> Result<SaleId, Refusal> {
    match event {
        Some(Event::Purchased { sale, .. }) => Ok(sale),
        other => panic!("not purchased: {other:?}"),
    }
}

fn id(name: &str) -> BuyerId {
    name.parse().unwrap()
}

fn buyer(name: &str) -> Caller {
    Caller::Buyer(id(name))
}

fn key() -> Caller {
    Caller::Key(KeyId::new(Uuid::from_u128(1)))
}

/// `"A-1 floor*3"`: one piece of A-1, three of floor.
fn picks(offers: &str) -> Wanted {
    Wanted::Offers(list(offers))
}

fn list(offers: &str) -> Vec<Pick> {
    let pick = |text: &str| {
        let (offer, quantity) = text.split_once('*').unwrap_or((text, "1"));
        Pick { offer: offer.to_owned(), quantity: quantity.parse().unwrap() }
    };
    offers.split_whitespace().map(pick).collect()
}

fn best_of(quantity: u32) -> BestWanted {
    BestWanted::of(quantity.try_into().unwrap())
}

fn together(quantity: u32) -> BestWanted {
    BestWanted { adjacent: true, ..best_of(quantity) }
}

/// `row("A", "RR SS.")`: seats of the categories R and S, a gap before not on offer.
fn row(name: &str, seats: &str) -> Value {
    let mut list: Vec<Value> = Vec::new();
    let mut gap_before = false;
    for letter in seats.chars() {
        if letter == ' ' {
            gap_before = true;
            continue;
        }
        let category = (letter != '.').then(|| letter.to_string());
        let id = format!("{name}-{}", list.len() + 1);
        list.push(json!({"id": id, "category": category, "gap_before": gap_before}));
        gap_before = false;
    }
    json!({"id": name, "seats": list})
}

fn hall(rows: &[Value]) -> Value {
    json!({
        "name": "Hall", "currency": "KRW",
        "categories": [
            {"id": "R", "name": "R", "price": 150_000},
            {"id": "S", "name": "S", "price": 90_000},
            {"id": "F", "name": "Floor", "price": 70_000},
        ],
        "zones": [{"id": "stalls", "rows": rows, "areas": [{"id": "floor", "capacity": 20, "category": "F"}]}],
    })
}

fn theatre() -> Value {
    hall(&[row("A", "RRRRRR"), row("B", "SSS SSS")])
}

/// Drinks that share beans, milk and cups.
fn cafe() -> Value {
    json!({
        "name": "Cafe", "currency": "KRW",
        "items": [
            {"id": "beans", "capacity": 100}, {"id": "milk", "capacity": 1000}, {"id": "cup", "capacity": 50},
            {"id": "cookie", "capacity": 3, "sellable": true, "price": 2500},
        ],
        "offers": [
            {"id": "latte", "price": 5000, "units": {"beans": 18, "milk": 200, "cup": 1}},
            {"id": "espresso", "price": 3500, "units": {"beans": 18, "cup": 1}},
        ],
    })
}
