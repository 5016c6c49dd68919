//! Who asks: a buyer by token, or a server or operator by secret key.

use std::sync::Arc;

use actix_web::http::header;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::code::Code;
use super::codes::CodeKey;
use super::problem::Problem;
use super::recent::Recent;
use super::refused::asked;
use super::token::{BadToken, Tokens};
use crate::domain::{BuyerId, Caller, Timestamp};
use crate::limits::Party;
use crate::persistence::{Role, SecretKey, Store};
use crate::realtime::Proof;
use crate::sources::Sources;

/// What secret keys begin with.
pub(super) const KEY_PREFIX: &str = "sk_";
/// How long a looked-up key is believed: a revoked one works no longer than this.
pub(super) const KEY_CACHE_MS: i64 = 5_000;
const KEYS_CACHED_MAX: usize = 4_096;
/// `sk_` and 256 bits in base64url.
const KEY_LEN: usize = KEY_PREFIX.len() + 43;

/// The text of a secret key made of these random bits.
pub fn key_text(secret: &[u8; 32]) -> String {
    format!("{KEY_PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(secret))
}

/// What the store keeps of a key: SHA-256 of its text.
pub fn key_hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Whoever sent the request.
#[derive(Debug, Clone)]
pub enum Who {
    Buyer(BuyerId),
    Key(SecretKey),
}

/// A credential that holds.
enum Credential {
    Token(Proof),
    Key(SecretKey),
}

impl Who {
    pub fn caller(&self) -> Caller {
        match self {
            Self::Buyer(buyer) => Caller::Buyer(buyer.clone()),
            Self::Key(key) => Caller::Key(key.id),
        }
    }

    /// For whom: a buyer for itself, a key for the buyer that it names.
    pub fn acts_for(&self, named: Option<BuyerId>) -> Result<BuyerId, Problem> {
        match (self, named) {
            (Self::Key(_), Some(buyer)) => Ok(buyer),
            (Self::Key(_), None) => {
                Err(Problem::at(Code::BuyerRequired, "/buyer", "a secret key has to name the buyer"))
            }
            (Self::Buyer(buyer), None) => Ok(buyer.clone()),
            (Self::Buyer(buyer), Some(named)) if *buyer == named => Ok(named),
            (Self::Buyer(_), Some(_)) => {
                Err(Problem::new(Code::Forbidden).detail("a buyer acts only for itself"))
            }
        }
    }

    pub fn must_be_operator(&self) -> Result<(), Problem> {
        match self {
            Self::Key(SecretKey { role: Role::Operator, .. }) => Ok(()),
            _ => Err(Problem::new(Code::Forbidden).detail("this call needs an operator's secret key")),
        }
    }

    pub fn must_be_key(&self) -> Result<(), Problem> {
        match self {
            Self::Key(_) => Ok(()),
            Self::Buyer(_) => Err(Problem::new(Code::Forbidden).detail("this call needs a secret key")),
        }
    }
}

/// Finds out who asks.
pub struct Auth {
    store: Arc<dyn Store>,
    sources: Sources,
    pub(super) tokens: Arc<Tokens>,
    codes: CodeKey,
    /// Found or not, and until when that is believed.
    keys: Recent<[u8; 32], (Option<SecretKey>, Timestamp)>,
}

impl Auth {
    /// `token_secret` signs buyers' tokens and hides access codes.
    pub fn new(store: Arc<dyn Store>, sources: Sources, token_secret: &[u8]) -> Self {
        let tokens = Arc::new(Tokens::new(sources.clone(), token_secret));
        let codes = CodeKey::new(token_secret);
        Self { store, sources, tokens, codes, keys: Recent::new(KEYS_CACHED_MAX) }
    }

    /// None: the request has no `Authorization` at all.
    pub async fn who(&self, headers: &header::HeaderMap) -> Result<Option<Who>, Problem> {
        Ok(self.credential(headers).await?.map(|credential| match credential {
            Credential::Token(proof) => Who::Buyer(proof.buyer),
            Credential::Key(key) => Who::Key(key),
        }))
    }

    pub(super) fn codes(&self) -> &CodeKey {
        &self.codes
    }

    /// What a buyer's token proves, and until when; None: it is nobody's, or a secret key's.
    pub async fn proof(&self, headers: &header::HeaderMap) -> Result<Option<Proof>, Problem> {
        Ok(self.credential(headers).await?.and_then(|credential| match credential {
            Credential::Token(proof) => Some(proof),
            Credential::Key(_) => None,
        }))
    }

    async fn credential(&self, headers: &header::HeaderMap) -> Result<Option<Credential>, Problem> {
        let mut values = headers.get_all(header::AUTHORIZATION);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(Problem::new(Code::BadRequest).detail("there is more than one Authorization header"));
        }
        let credential = value.to_str().ok().and_then(bearer);
        let credential = credential.ok_or_else(|| {
            Problem::new(Code::TokenInvalid).detail("Authorization is not of the form `Bearer …`")
        })?;
        if credential.starts_with(KEY_PREFIX) {
            return self.key(credential).await.map(|key| Some(Credential::Key(key)));
        }
        match self.tokens.verify(credential) {
            Ok(proof) => Ok(Some(Credential::Token(proof))),
            Err(BadToken::Expired) => Err(Problem::new(Code::TokenExpired)),
            Err(BadToken::Invalid) => Err(Problem::new(Code::TokenInvalid)),
        }
    }

    /// Who it is and whose budget it is, where that is known without asking the store. Nobody: somebody who has to be
    /// looked up, or a credential that is worth nothing, which [`Self::who`] will tell.
    pub(super) fn at_hand(&self, headers: &header::HeaderMap) -> (Party, Option<Who>) {
        let mut values = headers.get_all(header::AUTHORIZATION);
        let (Some(value), None) = (values.next(), values.next()) else { return (Party::Nobody, None) };
        let Some(credential) = value.to_str().ok().and_then(bearer) else { return (Party::Nobody, None) };
        if !credential.starts_with(KEY_PREFIX) {
            return match self.tokens.verify(credential) {
                Ok(Proof { buyer, .. }) => (Party::Buyer(buyer.clone()), Some(Who::Buyer(buyer))),
                Err(_) => (Party::Nobody, None),
            };
        }
        let Some((Some(key), until)) = self.keys.get(&key_hash(credential)) else {
            return (Party::Nobody, None);
        };
        // One that has to be looked up anew still is not its address's business.
        (Party::Key(key.id), Some(Who::Key(key)).filter(|_| self.sources.now() < until))
    }

    /// The secret key of who asks; nobody else's token is looked at, and a key that is none is nobody's.
    pub(super) async fn key_if_any(&self, headers: &header::HeaderMap) -> Result<Option<SecretKey>, Problem> {
        let credential = headers.get(header::AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?));
        let Some(key) = credential.filter(|credential| credential.starts_with(KEY_PREFIX)) else {
            return Ok(None);
        };
        match self.key(key).await {
            Ok(key) => Ok(Some(key)),
            Err(problem) if problem.code() == Code::TokenInvalid => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    async fn key(&self, text: &str) -> Result<SecretKey, Problem> {
        let unknown = || Problem::new(Code::TokenInvalid);
        if text.len() != KEY_LEN {
            return Err(unknown());
        }
        let hash = key_hash(text);
        let now = self.sources.now();
        if let Some((key, until)) = self.keys.get(&hash)
            && now < until
        {
            return key.ok_or_else(unknown);
        }
        let key = asked(self.store.find_key(hash)).await?;
        self.keys.insert(hash, (key.clone(), now.plus_ms(KEY_CACHE_MS)));
        key.ok_or_else(unknown)
    }
}

/// The credential of `Bearer …`; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, credential) = value.split_once(' ')?;
    let credential = credential.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !credential.is_empty()).then_some(credential)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_by_its_hash_alone() {
        let text = key_text(&[7; 32]);
        assert_eq!(text.len(), KEY_LEN);
        assert_eq!(key_hash(&text), key_hash(&text));
        assert_ne!(key_hash(&text), key_hash(&key_text(&[8; 32])));
    }

    #[test]
    fn only_bearer_credentials_are_read() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc"), Some("abc"));
        for bad in ["Basic abc", "Bearer", "Bearer ", "abc", ""] {
            assert_eq!(bearer(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_buyer_acts_only_for_itself_and_a_key_for_whom_it_names() {
        let id = |text: &str| text.parse::<BuyerId>().unwrap();
        let buyer = Who::Buyer(id("a"));
        assert_eq!(buyer.acts_for(None).unwrap(), id("a"));
        assert_eq!(buyer.acts_for(Some(id("a"))).unwrap(), id("a"));
        assert_eq!(buyer.acts_for(Some(id("b"))).unwrap_err().code(), Code::Forbidden);
        let key = SecretKey {
            id: crate::domain::KeyId::new(uuid::Uuid::nil()),
            role: Role::Seller,
            name: "shop".to_owned(),
        };
        let key = Who::Key(key);
        assert_eq!(key.acts_for(Some(id("b"))).unwrap(), id("b"));
        assert_eq!(key.acts_for(None).unwrap_err().code(), Code::BuyerRequired);
        assert!(key.must_be_key().is_ok());
        assert_eq!(key.must_be_operator().unwrap_err().code(), Code::Forbidden);
    }
}
