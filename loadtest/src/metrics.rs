//! How many records the server commits at a time, read from its `/metrics`.

use std::net::SocketAddr;

use crate::Outcome;
use crate::client::{Conn, request};

const NAME: &str = "fairhold_journal_batch_records";

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
