//! Replays every journal through the core and verifies what always holds. Reads only, takes nothing over:
//! a journal only grows, so what was read stays true beside a running server.

mod groups;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use self::groups::{GroupsAudit, PartsSeen};
use super::chain::{ChainWalk, JournalHead};
use super::codec;
use super::plans::{FIRST_PLAN, Plans};
use super::recovery::LoadError;
use super::store::{InventoryRow, Oddity, Store, StoreError, StoredRecord, StoredSnapshot};
use crate::domain::ledger::{Account, pieces};
use crate::domain::state::Recall;
use crate::domain::stock::Level;
use crate::domain::{BuyerId, Event, InventoryId, Plan, Record, State};

const PAGE: u32 = 1_000;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    pub inventory: String,
    /// The record at which it shows; None: at the end, or before the first.
    pub seq: Option<u64>,
    pub rule: &'static str,
    pub detail: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    pub inventories: u64,
    pub records: u64,
    pub snapshots: u64,
    pub groups: u64,
    /// Pieces sold and held at the end of all journals.
    pub sold: u64,
    pub held: u64,
    pub violations: Vec<Violation>,
}

impl CheckReport {
    fn found(&mut self, inventory: &str, rule: &'static str, detail: Option<String>) {
        let violation = |detail| Violation { inventory: inventory.to_owned(), seq: None, rule, detail };
        self.violations.extend(detail.map(violation));
    }
}

/// Checks every inventory of the store; `progress` hears how many records were read.
pub async fn check(store: &dyn Store, mut progress: impl FnMut(u64)) -> Result<CheckReport, StoreError> {
    let mut report = CheckReport::default();
    report.found("store", "loss", store.loss());
    for Oddity { inventory, rule, detail } in store.oddities().await? {
        report.violations.push(Violation { inventory, seq: None, rule, detail });
    }
    let groups = readable(GroupsAudit::begin(store).await)?;
    let mut groups = groups.unwrap_or_else(|detail| {
        report.found("store", "groups", Some(detail));
        GroupsAudit::default()
    });
    report.groups = groups.len();
    let mut after = None;
    loop {
        let page = match readable(store.inventories(after, 100).await)? {
            Ok(page) => page,
            Err(detail) => {
                report.found("store", "catalogue", Some(detail));
                break;
            }
        };
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for row in &page {
            report.inventories += 1;
            groups.add(row.id, check_inventory(store, row, &mut report, &mut progress).await?);
        }
    }
    match readable(groups.finish(store).await)? {
        Ok(violations) => report.violations.extend(violations),
        Err(detail) => report.found("store", "groups", Some(detail)),
    }
    Ok(report)
}

/// What a row that nobody can read says is a finding; that the store does not answer is none.
fn readable<T>(answer: Result<T, StoreError>) -> Result<Result<T, String>, StoreError> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(cause) if cause.is_unreadable() => Ok(Err(cause.to_string())),
        Err(cause) => Err(cause),
    }
}

async fn check_inventory(
    store: &dyn Store,
    row: &InventoryRow,
    report: &mut CheckReport,
    progress: &mut impl FnMut(u64),
) -> Result<PartsSeen, StoreError> {
    let (plans, inventory) = (Plans::default(), row.id);
    let name = inventory.to_string();
    let plan = match plans.load(store, inventory, FIRST_PLAN).await {
        Ok(plan) => plan,
        Err(LoadError::Store(cause)) if !cause.is_unreadable() => return Err(cause),
        Err(cause) => {
            report.found(&name, "plan", Some(cause.to_string()));
            return Ok(PartsSeen::default());
        }
    };
    let mut audit = match readable(store.head(inventory).await)? {
        Ok(head) => Audit::new(inventory, plan, head),
        Err(detail) => {
            report.found(&name, "chain", Some(detail));
            Audit::new(inventory, plan, None)
        }
    };
    let mut snapshots = match readable(read_snapshots(store, inventory).await)? {
        Ok(snapshots) => snapshots,
        Err(detail) => {
            report.found(&name, "snapshot", Some(detail));
            FxHashMap::default()
        }
    };
    report.snapshots += snapshots.len() as u64;
    'replay: loop {
        let page = match readable(store.records(inventory, audit.state.seq(), PAGE).await)? {
            Ok(page) => page,
            Err(detail) => {
                audit.found(None, "readable", detail);
                break;
            }
        };
        for stored in &page {
            report.records += 1;
            if replay(store, &plans, &mut audit, stored).await?.is_none() {
                break 'replay;
            }
            if let Some(snapshot) = snapshots.remove(&stored.seq) {
                audit.compare(&snapshot);
            }
        }
        progress(report.records);
        if page.len() < PAGE as usize {
            audit.finish(snapshots.keys().copied());
            audit.compare_row(row);
            break;
        }
    }
    let figures = audit.state.figures();
    report.sold += figures.sold;
    report.held += figures.held;
    report.violations.extend(audit.violations);
    Ok(audit.parts)
}

/// None: nothing after this record means anything.
async fn replay(
    store: &dyn Store,
    plans: &Plans,
    audit: &mut Audit,
    stored: &StoredRecord,
) -> Result<Option<()>, StoreError> {
    let seq = Some(stored.seq);
    let link = audit.walk.step(stored);
    // One finding is enough: what follows a changed record may well follow it.
    if let Err(broken) = link
        && !audit.violations.iter().any(|known| known.rule == "chain")
    {
        audit.found(seq, "chain", broken.to_string());
    }
    Ok(match read(store, plans, audit.inventory, stored).await {
        Ok(record) => {
            if record.at != stored.at {
                audit.found(seq, "record", "its time is not that of its row");
            }
            audit.next(&record)
        }
        Err(LoadError::Store(cause)) if !cause.is_unreadable() => return Err(cause),
        Err(cause @ LoadError::Plan(_)) => audit.found(seq, "plan", cause.to_string()),
        Err(cause) => audit.found(seq, "readable", cause.to_string()),
    })
}

/// A record with the plan that it puts in force.
async fn read(
    store: &dyn Store,
    plans: &Plans,
    inventory: InventoryId,
    stored: &StoredRecord,
) -> Result<Record, LoadError> {
    let mut record = codec::decode_record(stored)?;
    plans.attach(store, inventory, std::slice::from_mut(&mut record)).await?;
    Ok(record)
}

async fn read_snapshots(
    store: &dyn Store,
    inventory: InventoryId,
) -> Result<FxHashMap<u64, StoredSnapshot>, StoreError> {
    let mut snapshots = FxHashMap::default();
    let mut below = None;
    while let Some(snapshot) = store.snapshot(inventory, below).await? {
        below = Some(snapshot.seq);
        snapshots.insert(snapshot.seq, snapshot);
    }
    Ok(snapshots)
}

struct Audit {
    inventory: InventoryId,
    state: State,
    walk: ChainWalk,
    parts: PartsSeen,
    violations: Vec<Violation>,
}

impl Audit {
    fn new(inventory: InventoryId, plan: Arc<Plan>, head: Option<JournalHead>) -> Self {
        let (state, walk) = (State::new(plan), ChainWalk::new(inventory, head));
        Self { inventory, state, walk, parts: PartsSeen::default(), violations: Vec::new() }
    }

    /// None, so that a caller can stop with it.
    fn found(&mut self, seq: Option<u64>, rule: &'static str, detail: impl Into<String>) -> Option<()> {
        let inventory = self.inventory.to_string();
        self.violations.push(Violation { inventory, seq, rule, detail: detail.into() });
        None
    }

    /// None: the state cannot follow, so nothing after this means anything.
    fn next(&mut self, record: &Record) -> Option<()> {
        let seq = Some(record.seq);
        if record.seq == 1 && !matches!(record.events[..], [Event::Opened { .. }]) {
            self.found(seq, "opened_first", "record 1 does not open the inventory");
        }
        if self.state.recall(record.cause.key) != Recall::New {
            self.found(seq, "one_effect_per_key", "an idempotency key has a second effect");
        }
        for event in &record.events {
            self.fresh_ids(record.seq, event);
            self.parts.next(event);
        }
        match self.state.apply(record) {
            Ok(()) => Some(()),
            Err(cause) => self.found(seq, "replay", cause.to_string()),
        }
    }

    fn fresh_ids(&mut self, seq: u64, event: &Event) {
        let used = match event {
            Event::Held { hold, .. } => self.state.hold(*hold).is_some(),
            Event::Purchased { sale, .. } => self.state.sale(*sale).is_some(),
            _ => false,
        };
        if used {
            self.found(Some(seq), "fresh_ids", "an id is used for the second time");
        }
    }

    fn compare(&mut self, snapshot: &StoredSnapshot) {
        match codec::decode_snapshot(&snapshot.body) {
            Some(kept) if &kept == self.state.kept() => {}
            Some(_) => {
                self.found(Some(snapshot.seq), "snapshot", "a snapshot differs from its journal");
            }
            // Disposable: an older one, or the journal, serves instead.
            None => {
                tracing::warn!(inventory = %self.inventory, seq = snapshot.seq, "a snapshot cannot be read")
            }
        }
    }

    /// The catalogue's row was read before the journal, which may have gone on since; it never goes back.
    fn compare_row(&mut self, row: &InventoryRow) {
        let (shown, in_force) = (row.plan_version, self.state.plan_version());
        if shown > in_force {
            let detail = format!("the catalogue shows plan {shown}, in force is {in_force}");
            self.found(None, "catalogue", detail);
        }
        let units = self.state.plan().units().len();
        if shown == in_force && row.units as usize != units {
            self.found(
                None,
                "catalogue",
                format!("the catalogue shows {} units, there are {units}", row.units),
            );
        }
    }

    /// Counts everything again from holds, sales and blocks.
    fn finish(&mut self, snapshots_ahead: impl Iterator<Item = u64>) {
        for seq in snapshots_ahead {
            self.found(Some(seq), "snapshot", "a snapshot is ahead of its journal");
        }
        if self.state.seq() == 0 {
            self.found(None, "opened_first", "the journal is empty");
        }
        if let Err(broken) = self.walk.finish() {
            self.found(None, "chain", broken.to_string());
        }
        let (levels, accounts) = recount(&self.state);
        for (unit, (level, counted)) in self.state.levels().to_vec().iter().zip(levels).enumerate() {
            let counted = Level { capacity: level.capacity, ..counted };
            if *level != counted || counted.taken() > u64::from(level.capacity) {
                self.found(None, "capacity", format!("unit {unit} says {level:?}, counted {counted:?}"));
            }
        }
        let kept: FxHashMap<BuyerId, Account> =
            self.state.accounts().map(|(buyer, account)| (buyer.clone(), account)).collect();
        if kept != accounts {
            self.found(None, "accounts", "buyers' accounts differ from their holds and sales");
        }
    }
}

fn recount(state: &State) -> (Vec<Level>, FxHashMap<BuyerId, Account>) {
    let mut levels = vec![Level::default(); state.levels().len()];
    let mut accounts: FxHashMap<BuyerId, Account> = FxHashMap::default();
    for (_, hold) in state.holds() {
        let account = accounts.entry(hold.buyer.clone()).or_default();
        account.live_holds += 1;
        account.held += pieces(&hold.lines);
        for &(unit, quantity) in hold.lines.iter().flat_map(|line| &line.units) {
            levels[unit as usize].held += quantity;
        }
    }
    for (_, sale) in state.sales().filter(|(_, sale)| !sale.lines.is_empty()) {
        accounts.entry(sale.buyer.clone()).or_default().sold += pieces(&sale.lines);
        for &(unit, quantity) in sale.lines.iter().flat_map(|line| &line.units) {
            levels[unit as usize].sold += quantity;
        }
    }
    for (&unit, quantity) in state.blocks().flat_map(|(_, block)| &block.units) {
        levels[unit as usize].blocked += quantity;
    }
    (levels, accounts)
}
