//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header), bare or as a quoted string.

use std::borrow::Cow;
use std::fmt::Write;

use actix_web::http::header::HeaderMap;
use sha2::{Digest, Sha256};

use super::canonical;
use super::code::Code;
use super::problem::Problem;
use crate::domain::{Caller, KeyUse};

pub(super) const HEADER: &str = "idempotency-key";
/// Set on the answer of a repeat.
pub(super) const REPLAYED: &str = "idempotent-replayed";
pub(super) const KEY_LEN_MAX: usize = 255;

/// The key of a request, or why it cannot be taken.
pub(super) fn key(headers: &HeaderMap) -> Result<Cow<'_, str>, Problem> {
    let mut values = headers.get_all(HEADER);
    let value = values.next().ok_or_else(|| Problem::new(Code::IdempotencyKeyMissing))?;
    let key = value.to_str().ok().and_then(parse).filter(|_| values.next().is_none());
    key.ok_or_else(|| Problem::new(Code::IdempotencyKeyInvalid))
}

fn parse(value: &str) -> Option<Cow<'_, str>> {
    let key = match value.strip_prefix('"') {
        Some(rest) => unquoted(rest.strip_suffix('"')?)?,
        None => Cow::Borrowed(value),
    };
    let printable = key.bytes().all(|b| (0x20..=0x7e).contains(&b));
    (printable && (1..=KEY_LEN_MAX).contains(&key.len())).then_some(key)
}

/// The inside of a quoted string (RFC 8941, section 3.3.3).
fn unquoted(inside: &str) -> Option<Cow<'_, str>> {
    if !inside.contains(['"', '\\']) {
        return Some(Cow::Borrowed(inside));
    }
    let mut plain = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => return None,
            '\\' => plain.push(chars.next().filter(|&next| next == '"' || next == '\\')?),
            _ => plain.push(char),
        }
    }
    Some(Cow::Owned(plain))
}

/// What is compared: a hash over caller and key, a fingerprint over what is asked for, however it is written.
pub(super) fn key_use(caller: &Caller, key: &str, method: &str, path: &str, body: &[u8]) -> KeyUse {
    let canonical = canonical::text(body);
    fingerprinted(caller, key, method, path, canonical.as_deref().unwrap_or(body))
}

/// As servers before this version made it, over the bytes of the body: a key that was used there is known by it.
pub(super) fn key_use_by_bytes(caller: &Caller, key: &str, method: &str, path: &str, body: &[u8]) -> KeyUse {
    fingerprinted(caller, key, method, path, body)
}

fn fingerprinted(caller: &Caller, key: &str, method: &str, path: &str, body: &[u8]) -> KeyUse {
    let mut hash = Hasher(Sha256::new());
    match caller {
        Caller::Buyer(buyer) => {
            // Nobody whose id is the name of a key shares its keys; all others are hashed as they always were.
            if caller.is_namesake() {
                hash.0.update("buyer ");
            }
            hash.0.update(buyer.as_str());
        }
        Caller::Key(id) => write!(hash, "{id}").expect("a hasher takes everything"),
        Caller::Clock => hash.0.update("clock"),
    }
    hash.0.update([0]);
    hash.0.update(key);
    let mut fingerprint = Hasher(Sha256::new());
    for part in [method.as_bytes(), path.as_bytes()] {
        fingerprint.0.update(part);
        fingerprint.0.update([0]);
    }
    fingerprint.0.update(body);
    KeyUse { hash: hash.first_half(), fingerprint: fingerprint.first_half() }
}

struct Hasher(Sha256);

impl Hasher {
    fn first_half(self) -> u128 {
        let digest: [u8; 32] = self.0.finalize().into();
        let (half, _) = digest.split_first_chunk::<16>().expect("32 bytes have 16");
        u128::from_be_bytes(*half)
    }
}

impl Write for Hasher {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_bare_and_quoted() {
        assert_eq!(parse("k-1").as_deref(), Some("k-1"));
        assert_eq!(parse("\"k-1\"").as_deref(), Some("k-1"));
        assert_eq!(parse(r#""a\"b\\c""#).as_deref(), Some("a\"b\\c"));
        assert_eq!(parse(&"k".repeat(255)).map(|key| key.len()), Some(255));
    }

    #[test]
    fn a_key_that_cannot_be_is_refused() {
        for bad in ["", "\"\"", "\"", "\"open", "\"a\"b\"", r#""a\b""#, "tab\tbed", &"k".repeat(256)] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn caller_and_key_scope_it_and_the_request_is_its_fingerprint() {
        let caller = |name: &str| Caller::Buyer(name.parse().unwrap());
        let of = |name: &str, key: &str, path: &str, body: &str| {
            key_use(&caller(name), key, "POST", path, body.as_bytes())
        };
        let one = of("a", "k", "/p", "{}");
        assert_eq!(one, of("a", "k", "/p", "{}"));
        assert_ne!(one.hash, of("b", "k", "/p", "{}").hash);
        assert_ne!(one.hash, of("a", "l", "/p", "{}").hash);
        assert_eq!(one.hash, of("a", "k", "/q", "[]").hash);
        assert_ne!(one.fingerprint, of("a", "k", "/q", "{}").fingerprint);
        assert_ne!(one.fingerprint, of("a", "k", "/p", "[]").fingerprint);
        assert_eq!(one, of("a", "k", "/p", " { } "), "however it is written");
        assert_ne!(of("a", "k", "/p", "no JSON").fingerprint, of("a", "k", "/p", "no  JSON").fingerprint);
    }

    /// Stores of earlier versions hold these: they must never change.
    #[test]
    fn the_fingerprint_of_earlier_versions_stays_as_it_was() {
        let caller = Caller::Buyer("buy_1".parse().unwrap());
        let body = br#"{"offers": [{"offer": "A-1"}]}"#;
        let known = key_use_by_bytes(&caller, "k-1", "POST", "/v1/inventories/x/holds", body);
        let half = |text: &[u8]| u128::from_be_bytes(Sha256::digest(text)[..16].try_into().unwrap());
        assert_eq!(known.hash, half(b"buy_1\0k-1"));
        let request = [&b"POST\0/v1/inventories/x/holds\0"[..], body].concat();
        assert_eq!(known.fingerprint, half(&request));
        assert_eq!(known.hash, key_use(&caller, "k-1", "POST", "/v1/inventories/x/holds", body).hash);
    }
}
