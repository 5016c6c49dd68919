//! A client's connections, one to each node, and a command that is repeated until its fate is known.

use std::collections::BTreeMap;
use std::time::Duration;

use fairhold::domain::BuyerId;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use turmoil::net::TcpStream;

use crate::history::Attempt;
use crate::node;
use crate::rng::Rng;
use crate::wire::{Ask, PENDING, Reply, Request, What};
use crate::world::{PORT, World};

pub(crate) type Socket = BufReader<TcpStream>;

/// Longer than a server takes to say that it does not know.
const PATIENCE: Duration = Duration::from_secs(8);
/// Tries of one command.
const TRIES_MAX: usize = 60;

pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) world: World,
    pub(crate) rng: Rng,
    pub(crate) patience: Duration,
    sockets: BTreeMap<usize, Socket>,
    requests: u64,
}

impl Client {
    pub(crate) fn new(world: &World, name: String, part: u64) -> Self {
        let (world, rng) = (world.clone(), world.rng(part));
        Self { name, world, rng, patience: PATIENCE, sockets: BTreeMap::new(), requests: 0 }
    }

    /// One command under one key, at one node or wherever it is taken; None: nobody ever took it.
    pub(crate) async fn run(
        &mut self,
        hall: usize,
        at: Option<usize>,
        buyer: Option<BuyerId>,
        what: What,
    ) -> Option<Reply> {
        let (key, inventory) = (self.rng.next(), self.world.halls[hall]);
        for _ in 0..TRIES_MAX {
            let node = at.unwrap_or_else(|| self.route(hall));
            let request = format!("{}-{}", self.name, self.requests);
            self.requests += 1;
            let ask =
                Ask { inventory, buyer: buyer.clone(), key, request: request.clone(), what: what.clone() };
            self.world.history.tell(&format!("{request} to {node}: {what:?}"));
            let reply = self.ask(node, &Request::Do(ask)).await;
            self.world.history.tell(&format!("{request}: {reply:?}"));
            match &reply {
                None => self.world.history.met("a command without an answer"),
                Some(Reply::Failed(why)) if why == PENDING => self.world.history.met("a commit pending"),
                Some(Reply::Failed(why)) if why == "not committed" => {
                    self.world.history.met("a command not committed");
                }
                Some(Reply::Committed { replayed: true, .. }) => {
                    self.world.history.met("a repeat answered from its record");
                }
                Some(_) => {}
            }
            let attempt = Attempt { inventory, request, key, reply: reply.clone() };
            self.world.history.lock().attempts.push(attempt);
            if let Some(Reply::Committed { .. } | Reply::Nothing | Reply::Refused(_)) = reply {
                return reply;
            }
            let pause = 20 + self.rng.below(400) as u64;
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        None
    }

    fn route(&mut self, hall: usize) -> usize {
        match self.rng.percent(self.world.knobs.stray) {
            true => self.rng.below(self.world.knobs.nodes),
            false => self.world.home(hall),
        }
    }

    /// None: no answer came.
    pub(crate) async fn ask(&mut self, node: usize, request: &Request) -> Option<Reply> {
        let open = self.sockets.remove(&node);
        let asked = async {
            let mut socket = match open {
                Some(socket) => socket,
                None => connect(node).await?,
            };
            send(&mut socket, request).await?;
            let mut line = String::new();
            socket.read_line(&mut line).await?;
            Ok::<_, std::io::Error>((socket, serde_json::from_str(&line)?))
        };
        let (socket, reply) = tokio::time::timeout(self.patience, asked).await.ok()?.ok()?;
        self.sockets.insert(node, socket);
        Some(reply)
    }
}

pub(crate) async fn connect(node: usize) -> std::io::Result<Socket> {
    Ok(BufReader::new(TcpStream::connect((node::name(node), PORT)).await?))
}

pub(crate) async fn send(socket: &mut Socket, request: &Request) -> std::io::Result<()> {
    let mut text = serde_json::to_string(request)?;
    text.push('\n');
    socket.write_all(text.as_bytes()).await
}
