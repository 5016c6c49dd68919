//! For whoever runs this server: is it alive, may it get traffic, how is it doing.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::Api;
use super::call::Answer;
use super::meter;

/// A store that takes longer is not ready.
const PING_MAX: Duration = Duration::from_secs(1);

/// The process runs. No dependency is asked.
#[utoipa::path(get, path = "/livez", tag = "operations", operation_id = "livez",
    responses((status = 200, description = "alive", body = String, content_type = "text/plain")))]
pub(super) async fn livez() -> Answer {
    Ok(text(StatusCode::OK, "ok\n".to_owned()))
}

/// The same as `/livez`.
#[utoipa::path(get, path = "/healthz", tag = "operations", operation_id = "healthz",
    responses((status = 200, description = "alive", body = String, content_type = "text/plain")))]
pub(super) async fn healthz() -> Answer {
    livez().await
}

/// Whether this server should get requests; `?verbose` lists each check.
#[utoipa::path(get, path = "/readyz", tag = "operations", operation_id = "readyz",
    params(("verbose" = Option<String>, Query, description = "list each check")),
    responses(
        (status = 200, description = "ready", body = String, content_type = "text/plain"),
        (status = 503, description = "not ready", body = String, content_type = "text/plain")))]
pub(super) async fn readyz(req: HttpRequest) -> Answer {
    let api = Api::of(&req);
    let store = matches!(tokio::time::timeout(PING_MAX, api.store.ping()).await, Ok(Ok(())));
    let journal = !api.inventories.is_journal_stalled();
    let checks = [("store", store), ("journal", journal), ("accepting", !api.lifecycle.is_draining())];
    let is_ready = checks.iter().all(|(_, ok)| *ok);
    let (status, verdict) = match is_ready {
        true => (StatusCode::OK, "ok\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    };
    let is_verbose = req.query_string().split('&').any(|part| part.split('=').next() == Some("verbose"));
    if !is_verbose && is_ready {
        return Ok(text(status, verdict.to_owned()));
    }
    let line = |(name, ok): &(&str, bool)| match ok {
        true => format!("[+]{name} ok\n"),
        false => format!("[-]{name} failed\n"),
    };
    let lines: String = checks.iter().map(line).collect();
    Ok(text(status, lines + verdict))
}

/// Metrics in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "operations", operation_id = "metrics",
    responses((status = 200, description = "all metrics", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(req: HttpRequest) -> Answer {
    let api = Api::of(&req);
    metrics::gauge!(meter::IN_FLIGHT).set(api.lifecycle.in_flight() as f64);
    let body = api.metrics.render();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, kind)).body(body))
}

fn text(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(body)
}
