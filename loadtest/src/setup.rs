//! What a run needs before its clock starts: inventories, buyers, seats that are sold already. Setup
//! calls are few and plain, and any unexpected answer ends the run.

use std::fmt::Write;
use std::net::SocketAddr;

use serde_json::Value;

use crate::client::{Conn, request};
use crate::stats::wall_us;
use crate::{Failure, Outcome};

/// Seats of one zone and of one row of the hall that `hall` describes.
const ZONE_SEATS: u32 = 10_000;
const ROW_SEATS: u32 = 100;
/// The most seats that `seat_id` can name: zones A to Z.
pub const SEATS_MAX: u32 = 26 * ZONE_SEATS;
/// Length of every seat's id, so that prepared requests have one length.
pub const SEAT_ID_BYTES: usize = 7;
/// Pieces of one purchase.
const PIECES_PER_HOLD: u32 = 50;

/// The calls of a run's setup, on one connection.
pub struct Api {
    conn: Conn,
    host: String,
    nonce: u64,
    calls: u64,
}

/// An anonymous buyer.
#[derive(Debug, Clone)]
pub struct Buyer {
    pub id: String,
    pub token: String,
}

impl Api {
    pub async fn open(addr: SocketAddr) -> Outcome<Self> {
        let conn = Conn::open(addr).await?;
        Ok(Self { conn, host: addr.to_string(), nonce: wall_us(), calls: 0 })
    }

    /// Any call; the answer's status and body.
    pub async fn call(&mut self, method: &str, path: &str, token: &str, body: &str) -> Outcome<(u16, Value)> {
        self.calls += 1;
        let mut headers = vec![format!("Idempotency-Key: setup-{:x}-{}", self.nonce, self.calls)];
        if !token.is_empty() {
            headers.push(format!("Authorization: Bearer {token}"));
        }
        let bytes = request(method, &self.host, path, &headers, body.as_bytes());
        let answer = self.conn.call(&bytes).await.map_err(|error| format!("{method} {path}: {error}"))?;
        let value = if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(answer.body)? };
        Ok((answer.status, value))
    }

    async fn expect(
        &mut self,
        status: u16,
        method: &str,
        path: &str,
        token: &str,
        body: &str,
    ) -> Outcome<Value> {
        let (found, value) = self.call(method, path, token, body).await?;
        if found != status {
            return Err(format!("{method} {path}: {found} instead of {status}: {value}").into());
        }
        Ok(value)
    }

    /// A new inventory; its id.
    pub async fn create(&mut self, key: &str, name: &str, plan: &str) -> Outcome<String> {
        // as long a hold as is allowed, so that nothing expires in a run
        let settings =
            r#"{"checkout":"open","holds_per_buyer":1000000,"pieces_per_hold":50,"hold_seconds":1800}"#;
        let body = format!(r#"{{"name":"{name}","plan":{plan},"settings":{settings}}}"#);
        text(&self.expect(201, "POST", "/v1/inventories", key, &body).await?, "id")
    }

    pub async fn buyer(&mut self) -> Outcome<Buyer> {
        let value = self.expect(201, "POST", "/v1/sessions", "", "").await?;
        Ok(Buyer { id: text(&value, "buyer_id")?, token: text(&value, "token")? })
    }

    pub async fn buyers(&mut self, count: usize) -> Outcome<Vec<Buyer>> {
        let mut buyers = Vec::with_capacity(count);
        for _ in 0..count {
            buyers.push(self.buyer().await?);
        }
        Ok(buyers)
    }

    /// Sells the first `count` seats of an inventory to one buyer.
    pub async fn sell(&mut self, inventory: &str, token: &str, count: u32) -> Outcome<()> {
        for first in (0..count).step_by(PIECES_PER_HOLD as usize) {
            let offers: Vec<String> = (first..count.min(first + PIECES_PER_HOLD)).map(offer).collect();
            let body = format!(r#"{{"offers":[{}]}}"#, offers.join(","));
            let holds = format!("/v1/inventories/{inventory}/holds");
            let hold = text(&self.expect(201, "POST", &holds, token, &body).await?, "id")?;
            self.expect(201, "POST", &format!("{holds}/{hold}/purchase"), token, "").await?;
        }
        Ok(())
    }

    /// The body of `GET …/availability`.
    pub async fn availability(&mut self, inventory: &str) -> Outcome<Value> {
        self.expect(200, "GET", &format!("/v1/inventories/{inventory}/availability"), "", "").await
    }
}

fn offer(seat: u32) -> String {
    let id = seat_id(seat);
    format!(r#"{{"offer":"{}"}}"#, String::from_utf8_lossy(&id))
}

/// A text field of an answer.
pub fn text(value: &Value, field: &str) -> Outcome<String> {
    let found = value.get(field).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Failure::from(format!("answer without {field:?}: {value}")))
}

/// The id of the seat with this unit number in a `hall`: zone, row, place.
pub fn seat_id(seat: u32) -> [u8; SEAT_ID_BYTES] {
    let digit = |n: u32| b'0' + u8::try_from(n % 10).unwrap_or(0);
    let zone = b'A' + u8::try_from(seat / ZONE_SEATS % 26).unwrap_or(0);
    let (row, place) = (seat / ROW_SEATS % 100, seat % ROW_SEATS);
    [zone, b'-', digit(row / 10), digit(row), b'-', digit(place / 10), digit(place)]
}

/// The plan of a hall of seats, numbered row by row, and a standing area.
pub fn hall(seats: u32, standing: u32) -> String {
    let mut zones = Vec::new();
    for first in (0..seats).step_by(ZONE_SEATS as usize) {
        zones.push(zone(first, seats.min(first + ZONE_SEATS), if first == 0 { standing } else { 0 }));
    }
    format!(
        r#"{{"name":"Load test","currency":"KRW","categories":[{{"id":"R","name":"Regular","price":150000}}],"zones":[{}]}}"#,
        zones.join(",")
    )
}

fn zone(first: u32, end: u32, standing: u32) -> String {
    let letter = char::from(seat_id(first)[0]);
    let rows: Vec<String> =
        (first..end).step_by(ROW_SEATS as usize).map(|seat| row(seat, end.min(seat + ROW_SEATS))).collect();
    let area = format!(r#"{{"id":"floor","label":"Floor","capacity":{standing},"category":"R"}}"#);
    let areas = if standing == 0 { String::new() } else { area };
    format!(r#"{{"id":"{letter}","name":"Zone {letter}","rows":[{}],"areas":[{areas}]}}"#, rows.join(","))
}

fn row(first: u32, end: u32) -> String {
    let id = seat_id(first);
    let row = String::from_utf8_lossy(&id[..4]);
    let mut seats = String::with_capacity(80 * (end - first) as usize);
    for seat in first..end {
        let id = seat_id(seat);
        let (x, y) = (seat % ROW_SEATS * 10, seat / ROW_SEATS * 10);
        let comma = if seat == first { "" } else { "," };
        let id = String::from_utf8_lossy(&id);
        // writing to a String cannot fail
        let _ = write!(
            seats,
            r#"{comma}{{"id":"{id}","label":"{}","category":"R","x":{x},"y":{y}}}"#,
            seat % ROW_SEATS + 1
        );
    }
    format!(r#"{{"id":"{row}","label":"{row}","seats":[{seats}]}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seat_ids_name_zone_row_and_place() {
        assert_eq!(&seat_id(0), b"A-00-00");
        assert_eq!(&seat_id(199_999), b"T-99-99");
        assert_eq!(&seat_id(10_101), b"B-01-01");
    }

    #[test]
    fn a_hall_has_all_its_seats_and_its_area() {
        let plan: Value = serde_json::from_str(&hall(10_150, 30)).unwrap();
        let zones = plan["zones"].as_array().unwrap();
        let rows = |zone: &Value| zone["rows"].as_array().unwrap().clone();
        let seats: usize =
            zones.iter().flat_map(rows).map(|row| row["seats"].as_array().unwrap().len()).sum();
        assert_eq!((zones.len(), seats), (2, 10_150));
        assert_eq!(zones[0]["areas"][0]["capacity"], 30);
    }
}
