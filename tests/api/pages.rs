use std::path::Path;

use reqwest::Method;

use crate::helpers::*;

const INDEX: &str = "<!doctype html><script type=\"module\" src=\"/assets/app-1a2b3c4d.js\"></script>";
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A server with pages of our own making; the directory has to live as long.
async fn spawn_with_pages() -> (tempfile::TempDir, TestApp) {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("index.html", INDEX);
    write("assets/app-1a2b3c4d.js", &"console.log('sold');\n".repeat(100));
    write("assets/logo-1a2b3c4d.png", &"x".repeat(1000));
    write("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let pages = dir.path().to_owned();
    let app = spawn_app_with(move |settings| settings.pages_dir = pages).await;
    (dir, app)
}

#[tokio::test]
async fn every_address_of_a_page_answers_the_page() {
    let (_dir, app) = spawn_with_pages().await;
    let event = format!("/events/{}", app.hall);
    for path in ["/", &event, "/tickets", "/operator", "/operator/", "/operator/inventories/x"] {
        let page = app.get(path).send().await.ok(200);
        assert_eq!(page.bytes, INDEX.as_bytes(), "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
        let known = app.get(path).header("If-None-Match", page.header("etag")).send().await.ok(304);
        assert!(known.bytes.is_empty() && known.header("etag") == page.header("etag"), "{path}");
        let other = app.get(path).header("If-None-Match", "\"other\"").send().await;
        assert_eq!(other.ok(200).bytes, INDEX.as_bytes());
    }
    app.post("/").send().await.refused(405, "method_not_allowed");
}

#[tokio::test]
async fn a_page_may_use_what_comes_from_here_and_nothing_else() {
    let (_dir, app) = spawn_with_pages().await;
    let page = app.get("/").send().await.ok(200);
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(page.header("permissions-policy").contains("camera=()"));
    let docs = app.get("/docs/").send().await.ok(200);
    assert!(
        docs.header("content-security-policy").contains("style-src 'self' 'unsafe-inline'"),
        "Swagger needs it"
    );
}

#[tokio::test]
async fn a_file_with_a_hash_in_its_name_is_kept_for_ever() {
    let (_dir, app) = spawn_with_pages().await;
    let path = "/assets/app-1a2b3c4d.js";
    let plain = app.get(path).send().await.ok(200);
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!((plain.header("vary"), plain.header("content-encoding")), ("accept-encoding", ""));
    let packed = app.get(path).header("Accept-Encoding", "br, gzip").send().await.ok(200);
    assert_eq!((packed.header("vary"), packed.header("content-encoding")), ("accept-encoding", "gzip"));
    assert!(packed.bytes.len() < plain.bytes.len() / 4 && packed.bytes.starts_with(&[0x1f, 0x8b]));
    assert_ne!(packed.header("etag"), plain.header("etag"), "a strong tag is of these very bytes");
    let again =
        app.get(path).header("Accept-Encoding", "gzip").header("If-None-Match", packed.header("etag"));
    assert!(again.send().await.ok(304).bytes.is_empty());
    let picture = app.get("/assets/logo-1a2b3c4d.png").header("Accept-Encoding", "gzip").send().await.ok(200);
    assert_eq!((picture.header("content-type"), picture.header("content-encoding")), ("image/png", ""));
    let icon = app.get("/favicon.svg").send().await.ok(200);
    assert_eq!(
        (icon.header("content-type"), icon.header("cache-control")),
        ("image/svg+xml", "public, max-age=3600")
    );
}

#[tokio::test]
async fn head_of_a_page_has_its_headers_and_no_body() {
    let (_dir, app) = spawn_with_pages().await;
    for path in ["/", "/assets/app-1a2b3c4d.js", "/favicon.svg"] {
        let get = app.get(path).send().await.ok(200);
        let head = app.request(Method::HEAD, path).send().await.ok(200);
        assert!(head.bytes.is_empty(), "{path}");
        for name in ["etag", "content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn what_no_page_has_is_told_to_each_in_its_own_way() {
    let (_dir, app) = spawn_with_pages().await;
    for path in ["/nowhere", "/events", "/events/a/b"] {
        app.get(path).send().await.refused(404, "route_unknown");
        app.get(path).header("Accept", "application/json").send().await.refused(404, "route_unknown");
        let page = app.get(path).header("Accept", BROWSER).send().await.ok(404);
        assert_eq!((page.bytes.as_slice(), page.header("etag")), (INDEX.as_bytes(), ""), "{path}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        app.post(path).header("Accept", BROWSER).send().await.refused(404, "route_unknown");
    }
    for path in ["/assets/gone-1a2b3c4d.js", "/assets/", "/robots.txt", "/v1/nothing"] {
        app.get(path).header("Accept", BROWSER).send().await.refused(404, "route_unknown");
    }
}

#[tokio::test]
async fn without_pages_the_server_says_that_it_has_none() {
    let empty = tempfile::tempdir().unwrap();
    for dir in [empty.path().to_owned(), Path::new("/nowhere/at/all").to_owned()] {
        let app = spawn_app_with(|settings| settings.pages_dir = dir).await;
        let answer = app.get("/").header("Accept", BROWSER).send().await.refused(404, "route_unknown");
        assert!(answer.text("detail").contains("without its pages"), "{}", answer.body);
        app.get("/nowhere").header("Accept", BROWSER).send().await.refused(404, "route_unknown");
    }
}
