//! Changes at a steady rate: many buyers hold single seats and give some back. An open loop: the schedule
//! does not wait for answers, and a late change is sent as soon as its connection is free.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot::Sender;
use tokio::time::Instant;

use crate::Outcome;
use crate::client::{Conn, request};
use crate::setup::{Api, seat_id, text};
use crate::stats::{Dice, Latencies, Percentiles, wall_us};

/// Buyers of one connection.
const BUYERS_PER_CONNECTION: usize = 10;

/// What to drive.
#[derive(Debug, Clone)]
pub struct Drive {
    pub addr: SocketAddr,
    pub inventory: String,
    pub seats: u32,
    pub changes_per_second: u32,
    pub connections: u32,
    pub duration: Duration,
}

/// What came of it. Latency runs from the planned time of a change to its answer.
#[derive(Debug, Default, Serialize)]
pub struct Driven {
    pub changes: u64,
    pub refused: u64,
    pub failed: u64,
    pub rate: f64,
    pub latency: Percentiles,
}

/// One connection, its own seats and buyers, and the holds that it has open.
struct Lane {
    conn: Conn,
    host: String,
    path: String,
    tokens: Vec<String>,
    dice: Dice,
    first: u32,
    free: Vec<u32>,
    holds: Vec<(u32, usize, String)>,
    sent: u64,
    nonce: u64,
}

/// Drives until the time is over; says on `started` when its clock starts. Blocks: meant for a thread of
/// its own, away from the viewers.
pub fn run(drive: &Drive, started: Sender<()>) -> Outcome<Driven> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run_lanes(drive, started))
}

async fn run_lanes(drive: &Drive, started: Sender<()>) -> Outcome<Driven> {
    let mut api = Api::open(drive.addr).await?;
    let mut lanes = Vec::new();
    for number in 0..drive.connections {
        lanes.push(Lane::open(drive, number, &mut api).await?);
    }
    let start = Instant::now();
    // nobody waits any more if the viewers failed; then the time just runs out
    let _ = started.send(());
    let tasks: Vec<_> = (0..)
        .zip(lanes)
        .map(|(number, lane)| tokio::task::spawn_local(lane.run(drive.clone(), number, start)))
        .collect();
    let (mut driven, mut latencies) = (Driven::default(), Latencies::default());
    for task in tasks {
        let lane = task.await?;
        driven.changes += lane.changes;
        driven.refused += lane.refused;
        driven.failed += lane.failed;
        lane.latencies_us.iter().for_each(|latency_us| latencies.add_us(*latency_us));
    }
    driven.rate = driven.changes as f64 / start.elapsed().as_secs_f64();
    driven.latency = latencies.percentiles();
    Ok(driven)
}

#[derive(Default)]
struct LaneResult {
    changes: u64,
    refused: u64,
    failed: u64,
    latencies_us: Vec<u64>,
}

impl Lane {
    async fn open(drive: &Drive, number: u32, api: &mut Api) -> Outcome<Self> {
        let share = (drive.seats / drive.connections).max(1);
        let first = number * share;
        let buyers = api.buyers(BUYERS_PER_CONNECTION).await?;
        Ok(Self {
            conn: Conn::open(drive.addr).await?,
            host: drive.addr.to_string(),
            path: format!("/v1/inventories/{}/holds", drive.inventory),
            tokens: buyers.into_iter().map(|buyer| buyer.token).collect(),
            dice: Dice::new(u64::from(number) + 1),
            first,
            free: (first..first + share).collect(),
            holds: Vec::new(),
            sent: 0,
            nonce: wall_us(),
        })
    }

    async fn run(mut self, drive: Drive, number: u32, start: Instant) -> LaneResult {
        let mut result = LaneResult::default();
        let every =
            Duration::from_secs_f64(f64::from(drive.connections) / f64::from(drive.changes_per_second));
        let mut due = start + every * number / drive.connections;
        while due < start + drive.duration {
            tokio::time::sleep_until(due).await;
            match self.change().await {
                Ok(200..=299) => result.changes += 1,
                Ok(_refusal) => result.refused += 1,
                Err(_broken) if self.reopen(drive.addr).await => result.failed += 1,
                Err(_broken) => {
                    result.failed += 1;
                    return result;
                }
            }
            result.latencies_us.push(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX));
            due += every;
        }
        result
    }

    async fn reopen(&mut self, addr: SocketAddr) -> bool {
        match Conn::open(addr).await {
            Ok(conn) => {
                self.conn = conn;
                true
            }
            Err(_refused) => false,
        }
    }

    /// Holds a free seat, or gives one back: as often as not once there are some, always when all are held.
    async fn change(&mut self) -> Outcome<u16> {
        let give_back = self.free.is_empty() || self.holds.len() > 2 && self.dice.below(2) == 0;
        if give_back { self.release().await } else { self.hold().await }
    }

    async fn hold(&mut self) -> Outcome<u16> {
        let seat = self.free.swap_remove(pick(&mut self.dice, self.free.len()));
        let buyer = pick(&mut self.dice, self.tokens.len());
        let body = format!(r#"{{"offers":[{{"offer":"{}"}}]}}"#, String::from_utf8_lossy(&seat_id(seat)));
        self.sent += 1;
        let headers = [
            format!("Authorization: Bearer {}", self.tokens[buyer]),
            format!("Idempotency-Key: drive-{:x}-{}-{}", self.nonce, self.first, self.sent),
        ];
        let bytes = request("POST", &self.host, &self.path, &headers, body.as_bytes());
        let answer = self.conn.call(&bytes).await?;
        if answer.status == 201 {
            let hold: Value = serde_json::from_slice(answer.body)?;
            self.holds.push((seat, buyer, text(&hold, "id")?));
            return Ok(201);
        }
        let status = answer.status;
        self.free.push(seat);
        Ok(status)
    }

    async fn release(&mut self) -> Outcome<u16> {
        let (seat, buyer, hold) = self.holds.swap_remove(pick(&mut self.dice, self.holds.len()));
        let headers = [format!("Authorization: Bearer {}", self.tokens[buyer])];
        let path = format!("{}/{hold}", self.path);
        let bytes = request("DELETE", &self.host, &path, &headers, b"");
        let status = self.conn.call(&bytes).await?.status;
        if status == 204 {
            self.free.push(seat);
        } else {
            self.holds.push((seat, buyer, hold));
        }
        Ok(status)
    }
}

/// An index below `length`, which is at least 1.
fn pick(dice: &mut Dice, length: usize) -> usize {
    usize::try_from(dice.below(length as u64)).unwrap_or(0)
}
