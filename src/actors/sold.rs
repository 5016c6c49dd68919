//! The sales of a buyer, for the buyer's own eyes, and those of a unit, for who runs the sale. The view that
//! readers share has no sales: there may be hundreds of thousands, and few ask for those of others. So the owner
//! is asked, and finds them by an index: about 100 bytes a sale, made when somebody asks first, by one walk over
//! all sales. That walk keeps everybody waiting, 5 ms for 10,000 sales, so beyond so many the index by buyer is
//! there before anybody asks; the one by unit is for the few who have a secret key.

use std::sync::Arc;

use actix::{Context, Handler, Message};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tokio::sync::oneshot;

use super::inventory::{InventoryActor, Permits};
use super::shared::Gone;
use super::{COMMIT_WAIT_MAX, Failure, Inventories, MOVES_MAX};
use crate::domain::event::Lines;
use crate::domain::ledger::Sale;
use crate::domain::moves::Claim;
use crate::domain::{BuyerId, Event, InventoryId, Plan, Record, SaleId, State, UnitNo};
use crate::persistence::{Entry, LoadError, Loss, Offload, Sink};

/// With more sales than this the index is always there.
const MANY: usize = 10_000;
/// So many sales are looked at for one answer while others wait.
const LOOKED_AT_MAX: usize = 2_000;

/// Some sales as of one committed record, newest first.
#[derive(Debug, Clone)]
pub struct SalesShown {
    pub plan: Arc<Plan>,
    pub epoch: u64,
    pub seq: u64,
    pub sales: Vec<(SaleId, Sale)>,
    pub has_more: bool,
    /// The oldest that was looked at: with more behind it, though fewer were found than asked for.
    pub looked_at: Option<SaleId>,
}

/// Whose sales, or of what.
#[derive(Debug, Clone)]
pub enum SalesOf {
    Buyer(BuyerId),
    /// Those that have it now.
    Unit(UnitNo),
    /// All, or those that stand so.
    All(Option<SaleStanding>),
}

/// Whether something is left of a sale, or all of it came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleStanding {
    Sold,
    Returned,
}

/// Which sales.
#[derive(Debug, Clone)]
pub struct SalesAsked {
    pub of: SalesOf,
    /// Only older ones than this.
    pub after: Option<SaleId>,
    pub limit: usize,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct AskSales {
    asked: SalesAsked,
    /// None: this incarnation takes nothing more.
    to: oneshot::Sender<Option<SalesShown>>,
    permits: Permits,
}

type Index<K> = FxHashMap<K, SmallVec<[SaleId; 1]>>;

/// The sales of each buyer and of each unit; None: nobody has asked.
#[derive(Debug, Default)]
pub(super) struct Sold {
    by_buyer: Option<Index<BuyerId>>,
    /// Units that a sale has had, though it may have lost them since.
    by_unit: Option<Index<UnitNo>>,
    /// All, oldest first.
    in_order: Option<Vec<SaleId>>,
}

impl Sold {
    /// Of a state that was loaded: made on a thread where nobody waits.
    pub(super) async fn at_load(state: State, offload: Offload) -> Result<(State, Self), LoadError> {
        if state.sales().len() <= MANY {
            return Ok((state, Self::default()));
        }
        let make = move || {
            let (by_buyer, in_order) = (Some(by_buyer(&state)), Some(in_order(&state)));
            let sold = Self { by_buyer, by_unit: None, in_order };
            (state, sold)
        };
        offload.run(make).await
    }

    /// Follows a record that the state has applied.
    pub(super) fn learn(&mut self, state: &State, record: &Record) {
        if self.by_buyer.is_none() && state.sales().len() > MANY {
            self.by_buyer = Some(by_buyer(state));
        } else if let Some(sold) = &mut self.by_buyer {
            record.events.iter().for_each(|event| learn_buyer(sold, event));
        }
        if self.in_order.is_none() && state.sales().len() > MANY {
            self.in_order = Some(in_order(state));
        } else if let Some(sold) = &mut self.in_order {
            record.events.iter().for_each(|event| learn_order(sold, event));
        }
        if let Some(sold) = &mut self.by_unit {
            record.events.iter().for_each(|event| learn_units(sold, event));
        }
    }

    fn of(&mut self, state: &State, asked: &SalesAsked) -> Found {
        let known = match &asked.of {
            SalesOf::All(standing) => return self.all(state, *standing, asked),
            SalesOf::Buyer(buyer) => self.by_buyer.get_or_insert_with(|| by_buyer(state)).get(buyer),
            SalesOf::Unit(unit) => self.by_unit.get_or_insert_with(|| by_unit(state)).get(unit),
        };
        let is_older = |id: &SaleId| asked.after.is_none_or(|after| *id < after);
        let mut ids: Vec<SaleId> = known.into_iter().flatten().copied().filter(is_older).collect();
        // Ids sort by age. A sale that gave a unit up and took it again is known twice.
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids.dedup();
        let is_asked = |sale: &Sale| match asked.of {
            SalesOf::Unit(unit) => units(&sale.lines).any(|its| its == unit),
            _ => true,
        };
        let sale = |id: SaleId| state.sale(id).filter(|sale| is_asked(sale)).map(|sale| (id, sale.clone()));
        let mut sales = ids.into_iter().filter_map(sale);
        let page: Vec<_> = sales.by_ref().take(asked.limit).collect();
        let looked_at = page.last().map(|(id, _)| *id);
        Found { sales: page, has_more: sales.next().is_some(), looked_at }
    }

    fn all(&mut self, state: &State, standing: Option<SaleStanding>, asked: &SalesAsked) -> Found {
        let ids = self.in_order.get_or_insert_with(|| in_order(state));
        let older = asked.after.map_or(ids.len(), |after| ids.partition_point(|id| *id < after));
        let mut found = Found { sales: Vec::new(), has_more: false, looked_at: None };
        for (looked, &id) in ids[..older].iter().rev().enumerate() {
            if found.sales.len() == asked.limit || looked == LOOKED_AT_MAX {
                found.has_more = true;
                break;
            }
            found.looked_at = Some(id);
            let stands = |sale: &&Sale| match standing {
                None => true,
                Some(SaleStanding::Sold) => !sale.lines.is_empty(),
                Some(SaleStanding::Returned) => sale.lines.is_empty(),
            };
            found.sales.extend(state.sale(id).filter(stands).map(|sale| (id, sale.clone())));
        }
        found
    }
}

/// A part of an answer.
struct Found {
    sales: Vec<(SaleId, Sale)>,
    has_more: bool,
    looked_at: Option<SaleId>,
}

/// Ids sort by age, also where another server's clock was a little behind.
fn learn_order(sold: &mut Vec<SaleId>, event: &Event) {
    if let Event::Purchased { sale, .. } = event {
        let at = sold.iter().rposition(|id| id < sale).map_or(0, |before| before + 1);
        sold.insert(at, *sale);
    }
}

fn in_order(state: &State) -> Vec<SaleId> {
    let mut ids: Vec<SaleId> = state.sales().map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids
}

fn learn_buyer(sold: &mut Index<BuyerId>, event: &Event) {
    match event {
        Event::Purchased { sale, buyer, .. } => sold.entry(buyer.clone()).or_default().push(*sale),
        Event::Reassigned { sale, from, to } => {
            if let Some(sales) = sold.get_mut(from) {
                sales.retain(|other| other != sale);
            }
            sold.entry(to.clone()).or_default().push(*sale);
        }
        _ => {}
    }
}

fn learn_units(sold: &mut Index<UnitNo>, event: &Event) {
    let mut add = |sale: SaleId, lines: &Lines| {
        units(lines).for_each(|unit| sold.entry(unit).or_default().push(sale));
    };
    match event {
        Event::Purchased { sale, lines, .. } => add(*sale, lines),
        Event::Moved { moves } => {
            for moved in moves {
                if let Claim::Sale(sale) = moved.claim {
                    add(sale, &moved.to);
                }
            }
        }
        _ => {}
    }
}

fn units(lines: &Lines) -> impl Iterator<Item = UnitNo> {
    lines.iter().flat_map(|line| line.units.iter().map(|part| part.0))
}

fn by_unit(state: &State) -> Index<UnitNo> {
    let mut sold = Index::default();
    for (id, sale) in state.sales() {
        units(&sale.lines).for_each(|unit| sold.entry(unit).or_default().push(id));
    }
    sold
}

fn by_buyer(state: &State) -> Index<BuyerId> {
    let mut sold = Index::default();
    state.sales().for_each(|(id, sale)| sold.entry(sale.buyer.clone()).or_default().push(id));
    sold
}

impl Handler<AskSales> for InventoryActor {
    type Result = ();

    fn handle(&mut self, message: AskSales, _: &mut Context<Self>) {
        let AskSales { asked, to, permits } = message;
        if self.shared.gone() != Gone::No {
            let _asker_left = to.send(None);
            return;
        }
        let Found { sales, has_more, looked_at } = self.sold.of(&self.state, &asked);
        let (epoch, seq) = (self.state.epoch(), self.state.seq());
        let shown = SalesShown { plan: self.state.plan().clone(), epoch, seq, sales, has_more, looked_at };
        let telling = Telling { shown, to, _permits: permits };
        if self.shared.committed_seq() == seq {
            return Box::new(telling).committed();
        }
        let (inventory, epoch) = (self.shared.id, self.shared.epoch);
        self.journal.append(Entry::Barrier { inventory, epoch, sink: Box::new(telling) });
    }
}

/// Waits for the commit of what it shows; if that is lost, the asker is told by the end of the line.
struct Telling {
    shown: SalesShown,
    to: oneshot::Sender<Option<SalesShown>>,
    _permits: Permits,
}

impl Sink for Telling {
    fn committed(self: Box<Self>) {
        let _asker_left = self.to.send(Some(self.shown));
    }

    fn lost(self: Box<Self>, _: Loss) {}
}

impl Inventories {
    /// What a buyer has bought, or who has bought a unit. It is in the journal when the answer comes.
    pub async fn sales_of(&self, inventory: InventoryId, asked: SalesAsked) -> Result<SalesShown, Failure> {
        for _ in 0..MOVES_MAX {
            let loaded = self.find(inventory).await?;
            let permits = self.admit(&loaded)?;
            loaded.shared.touch();
            let (to, shown) = oneshot::channel();
            loaded.address.do_send(AskSales { asked: asked.clone(), to, permits });
            match tokio::time::timeout(COMMIT_WAIT_MAX, shown).await {
                Ok(Ok(Some(shown))) => return Ok(shown),
                Ok(Ok(None) | Err(_)) => {}
                Err(_elapsed) => break,
            }
        }
        Err(Failure::Unavailable { retry_after_seconds: 1 })
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;
    use uuid::Uuid;

    use super::*;
    use crate::domain::event::Line;
    use crate::domain::{Caller, Cause, PlanDocument, Settings, Timestamp};

    fn record(seq: u64) -> Record {
        let lines: Lines = smallvec![Line { offer: 0, quantity: 1, units: smallvec![(0, 1)], price: None }];
        let event = match seq {
            1 => Event::Opened { plan_version: 1, settings: Settings::default(), details: None },
            _ => Event::Purchased {
                sale: SaleId::new(Uuid::from_u128(seq.into())),
                hold: None,
                buyer: format!("buyer-{}", seq / 2).parse().unwrap(),
                lines,
                channel: None,
                drawn: Vec::new(),
            },
        };
        let (by, cause) = (Caller::Clock, Cause::default());
        Record { seq, epoch: 1, at: Timestamp(0), by, cause, events: smallvec![event] }
    }

    #[tokio::test]
    async fn with_many_sales_the_index_is_there_before_anybody_asks() {
        let cup = r#"{"name":"x","items":[{"id":"cup","label":"Cup","capacity":1000000,"sellable":true}]}"#;
        let document: PlanDocument = serde_json::from_str(cup).unwrap();
        let mut state = State::new(Arc::new(Plan::compile(document).unwrap()));
        let mut sold = Sold::default();
        for seq in 1..=MANY as u64 + 5 {
            let record = record(seq);
            state.apply(&record).unwrap();
            sold.learn(&state, &record);
            assert_eq!(sold.by_buyer.is_some(), state.sales().len() > MANY, "{seq}");
        }
        let mut followed = sold.by_buyer.unwrap();
        followed.values_mut().for_each(|ids| ids.sort_unstable());
        let (state, loaded) = Sold::at_load(state, Offload::Threads).await.unwrap();
        let mut loaded = loaded.by_buyer.unwrap();
        loaded.values_mut().for_each(|ids| ids.sort_unstable());
        assert_eq!(followed, loaded);
        assert_eq!(loaded.values().map(SmallVec::len).sum::<usize>(), state.sales().len());
    }
}
