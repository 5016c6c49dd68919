//! Tokens made and checked here, for the baselines only. A real server makes its own.

use actix_web::HttpRequest;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::Outcome;
use crate::stats::wall_us;

const LIFE_SECONDS: u64 = 24 * 3600;

/// The claims of a buyer token.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub sub: String,
    pub iat: u64,
    pub exp: u64,
}

/// What is prepared once to check tokens.
pub struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    pub fn new(secret: &str) -> Self {
        Self {
            key: DecodingKey::from_secret(secret.as_bytes()),
            validation: Validation::new(Algorithm::HS256),
        }
    }

    /// The buyer of a request, by its `Authorization` header.
    pub fn bearer(&self, request: &HttpRequest) -> Option<String> {
        let header = request.headers().get("authorization")?.to_str().ok()?;
        self.buyer(header.strip_prefix("Bearer ")?)
    }

    /// The buyer of a token, or nothing if it is forged or old.
    pub fn buyer(&self, token: &str) -> Option<String> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation).ok()?;
        Some(data.claims.sub)
    }
}

/// Tokens of `count` different buyers.
pub fn pool(secret: &str, count: usize) -> Outcome<Vec<String>> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    let iat = wall_us() / 1_000_000;
    let token = |n: usize| {
        let claims = Claims { sub: format!("buy_{n:032x}"), iat, exp: iat + LIFE_SECONDS };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)?)
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
