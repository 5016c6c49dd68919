//! What everybody in a run shares.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use fairhold::domain::{Checkout, Details, InventoryId, Plan, PlanDocument, Settings, Timestamp};
use fairhold::persistence::{NewInventory, new_inventory};
use fairhold::sources::Sources;

use crate::database::{Database, Sabotage};
use crate::history::History;
use crate::knobs::Knobs;
use crate::rng::Rng;

/// 2026-05-01T11:00:00Z, when every run begins.
pub(crate) const BEGINNING: Timestamp = Timestamp(1_777_633_200_000);
pub(crate) const PORT: u16 = 80;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) enum Stage {
    /// Clients buy, and things go wrong.
    Chaos,
    /// Nothing goes wrong any more; clients bring to an end what they began.
    Healed,
    /// Everything was looked at; viewers may go.
    Over,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) knobs: Arc<Knobs>,
    pub(crate) database: Database,
    pub(crate) history: History,
    pub(crate) halls: Arc<[InventoryId]>,
    pub(crate) stage: Rc<Cell<Stage>>,
    /// Buyers that still have something to do.
    pub(crate) buying: Rc<Cell<usize>>,
    /// By node: how often it has started.
    pub(crate) lives: Rc<RefCell<Vec<u64>>>,
}

impl World {
    pub(crate) fn new(seed: u64, sabotage: Sabotage) -> Self {
        let mut rng = Rng::new(seed);
        let knobs = Knobs::draw(&mut rng);
        let history = History::default();
        history.line(Duration::ZERO, &format!("{knobs:?}"));
        let database = Database::new(knobs.clone(), rng.fork(), sabotage, history.clone());
        let halls = (0..knobs.inventories).map(|_| hall(&database, &knobs, &mut rng));
        Self {
            seed,
            halls: halls.collect(),
            database,
            history,
            stage: Rc::new(Cell::new(Stage::Chaos)),
            buying: Rc::new(Cell::new(knobs.buyers)),
            lives: Rc::new(RefCell::new(vec![0; knobs.nodes])),
            knobs: Arc::new(knobs),
        }
    }

    /// A stream of choices for one of the actors of this play.
    pub(crate) fn rng(&self, part: u64) -> Rng {
        Rng::new(Rng::new(self.seed.wrapping_mul(0x0fa1_4401) ^ part).next())
    }

    /// The node that an inventory is mostly asked for at.
    pub(crate) fn home(&self, hall: usize) -> usize {
        hall % self.knobs.nodes
    }
}

/// Eight seats, an area, cups, and a drink that takes beans and a cup.
fn hall(database: &Database, knobs: &Knobs, rng: &mut Rng) -> InventoryId {
    let row = |row: &str| {
        let seat =
            |n: u32| serde_json::json!({"id": format!("{row}-{n}"), "label": n.to_string(), "category": "R"});
        serde_json::json!({"id": row, "label": row, "seats": (1..=4).map(seat).collect::<Vec<_>>()})
    };
    let document: PlanDocument = serde_json::from_value(serde_json::json!({
        "name": "hall", "currency": "EUR", "categories": [{"id": "R", "name": "R", "price": 500}],
        "zones": [{"id": "z", "name": "Z", "rows": [row("A"), row("B")],
            "areas": [{"id": "floor", "label": "Floor", "capacity": 6, "category": "R"}]}],
        "items": [{"id": "beans", "label": "Beans", "capacity": 120},
            {"id": "cup", "label": "Cup", "capacity": 5, "sellable": true}],
        "offers": [{"id": "latte", "label": "Latte", "price": 50, "units": {"beans": 18, "cup": 1}}],
    }))
    .unwrap();
    let plan = Plan::compile(document).unwrap();
    let settings = Settings {
        hold_seconds: knobs.hold_seconds,
        checkout: Checkout::Open,
        pieces_per_hold: 50,
        ..Settings::default()
    };
    // Made before anything is simulated, so neither its time nor its id may come from a clock that runs.
    let id = InventoryId::new(uuid::Uuid::from_u64_pair(rng.next(), rng.next()));
    let new =
        new_inventory(&Sources::manual(BEGINNING), Details::named("hall"), &plan, settings, "operator", None);
    database.lock().create(NewInventory { id, ..new });
    id
}
