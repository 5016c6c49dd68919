//! How long Postgres waits for its log to be on disk, from `pg_stat_wal` (with `track_wal_io_timing = on`).

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::Outcome;

/// A connection for two questions, before and after.
pub struct Watch(PgConnection);

/// Syncs since the statistics were reset.
#[derive(Debug, Clone, Copy)]
pub struct Syncs {
    count: i64,
    total_ms: f64,
}

impl Watch {
    pub async fn open(database_url: &str) -> Outcome<Self> {
        Ok(Self(PgConnection::connect(database_url).await?))
    }

    pub async fn read(&mut self) -> Outcome<Syncs> {
        let syncs = "SELECT wal_sync, wal_sync_time FROM pg_stat_wal";
        let (count, total_ms) = sqlx::query_as(syncs).fetch_one(&mut self.0).await?;
        Ok(Syncs { count, total_ms })
    }
}

impl Syncs {
    /// One sync on average since an earlier moment; nothing if there was none.
    pub fn mean_ms_since(&self, earlier: &Self) -> Option<f64> {
        let count = self.count - earlier.count;
        (count > 0).then(|| (self.total_ms - earlier.total_ms) / count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_is_the_mean_of_those_in_between() {
        let (then, now) = (Syncs { count: 10, total_ms: 100.0 }, Syncs { count: 14, total_ms: 102.0 });
        assert_eq!(now.mean_ms_since(&then), Some(0.5));
        assert_eq!(now.mean_ms_since(&now), None);
    }
}
