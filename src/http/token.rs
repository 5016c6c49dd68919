//! Buyer tokens: JWT (RFC 7519) in the compact form of RFC 7515, HS256 and nothing else, 24 hours. Header fields
//! that name keys (`kid`, `jku`, `jwk`) are never looked at, what a header calls critical is refused; the clock
//! is the server's own.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::objects;
use super::recent::Recent;
use crate::domain::{BuyerId, Timestamp};
use crate::realtime::{Proof, Unproven, Verify};
use crate::sources::Sources;

/// How long a token lives.
pub(super) const TOKEN_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
/// A longer text is no token of ours.
const TOKEN_LEN_MAX: usize = 1024;
/// Verified tokens that are remembered, about 400 bytes each.
const VERIFIED_MAX: usize = 65_536;
/// A server that was restarted, or another node, may be behind by this much.
const NOT_BEFORE_LEEWAY_SECONDS: i64 = 60;

const ISSUER: &str = "fairhold";
const AUDIENCE: &str = "fairhold:buyer";
const KIND: &str = "buyer";
const ALGORITHM: &str = "HS256";
const MEDIA: &str = "JWT";
/// The head of every token that is made here.
const HEAD: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// Why a token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadToken {
    Invalid,
    Expired,
}

/// What of a head is looked at (RFC 7515, section 4.1).
#[derive(Deserialize)]
struct Head {
    alg: String,
    typ: String,
    /// Extensions that must be understood: there are none.
    crit: Option<IgnoredAny>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: BuyerId,
    /// What the token is for, so that no other kind of ours passes as a buyer's.
    typ: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Makes and verifies tokens.
pub(super) struct Tokens {
    sources: Sources,
    key: Hmac<Sha256>,
    /// So that a buyer's second request costs a lookup and not a signature: token to buyer and end.
    verified: Recent<Box<str>, (BuyerId, i64)>,
}

impl Tokens {
    pub(super) fn new(sources: Sources, secret: &[u8]) -> Self {
        let key = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        Self { sources, key, verified: Recent::new(VERIFIED_MAX) }
    }

    /// A token for the buyer, and its end.
    pub(super) fn issue(&self, buyer: &BuyerId) -> Result<(String, Timestamp), serde_json::Error> {
        let now = self.sources.now();
        let end = Timestamp(now.plus_ms(TOKEN_LIFE_MS).0 / 1000 * 1000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: buyer.clone(),
            typ: KIND.to_owned(),
            iat: now.0 / 1000,
            nbf: now.0 / 1000,
            exp: end.0 / 1000,
        };
        let signed = format!("{}.{}", BASE64.encode(HEAD), BASE64.encode(serde_json::to_vec(&claims)?));
        let signature = self.key.clone().chain_update(&signed).finalize().into_bytes();
        Ok((format!("{signed}.{}", BASE64.encode(signature)), end))
    }

    /// Whose token it is, and until when.
    pub(super) fn verify(&self, token: &str) -> Result<Proof, BadToken> {
        let now_seconds = self.sources.now().0.div_euclid(1000);
        let proof =
            |buyer, exp: i64| Proof::new(buyer, Timestamp(exp.saturating_mul(1000)), self.sources.clone());
        if let Some((buyer, exp)) = self.verified.get(token) {
            return if now_seconds < exp { Ok(proof(buyer, exp)) } else { Err(BadToken::Expired) };
        }
        let claims = self.claims(token).ok_or(BadToken::Invalid)?;
        if now_seconds + NOT_BEFORE_LEEWAY_SECONDS < claims.nbf {
            return Err(BadToken::Invalid);
        }
        if now_seconds >= claims.exp {
            return Err(BadToken::Expired);
        }
        self.verified.insert(token.into(), (claims.sub.clone(), claims.exp));
        Ok(proof(claims.sub, claims.exp))
    }

    /// What a token says, once it is known to be ours; nothing of it is believed before.
    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > TOKEN_LEN_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        // In constant time.
        self.key.clone().chain_update(signed).verify_slice(&signature).ok()?;
        let head: Head = part(head)?;
        let is_ours = head.alg == ALGORITHM && head.typ == MEDIA && head.crit.is_none();
        let claims: Claims = part(claims).filter(|_| is_ours)?;
        (claims.iss == ISSUER && claims.aud == AUDIENCE && claims.typ == KIND).then_some(claims)
    }

    /// For those who see tokens but no requests.
    pub(super) fn verifier(self: &Arc<Self>) -> Verify {
        let tokens = Arc::clone(self);
        Arc::new(move |token| tokens.verify(token).map_err(|_refused| Unproven::BadToken))
    }
}

/// One of the two JSON objects of a token.
fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    objects::from_slice(&BASE64.decode(encoded).ok()?).ok()
}

#[cfg(test)]
#[path = "token/tests.rs"]
mod tests;
