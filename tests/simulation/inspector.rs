//! Comes when all is healed: every inventory must soon take a command again, and in the end every node must
//! show what is in the journal.

use std::time::Duration;

use crate::board::Board;
use crate::client::Client;
use crate::history::{Seen, now};
use crate::wire::{Reply, Request, What};
use crate::world::{Stage, World};

/// An inventory takes commands again so long after the healing: five seconds, and the second that a fenced
/// owner stands back, twice, since two may have been at it.
pub(crate) const WRITABLE_AFTER_MAX: Duration = Duration::from_secs(7);
/// The last hold is over so long after its longest life.
const EXPIRY_LAG_MAX: Duration = Duration::from_secs(2);

pub(crate) async fn run(world: World) -> turmoil::Result {
    while world.stage.get() == Stage::Chaos {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let healed_at = now();
    let probes = (0..world.halls.len()).map(|hall| {
        let world = world.clone();
        tokio::task::spawn_local(async move {
            touch(&world, hall, world.home(hall), ("probe", 3_000)).await;
            let after = now() - healed_at;
            world.history.lock().writable_after.push(after);
            if after > WRITABLE_AFTER_MAX {
                world.history.wrong(format!("hall {hall} is writable only {after:?} after the healing"));
            }
        })
    });
    for probe in probes.collect::<Vec<_>>() {
        probe.await?;
    }
    while world.buying.get() > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // No hold is made any more; one that is extended lives twice its time.
    let life = Duration::from_secs(2 * u64::from(world.knobs.hold_seconds));
    tokio::time::sleep(life + EXPIRY_LAG_MAX).await;
    nothing_is_held(&world);
    let looks = (0..world.halls.len()).map(|hall| tokio::task::spawn_local(look(world.clone(), hall)));
    for look in looks.collect::<Vec<_>>() {
        look.await?;
    }
    world.stage.set(Stage::Over);
    Ok(())
}

/// A harmless command to one node until it is taken.
async fn touch(world: &World, hall: usize, node: usize, (name, part): (&str, u64)) -> u64 {
    let mut client = Client::new(world, format!("{name}{hall}-{node}"), part + (hall * 10 + node) as u64);
    client.patience = Duration::from_secs(1);
    loop {
        let change = What::Restock("beans".to_owned(), 1);
        let reply = client.run(hall, Some(node), None, change).await;
        if let Some(Reply::Committed { seq, .. }) = reply {
            return seq;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// At each node in turn: it must take a command, then show the whole journal.
async fn look(world: World, hall: usize) {
    for node in 0..world.knobs.nodes {
        let written = touch(&world, hall, node, ("look", 4_000)).await;
        let mut client = Client::new(&world, format!("look{hall}-{node}"), 0);
        let inventory = world.halls[hall];
        let Some(Reply::Board(board)) = client.ask(node, &Request::Look { inventory }).await else {
            world.history.wrong(format!("node {node} does not show hall {hall}"));
            continue;
        };
        let Board { epoch, seq, units, .. } = Board::of(&board);
        if seq != written {
            world.history.wrong(format!("node {node} shows hall {hall} at {seq}, after {written} was told"));
        }
        world.history.tell(&format!("node {node}: {board}"));
        world.history.lock().seen.push(Seen { by: format!("node {node}"), inventory, epoch, seq, units });
    }
}

fn nothing_is_held(world: &World) {
    let mut inner = world.database.lock();
    inner.settle(now());
    drop(inner);
    for (hall, id) in world.halls.iter().enumerate() {
        let state = crate::verify::replayed(&world.database, *id);
        for (hold, held) in state.holds() {
            world.history.wrong(format!(
                "hall {hall}: {hold} should have ended at {}, the journal is at {}",
                held.expires_at.rfc3339(),
                state.at().rfc3339(),
            ));
        }
    }
}
