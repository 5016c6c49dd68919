//! A server: the real writer, hub, directory and actors on a store of this simulation, behind a socket.

use std::pin::pin;

use actix_web::body::MessageBody;
use fairhold::actors::{DirectoryOptions, Inventories, Placement};
use fairhold::domain::{BuyerId, InventoryId, Timestamp};
use fairhold::persistence::{Journal, Offload};
use fairhold::realtime::{Hub, HubOptions, Proof, event_stream};
use fairhold::sources::Sources;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use turmoil::net::{TcpListener, TcpStream};

use crate::history::now;
use crate::rng::Rng;
use crate::store::NodeStore;
use crate::wire::{Reply, Request};
use crate::world::{BEGINNING, PORT, World};

pub(crate) fn name(node: usize) -> String {
    format!("node{node}")
}

/// One life of a node: ends only by a crash, or with a panic of the writer.
pub(crate) async fn run(world: World, node: usize) -> turmoil::Result {
    let life = {
        let mut lives = world.lives.borrow_mut();
        lives[node] += 1;
        lives[node]
    };
    let elapsed_ms = now().as_millis() as i64;
    let clock = BEGINNING.plus_ms(elapsed_ms + world.knobs.ahead_ms[node]);
    let part = (node as u64 + 1) << 32 | life;
    let sources = Sources::seeded(clock, Rng::new(world.rng(part).next()).next());
    let store = NodeStore::of(&world.database, node);
    let (journal, writers) = Journal::new(&store, world.knobs.backlog_max, world.knobs.writers);
    let writers = writers.into_iter().map(|writer| tokio::task::spawn_local(writer.run()));
    let mut writers = futures_util::future::select_all(writers);
    let hub = Hub::new(HubOptions::default());
    let options = DirectoryOptions {
        in_flight_max: world.knobs.in_flight_max,
        idle_after: world.knobs.idle_after,
        loaded_max: world.knobs.loaded_max,
        snapshot_every: world.knobs.snapshot_every,
        offload: Offload::Inline,
        ..DirectoryOptions::default()
    };
    let placement = Placement::here();
    let inventories = Inventories::start(store, journal, hub, placement, sources.clone(), options);
    let active = inventories.clone();
    tokio::task::spawn_local(async move { active.load_active(&sources).await });
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    loop {
        tokio::select! {
            biased;
            (ended, ..) = &mut writers => return Err(format!("a writer ended: {ended:?}").into()),
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                tokio::task::spawn_local(serve(inventories.clone(), socket));
            }
        }
    }
}

/// Until the other side has gone.
async fn serve(inventories: Inventories, socket: TcpStream) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    let mut line = String::new();
    while socket.read_line(&mut line).await? > 0 {
        let reply = match serde_json::from_str(&line)? {
            Request::Do(ask) => {
                let inventory = ask.inventory;
                Reply::of(inventories.execute(inventory, ask.command()).await)
            }
            Request::Look { inventory } => look(&inventories, inventory).await,
            Request::Watch { inventory, resume, buyer } => {
                return watch(&inventories, inventory, resume, buyer, socket).await;
            }
        };
        let mut text = serde_json::to_string(&reply)?;
        text.push('\n');
        socket.write_all(text.as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

async fn look(inventories: &Inventories, inventory: InventoryId) -> Reply {
    match inventories.channel(inventory).await {
        Ok(channel) => Reply::Board(serde_json::from_slice(&channel.availability()).unwrap()),
        Err(failure) => Reply::Failed(failure.to_string()),
    }
}

/// The server's own event stream, less the head of the response.
async fn watch(
    inventories: &Inventories,
    inventory: InventoryId,
    resume: Option<String>,
    buyer: Option<BuyerId>,
    mut socket: BufReader<TcpStream>,
) -> std::io::Result<()> {
    let Ok(channel) = inventories.channel(inventory).await else { return Ok(()) };
    let for_ever = |buyer| Proof::new(buyer, Timestamp(i64::MAX), Sources::manual(Timestamp(0)));
    let mut body = pin!(event_stream(channel, resume.as_deref(), buyer.map(for_ever)).into_body());
    while let Some(bytes) = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await {
        socket.write_all(&bytes.map_err(|cause| std::io::Error::other(cause.to_string()))?).await?;
    }
    Ok(())
}
