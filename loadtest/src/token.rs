//! Tokens made and checked here, for the baselines only. A real server makes its own.

use actix_web::HttpRequest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::Outcome;
use crate::stats::wall_us;

const LIFE_SECONDS: u64 = 24 * 3600;
const HEAD: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// The claims of a buyer token.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub sub: String,
    pub iat: u64,
    pub exp: u64,
}

/// What is prepared once to check tokens.
pub struct Verifier {
    key: Hmac<Sha256>,
}

impl Verifier {
    pub fn new(secret: &str) -> Self {
        Self { key: key(secret) }
    }

    /// The buyer of a request, by its `Authorization` header.
    pub fn bearer(&self, request: &HttpRequest) -> Option<String> {
        let header = request.headers().get("authorization")?.to_str().ok()?;
        self.buyer(header.strip_prefix("Bearer ")?)
    }

    /// The buyer of a token, or nothing if it is forged or old.
    pub fn buyer(&self, token: &str) -> Option<String> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        self.key.clone().chain_update(signed).verify_slice(&BASE64.decode(signature).ok()?).ok()?;
        let head: Head = part(head)?;
        let claims: Claims = part(claims)?;
        let holds = head.alg == "HS256" && head.typ == "JWT" && claims.exp > wall_us() / 1_000_000;
        holds.then_some(claims.sub)
    }
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    typ: String,
}

fn part<T: serde::de::DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&BASE64.decode(encoded).ok()?).ok()
}

fn key(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length")
}

/// Tokens of `count` different buyers.
pub fn pool(secret: &str, count: usize) -> Outcome<Vec<String>> {
    let key = key(secret);
    let iat = wall_us() / 1_000_000;
    let token = |n: usize| {
        let claims = Claims { sub: format!("buy_{n:032x}"), iat, exp: iat + LIFE_SECONDS };
        let signed = format!("{}.{}", BASE64.encode(HEAD), BASE64.encode(serde_json::to_vec(&claims)?));
        let signature = key.clone().chain_update(&signed).finalize().into_bytes();
        Ok(format!("{signed}.{}", BASE64.encode(signature)))
    };
    (0..count).map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_another_secret_is_refused() {
        let token = pool("one", 1).unwrap().remove(0);
        assert!(Verifier::new("one").buyer(&token).is_some());
        assert!(Verifier::new("two").buyer(&token).is_none());
    }
}
