//! Pages of other origins, and bodies that do not arrive.

use std::time::Duration;

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Client, answer, success};

/// What a page would want to do: read, wipe and drive the sandbox, and use the vendors in it.
fn requests(sandbox: &Sandbox) -> Vec<(&'static str, RequestBuilder)> {
    let http = reqwest::Client::new();
    let control = |method: Method, path: &str| http.request(method, format!("{}{path}", sandbox.url()));
    let token = [("client_id", "a"), ("client_secret", "b"), ("grant_type", "authorization_code"), ("code", "c")];
    vec![
        ("page", control(Method::GET, "/")),
        ("overview", control(Method::GET, "/_sandbox")),
        ("log", control(Method::GET, "/_sandbox/requests")),
        ("reset", control(Method::POST, "/_sandbox/reset")),
        ("reset by a form", control(Method::POST, "/_sandbox/reset").header("Content-Type", "text/plain").body("a=b")),
        ("forget", control(Method::DELETE, "/_sandbox/requests")),
        ("settings", control(Method::PATCH, "/_sandbox/settings").json(&json!({ "rate_limits": true }))),
        ("fault", control(Method::POST, "/_sandbox/faults").json(&json!({ "fault": { "kind": "html" } }))),
        ("list", Client::new(sandbox, Vendor::Leonar).request(Method::GET, "/contacts")),
        ("create", Client::new(sandbox, Vendor::Leonar).request(Method::POST, "/contacts").json(&json!({ "first_name": "Eve" }))),
        ("token by a form", Client::new(sandbox, Vendor::HoopAi).bare(Method::POST, "/oauth/token").form(&token)),
        ("unknown path", control(Method::GET, "/nothing")),
    ]
}

#[tokio::test]
async fn no_page_of_another_origin_reads_wipes_or_drives_it() {
    let sandbox = Sandbox::start().await.unwrap();
    Client::new(&sandbox, Vendor::Leonar).post("/contacts", json!({ "first_name": "Ada" })).await;
    let before = (sandbox.requests(), serde_json::to_value(sandbox.settings()).unwrap());
    let pages: [(&[(&str, &str)], u16); 5] = [
        // The page's own name was made to resolve to 127.0.0.1, so that the browser sees one origin.
        (&[("Host", "evil.example:4010"), ("Origin", "http://evil.example:4010"), ("Sec-Fetch-Site", "same-origin")], 421),
        (&[("Origin", "https://evil.example")], 403),
        (&[("Origin", "null"), ("Sec-Fetch-Site", "cross-site")], 403),
        (&[("Origin", "http://localhost:3000"), ("Sec-Fetch-Site", "same-site")], 403),
        (&[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")], 403),
    ];
    for (headers, expected) in pages {
        for (what, request) in requests(&sandbox) {
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), expected, "{what} with {headers:?}");
            assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")), "{what}");
            let body = response.json::<serde_json::Value>().await.unwrap();
            assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["error"], "{what}: {body}");
        }
    }
    assert_eq!((sandbox.requests(), serde_json::to_value(sandbox.settings()).unwrap()), before);
    // A cross-origin `fetch` with JSON asks first, and is told no.
    let preflight = reqwest::Client::new().request(Method::OPTIONS, format!("{}/_sandbox/settings", sandbox.url()));
    assert_eq!(answer(preflight.header("Origin", "https://evil.example")).await.0, 403);
}

#[tokio::test]
async fn its_own_page_and_programs_do_all_of_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let port = sandbox.url().rsplit(':').next().unwrap();
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        let host = format!("{name}:{port}");
        let origin = format!("http://{host}");
        let own: [&[(&str, &str)]; 3] = [
            &[("Host", &host), ("Origin", &origin), ("Sec-Fetch-Site", "same-origin")],
            &[("Host", &host), ("Sec-Fetch-Site", "none")],
            &[("Host", &host)],
        ];
        for headers in own {
            for (what, request) in requests(&sandbox) {
                let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                sandbox.clear_faults();
                let status = request.send().await.unwrap().status();
                let expected = if what == "unknown path" { status == 404 } else { status.is_success() };
                assert!(expected, "{what} with {headers:?}: {status}");
            }
        }
    }
    let page = reqwest::Client::new().get(sandbox.url()).send().await.unwrap();
    assert_eq!(page.headers()["content-security-policy"], "frame-ancestors 'none'");
}

#[tokio::test]
async fn another_host_name_is_allowed_on_request() {
    let strict = Sandbox::start().await.unwrap();
    let open = Sandbox::builder().allow_host("host.docker.internal").start().await.unwrap();
    for (sandbox, expected) in [(&strict, 421), (&open, 200)] {
        let request = reqwest::Client::new().get(format!("{}/_sandbox", sandbox.url())).header("Host", "host.docker.internal:4010");
        let (status, body) = answer(request).await;
        assert_eq!(status, expected, "{body}");
    }
    success(reqwest::Client::new().get(format!("{}/_sandbox", open.url()))).await;
}

/// Time is paused: it leaps to the next timer whenever nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_ends_with_408() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.url().trim_start_matches("http://");
    let json = "Content-Type: application/json\r\nContent-Length: 100";
    let cases = [
        ("POST /leonar/api/v1/contacts", json, "\"code\":\"validation_error\""),
        ("POST /sendpilot/v1/leads", json, "\"statusCode\":408"),
        ("POST /leadway/contacts/", "Content-Type: application/json\r\nTransfer-Encoding: chunked", "\"statusCode\":408"),
        ("POST /hoop-ai/oauth/token", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100", "\"statusCode\":408"),
        ("POST /_sandbox/faults", json, "\"error\":"),
        ("PUT /_sandbox/uploads/x", json, "\"error\":"),
    ];
    for (line, headers, shape) in cases {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("{line} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let begin = tokio::time::Instant::now();
        let mut trickle = tokio::time::interval(Duration::from_secs(10));
        let mut response = Vec::new();
        loop {
            // A byte now and then does not keep the connection open for ever.
            tokio::select! {
                read = stream.read_buf(&mut response) => if read.unwrap() == 0 { break },
                _ = trickle.tick() => stream.write_all(if headers.contains("chunked") { b"1\r\n \r\n" } else { b" " }).await.unwrap(),
            }
        }
        let response = String::from_utf8(response).unwrap();
        assert!(response.starts_with("HTTP/1.1 408 ") && response.contains("connection: close"), "{line}: {response}");
        assert!(response.contains(shape) && response.contains("did not arrive within 30s"), "{line}: {response}");
        assert!((30..40).contains(&begin.elapsed().as_secs()), "{line}: {:?}", begin.elapsed());
    }
    let recorded: Vec<_> = sandbox.requests().iter().map(|entry| entry.status).collect();
    assert_eq!(recorded, [Some(408); 4]);
}
