//! For whoever runs this server: is it alive, may it get traffic, how is it doing.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::Api;
use super::call::Answer;
use super::meter;
use crate::actors::Serving;
use crate::persistence::StoreTrouble;

/// Inventories that `?verbose` names, of those that cannot be served.
const UNSERVED_NAMED: usize = 10;
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
    let checks = [
        ("store", store(api).await),
        ("journal", journal(api).await),
        ("inventories", inventories(api)),
        ("accepting", accepting(api)),
    ];
    let is_ready = checks.iter().all(|(_, check)| !matches!(check, Check::Failed(_)));
    let (status, verdict) = match is_ready {
        true => (StatusCode::OK, "ok\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    };
    let is_verbose = req.query_string().split('&').any(|part| part.split('=').next() == Some("verbose"));
    if !is_verbose && is_ready {
        return Ok(text(status, verdict.to_owned()));
    }
    let line = |(name, check): &(&str, Check)| match check {
        Check::Well => format!("[+]{name} ok\n"),
        Check::Warning(why) => format!("[!]{name} ok: {why}\n"),
        Check::Failed(why) => format!("[-]{name} failed: {why}\n"),
    };
    let lines: String = checks.iter().map(line).collect();
    Ok(text(status, lines + verdict))
}

enum Check {
    Well,
    /// It serves, but not everything.
    Warning(String),
    Failed(String),
}

impl Check {
    fn unless(trouble: Option<&str>) -> Self {
        trouble.map_or(Self::Well, |why| Self::Failed(why.to_owned()))
    }
}

/// It answers, and has all its tables.
async fn store(api: &Api) -> Check {
    let slow = StoreTrouble::Slow.words();
    Check::unless(match tokio::time::timeout(PING_MAX, api.store.ping()).await {
        Ok(Ok(())) => None,
        Ok(Err(cause)) => Some(cause.trouble().words()),
        Err(_elapsed) => Some(slow),
    })
}

/// What is written reaches it.
async fn journal(api: &Api) -> Check {
    let trouble = api.inventories.store_trouble().await.map(StoreTrouble::words);
    let stalled = api.inventories.is_journal_stalled().then_some("a commit waits for the store");
    Check::unless(trouble.or(stalled))
}

/// One of many that cannot be served is told; when none can, this server is of no use. (That the store fails is told by
/// the checks before.)
fn inventories(api: &Api) -> Check {
    let Serving { served, unserved } = api.inventories.serving();
    if unserved.is_empty() {
        return Check::Well;
    }
    let named: Vec<String> =
        unserved.iter().take(UNSERVED_NAMED).map(|one| format!("{} ({})", one.inventory, one.why)).collect();
    let is_broken = unserved.iter().any(|one| !one.is_store);
    let why = format!("{} cannot be served: {}", unserved.len(), named.join(", "));
    if served == 0 && is_broken { Check::Failed(why) } else { Check::Warning(why) }
}

fn accepting(api: &Api) -> Check {
    Check::unless(api.lifecycle.is_draining().then_some("the server is ending"))
}

/// Metrics in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "operations", operation_id = "metrics",
    responses((status = 200, description = "all metrics", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(req: HttpRequest) -> Answer {
    let api = Api::of(&req);
    metrics::gauge!("fairhold_clock_behind_seconds").set(api.sources.behind_ms() as f64 / 1_000.0);
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
