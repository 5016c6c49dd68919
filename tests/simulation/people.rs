//! Buyers with their carts, an operator among them, and viewers who watch.

use std::time::Duration;

use fairhold::domain::command::BestWanted;
use fairhold::domain::{BlockId, BuyerId, Event, HoldId, SaleId};
use tokio::io::AsyncBufReadExt;

use crate::board::Board;
use crate::client::{self, Client};
use crate::history::Seen;
use crate::wire::{Reply, Request, What, pick};
use crate::world::{Stage, World};

/// A buyer's share of one hall.
#[derive(Default)]
struct Cart {
    holds: Vec<HoldId>,
    sales: Vec<SaleId>,
    blocks: Vec<BlockId>,
}

/// Buys, changes its mind, and sometimes runs the house.
pub(crate) async fn buyer(world: World, number: usize) {
    let mut client = Client::new(&world, format!("b{number}"), 1_000 + number as u64);
    let me: BuyerId = format!("buyer-{number}").parse().unwrap();
    let mut carts: Vec<Cart> = world.halls.iter().map(|_| Cart::default()).collect();
    while world.stage.get() == Stage::Chaos {
        let think = client.rng.below(world.knobs.think_ms) as u64;
        tokio::time::sleep(Duration::from_millis(think)).await;
        let hall = client.rng.below(carts.len());
        // In a calm world nobody expects much of an operator who takes stock away: there are two of them.
        let is_operator = number < 2 && client.rng.percent(30);
        let what = match is_operator {
            true => operate(&mut client, &mut carts[hall], &me),
            false => shop(&mut client, &mut carts[hall], &me),
        };
        let caller = (!is_operator).then(|| me.clone());
        if let Some(reply) = client.run(hall, None, caller, what).await {
            carts[hall].note(&reply);
        }
    }
    world.buying.set(world.buying.get() - 1);
}

fn shop(client: &mut Client, cart: &mut Cart, me: &BuyerId) -> What {
    let rng = &mut client.rng;
    let dice = rng.below(100);
    if dice < 60 && !cart.holds.is_empty() {
        return match dice {
            0..8 => What::Extend(cart.holds[rng.below(cart.holds.len())]),
            8..25 => What::Release(rng.take(&mut cart.holds).unwrap()),
            _ => What::Purchase(rng.take(&mut cart.holds).unwrap()),
        };
    }
    if dice < 75 && !cart.sales.is_empty() {
        return match dice < 70 {
            true => What::Return(rng.take(&mut cart.sales).unwrap()),
            false => What::Reassign(rng.take(&mut cart.sales).unwrap(), "a-friend".parse().unwrap()),
        };
    }
    let seat =
        |rng: &mut crate::rng::Rng| pick(&format!("{}-{}", ["A", "B"][rng.below(2)], 1 + rng.below(4)), 1);
    let picks = match rng.below(5) {
        0 => vec![pick("floor", 1 + rng.below(3) as u32)],
        1 => vec![pick("latte", 1 + rng.below(2) as u32), pick("cup", 1)],
        2 => vec![seat(rng), pick("floor", 1)],
        _ => vec![seat(rng)],
    };
    match rng.below(10) {
        0..2 => {
            let quantity = pick("", 1 + rng.below(3) as u32).quantity;
            let adjacent = rng.percent(50);
            What::Best(me.clone(), BestWanted { adjacent, ..BestWanted::of(quantity) })
        }
        2 => What::Buy(me.clone(), picks),
        _ => What::Hold(me.clone(), picks),
    }
}

fn operate(client: &mut Client, cart: &mut Cart, me: &BuyerId) -> What {
    let rng = &mut client.rng;
    match rng.below(4) {
        0 if !cart.blocks.is_empty() => What::Unblock(rng.take(&mut cart.blocks).unwrap()),
        0 | 1 => {
            let (unit, most) = [("A-1", 1), ("B-3", 1), ("floor", 2), ("beans", 30)][rng.below(4)];
            What::Block(unit.to_owned(), 1 + rng.below(most) as u32)
        }
        2 => What::Restock(["floor", "cup"][rng.below(2)].to_owned(), rng.below(5) as i64 - 2),
        _ => shop(client, cart, me),
    }
}

impl Cart {
    fn note(&mut self, reply: &Reply) {
        for event in reply.record().into_iter().flat_map(|record| record.events) {
            match event {
                Event::Held { hold, .. } | Event::Extended { hold, .. } if !self.holds.contains(&hold) => {
                    self.holds.push(hold);
                }
                Event::Purchased { sale, .. } => self.sales.push(sale),
                Event::Blocked { block, .. } => self.blocks.push(block),
                _ => {}
            }
        }
    }
}

/// Watches one hall, mostly at one node, and comes back with its last position.
pub(crate) async fn viewer(world: World, number: usize) {
    let name = format!("v{number}");
    let mut rng = world.rng(2_000 + number as u64);
    let hall = rng.below(world.halls.len());
    let buyer = rng.percent(50).then(|| format!("buyer-{number}").parse().unwrap());
    let (mut board, mut node, mut last) = (Board::default(), world.home(hall), None);
    while world.stage.get() != Stage::Over {
        let request =
            Request::Watch { inventory: world.halls[hall], resume: last.clone(), buyer: buyer.clone() };
        // One that is patient stays until it is sent away or cut off.
        let stay = Duration::from_millis([400, 3_000, 60_000][rng.below(3)]);
        let watching = watch(&world, &name, hall, node, &request, &mut board);
        let _cut_off = tokio::time::timeout(stay, watching).await;
        last = (board.seq > 0).then(|| format!("{}:{}", board.epoch, board.seq));
        let other = if rng.percent(world.knobs.stray) { rng.below(world.knobs.nodes) } else { node };
        if other != node {
            // Another server may be behind: what it shows is compared for itself.
            node = other;
            let Board { gaps, resumed, .. } = std::mem::take(&mut board);
            board = Board { gaps, resumed, ..Board::default() };
        }
        tokio::time::sleep(Duration::from_millis(50 + rng.below(300) as u64)).await;
    }
    (0..board.resumed).for_each(|_| world.history.met("a stream resumed"));
    for gap in &board.gaps {
        world.history.wrong(format!("{name}: {gap}"));
    }
}

async fn watch(
    world: &World,
    name: &str,
    hall: usize,
    node: usize,
    request: &Request,
    board: &mut Board,
) -> std::io::Result<()> {
    let mut socket = client::connect(node).await?;
    client::send(&mut socket, request).await?;
    let mut line = String::new();
    while world.stage.get() != Stage::Over && socket.read_line(&mut line).await? > 0 {
        if let Some(data) = line.strip_prefix("data: ") {
            let frame = serde_json::from_str(data)?;
            world.history.tell(&format!("{name} at {node}: {frame}"));
            board.take(&frame);
            let (epoch, seq, units) = (board.epoch, board.seq, board.units.clone());
            let seen = Seen { by: name.to_owned(), inventory: world.halls[hall], epoch, seq, units };
            if seq > 0 {
                world.history.lock().seen.push(seen);
            }
        }
        line.clear();
    }
    Ok(())
}
