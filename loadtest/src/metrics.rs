//! What server and database say of themselves over the measured seconds: records of a commit, from the server's
//! `/metrics`, and the time of a sync.

use std::net::SocketAddr;

use crate::Outcome;
use crate::client::{Conn, request};
use crate::wal::{Syncs, Watch};

const NAME: &str = "fairhold_journal_batch_records";

/// Both, read at the start and at the end; each only where there is somebody to ask.
pub struct Meters {
    server: Option<(Conn, SocketAddr)>,
    database: Option<Watch>,
    batches: Option<Batches>,
    syncs: Option<Syncs>,
}

impl Meters {
    /// `server` has `/metrics`; `database_url` is a Postgres.
    pub async fn open(server: Option<SocketAddr>, database_url: Option<&str>) -> Outcome<Self> {
        let server = match server {
            Some(addr) => Some((Conn::open(addr).await?, addr)),
            None => None,
        };
        let database = match database_url {
            Some(url) => Some(Watch::open(url).await?),
            None => None,
        };
        Ok(Self { server, database, batches: None, syncs: None })
    }

    pub async fn start(&mut self) -> Outcome<()> {
        (self.batches, self.syncs) = self.read().await?;
        Ok(())
    }

    /// Records of a commit and milliseconds of a sync, on average since `start`.
    pub async fn finish(mut self) -> Outcome<(Option<f64>, Option<f64>)> {
        let (batches, syncs) = self.read().await?;
        let records = batches.zip(self.batches).and_then(|(now, then)| now.mean_since(&then));
        let sync_ms = syncs.zip(self.syncs).and_then(|(now, then)| now.mean_ms_since(&then));
        Ok((records, sync_ms))
    }

    async fn read(&mut self) -> Outcome<(Option<Batches>, Option<Syncs>)> {
        let batches = match &mut self.server {
            Some((conn, addr)) => Some(Batches::read(conn, *addr).await?),
            None => None,
        };
        let syncs = match &mut self.database {
            Some(watch) => Some(watch.read().await?),
            None => None,
        };
        Ok((batches, syncs))
    }
}

/// Batches since the server's start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batches {
    records: f64,
    count: f64,
}

impl Batches {
    pub async fn read(conn: &mut Conn, target: SocketAddr) -> Outcome<Self> {
        let answer = conn.call(&request("GET", &target.to_string(), "/metrics", &[], b"")).await?;
        Ok(Self::parse(std::str::from_utf8(answer.body)?))
    }

    fn parse(text: &str) -> Self {
        let sum = |part: &str| text.lines().filter_map(|line| value(line, part)).sum();
        Self { records: sum("_sum"), count: sum("_count") }
    }

    /// Records of a batch on average since an earlier moment; nothing if there was no batch.
    pub fn mean_since(&self, earlier: &Self) -> Option<f64> {
        let count = self.count - earlier.count;
        (count > 0.0).then(|| (self.records - earlier.records) / count)
    }
}

/// The value of `NAME<part>{labels} value`.
fn value(line: &str, part: &str) -> Option<f64> {
    let rest = line.strip_prefix(NAME)?.strip_prefix(part)?;
    let value =
        rest.strip_prefix('{').map_or(Some(rest), |labels| labels.split_once('}').map(|(_, rest)| rest))?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_summed_over_writers_and_taken_as_a_difference() {
        let text = |a, b| {
            format!(
                "# TYPE {NAME} histogram\n{NAME}_bucket{{writer=\"0\",le=\"1\"}} 1\n{NAME}_sum{{writer=\"0\"}} {a}\n\
                 {NAME}_count{{writer=\"0\"}} {b}\n{NAME}_sum 100\n{NAME}_count 10\n"
            )
        };
        let (then, now) = (Batches::parse(&text(20, 5)), Batches::parse(&text(320, 8)));
        assert_eq!(then, Batches { records: 120.0, count: 15.0 });
        assert_eq!(now.mean_since(&then), Some(100.0));
        assert_eq!(now.mean_since(&now), None);
    }
}
