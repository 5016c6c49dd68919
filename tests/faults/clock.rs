//! F14: the wall clock jumps. libfaketime shifts it for the server alone; time that only grows is left as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Shelf;
use crate::node::{Node, Start};
use crate::scale::{Times, is_full, report};
use crate::support::api::{Api, Outcome, Session, Shopper};
use crate::support::board::Board;
use crate::support::rng::Rng;
use crate::support::server::{Server, program};
use crate::town::{self, Town};

const READY_WITHIN: Duration = Duration::from_secs(30);
const HOLD: Duration = Duration::from_secs(30);
/// How far from its time a hold may end.
const OFF: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(20);
/// Between two steps: all of them come before the first hold ends, which somebody has to watch.
const STEP_EVERY: Duration = Duration::from_millis(1_500);

fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let libraries = folders.map(|folder| folder.join("faketime/libfaketime.so.1"));
    libraries.into_iter().find(|path| path.exists()).expect("run tests/support/services.sh install")
}

/// The program, on a clock that is off by what the file says.
fn on_clock(offset: &Path) -> Start {
    let (library, offset) = (library(), offset.to_owned());
    Arc::new(move |home: &Path, port: u16| {
        let mut command = program(home);
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        command.env("LD_PRELOAD", &library).env("FAKETIME_TIMESTAMP_FILE", &offset);
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME_NO_CACHE", "1");
        Server::spawn(command, home)
    })
}

struct Shop {
    offset: PathBuf,
    node: Node,
    api: Api,
    hall: Shelf,
    buyer: Session,
    rng: Rng,
    _town: Town,
}

impl Shop {
    async fn open() -> Self {
        let town = Town::found();
        let offset = town.data().join("offset");
        std::fs::write(&offset, "+0\n").unwrap();
        let mut node = Node::new(town.home(1, None), on_clock(&offset));
        node.start();
        let api = node.api();
        api.ready(READY_WITHIN).await;
        let hall = town::open(&api, &town.operator).await.swap_remove(0);
        let buyer = api.session().await;
        Self { offset, node, api, hall, buyer, rng: Rng::new(1), _town: town }
    }

    /// Sets the server's wall clock off by so many seconds, and sees that it is.
    async fn step(&self, seconds: i64) {
        std::fs::write(&self.offset, format!("{seconds:+}\n")).unwrap();
        let off = async || self.wall_clock().await - jiff::Timestamp::now().as_second();
        let started = Instant::now();
        while (off().await - seconds).abs() > 2 {
            assert!(started.elapsed() < READY_WITHIN, "its clock is off by {} s, not {seconds}", off().await);
            tokio::time::sleep(POLL).await;
        }
    }

    /// What time the server's answers say it is, in seconds since 1970.
    async fn wall_clock(&self) -> i64 {
        let answer = self.api.http().get(self.api.url("/livez")).send().await.unwrap();
        let date = answer.headers()["date"].to_str().unwrap();
        jiff::fmt::rfc2822::parse(date).unwrap().timestamp().as_second()
    }

    /// Holds a seat with the token from before all steps.
    async fn hold(&mut self, seat: usize) -> Held {
        let shopper = Shopper { token: self.buyer.token.clone(), acts_for: None };
        let wanted = json!({"offers": [{"offer": format!("1-{}", seat + 1)}]});
        let asked = Instant::now();
        let outcome = self.api.send(&shopper.hold(&self.hall.id, self.rng.key(), wanted)).await;
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        Held { asked, answered: Instant::now() }
    }

    /// Waits until the seat is free again; when that was.
    async fn freed(&self, seat: usize) -> Instant {
        let path = format!("/v1/inventories/{}/availability", self.hall.id);
        loop {
            if let Some(shown) = self.api.try_get(&path).await
                && Board::of(&shown).units.seats[seat] == 0
            {
                return Instant::now();
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// How far from its time each hold ended for sure, in seconds; the first seat was held first.
    async fn lateness(&self, held: &[Held]) -> Vec<f64> {
        let mut late = Vec::new();
        for (seat, held) in held.iter().enumerate() {
            let freed = self.freed(seat).await;
            let longer = |since: Instant| (freed - since).as_secs_f64() - HOLD.as_secs_f64();
            late.push(longer(held.asked).min(0.0) + longer(held.answered).max(0.0));
        }
        late
    }
}

/// It began between the two.
struct Held {
    asked: Instant,
    answered: Instant,
}

fn judge(test: &str, steps: usize, late: &[f64]) {
    let off = |late: &&f64| late.abs() > OFF.as_secs_f64();
    let wrong = late.iter().filter(off).count();
    let text = format!("{} holds, off by {late:.2?} s", late.len());
    report(test, &format!("{steps} steps"), wrong, &Times::default(), &text);
    // On a busy machine a hold may be seen to end later than it does, but never earlier.
    let late_max = if is_full() { 1.0 } else { 5.0 };
    assert!(late.iter().all(|late| (-1.0..=late_max).contains(late)), "{late:?}");
}

/// Both at once: most of it is waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holds_end_on_time_whatever_the_wall_clock_does() {
    tokio::join!(steps(), restart_on_a_clock_that_is_behind());
}

async fn steps() {
    const DAY: i64 = 86_400;
    let mut shop = Shop::open().await;
    let mut held = vec![shop.hold(0).await];
    let small = [3_600, -DAY];
    let full = [3_600, 0, -3_600, 0, DAY, 0, -DAY, 0, -10];
    let steps: &[i64] = if is_full() { &full } else { &small };
    for (number, step) in steps.iter().enumerate() {
        shop.step(*step).await;
        held.push(shop.hold(number + 1).await);
        tokio::time::sleep(STEP_EVERY).await;
    }
    judge("F14 clock steps", steps.len(), &shop.lateness(&held).await);
}

async fn restart_on_a_clock_that_is_behind() {
    let mut shop = Shop::open().await;
    let held = vec![shop.hold(0).await, shop.hold(1).await];
    shop.node.kill();
    std::fs::write(&shop.offset, "-3600\n").unwrap();
    shop.node.start();
    shop.api.ready(READY_WITHIN).await;
    shop.step(-3_600).await;
    judge("F14 restart, clock behind", 1, &shop.lateness(&held).await);
}
