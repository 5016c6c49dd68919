//! Buyer tokens: JWT, HS256 and nothing else, 24 hours. Header fields that name keys (`kid`, `jku`, `jwk`)
//! are never looked at; the clock is the server's own.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::recent::Recent;
use crate::domain::{BuyerId, Timestamp};
use crate::realtime::Verify;
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

/// Why a token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadToken {
    Invalid,
    Expired,
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
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    /// So that a buyer's second request costs a lookup and not a signature: token to buyer and end.
    verified: Recent<Box<str>, (BuyerId, i64)>,
}

impl Tokens {
    pub(super) fn new(sources: Sources, secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Both times are checked against our own clock below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            sources,
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            verified: Recent::new(VERIFIED_MAX),
        }
    }

    /// A token for the buyer, and its end.
    pub(super) fn issue(&self, buyer: &BuyerId) -> Result<(String, Timestamp), jsonwebtoken::errors::Error> {
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
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)?;
        Ok((token, end))
    }

    /// Whose token it is.
    pub(super) fn verify(&self, token: &str) -> Result<BuyerId, BadToken> {
        let now_seconds = self.sources.now().0.div_euclid(1000);
        if let Some((buyer, exp)) = self.verified.get(token) {
            return if now_seconds < exp { Ok(buyer) } else { Err(BadToken::Expired) };
        }
        let claims = self.claims(token).ok_or(BadToken::Invalid)?;
        if now_seconds + NOT_BEFORE_LEEWAY_SECONDS < claims.nbf {
            return Err(BadToken::Invalid);
        }
        if now_seconds >= claims.exp {
            return Err(BadToken::Expired);
        }
        self.verified.insert(token.into(), (claims.sub.clone(), claims.exp));
        Ok(claims.sub)
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > TOKEN_LEN_MAX {
            return None;
        }
        let token = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation).ok()?;
        let ours = token.header.typ.as_deref() == Some("JWT") && token.claims.typ == KIND;
        ours.then_some(token.claims)
    }

    /// For those who see tokens but no requests.
    pub(super) fn verifier(self: &Arc<Self>) -> Verify {
        let tokens = Arc::clone(self);
        Arc::new(move |token| tokens.verify(token).ok())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn tokens() -> (Tokens, Sources) {
        let sources = Sources::manual(Timestamp(1_777_633_200_000));
        (Tokens::new(sources.clone(), SECRET), sources)
    }

    fn buyer() -> BuyerId {
        "buy_1".parse().unwrap()
    }

    fn claims() -> Value {
        let now = 1_777_633_200;
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "buy_1", "typ": KIND,
               "iat": now, "nbf": now, "exp": now + 60})
    }

    fn signed(header: &Header, claims: &Value, secret: &[u8]) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    #[test]
    fn a_token_names_its_buyer_until_its_end() {
        let (tokens, sources) = tokens();
        let (token, end) = tokens.issue(&buyer()).unwrap();
        for _ in 0..2 {
            assert_eq!(tokens.verify(&token), Ok(buyer()));
        }
        sources.advance_ms(end.since_ms(sources.now()) - 1);
        assert_eq!(tokens.verify(&token), Ok(buyer()));
        sources.advance_ms(1);
        assert_eq!(tokens.verify(&token), Err(BadToken::Expired));
        let (fresh, _) = (Tokens::new(sources, SECRET), ());
        assert_eq!(fresh.verify(&token), Err(BadToken::Expired));
    }

    #[test]
    fn a_changed_token_is_worth_nothing_even_when_the_original_is_remembered() {
        let (tokens, _) = tokens();
        let (token, _) = tokens.issue(&buyer()).unwrap();
        tokens.verify(&token).unwrap();
        let (head, rest) = token.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let mut other = claims();
        other["sub"] = json!("buy_2");
        let payload = BASE64.encode(other.to_string());
        assert_eq!(tokens.verify(&format!("{head}.{payload}.{signature}")), Err(BadToken::Invalid));
    }

    #[test]
    fn forged_tokens_are_refused() {
        let (tokens, _) = tokens();
        let header = Header::new(Algorithm::HS256);
        assert_eq!(tokens.verify(&signed(&header, &claims(), SECRET)), Ok(buyer()), "the pattern is good");
        let other_secret = signed(&header, &claims(), b"another secret of thirty-two byte");
        let other_algorithm = signed(&Header::new(Algorithm::HS512), &claims(), SECRET);
        let payload = BASE64.encode(claims().to_string());
        let unsigned = format!("{}.{payload}.", BASE64.encode(r#"{"typ":"JWT","alg":"none"}"#));
        let untyped = signed(&Header { typ: None, ..header.clone() }, &claims(), SECRET);
        let long = format!("{}{}", signed(&header, &claims(), SECRET), "a".repeat(TOKEN_LEN_MAX));
        for token in [other_secret, other_algorithm, unsigned, untyped, long, "x.y.z".into(), String::new()] {
            assert_eq!(tokens.verify(&token), Err(BadToken::Invalid), "{token}");
        }
    }

    #[test]
    fn every_claim_counts() {
        let (tokens, _) = tokens();
        let now = 1_777_633_200;
        for (claim, value) in [
            ("iss", json!("somebody")),
            ("aud", json!("somewhere")),
            ("typ", json!("refresh")),
            ("sub", json!("not a buyer")),
            ("nbf", json!(now + 120)),
            ("exp", json!("later")),
        ] {
            for wrong in [value, Value::Null] {
                let mut claims = claims();
                claims[claim] = wrong;
                let token = signed(&Header::new(Algorithm::HS256), &claims, SECRET);
                assert_eq!(tokens.verify(&token), Err(BadToken::Invalid), "{claim}");
            }
        }
    }
}
