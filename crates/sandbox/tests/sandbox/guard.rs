//! Pages of other origins, and bodies that do not arrive.

use std::time::Duration;

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Client, fetch, success};

/// What a page would want to do: read, wipe and drive the sandbox, and use the vendors in it.
fn requests(sandbox: &Sandbox) -> Vec<(&'static str, RequestBuilder)> {
    // The consent page leads to the app's own address, which nobody listens at.
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let control = |method: Method, path: &str| http.request(method, format!("{}{path}", sandbox.url()));
    let consent = [("client_id", "a"), ("response_type", "code"), ("redirect_uri", "http://127.0.0.1:9/"), ("decision", "refuse")];
    let token = [("client_id", "a"), ("client_secret", "b"), ("grant_type", "authorization_code"), ("code", "c")];
    vec![
        ("page", control(Method::GET, "/")),
        ("Swagger page", control(Method::GET, "/_sandbox/api")),
        ("events", control(Method::GET, "/_sandbox/events")),
        ("contacts", control(Method::GET, "/_sandbox/objects/leonar/contact")),
        ("conversations", control(Method::GET, "/_sandbox/conversations")),
        ("consent", control(Method::POST, "/leadway/v2/oauth/chooselocation").form(&consent)),
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
    assert_eq!(fetch(preflight.header("Origin", "https://evil.example")).await.0, 403);
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
                let expected = match what {
                    "unknown path" => status == 404,
                    "consent" => status == 303,
                    _ => status.is_success(),
                };
                assert!(expected, "{what} with {headers:?}: {status}");
            }
        }
    }
    let page = reqwest::Client::new().get(sandbox.url()).send().await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn another_host_name_is_allowed_on_request() {
    let strict = Sandbox::start().await.unwrap();
    let open = Sandbox::builder().allow_host("host.docker.internal").start().await.unwrap();
    for (sandbox, expected) in [(&strict, 421), (&open, 200)] {
        let request = reqwest::Client::new().get(format!("{}/_sandbox", sandbox.url())).header("Host", "host.docker.internal:4010");
        let (status, body) = fetch(request).await;
        assert_eq!(status, expected, "{body}");
    }
    success(reqwest::Client::new().get(format!("{}/_sandbox", open.url()))).await;
}

#[tokio::test]
async fn an_origin_is_let_in_by_its_name_and_no_other() {
    let sandbox = Sandbox::builder().allow_origin("http://LOCALHOST:3000/").start().await.unwrap();
    let page = [("Origin", "http://localhost:3000"), ("Sec-Fetch-Site", "same-site")];
    for (what, request) in requests(&sandbox) {
        let request = page.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        assert!(response.status() != 403 && response.status() != 421, "{what}: {}", response.status());
        assert_eq!(response.headers()["access-control-allow-origin"], "http://localhost:3000", "{what}");
        assert!(response.headers().get_all("vary").iter().any(|vary| vary == "Origin"), "{what}");
    }
    let asks = |origin: &str| {
        let request = reqwest::Client::new().request(Method::OPTIONS, format!("{}/contacts", sandbox.base_url(Vendor::Leonar)));
        let request = request.header("Origin", origin).header("Access-Control-Request-Method", "POST");
        request.header("Access-Control-Request-Headers", "authorization,content-type").send()
    };
    let allowed = asks("http://localhost:3000").await.unwrap();
    assert_eq!(
        (allowed.status().as_u16(), &allowed.headers()["access-control-allow-headers"]),
        (204, &"authorization,content-type".parse().unwrap())
    );
    assert!(allowed.headers()["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    for other in ["http://localhost:3001", "https://localhost:3000", "http://localhost:3000.evil.example", "null"] {
        let refused = asks(other).await.unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers().get("access-control-allow-origin")), (403, None), "{other}");
    }
    // Whose name is made to resolve to this machine is refused all the same.
    let rebound = reqwest::Client::new()
        .get(format!("{}/_sandbox", sandbox.url()))
        .header("Host", "evil.example")
        .header("Origin", "http://localhost:3000");
    assert_eq!(fetch(rebound).await.0, 421);
    for wrong in ["*", "localhost:3000", "http://localhost:3000/path", "file:///tmp/x"] {
        let error = Sandbox::builder().allow_origin(wrong).start().await.unwrap_err();
        assert!(error.to_string().contains("is not the origin of a page"), "{wrong}: {error}");
    }
}

#[tokio::test]
async fn at_another_address_it_is_called_by_any_address_and_no_other_name() {
    let sandbox = Sandbox::builder().host([0, 0, 0, 0].into()).start().await.unwrap();
    assert!(sandbox.url().starts_with("http://127.0.0.1:"), "an address that can be called: {}", sandbox.url());
    for (host, expected) in [("192.168.1.5:4010", 200), ("[fd00::1]:4010", 200), ("localhost", 200), ("sandbox.internal", 421)] {
        let request = reqwest::Client::new().get(format!("{}/_sandbox", sandbox.url())).header("Host", host);
        assert_eq!(fetch(request).await.0, expected, "{host}");
    }
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
