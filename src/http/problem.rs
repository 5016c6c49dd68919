//! RFC 9457 problem details: how every error leaves this server.
//!
//! A handler returns a [`Problem`]; the middleware renders it, since only there the request id is at hand.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;

use super::code::Code;
use crate::domain::InventoryId;
use crate::domain::time::Rfc3339;

/// The media type of problems.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";
/// The most entries of `errors` in one answer.
pub(super) const ERRORS_MAX: usize = 100;
/// The longest detail that quotes what was sent, in bytes.
const QUOTE_LEN_MAX: usize = 300;

/// Why a request failed.
#[derive(Debug)]
pub struct Problem(Box<Facts>);

#[derive(Debug)]
struct Facts {
    code: Code,
    detail: Option<Cow<'static, str>>,
    inventory: Option<InventoryId>,
    units: Vec<Arc<str>>,
    stranded: Vec<Stranded>,
    errors: Vec<FieldError>,
    limit: Option<(&'static str, u64)>,
    on_sale: Option<OnSale>,
    largest_block: Option<u32>,
    retry_after_seconds: Option<u32>,
    allow: Option<&'static str>,
    close: bool,
    /// For the log only.
    cause: Option<String>,
}

/// When a sale is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnSale {
    pub(super) from: Option<Rfc3339>,
    pub(super) until: Option<Rfc3339>,
}

/// A unit that a new plan cannot change like that.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct Stranded {
    #[schema(value_type = String, example = "A-1-7")]
    unit: Arc<str>,
    /// `closed`, `relabelled` or `capacity`.
    #[schema(example = "closed")]
    why: &'static str,
}

/// What is wrong with one part of the request.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    #[schema(example = "/offers/0/quantity")]
    pub pointer: String,
    #[schema(example = "invalid_field")]
    pub code: Cow<'static, str>,
    pub detail: String,
}

impl Problem {
    pub fn new(code: Code) -> Self {
        Self(Box::new(Facts {
            code,
            detail: None,
            inventory: None,
            units: Vec::new(),
            stranded: Vec::new(),
            errors: Vec::new(),
            limit: None,
            on_sale: None,
            largest_block: None,
            retry_after_seconds: None,
            allow: None,
            close: false,
            cause: None,
        }))
    }

    /// A problem with one part of the request.
    pub fn at(code: Code, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let error =
            FieldError { pointer: pointer.into(), code: code.kind().code.into(), detail: detail.into() };
        Self::new(code).errors(vec![error])
    }

    /// A fault of ours: opaque to the caller, its cause in the log.
    pub fn fault(code: Code, cause: impl fmt::Display) -> Self {
        let mut problem = Self::new(code);
        problem.0.cause = Some(cause.to_string());
        problem
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Which of several it is.
    #[must_use]
    pub fn inventory(mut self, inventory: InventoryId) -> Self {
        self.0.inventory = Some(inventory);
        self
    }

    #[must_use]
    pub fn units(mut self, units: Vec<Arc<str>>) -> Self {
        self.0.units = units;
        self
    }

    /// Units by their ids, and why each is in the way of a new plan.
    #[must_use]
    pub(super) fn stranded(mut self, units: Vec<(Arc<str>, &'static str)>) -> Self {
        self.0.stranded = units.into_iter().map(|(unit, why)| Stranded { unit, why }).collect();
        self
    }

    #[must_use]
    pub fn errors(mut self, mut errors: Vec<FieldError>) -> Self {
        errors.truncate(ERRORS_MAX);
        for error in &mut errors {
            error.pointer = quoted(std::mem::take(&mut error.pointer));
            error.detail = quoted(std::mem::take(&mut error.detail));
        }
        self.0.errors = errors;
        self
    }

    #[must_use]
    pub fn limit(mut self, name: &'static str, max: u64) -> Self {
        self.0.limit = Some((name, max));
        self
    }

    #[must_use]
    pub(super) fn on_sale(mut self, on_sale: OnSale) -> Self {
        self.0.on_sale = Some(on_sale);
        self
    }

    #[must_use]
    pub(super) fn largest_block(mut self, seats: Option<u32>) -> Self {
        self.0.largest_block = seats;
        self
    }

    #[must_use]
    pub fn retry_after_seconds(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub fn allow(mut self, methods: &'static str) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// The connection cannot be used further: a part of the request may still lie in it.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.0.close = true;
        self
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub(super) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The answer. `types` is what problem types begin with, `…/problems/`.
    pub(super) fn render(&self, types: &str, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CONTENT_TYPE, header::HeaderValue::from_static(PROBLEM_JSON)));
        response.insert_header((header::CACHE_CONTROL, header::HeaderValue::from_static("no-store")));
        self.headers(&mut response);
        response.body(self.body(types, request_id))
    }

    fn headers(&self, response: &mut HttpResponseBuilder) {
        let facts = &*self.0;
        if matches!(facts.code.kind().status, 429 | 503) {
            response.insert_header((header::RETRY_AFTER, facts.retry_after_seconds.unwrap_or(1).to_string()));
        }
        if let Some(methods) = facts.allow {
            response.insert_header((header::ALLOW, methods));
        }
        if let Some(challenge) = challenge(facts.code) {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if facts.close {
            response.force_close();
        }
    }

    #[cfg(test)]
    pub(super) fn render_body(&self) -> Vec<u8> {
        self.body("", "")
    }

    pub(super) fn body(&self, types: &str, request_id: &str) -> Vec<u8> {
        let facts = &*self.0;
        let kind = facts.code.kind();
        let first = facts.errors.first().map(|error| error.detail.as_str());
        let body = ProblemDetails {
            r#type: Type { types, code: kind.code },
            title: kind.title,
            status: kind.status,
            code: kind.code,
            detail: facts.detail.as_deref().or(first).unwrap_or(kind.help),
            inventory: facts.inventory,
            units: &facts.units,
            stranded: &facts.stranded,
            errors: &facts.errors,
            limits: facts.limit.map(Limit),
            on_sale_from: facts.on_sale.and_then(|open| open.from),
            on_sale_until: facts.on_sale.and_then(|open| open.until),
            largest_block: facts.largest_block,
            retry_after_seconds: facts.retry_after_seconds,
            retryable: kind.retryable,
            request_id,
        };
        let mut bytes = Vec::with_capacity(512);
        serde_json::to_writer(&mut bytes, &body).expect("a problem has only string keys");
        bytes
    }
}

/// RFC 6750, section 3.
fn challenge(code: Code) -> Option<&'static str> {
    match code {
        Code::Unauthenticated => Some("Bearer realm=\"fairhold\""),
        Code::TokenInvalid => Some("Bearer realm=\"fairhold\", error=\"invalid_token\""),
        Code::TokenExpired => {
            Some("Bearer realm=\"fairhold\", error=\"invalid_token\", error_description=\"expired\"")
        }
        _ => None,
    }
}

/// What quotes the request is cut: nobody gets 256 KiB of their own text back.
pub(super) fn quoted(mut text: String) -> String {
    if text.len() > QUOTE_LEN_MAX {
        let end = (0..=QUOTE_LEN_MAX).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.kind().code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.kind().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Without a body: the middleware renders it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// An RFC 9457 problem. Clients decide by `code`; `title` and `detail` are for people and may change.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProblemDetails<'a> {
    /// A page about this problem.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "https://tickets.example/problems/unit_taken")]
    r#type: Type<'a>,
    title: &'a str,
    #[schema(example = 409)]
    status: u16,
    /// Stable.
    #[schema(example = "unit_taken")]
    code: &'a str,
    detail: &'a str,
    /// Which one, where a call speaks of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    inventory: Option<InventoryId>,
    /// The units that are in the way.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<String>, required = false)]
    units: &'a [Arc<str>],
    /// All that is in the way of a new plan.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<Stranded>, required = false)]
    stranded: &'a [Stranded],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
    /// The limit that was reached: its name and size.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = std::collections::BTreeMap<String, u64>, required = false)]
    limits: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    on_sale_from: Option<Rfc3339>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    on_sale_until: Option<Rfc3339>,
    /// Of best available: the most neighbours that are left of what was asked for, or places in one area.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false)]
    largest_block: Option<u32>,
    /// It is not worth a try before; the same as the header `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false)]
    retry_after_seconds: Option<u32>,
    /// Whether the same request can succeed later; send it with the same key.
    retryable: bool,
    request_id: &'a str,
}

#[derive(Debug)]
struct Type<'a> {
    types: &'a str,
    code: &'a str,
}

impl Serialize for Type<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}{}", self.types, self.code))
    }
}

#[derive(Debug)]
struct Limit((&'static str, u64));

impl Serialize for Limit {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map([self.0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_the_documented_shape() {
        let problem = Problem::new(Code::UnitTaken).units(vec!["A-1-7".into()]);
        let body: serde_json::Value =
            serde_json::from_slice(&problem.body("https://shop.example/problems/", "req-1")).unwrap();
        assert_eq!(body["type"], "https://shop.example/problems/unit_taken");
        assert_eq!(body["status"], 409);
        assert_eq!(body["code"], "unit_taken");
        assert_eq!(body["units"][0], "A-1-7");
        assert_eq!(body["retryable"], false);
        assert_eq!(body["request_id"], "req-1");
        assert!(body.get("errors").is_none());
    }

    #[test]
    fn what_was_sent_comes_back_cut() {
        let problem = Problem::at(Code::InvalidField, "/name", "한".repeat(5000));
        assert!(problem.body("", "").len() < 1500);
    }
}
