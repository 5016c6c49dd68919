//! Request bodies: bounded in size and time, then JSON. The plain parser runs first; only when it fails a
//! second pass finds the pointer to what is wrong.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;

use super::code::Code;
use super::objects::{self, Objects};
use super::problem::Problem;
use super::words;

/// So much of a body that is too large is still read, and for so long, so that its sender sees the answer instead
/// of a reset. Of one that says that it is larger nothing is.
const DRAIN_MAX: usize = 1 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(1);
/// Some editors and platforms put it before their text (RFC 8259, section 8.1, lets us ignore it).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How much, and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes_max: usize,
    pub(super) timeout: Duration,
}

/// The whole body, JSON as its sender says; empty if there is none.
pub(super) async fn read(req: &HttpRequest, payload: Payload, limits: Limits) -> Result<Bytes, Problem> {
    let body = read_file(req, payload, limits).await?;
    if !body.is_empty() && !is_plain_json(req) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    Ok(body)
}

/// The whole body, whatever it is.
pub(super) async fn read_file(req: &HttpRequest, payload: Payload, limits: Limits) -> Result<Bytes, Problem> {
    let all = tokio::time::timeout(limits.timeout, collect(req, payload, limits.bytes_max)).await;
    all.unwrap_or_else(|_elapsed| Err(Problem::new(Code::BodyTimeout).closing()))
}

async fn collect(req: &HttpRequest, mut payload: Payload, bytes_max: usize) -> Result<Bytes, Problem> {
    match declared_length(req) {
        Some(length) if length > (bytes_max + DRAIN_MAX) as u64 => return Err(too_long(bytes_max)),
        Some(length) if length > bytes_max as u64 => return Err(too_large(payload, bytes_max).await),
        _ => {}
    }
    let Some(first) = payload.next().await else {
        return Ok(Bytes::new());
    };
    let first = first.map_err(broken)?;
    let Some(second) = payload.next().await else {
        return if first.len() > bytes_max { Err(too_large(payload, bytes_max).await) } else { Ok(first) };
    };
    let mut all = BytesMut::with_capacity(2 * first.len());
    all.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        all.extend_from_slice(&chunk.map_err(broken)?);
        if all.len() > bytes_max {
            return Err(too_large(payload, bytes_max).await);
        }
        next = payload.next().await;
    }
    Ok(all.freeze())
}

fn declared_length(req: &HttpRequest) -> Option<u64> {
    req.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn broken(error: actix_web::error::PayloadError) -> Problem {
    Problem::new(Code::BadRequest).detail(format!("the body broke off: {error}")).closing()
}

async fn too_large(mut payload: Payload, bytes_max: usize) -> Problem {
    let mut left = DRAIN_MAX;
    let drain = async {
        while let Some(Ok(chunk)) = payload.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                break;
            }
        }
    };
    let _all_or_enough = tokio::time::timeout(DRAIN_TIME, drain).await;
    too_long(bytes_max)
}

fn too_long(bytes_max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge).limit("body_bytes", bytes_max as u64).closing()
}

fn is_plain_json(req: &HttpRequest) -> bool {
    let text = |name| req.headers().get(name).and_then(|value| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE).and_then(|kind| kind.split(';').next()).unwrap_or_default();
    let plain = text(header::CONTENT_ENCODING).is_none_or(|coding| coding.eq_ignore_ascii_case("identity"));
    plain && kind.trim().eq_ignore_ascii_case("application/json")
}

/// The body as a `T`.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = without_mark(body);
    if body.is_empty() {
        return Err(Problem::new(Code::MalformedJson).detail("this call needs a JSON body"));
    }
    objects::from_slice(body).map_err(|error| explained::<T>(body, &error))
}

pub(super) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// The same where no body means all defaults.
pub(super) fn parse_or_default<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Problem> {
    if body.is_empty() { Ok(T::default()) } else { parse(body) }
}

/// For calls that take nothing: no body, or `{}`.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[cold]
fn explained<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> Problem {
    if error.classify() != serde_json::error::Category::Data && !is_json_of_another_kind(body, error) {
        return Problem::new(Code::MalformedJson).detail(format!("the body is not JSON: {error}"));
    }
    let mut parser = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(Objects(&mut parser)) {
        Ok(_) => Problem::new(Code::MalformedJson).detail(error.to_string()),
        Err(located) => told(pointer(located.path()), &located.inner().to_string()),
    }
}

/// Where a word of a few is wanted, the parser calls a number or an array no JSON at all.
fn is_json_of_another_kind(body: &[u8], error: &serde_json::Error) -> bool {
    error.to_string().starts_with("expected value") && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Which of the three it is, told by the parser's own words (pinned by the tests below).
fn told(at: String, message: &str) -> Problem {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let named = message.split('`').nth(1).unwrap_or_default();
    let (code, pointer) = match message {
        _ if message.starts_with("unknown field") => (Code::UnknownField, with_field(at, named)),
        _ if message.starts_with("missing field") => (Code::MissingField, with_field(at, named)),
        _ if message.starts_with("duplicate field") => (Code::InvalidField, with_field(at, named)),
        _ => (Code::InvalidField, at),
    };
    Problem::at(code, pointer, words::of_parser(message))
}

/// The parser's path may end at the field or at what contains it.
fn with_field(at: String, field: &str) -> String {
    let field = escaped(field);
    if at.rsplit('/').next() == Some(&field) { at } else { format!("{at}/{field}") }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escaped(key))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// RFC 6901, section 3.
fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::domain::command::{BestWanted, Pick};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        #[expect(dead_code)]
        offers: Option<Vec<Pick>>,
        #[expect(dead_code)]
        best: Option<BestWanted>,
    }

    fn refused(body: &str) -> (Code, String) {
        let problem = parse::<Request>(body.as_bytes()).unwrap_err();
        let body: serde_json::Value = serde_json::from_slice(&problem.render_body()).unwrap();
        (problem.code(), body["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_is_wrong_is_pointed_to() {
        for (body, code, pointer) in [
            (r#"{"offer":[]}"#, Code::UnknownField, "/offer"),
            (r#"{"offers":[],"a/b~c":1}"#, Code::UnknownField, "/a~1b~0c"),
            (r#"{"offers":[{"offer":"A"},{"offer":"B","qty":1}]}"#, Code::UnknownField, "/offers/1/qty"),
            (r#"{"offers":[{"quantity":1}]}"#, Code::MissingField, "/offers/0/offer"),
            (r#"{"offers":[{"offer":7}]}"#, Code::InvalidField, "/offers/0/offer"),
            (r#"{"offers":[{"offer":"A","quantity":0}]}"#, Code::InvalidField, "/offers/0/quantity"),
            (r#"{"offers":[{"offer":"A","quantity":-1}]}"#, Code::InvalidField, "/offers/0/quantity"),
            (r#"{"offers":[{"offer":"A","quantity":1.5}]}"#, Code::InvalidField, "/offers/0/quantity"),
            (r#"{"offers":[{"offer":"A","quantity":4294967296}]}"#, Code::InvalidField, "/offers/0/quantity"),
            (r#"{"offers":{}}"#, Code::InvalidField, "/offers"),
            (r#"{"best":{"adjacent":true}}"#, Code::MissingField, "/best/quantity"),
            (r#"{"offers":[],"offers":[]}"#, Code::InvalidField, "/offers"),
            (r#"[]"#, Code::InvalidField, ""),
            (r#""text""#, Code::InvalidField, ""),
        ] {
            assert_eq!(refused(body), (code, pointer.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_called_so() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for body in
            ["", "{", "{]", "nul", "{\"offers\":[}", "\u{feff}", "\u{feff}\u{feff}{}", "{} {}", deep.as_str()]
        {
            assert!(matches!(refused(body), (Code::MalformedJson | Code::InvalidField, _)), "{body}");
        }
        assert_eq!(refused("{").0, Code::MalformedJson);
        assert_eq!(refused("").0, Code::MalformedJson);
        assert_eq!(parse::<serde_json::Value>(deep.as_bytes()).unwrap_err().code(), Code::MalformedJson);
    }
}
