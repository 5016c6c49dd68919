//! Answers for pages of other origins (the Fetch standard's CORS protocol): for those that were allowed, every call
//! of the API, and for no others. Nothing here rests on cookies, so credentials are never part of it: a page that
//! acts for a buyer sends the buyer's token, as every other client does.

use actix_web::HttpResponse;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};

use super::origin::Origins;

/// Headers of answers that a page may read besides those that it always may.
const EXPOSED: &str = "ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, \
    WWW-Authenticate, X-Request-Id";
/// Headers of requests that a page may set.
const TAKEN: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, \
    X-Request-Id";
/// For how long a browser need not ask again, in seconds.
const ASKED_FOR: &str = "600";
const ASKED: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// Says to which pages this answer may be shown; answers their question beforehand.
pub(super) fn share(mut response: ServiceResponse, origins: &Origins) -> ServiceResponse {
    let request = response.request();
    if !request.path().starts_with("/v1") && request.path() != "/openapi.json" {
        return response;
    }
    let allowed = |origin: &&HeaderValue| origin.to_str().is_ok_and(|origin| origins.allow(origin));
    let Some(origin) = request.headers().get(header::ORIGIN).filter(allowed).cloned() else {
        // What a cache keeps must not be shown to another page, nor be kept from one.
        if response.headers().get(header::CACHE_CONTROL).is_some_and(|control| control != "no-store") {
            vary(response.headers_mut());
        }
        return response;
    };
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD);
    let is_question = request.method() == Method::OPTIONS && asked.is_some();
    if let Some(methods) = response.headers().get(header::ALLOW).filter(|_| is_question).cloned() {
        return response.into_response(preflight(&origin, methods));
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    vary(headers);
    response
}

fn preflight(origin: &HeaderValue, methods: HeaderValue) -> HttpResponse {
    HttpResponse::build(StatusCode::NO_CONTENT)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(TAKEN)))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(ASKED_FOR)))
        .insert_header((header::VARY, HeaderValue::from_static(ASKED)))
        .finish()
}

fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}
