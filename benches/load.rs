//! How long an inventory of 50,000 seats takes from the store into service, and how large what viewers get is.
//!
//! `cargo bench --bench load`: take-over, plan, snapshot and 1,000 records, view; nothing is cached between rounds.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use fairhold::domain::command::{KeyUse, Pick, Wanted};
use fairhold::domain::{
    Access, Action, BuyerId, Caller, Cause, Command, Details, InventoryId, Moment, Plan, Record, Settings,
    State, Timestamp, decide,
};
use fairhold::persistence::recovery::{Copied, Recovered};
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{Append, ChainLink, Plans, Store, codec, new_inventory, recovery};
use fairhold::realtime::{Hub, HubOptions, View};
use fairhold::sources::Sources;
use uuid::Uuid;

mod hall;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 9;
const TAIL: u64 = 1_000;

fn main() {
    // `cargo test --benches` starts this, too, but without the flag: it is enough that it builds.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(bench());
}

async fn bench() {
    let dir = tempfile::tempdir().expect("a scratch directory");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(dir.path()).await.expect("a store opens"));
    let inventory = fill(&store).await;
    let hub = Hub::new(HubOptions::default());
    let (mut times, mut reloads, mut size) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let plans = Plans::default();
        let (took, state) = load(&store, &plans, inventory).await;
        times.push(took);
        let (took, _) = load(&store, &plans, inventory).await;
        reloads.push(took);
        size = hub
            .open(inventory, state.plan().clone(), View::of(&state, 1), Sources::system())
            .availability()
            .len();
    }
    let mut out = std::io::stdout().lock();
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    writeln!(out, "load 50,000 seats, snapshot + 1,000 records   {:>8.1} ms", median(&mut times))
        .expect("stdout");
    writeln!(out, "the same while its plan is still in use       {:>8.1} ms", median(&mut reloads))
        .expect("stdout");
    writeln!(out, "live snapshot                                 {:>8.1} KiB", size as f64 / 1024.0)
        .expect("stdout");
}

async fn load(store: &Arc<dyn Store>, plans: &Plans, inventory: InventoryId) -> (f64, State) {
    let clock = Instant::now();
    store.take_over(inventory).await.expect("taken over").expect("it is there");
    let state = recovery::load(&**store, plans, inventory).await.expect("it loads").state;
    std::hint::black_box(View::of(&state, 1));
    (clock.elapsed().as_secs_f64() * 1e3, state)
}

/// Half of the seats are sold; the last 1,000 records are behind the snapshot.
async fn fill(store: &Arc<dyn Store>) -> InventoryId {
    let plan = Arc::new(Plan::compile(hall::document()).expect("the hall is sound"));
    let settings = Settings { holds_per_buyer: 100, pieces_per_hold: 50, ..Settings::default() };
    let new = new_inventory(&Sources::system(), Details::named("hall"), &plan, settings, "bench", None);
    store.create(&new).await.expect("created");
    let epoch = store.take_over(new.id).await.expect("taken over").expect("it is there");
    let Recovered { mut state, mut link } =
        recovery::load(&**store, &Plans::default(), new.id).await.expect("it loads");
    let mut appender = store.appender().await.expect("an appender");
    let sold = hall::SEATS_IN_ALL as u64 / 2;
    let mut batch = Vec::new();
    for number in 0..sold + TAIL {
        let Append { seq, at, body, .. } = sell(&mut state, new.id, epoch, number);
        link = link.next(new.id, seq, epoch, at, &body);
        batch.push(Append { inventory: new.id, epoch, seq, at, link, body });
        if batch.len() == 1_000 {
            appender.append(&batch).await.expect("appended");
            batch.clear();
        }
        if number + 1 == sold {
            appender.append(&std::mem::take(&mut batch)).await.expect("appended");
            let plans = Plans::default();
            let snapshot =
                recovery::snapshot(Copied::of(&state), &plans, new.id, epoch).await.expect("a snapshot");
            store.keep_snapshot(&snapshot).await.expect("kept");
        }
    }
    appender.append(&batch).await.expect("appended");
    new.id
}

fn sell(state: &mut State, inventory: InventoryId, epoch: u64, number: u64) -> Append {
    let buyer: BuyerId = format!("buyer-{}", number / 4).parse().expect("a valid buyer id");
    let offer = state.plan().unit(number as u32).id.to_string();
    let wanted = Wanted::Offers(vec![Pick { offer, quantity: std::num::NonZeroU32::MIN }]);
    let key = KeyUse { hash: u128::from(number) << 64, fingerprint: u128::from(number) };
    let command = Command {
        caller: Caller::Key(fairhold::domain::KeyId::new(Uuid::from_u128(1))),
        cause: Cause { key: Some(key), request_id: None },
        action: Action::PurchaseNow { buyer, wanted, access: Access::default() },
    };
    let now = state.not_before(Timestamp(0));
    let moment = Moment { now, fresh: Uuid::from_u128(u128::from(number) + 1) };
    let events = decide(state, &command, &moment).expect("the seat is free");
    let (by, cause) = (command.caller, command.cause);
    let record = Record { seq: state.seq() + 1, epoch, at: now, by, cause, events };
    state.apply(&record).expect("a decided record applies");
    let (link, body) = (ChainLink::ANCHOR, codec::encode_record(&record));
    Append { inventory, epoch, seq: record.seq, at: now, link, body }
}
