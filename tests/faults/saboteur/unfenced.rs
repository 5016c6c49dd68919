//! A server on Postgres that writes without asking whether it still owns what it writes.

use async_trait::async_trait;
use fairhold::persistence::{Append, AppendError, Appender, Fenced, StoreError};
use sqlx::{Connection, PgConnection};

const APPEND: &str = "INSERT INTO records (inventory, seq, epoch, at, body) \
     SELECT * FROM UNNEST($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[])";

pub(super) fn instead(url: &str) -> Box<dyn Appender> {
    Box::new(Unfenced { url: url.to_owned(), connection: None })
}

struct Unfenced {
    url: String,
    connection: Option<PgConnection>,
}

#[async_trait]
impl Appender for Unfenced {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        if self.connection.is_none() {
            self.connection = Some(PgConnection::connect(&self.url).await.unwrap());
        }
        let written = sqlx::query(APPEND)
            .bind(rows.iter().map(|row| row.inventory.uuid()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.seq as i64).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.epoch as i64).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.at.0).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| &row.body[..]).collect::<Vec<_>>())
            .execute(self.connection.as_mut().unwrap())
            .await;
        // Two of one seq: the key of the table refuses the second, fence or not.
        written.map(|_| Vec::new()).map_err(|cause| AppendError::Refused(StoreError::new("append", cause)))
    }
}
