//! One id per request, taken from `X-Request-Id` or made, in the answer, the journal and the log.

use std::cell::Cell;
use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use uuid::Uuid;

use crate::domain::Timestamp;

pub(super) const HEADER: &str = "x-request-id";
const LEN_MAX: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) Arc<str>);

impl RequestId {
    /// The caller's own id if it is harmless, else a fresh one.
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Self {
        match headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_harmless(id)) {
            Some(id) => Self(id.into()),
            None => Self(fresh(now).simple().encode_lower(&mut Uuid::encode_buffer()).to_owned().into()),
        }
    }

    /// What the middleware gave this request.
    pub(super) fn in_request(req: &HttpRequest) -> Option<Arc<str>> {
        req.extensions().get::<Self>().map(|id| id.0.clone())
    }

    pub(super) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

fn is_harmless(id: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(&b);
    (1..=LEN_MAX).contains(&id.len()) && id.bytes().all(allowed)
}

/// A UUIDv7 without a system call: it has to be unlike others, not secret.
fn fresh(now: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&next_random().to_be_bytes());
    bytes[8..].copy_from_slice(&next_random().to_be_bytes()[..2]);
    uuid::Builder::from_unix_timestamp_millis(now.0.unsigned_abs(), &bytes).into_uuid()
}

thread_local! {
    static SEED: Cell<u64> = Cell::new(seed());
}

fn seed() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    u64::from_ne_bytes(bytes)
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn next_random() -> u64 {
    let seed = SEED.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    SEED.set(seed);
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER.try_into().unwrap(), HeaderValue::from_str(value).unwrap());
        RequestId::of(&headers, Timestamp(1_777_633_200_000)).0.to_string()
    }

    #[test]
    fn a_harmless_id_is_kept_and_another_replaced() {
        assert_eq!(of("trace-1.a:b"), "trace-1.a:b");
        for bad in ["", "two words", "<script>", "a;b", &"x".repeat(65)] {
            assert_eq!(of(bad).len(), 32, "{bad:?}");
        }
    }

    #[test]
    fn fresh_ids_differ_and_carry_the_time() {
        let ids: std::collections::BTreeSet<_> =
            (0..1000).map(|_| fresh(Timestamp(1_777_633_200_000))).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(ids.iter().all(|id| id.to_string().starts_with("019de332-0780")), "{:?}", ids.first());
    }
}
