//! What stalled viewers cost. Takes a while and wants a quiet process: `cargo test --test live -- --ignored`.

use std::time::{Duration, Instant};

use fairhold::realtime::HubOptions;

use crate::raw::Raw;
use crate::server::Shop;
use crate::viewer::{BOTH, Viewer};

const STALLED: usize = 200;

/// Resident memory of this process in bytes.
fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<i64>().unwrap() * 4096
}

#[tokio::test]
#[ignore = "measures the memory of the whole process"]
async fn two_hundred_stalled_viewers_cost_less_than_512_kib_each() {
    for transport in BOTH {
        let live = HubOptions { write_max: Duration::from_secs(600), ..HubOptions::default() };
        let shop = Shop::with(live, 20_000, |_| {}).await;
        let mut good = Viewer::join(&shop, transport).await;
        for _ in 0..20 {
            shop.block_and_unblock(0..2_000).await;
        }
        good.reach(shop.seq().await).await;
        let before = resident();
        let stalled: Vec<Raw> = (0..STALLED).map(|_| Raw::open(&shop, transport)).collect();
        shop.wait_for_viewers(STALLED as u64 + 1).await;
        let (started, mut most) = (Instant::now(), 0);
        while started.elapsed() < Duration::from_secs(20) {
            shop.block_and_unblock(0..2_000).await;
            good.reach(shop.seq().await).await;
            good.seen.clear();
            most = most.max(resident() - before);
        }
        let each = most / STALLED as i64;
        println!("{transport:?}: {} KiB for each of {STALLED} stalled viewers", each / 1024);
        assert!(each < 512 * 1024, "{each}");
        drop(stalled);
    }
}
