//! Connections that are no good: requests without an end, heads that are none. Each waits for the server to end
//! it, and fails when it does not.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::helpers::*;

/// Much longer than anything takes here, and shorter than what a connection may stay open idle.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent after the head, again and again, until the server ends the connection.
#[derive(Debug, Clone, Copy)]
enum Rest {
    Nothing,
    Dripping(&'static [u8]),
    Endless(&'static [u8]),
}

/// Sends all of it; the answer, when the server has ended the connection by itself.
async fn ended(app: &TestApp, head: String, rest: Rest) -> String {
    let socket = TcpStream::connect(app.server.address).await.unwrap();
    let (mut reader, mut writer) = socket.into_split();
    writer.write_all(head.as_bytes()).await.unwrap();
    let sending = tokio::spawn(async move {
        loop {
            let sent = match rest {
                Rest::Nothing => std::future::pending().await,
                Rest::Dripping(bytes) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    writer.write_all(bytes).await
                }
                Rest::Endless(bytes) => writer.write_all(bytes).await,
            };
            if sent.is_err() {
                return;
            }
        }
    });
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut answer)).await;
    sending.abort();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    // A reset is an end, too.
    assert!(read.is_ok(), "still open after {answer}");
    answer
}

fn problem(answer: &str) -> Value {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("content-type: application/problem+json"), "{answer}");
    assert!(head.to_ascii_lowercase().contains("connection: close"), "{answer}");
    let problem: Value = serde_json::from_str(body).expect(answer);
    let length = format!("content-length: {}", body.len());
    assert!(head.contains(&length), "{answer}");
    for field in ["type", "title", "code", "detail", "request_id"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    }
    assert!(head.contains(&format!("x-request-id: {}", problem["request_id"].as_str().unwrap())), "{answer}");
    problem
}

#[tokio::test]
async fn a_chunked_body_without_an_end_keeps_no_connection() {
    let app = spawn_app_with(|settings| settings.body_seconds = 1).await;
    let bearer = format!("Authorization: Bearer {}\r\n", app.alice.token);
    let hold = format!("{bearer}Idempotency-Key: k\r\nContent-Type: application/json\r\n");
    let holds = app.at("/holds");
    let live = app.at("/availability");
    let calls = [
        ("GET", "/livez", "", 200),
        ("GET", "/", "", 200),
        ("GET", live.as_str(), "", 200),
        ("POST", holds.as_str(), "", 401),
        ("POST", "/v1/nowhere", "", 404),
        ("PUT", holds.as_str(), "", 405),
        ("POST", "/v1/sessions", "", 408),
        ("POST", holds.as_str(), hold.as_str(), 408),
    ];
    let rests = [
        Rest::Nothing,
        Rest::Dripping(b"1\r\nx\r\n"),
        Rest::Dripping(b"1;more=of;the=same\r\nx\r\n"),
        Rest::Endless(b"4\r\nxxxx\r\n"),
        Rest::Dripping(b"0\r\nTrailer: x\r\n"),
    ];
    let mut all = Vec::new();
    for (method, path, headers, status) in calls {
        for rest in rests {
            let head =
                format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Transfer-Encoding: chunked\r\n\r\n");
            let app = &app;
            all.push(async move {
                let answer = ended(app, head, rest).await;
                // Endless data is too large or too slow, whichever is first, and what is no chunk is no request.
                let expected = match (rest, status) {
                    (Rest::Endless(_) | Rest::Dripping([b'0', ..]), 408) => "HTTP/1.1 4".to_owned(),
                    _ => format!("HTTP/1.1 {status}"),
                };
                // The answer of a connection that was reset may be lost on the way.
                let is_lost = answer.is_empty() && matches!(rest, Rest::Endless(_));
                assert!(answer.starts_with(&expected) || is_lost, "{method} {path} {rest:?}: {answer}");
            });
        }
    }
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn a_whole_chunked_body_leaves_the_connection_open() {
    let app = spawn_app().await;
    let mut socket = TcpStream::connect(app.server.address).await.unwrap();
    for path in ["/livez", "/v1/nowhere", "/livez"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        while !answer.contains("request_id") {
            let mut part = [0; 4096];
            let len = tokio::time::timeout(PATIENCE, socket.read(&mut part)).await.unwrap().unwrap();
            assert!(len > 0, "ended behind {answer}");
            answer.push_str(std::str::from_utf8(&part[..len]).unwrap());
        }
        assert!(!answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_huge_is_refused_at_once() {
    let app = spawn_app_with(|settings| settings.body_seconds = 3_600).await;
    for (path, length) in [
        (app.at("/holds"), 10_000_000_000_u64),
        (app.at("/holds"), 300_000),
        ("/v1/inventories".to_owned(), 10_000_000_000),
        ("/v1/plans".to_owned(), u64::MAX),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            app.operator
        );
        let answer = ended(&app, head, Rest::Nothing).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{path} {length}: {answer}");
        assert_eq!(problem(&answer)["code"], "body_too_large");
    }
}

#[tokio::test]
async fn what_is_no_request_is_told_so_like_everything_else() {
    let app = spawn_app_with(|settings| settings.head_seconds = 1).await;
    for (head, status, code) in [
        ("HELLO\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\nHost: a\r\nBad Header: b\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n".to_owned(), 400, "bad_request"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(200_000)), 431, "head_too_large"),
        ("GET / HTTP/1.1\r\nHost: a\r\n".to_owned(), 408, "head_timeout"),
        ("G".to_owned(), 408, "head_timeout"),
    ] {
        let answer = ended(&app, head.clone(), Rest::Nothing).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head:.60}: {answer}");
        let problem = problem(&answer);
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()), "{head:.60}");
    }
}

#[tokio::test]
async fn what_is_no_request_behind_others_is_told_so_too() {
    let app = spawn_app().await;
    let hold = format!("{}?more=1", app.at("/availability"));
    for (bad, status, code) in [
        ("HELLO\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, "bad_request"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(200_000)), 431, "head_too_large"),
    ] {
        for before in [&["/livez"][..], &["/livez", "/v1/nowhere", hold.as_str()], &["/", "/livez"]] {
            let good = |path: &&str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            let all = before.iter().map(good).collect::<String>() + &bad;
            let answer = ended(&app, all, Rest::Nothing).await;
            let begins: Vec<usize> = answer.match_indices("HTTP/1.1 ").map(|(at, _)| at).collect();
            assert_eq!(begins.len(), before.len() + 1, "{bad:.60}: {answer}");
            let last = &answer[*begins.last().unwrap()..];
            assert!(last.starts_with(&format!("HTTP/1.1 {status}")), "{bad:.60}: {last}");
            assert_eq!(problem(last)["code"], code, "{bad:.60}");
        }
    }
}

#[tokio::test]
async fn the_head_of_a_later_request_has_to_come_as_soon_as_that_of_the_first() {
    let app = spawn_app_with(|settings| settings.head_seconds = 1).await;
    for rest in [Rest::Nothing, Rest::Dripping(b"X: y\r\n")] {
        let head = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".to_owned();
        let socket = TcpStream::connect(app.server.address).await.unwrap();
        let (mut reader, mut writer) = socket.into_split();
        for _ in 0..2 {
            writer.write_all(head.as_bytes()).await.unwrap();
            let mut answer = [0; 2_048];
            assert!(reader.read(&mut answer).await.unwrap() > 0);
        }
        writer.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let sending = tokio::spawn(async move {
            while let Rest::Dripping(bytes) = rest {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if writer.write_all(bytes).await.is_err() {
                    return;
                }
            }
            std::future::pending::<()>().await;
        });
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut answer)).await;
        sending.abort();
        assert!(read.is_ok(), "still open");
    }
}

#[tokio::test]
async fn an_older_protocol_gets_no_chunks() {
    let app = spawn_app().await;
    let path = app.at("/live");
    let mut socket = TcpStream::connect(app.server.address).await.unwrap();
    socket.write_all(format!("GET {path} HTTP/1.0\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !answer.contains("\"type\":\"snapshot\"") {
        let mut part = [0; 4096];
        let len = tokio::time::timeout(PATIENCE, socket.read(&mut part)).await.unwrap().unwrap();
        assert!(len > 0, "{answer}");
        answer.push_str(std::str::from_utf8(&part[..len]).unwrap());
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_ascii_lowercase().contains("transfer-encoding"), "{head}");
    assert!(!head.to_ascii_lowercase().contains("keep-alive"), "{head}");
    assert!(body.starts_with("retry: "), "no length of a chunk stands before it: {body}");
}

#[tokio::test]
async fn behind_an_answer_no_more_is_taken_in_than_is_on_its_way() {
    static CHUNK: [u8; 64 * 1024] = [b'x'; 64 * 1024];
    // More than all buffers between the two together, and far less than passes until the connection's time is over.
    let at_most = 32 << 20;
    let app = spawn_app().await;
    for path in ["/livez", "/v1/nowhere", "/"] {
        let mut socket = TcpStream::connect(app.server.address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        socket.write_all(head.as_bytes()).await.unwrap();
        let chunk = [&b"10000\r\n"[..], &CHUNK, b"\r\n"].concat();
        let mut sent = 0;
        let sending = async {
            while sent < at_most && socket.write_all(&chunk).await.is_ok() {
                sent += chunk.len();
            }
        };
        assert!(tokio::time::timeout(PATIENCE, sending).await.is_ok(), "{path}: still open");
        assert!(sent < at_most, "{path}: taken in without an end");
    }
}
