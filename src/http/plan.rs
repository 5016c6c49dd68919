//! What readers poll: the layout, and what of it is left.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::call::{Answer, Call, private_json};
use super::described::frames::SnapshotFrame;
use super::described::plan::PlanAnswer;

/// A plan version never changes, but its address always names the newest: a cache asks again after this.
const PLAN_CACHE: &str = "public, max-age=60, must-revalidate";

/// The layout and its offers, compressed and cacheable. `units` is in unit order.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/plan", tag = "inventories", operation_id = "get_plan",
    responses(
        (status = 200, description = "immutable per `plan_version`", body = PlanAnswer),
        (status = 304, description = "not changed since the ETag in `If-None-Match`")))]
pub(super) async fn plan(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let channel = call.channel(call.inventory()?).await?;
    let text = channel.plan_text().await;
    let cache = if channel.is_draft() { "no-store" } else { PLAN_CACHE };
    let is_known = call.header(header::IF_NONE_MATCH).is_some_and(|tags| matches(tags, &text.etag));
    let mut response = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header((header::ETAG, text.etag.as_str()))
        .insert_header((header::VARY, HeaderValue::from_static("accept-encoding")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static(cache)));
    if is_known {
        return Ok(response.finish());
    }
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
    if call.header(header::ACCEPT_ENCODING).is_some_and(accepts_gzip) {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        return Ok(response.body(text.gzip.clone()));
    }
    Ok(response.body(text.json.clone()))
}

/// The snapshot that also begins the live stream, without staying.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/availability", tag = "inventories",
    operation_id = "get_availability",
    responses((status = 200, description = "as of the last commit", body = SnapshotFrame)))]
pub(super) async fn availability(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let channel = call.channel(call.inventory()?).await?;
    Ok(private_json(StatusCode::OK, channel.availability()))
}

/// Weak comparison (RFC 9110, section 13.1.2).
pub(super) fn matches(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// Whether gzip is named and not refused by `q=0`.
pub(super) fn accepts_gzip(codings: &str) -> bool {
    codings.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.unwrap_or(1.0) > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        for tags in ["\"a\"", "W/\"a\"", "\"x\", \"a\"", "*"] {
            assert!(matches(tags, "\"a\""), "{tags}");
        }
        assert!(!matches("\"b\"", "\"a\""));
    }

    #[test]
    fn gzip_only_for_those_who_take_it() {
        for codings in ["gzip", "br, gzip", "deflate, GZIP;q=0.5"] {
            assert!(accepts_gzip(codings), "{codings}");
        }
        for codings in ["", "br", "gzip;q=0", "x-gzip2"] {
            assert!(!accepts_gzip(codings), "{codings}");
        }
    }
}
