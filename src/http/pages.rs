//! The pages for buyers and operators: the files of `web/dist`, out of this binary.
//!
//! An address of a page answers `index.html`, which finds out by itself what to show. Files under `/assets`
//! have a hash of their content in their name, so they are kept for ever.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::Api;
use super::call::{Answer, Call};
use super::code::Code;
use super::plan::{accepts_gzip, matches};
use super::problem::Problem;

const INDEX: &str = "index.html";
/// Whoever has it asks each time whether it is still the one.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
const NO_PAGES: &str = "this server was built without its pages: `web/dist` was empty";

/// What a page may do: use what comes from here, and nothing that stands in its own text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
const PERMISSIONS: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()";

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// All files by their path in `web/dist`.
pub(super) struct Pages(BTreeMap<String, File>);

struct File {
    bytes: Bytes,
    /// Without quotes; that of the packed bytes ends in `-gzip`.
    tag: String,
    kind: &'static str,
    /// Made when first asked for. None: packing does not make it smaller.
    gzip: OnceLock<Option<Bytes>>,
}

impl File {
    fn new(path: &str, bytes: Bytes, sha256: &[u8]) -> Self {
        let tag = sha256.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { bytes, tag, kind: kind(path), gzip: OnceLock::new() }
    }

    fn gzip(&self) -> Option<&Bytes> {
        let pack = || {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            let packed = gzip.write_all(&self.bytes).and_then(|()| gzip.finish()).ok()?;
            (packed.len() < self.bytes.len()).then(|| Bytes::from(packed))
        };
        if !is_text(self.kind) {
            return None;
        }
        self.gzip.get_or_init(pack).as_ref()
    }
}

impl Pages {
    /// Those in the binary; a debug build reads them from where they were built.
    pub(super) fn built_in() -> Self {
        let files = Built::iter().filter_map(|path| {
            let file = Built::get(&path)?;
            let bytes = match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((path.to_string(), File::new(&path, bytes, &file.metadata.sha256_hash())))
        });
        Self(files.collect())
    }

    /// Those in a directory, as they are now.
    pub(super) fn read(dir: &Path) -> std::io::Result<Self> {
        let (mut files, mut todo) = (BTreeMap::new(), vec![dir.to_owned()]);
        while let Some(below) = todo.pop() {
            for entry in std::fs::read_dir(below)? {
                let path = entry?.path();
                if path.is_dir() {
                    todo.push(path);
                } else if let Some(name) = path.strip_prefix(dir).ok().and_then(Path::to_str) {
                    let bytes = std::fs::read(&path)?;
                    let sha256 = Sha256::digest(&bytes);
                    files.insert(name.to_owned(), File::new(name, bytes.into(), &sha256));
                }
            }
        }
        Ok(Self(files))
    }
}

/// The page itself, at every address that it knows.
pub(super) async fn page(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let index = call.api.pages.0.get(INDEX);
    let index = index.ok_or_else(|| Problem::new(Code::RouteUnknown).detail(NO_PAGES))?;
    Ok(answer(&call, index, StatusCode::OK, REVALIDATED))
}

/// A file with a hash in its name.
pub(super) async fn asset(req: HttpRequest) -> Answer {
    file(&req, FOR_EVER)
}

/// One of the few files that have their address from elsewhere, such as `/robots.txt`.
pub(super) async fn root_file(req: HttpRequest) -> Answer {
    file(&req, FOR_AN_HOUR)
}

fn file(req: &HttpRequest, cache: HeaderValue) -> Answer {
    let call = Call::of(req);
    let file = call.api.pages.0.get(req.path().trim_start_matches('/'));
    let file = file.ok_or_else(|| Problem::new(Code::RouteUnknown))?;
    Ok(answer(&call, file, StatusCode::OK, cache))
}

/// What answers an address that nothing has: to a browser the page, which says so in words; to all others the
/// problem.
pub(super) async fn unknown(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let is_read = [Method::GET, Method::HEAD].contains(req.method());
    let is_browser = is_read && call.header(header::ACCEPT).is_some_and(names_html);
    match call.api.pages.0.get(INDEX) {
        Some(index) if is_browser && !req.path().starts_with("/v1") => {
            Ok(answer(&call, index, StatusCode::NOT_FOUND, REVALIDATED))
        }
        _ => Err(Problem::new(Code::RouteUnknown)),
    }
}

fn answer(call: &Call<'_>, file: &File, status: StatusCode, cache: HeaderValue) -> HttpResponse {
    let wants_gzip = call.header(header::ACCEPT_ENCODING).is_some_and(accepts_gzip);
    let packed = if wants_gzip { file.gzip() } else { None };
    let tag = match packed {
        Some(_) => format!("\"{}-gzip\"", file.tag),
        None => format!("\"{}\"", file.tag),
    };
    let is_known = status == StatusCode::OK
        && call.header(header::IF_NONE_MATCH).is_some_and(|tags| matches(tags, &tag));
    let mut response = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { status });
    response.insert_header((header::CACHE_CONTROL, cache));
    protect(&mut response);
    if file.gzip().is_some() {
        response.insert_header((header::VARY, HeaderValue::from_static("accept-encoding")));
    }
    if status == StatusCode::OK {
        response.insert_header((header::ETAG, tag));
    }
    if is_known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(file.kind)));
    if packed.is_some() {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    }
    response.body(packed.unwrap_or(&file.bytes).clone())
}

/// What a browser is told besides what every answer says.
fn protect(response: &mut HttpResponseBuilder) {
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (OPENER, "same-origin"),
        (PERMISSIONS_POLICY, PERMISSIONS),
    ] {
        response.insert_header((name, HeaderValue::from_static(value)));
    }
}

/// Whether HTML is named; that everything is welcome says nothing.
fn names_html(accept: &str) -> bool {
    accept.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim() == "text/html")
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// Whether packing is worth a try.
fn is_text(kind: &str) -> bool {
    let texts = ["image/svg+xml", "application/json", "application/manifest+json", "application/wasm"];
    kind.starts_with("text/") || texts.contains(&kind)
}

impl Api {
    /// The pages of the options' directory, or those in the binary.
    pub(super) fn pages(dir: Option<&Path>) -> Pages {
        let Some(dir) = dir else { return Pages::built_in() };
        Pages::read(dir).unwrap_or_else(|cause| {
            tracing::error!(dir = %dir.display(), %cause, "the pages cannot be read: none are served");
            Pages(BTreeMap::new())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_names_html() {
        for accept in ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png, text/html;q=0.9"]
        {
            assert!(names_html(accept), "{accept}");
        }
        for accept in ["", "*/*", "application/json", "text/htmlx", "application/xhtml+xml"] {
            assert!(!names_html(accept), "{accept}");
        }
    }

    /// Holds for what is built now, also if that is nothing.
    #[test]
    fn the_built_page_finds_its_files_and_has_no_script_in_its_text() {
        let built = Pages::built_in();
        let Some(index) = built.0.get(INDEX) else { return };
        let text = std::str::from_utf8(&index.bytes).unwrap();
        let named =
            text.split('"').filter_map(|part| part.strip_prefix('/')).filter(|part| part.contains('.'));
        for name in named {
            assert!(built.0.contains_key(name), "index.html names {name}, which was not built");
        }
        assert!(!text.contains("<style") && !text.contains(" style="), "the policy forbids it");
        assert!(
            text.split("<script").skip(1).all(|script| script.contains(" src=")),
            "the policy forbids it"
        );
    }

    #[test]
    fn only_what_gets_smaller_is_packed() {
        let file = |path: &str, bytes: &[u8]| File::new(path, Bytes::copy_from_slice(bytes), &[7; 32]);
        let long = "sold ".repeat(100);
        assert!(file("a.css", long.as_bytes()).gzip().is_some_and(|packed| packed.len() < 100));
        assert!(file("a.png", long.as_bytes()).gzip().is_none(), "it is packed already");
        assert!(file("a.css", b"a{}").gzip().is_none(), "it would grow");
    }
}
