//! One request as a handler sees it: who asks, of what, with which body, and how to answer.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::Serialize;

use super::auth::Who;
use super::body::{self, Limits};
use super::budget::Seen;
use super::code::Code;
use super::problem::Problem;
use super::request_id::RequestId;
use super::{Api, idempotency, refused};
use crate::actors::{Done, Failure};
use crate::domain::answer::Source;
use crate::domain::{
    Action, BlockId, Caller, Cause, Command, GroupId, HoldId, InventoryId, KeyUse, Plan, Record, Refusal,
    SaleId, Timestamp,
};
use crate::limits::{Asker, Party};
use crate::realtime::Channel;

pub(super) type Answer = Result<HttpResponse, Problem>;

pub(super) struct Call<'r> {
    pub(super) api: &'r Arc<Api>,
    req: &'r HttpRequest,
}

/// What a command did: a record, and the plan that names its units.
pub(super) struct Committed {
    pub(super) inventory: InventoryId,
    pub(super) record: Arc<Record>,
    pub(super) plan: Arc<Plan>,
    /// The inventory's time at the answer.
    pub(super) now: Timestamp,
    pub(super) replayed: bool,
}

impl Committed {
    pub(super) fn source(&self) -> Source<'_> {
        Source::of(self.inventory, &self.plan, &self.record)
    }
}

impl<'r> Call<'r> {
    pub(super) fn of(req: &'r HttpRequest) -> Self {
        Self { api: Api::of(req), req }
    }

    // --- parse

    /// Who asks; nobody is refused.
    pub(super) async fn who(&self) -> Result<Who, Problem> {
        self.anyone().await?.ok_or_else(|| Problem::new(Code::Unauthenticated))
    }

    pub(super) async fn anyone(&self) -> Result<Option<Who>, Problem> {
        if let Some(who) = self.req.extensions().get::<Seen>().and_then(|seen| seen.who.clone()) {
            return Ok(Some(who));
        }
        self.api.auth.who(self.req.headers()).await
    }

    /// Whose budget this is taken from, now that it is known who asks. A key that had to be looked up asks for itself.
    pub(super) fn asker(&self, who: &Who) -> Option<Asker> {
        let seen = self.req.extensions().get::<Seen>().map(|seen| seen.asker.clone())?;
        let party = match who {
            Who::Buyer(buyer) => Party::Buyer(buyer.clone()),
            Who::Key(key) => Party::Key(key.id),
        };
        Some(Asker { party, ..seen })
    }

    /// The same for a request of anybody.
    pub(super) fn anybody(&self) -> Option<Asker> {
        self.req.extensions().get::<Seen>().map(|seen| seen.asker.clone())
    }

    /// A path id that cannot be one names nothing.
    pub(super) fn inventory(&self) -> Result<InventoryId, Problem> {
        self.id("inventory", Code::InventoryUnknown)
    }

    pub(super) fn hold(&self) -> Result<HoldId, Problem> {
        self.id("hold", Code::HoldUnknown)
    }

    pub(super) fn group(&self) -> Result<GroupId, Problem> {
        self.id("group", Code::GroupUnknown)
    }

    pub(super) fn sale(&self) -> Result<SaleId, Problem> {
        self.id("sale", Code::SaleUnknown)
    }

    pub(super) fn block(&self) -> Result<BlockId, Problem> {
        self.id("block", Code::BlockUnknown)
    }

    fn id<T: std::str::FromStr>(&self, name: &str, missing: Code) -> Result<T, Problem> {
        self.req.match_info().get(name).and_then(|id| id.parse().ok()).ok_or_else(|| Problem::new(missing))
    }

    pub(super) async fn body(&self, payload: Payload) -> Result<Bytes, Problem> {
        self.body_up_to(payload, self.api.options.body_max).await
    }

    /// For a call whose path says all: a body would be about something else.
    pub(super) async fn no_body(&self, payload: Payload) -> Result<(), Problem> {
        let body = self.file_up_to(payload, self.api.options.body_max).await?;
        if body.is_empty() { Ok(()) } else { Err(Problem::new(Code::BodyNotAllowed)) }
    }

    pub(super) async fn body_up_to(&self, payload: Payload, bytes_max: usize) -> Result<Bytes, Problem> {
        let limits = Limits { bytes_max, timeout: self.api.options.body_timeout };
        body::read(self.req, payload, limits).await
    }

    /// A body that is a file of any kind.
    pub(super) async fn file_up_to(&self, payload: Payload, bytes_max: usize) -> Result<Bytes, Problem> {
        let limits = Limits { bytes_max, timeout: self.api.options.body_timeout };
        body::read_file(self.req, payload, limits).await
    }

    /// The idempotency key of this request with this body.
    pub(super) fn key_use(&self, caller: &Caller, body: &[u8]) -> Result<KeyUse, Problem> {
        let key = idempotency::key(self.req.headers())?;
        Ok(idempotency::key_use(caller, &key, self.req.method().as_str(), self.req.path(), body))
    }

    pub(super) fn has_key(&self) -> bool {
        self.req.headers().contains_key(idempotency::HEADER)
    }

    /// The key of a POST, which has to have one, or of another call where one is sent.
    fn key_use_of_method(&self, caller: &Caller, body: &[u8]) -> Result<Option<KeyUse>, Problem> {
        match self.req.method() {
            &Method::POST => self.key_use(caller, body).map(Some),
            _ => self.key_use_if_any(caller, body),
        }
    }

    /// The same of a call that may go without.
    pub(super) fn key_use_if_any(&self, caller: &Caller, body: &[u8]) -> Result<Option<KeyUse>, Problem> {
        self.has_key().then(|| self.key_use(caller, body)).transpose()
    }

    /// The same as an earlier version of this server would have kept it.
    pub(super) fn earlier_key_use(&self, caller: &Caller, body: &[u8]) -> Result<KeyUse, Problem> {
        let key = idempotency::key(self.req.headers())?;
        let (method, path) = (self.req.method().as_str(), self.req.path());
        Ok(idempotency::key_use_by_bytes(caller, &key, method, path, body))
    }

    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.req.headers().get(name)?.to_str().ok()
    }

    pub(super) fn headers(&self, name: HeaderName) -> impl Iterator<Item = &HeaderValue> {
        self.req.headers().get_all(name)
    }

    /// Where the page behind this request comes from; an origin that is no text is none that we allow.
    pub(super) fn origin(&self) -> Option<&str> {
        self.req.headers().get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"))
    }

    /// What to hash with a body that is not here yet.
    pub(super) fn hashing(&self, caller: &Caller) -> Result<Hashing, Problem> {
        Ok(Hashing {
            caller: caller.clone(),
            key: idempotency::key(self.req.headers())?.into_owned(),
            path: self.req.path().to_owned(),
        })
    }

    // --- ask

    /// Runs a command that changes something, or was run before with the same key.
    pub(super) async fn commit(
        &self,
        who: &Who,
        inventory: InventoryId,
        body: &[u8],
        action: Action,
    ) -> Result<Committed, Problem> {
        let list = ids_in(&action);
        self.commit_or(who, inventory, body, action, |failure| refused::pointed(failure, list)).await
    }

    /// The same for a call that tells its failures in a way of its own.
    pub(super) async fn commit_or(
        &self,
        who: &Who,
        inventory: InventoryId,
        body: &[u8],
        action: Action,
        told: impl FnOnce(Failure) -> Problem,
    ) -> Result<Committed, Problem> {
        match self.run_or(who, inventory, body, action, told).await? {
            Done::Committed { record, plan, now, replayed } => {
                Ok(Committed { inventory, record, plan, now, replayed })
            }
            Done::Nothing => Err(Problem::fault(Code::Internal, "the command left no record")),
        }
    }

    /// Runs a command; POSTs carry their idempotency key, other calls where one is sent.
    pub(super) async fn run(
        &self,
        who: &Who,
        inventory: InventoryId,
        body: &[u8],
        action: Action,
    ) -> Result<Done, Problem> {
        let list = ids_in(&action);
        self.run_or(who, inventory, body, action, |failure| refused::pointed(failure, list)).await
    }

    async fn run_or(
        &self,
        who: &Who,
        inventory: InventoryId,
        body: &[u8],
        action: Action,
        told: impl FnOnce(Failure) -> Problem,
    ) -> Result<Done, Problem> {
        let asker = self.asker(who);
        let Some(key) = self.key_use_of_method(&who.caller(), body)? else {
            let command = self.command(who, None, action);
            return self.api.inventories.execute_for(asker.as_ref(), inventory, command).await.map_err(told);
        };
        let command = self.command(who, Some(key), action.clone());
        match self.api.inventories.execute_for(asker.as_ref(), inventory, command).await {
            Err(Failure::Refused { refusal: Refusal::IdempotencyMismatch, .. }) => {
                let key = self.earlier_key_use(&who.caller(), body)?;
                let command = self.command(who, Some(key), action);
                self.api.inventories.execute_for(asker.as_ref(), inventory, command).await.map_err(told)
            }
            done => done.map_err(told),
        }
    }

    pub(super) fn command(&self, who: &Who, key: Option<KeyUse>, action: Action) -> Command {
        let cause = Cause { key, request_id: RequestId::in_request(self.req) };
        Command { caller: who.caller(), cause, action }
    }

    /// The committed view, for the eyes of who asks: a draft is there for secret keys alone.
    pub(super) async fn channel(&self, inventory: InventoryId) -> Result<Arc<Channel>, Problem> {
        let channel = self.api.inventories.channel(inventory).await?;
        if channel.is_draft() && !self.is_key().await? {
            return Err(Problem::new(Code::InventoryUnknown));
        }
        Ok(channel)
    }

    /// Whether a secret key asks, on calls that everybody may make.
    pub(super) async fn is_key(&self) -> Result<bool, Problem> {
        Ok(self.api.auth.key_if_any(self.req.headers()).await?.is_some())
    }

    // --- map

    /// The answer to a command; the same again when it is a repeat.
    pub(super) fn done(
        &self,
        status: StatusCode,
        done: &Committed,
        answer: Option<impl Serialize>,
    ) -> Answer {
        let answer = answer.ok_or_else(|| Problem::fault(Code::Internal, "the record has no such answer"))?;
        let mut response = json(status, &answer);
        if done.replayed {
            mark_replayed(&mut response);
        }
        Ok(response)
    }
}

/// A POST's idempotency key on its way to a thread that may take its time.
pub(super) struct Hashing {
    caller: Caller,
    key: String,
    path: String,
}

impl Hashing {
    /// As it is kept now, and as an earlier version kept it.
    pub(super) fn key_uses(&self, body: &[u8]) -> [KeyUse; 2] {
        let Self { caller, key, path } = self;
        [
            idempotency::key_use(caller, key, "POST", path, body),
            idempotency::key_use_by_bytes(caller, key, "POST", path, body),
        ]
    }
}

/// Where the body of the call behind this action lists the ids that a refusal may point to.
fn ids_in(action: &Action) -> Option<&'static str> {
    match action {
        Action::Block { .. } => Some("/units"),
        Action::Restock { .. } => None,
        _ => Some("/offers"),
    }
}

pub(super) fn mark_replayed(response: &mut HttpResponse) {
    const REPLAYED: HeaderName = HeaderName::from_static(idempotency::REPLAYED);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
}

/// An answer for whoever asked, and nobody's cache.
pub(super) fn json(status: StatusCode, answer: &impl Serialize) -> HttpResponse {
    let mut bytes = Vec::with_capacity(512);
    match serde_json::to_writer(&mut bytes, answer) {
        Ok(()) => private_json(status, bytes.into()),
        Err(error) => HttpResponse::from_error(Problem::fault(Code::Internal, error)),
    }
}

pub(super) fn private_json(status: StatusCode, bytes: Bytes) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(bytes)
}
