//! What is shown of requests and responses: `-v`, `--dry-run`, `--curl`, `RUST_LOG`, errors for programs, and raw requests.

use std::process::Command;

use httpmock::MockServer;
use reachout_sandbox::{Sandbox, Vendor};
use reachout_test_support::installed_or_left_out;
use serde_json::{Value, json};

use crate::{
    CONTACT,
    program::{Ran, command, reachout, run, with_credentials},
};

const KEY: &str = "leo_0123456789abcdef";
const SEND: &[&str] = &["send", "--via", "leonar", "--to", CONTACT, "--channel", "whatsapp", "Hi, it's $HOME"];

/// With credentials, against a server.
async fn at(url: &str, arguments: &[&str]) -> Ran {
    let mut command = with_credentials();
    command.env("LEONAR_BASE_URL", url).args(arguments);
    tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
}

/// They take most of the time that such a command has.
#[test]
fn what_is_only_shown_needs_no_certificates() {
    let nowhere = |arguments: &[&str]| {
        let mut command = with_credentials();
        command.env("SSL_CERT_FILE", "/nonexistent/file").env("SSL_CERT_DIR", "/nonexistent/folder");
        run(command.env("LEONAR_BASE_URL", "https://127.0.0.1:9").args(arguments))
    };
    for shown in [&[SEND, &["--dry-run"]].concat()[..], &["leonar", "contacts", "list", "--curl"]] {
        assert_eq!(nowhere(shown).code, 0, "{shown:?}");
    }
    assert!(nowhere(SEND).refused().contains("the HTTP client cannot be set up"));
}

#[test]
fn a_dry_run_shows_the_request_and_sends_nothing() {
    // Nobody listens, and there is no credential: what would be sent needs neither.
    let shown = reachout(&[SEND, &["--dry-run"]].concat());
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{shown:?}");
    let (head, body) = shown.stdout.split_once("\n\n").unwrap();
    assert!(head.starts_with("POST http://127.0.0.1:9/messages\n"), "{head}");
    assert!(head.contains("\nauthorization: Bearer $LEONAR_API_KEY\n") && head.contains("\ncontent-type: application/json"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, json!({ "contact_id": CONTACT, "channel": "whatsapp", "content": "Hi, it's $HOME" }));
    let object = reachout(&["leonar", "contacts", "list", "--limit", "7", "--dry-run", "--json"]).json();
    assert_eq!((&object["method"], &object["url"]), (&"GET".into(), &"http://127.0.0.1:9/contacts?limit=7".into()));
    assert_eq!((&object["headers"]["authorization"], &object["body"]), (&"Bearer $LEONAR_API_KEY".into(), &Value::Null));
    let first = reachout(&["leonar", "contacts", "list", "--all", "--dry-run"]);
    assert!(first.code == 0 && first.stdout.starts_with("GET http://127.0.0.1:9/contacts"), "{first:?}");
    let wrong = reachout(&["leonar", "contacts", "create", "--json-body", "{}", "--dry-run"]);
    assert_eq!(wrong.code, 2, "a request that could not be sent is not shown: {wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_is_sent() {
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let url = sandbox.base_url(Vendor::Leonar);
    let shown = at(&url, &[SEND, &["--dry-run", "--json"]].concat()).await.json();
    assert_eq!(sandbox.requests().len(), 0);
    assert_eq!(at(&url, SEND).await.code, 0);
    let sent = sandbox.requests().last().unwrap().clone();
    let body: Value = serde_json::to_value(&sent).unwrap()["body"].clone();
    assert!(shown["url"].as_str().unwrap().ends_with("/leonar/api/v1/messages"), "{shown}");
    assert_eq!(shown["body"], body, "{shown} {body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_curl_command_does_what_the_program_does() {
    let Some(_) = installed_or_left_out(["curl"]) else { return };
    let sandbox = Sandbox::builder().adopt_unknown_ids(true).start().await.unwrap();
    let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    std::fs::write(file.path(), vec![7; 200_000]).unwrap();
    let path = file.path().to_str().unwrap();
    let cases: [(&str, &[&str]); 5] = [
        ("leonar", &["leonar", "contacts", "list", "--search", "it's & more", "--limit", "3"]),
        ("leonar", SEND),
        ("leonar", &["leonar", "contacts", "create-file", CONTACT, "--file", path]),
        ("sendpilot", &["send", "--via", "sendpilot", "--to", "https://www.linkedin.com/in/john-doe", "--from", "sender_s", "Hi \"you\""]),
        (
            "leadway",
            &[
                "leadway",
                "messages",
                "upload-attachments",
                "--conversation-id",
                "c",
                "--contact-id",
                "d",
                "--location-id",
                "l",
                "--file",
                path,
            ],
        ),
    ];
    for (vendor, arguments) in cases {
        let vendor: Vendor = vendor.parse().unwrap();
        let (url, key, api) = (sandbox.base_url(vendor), Sandbox::api_key(vendor), vendor.api().unwrap().vendor);
        let mut program = command();
        program.env(format!("{}_BASE_URL", api.env), &url).args(arguments).arg("--curl");
        let script = tokio::task::spawn_blocking(move || run(&mut program)).await.unwrap();
        assert_eq!((script.code, script.stderr.as_str()), (0, ""), "{arguments:?}: {script:?}");
        assert!(!script.stdout.contains(key) && script.stdout.contains(&format!("${}", api.credential_env)), "{script:?}");
        let before = sandbox.requests().len();
        let mut shell = Command::new("sh");
        shell.args(["-c", "sh"]).env(api.credential_env, key).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let output = tokio::task::spawn_blocking(move || {
            use std::io::Write as _;
            let mut child = shell.spawn().unwrap();
            child.stdin.take().unwrap().write_all(script.stdout.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        let requests = sandbox.requests();
        assert_eq!(requests.len(), before + 1);
        assert!(requests.last().unwrap().status.is_some_and(|status| status / 100 == 2), "{requests:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verbose_shows_attempts_and_twice_their_content() {
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.any_request();
        then.status(429).header("retry-after", "0").header("x-request-id", "r-1").body(format!(r#"{{"error":"slow down, {KEY}"}}"#));
    });
    let url = server.base_url();
    let once = at(&url, &["leonar", "contacts", "create", "--first-name", "Ada", "-v"]).await;
    let lines: Vec<_> = once.stderr.lines().collect();
    assert_eq!(lines[0], format!("> POST {url}/contacts"), "{once:?}");
    assert!(lines[1].starts_with("< 429 Too Many Requests in ") && lines[2].starts_with("* trying again in "), "{once:?}");
    assert_eq!(lines[3], format!("> POST {url}/contacts (attempt 2)"));
    assert!(!once.stderr.contains("first_name"), "{once:?}");
    let twice = at(&url, &["leonar", "contacts", "create", "--first-name", "Ada", "-vv"]).await;
    for shown in [
        "> authorization: Bearer [redacted]",
        "> {\"first_name\":\"Ada\"}",
        "< x-request-id: r-1",
        "< {\"error\":\"slow down, [redacted]\"}",
    ] {
        assert!(twice.stderr.lines().any(|line| line == shown), "{shown}: {twice:?}");
    }
    assert!(!twice.stderr.contains(KEY), "{twice:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_level_shows_a_secret() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut command = command();
    command.env("LEONAR_BASE_URL", sandbox.base_url(Vendor::Leonar)).env("LEONAR_API_KEY", KEY).env("RUST_LOG", "trace");
    command.args(["leonar", "contacts", "list", "-vv"]);
    let ran = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
    assert!(ran.stderr.contains("reachout.operation") && ran.stderr.contains("hyper"), "RUST_LOG is honoured: {ran:?}");
    assert!(!ran.stderr.contains(KEY), "{ran:?}");
    let form = [
        "hoop-ai",
        "oauth",
        "create-token",
        "--client-id",
        "app",
        "--client-secret",
        "s3cr3t-of-app",
        "--grant-type",
        "authorization_code",
        "--code",
        "c",
        "--sandbox",
        "-vv",
    ];
    let ran = reachout(&form);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("client_secret=[redacted]") && !ran.stderr.contains("s3cr3t"), "{ran:?}");
    assert!(ran.stderr.contains("\"access_token\":\"[redacted]\""), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_one_json_object_for_programs() {
    let server = MockServer::start_async().await;
    let responds = async |status: u16, body: &str| {
        server.reset_async().await;
        server.mock(|when, then| {
            when.any_request();
            then.status(status)
                .header("retry-after", "0")
                .header("x-request-id", "r-1")
                .header("content-type", "application/json")
                .body(body);
        });
    };
    let error = |ran: &Ran| -> Value {
        assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
        serde_json::from_str(&ran.stderr).unwrap()
    };
    let keys = ["message", "delivery", "status", "code", "request_id", "retryable", "retry_after", "attempts"];
    // What the vendor does, and: exit code, delivery, code, retryable, attempts.
    let cases = [
        (422, r#"{"error":{"code":"validation_error","message":"no"}}"#, 1, "rejected", json!("validation_error"), false, 1),
        (429, "{}", 1, "rejected", Value::Null, true, 3),
        (500, "{}", 4, "unknown", Value::Null, false, 1),
        (200, "<html>", 5, "accepted", Value::Null, false, 1),
    ];
    for (status, body, exit, delivery, code, retryable, attempts) in cases {
        responds(status, body).await;
        let ran = at(&server.base_url(), &[SEND, &["--json"]].concat()).await;
        let error = error(&ran);
        assert_eq!(error.as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{error}");
        let told = (ran.code, &error["delivery"], &error["status"], &error["code"], &error["retryable"], &error["attempts"]);
        assert_eq!(told, (exit, &delivery.into(), &status.into(), &code, &retryable.into(), &attempts.into()), "{error}");
        assert_eq!(error["request_id"], "r-1", "{error}");
        assert!(error["message"].as_str().unwrap().starts_with("Leonar send_message: "), "{error}");
    }
    responds(429, "{}").await;
    let waits = error(&at(&server.base_url(), &[SEND, &["-o", "jsonl"]].concat()).await);
    assert_eq!(waits["retry_after"], 0.0, "{waits}");
    let unsent = error(&at("http://127.0.0.1:9", &["leonar", "contacts", "list", "--json"]).await);
    assert_eq!((&unsent["delivery"], &unsent["retryable"], &unsent["status"]), (&"not_sent".into(), &true.into(), &Value::Null));
    // Arguments that are wrong.
    for arguments in [
        &["leonar", "contcats", "--json"][..],
        &["leonar", "--json"],
        &["--output=json", "leonar", "contacts", "get"],
        &["leonar", "contacts", "list", "--json", "--limit", "999"],
    ] {
        let ran = at("http://127.0.0.1:9", arguments).await;
        let error = error(&ran);
        assert_eq!((ran.code, &error["delivery"], &error["retryable"]), (2, &"not_sent".into(), &false.into()), "{error}");
    }
    // A doubt does not stand beside the object.
    let doubted = at("http://127.0.0.1:9", &["sendpilot", "leads", "list", "--campaign-id", "c", "--status", "BRAND_NEW", "--json"]).await;
    assert!(error(&doubted)["notes"][0].as_str().unwrap().contains("BRAND_NEW"), "{doubted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_requests_have_the_credential_and_the_errors() {
    let server = MockServer::start_async().await;
    let get = server.mock(|when, then| {
        when.method("GET")
            .path("/secret/endpoint")
            .query_param("limit", "5")
            .query_param("q", "a b")
            .header("authorization", format!("Bearer {KEY}"));
        then.status(200).json_body(json!({ "found": [1, 2] }));
    });
    let post = server.mock(|when, then| {
        when.method("POST").path("/things").header("x-mine", "1").json_body(json!({ "name": "Ada", "tags": ["a"], "kept": true }));
        then.status(201).body("made");
    });
    server.mock(|when, then| {
        when.method("DELETE").path("/things");
        then.status(204);
    });
    server.mock(|when, then| {
        when.path("/denied");
        then.status(403).body(r#"{"error":{"code":"forbidden","message":"not yours"}}"#);
    });
    let url = server.base_url();
    let ran = at(&url, &["api", "leonar", "get", "/secret/endpoint?limit=5", "-f", "q=a b", "--json"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"found\":[1,2]}\n"), "{ran:?}");
    get.assert();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"name":"Eve","kept":true}"#).unwrap();
    let input = file.path().to_str().unwrap();
    let ran =
        at(&url, &["api", "leonar", "POST", "/things", "--input", input, "-f", "name=Ada", "-F", "tags=[\"a\"]", "-H", "x-mine: 1"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "made"), "{ran:?}");
    post.assert();
    assert_eq!(at(&url, &["api", "leonar", "DELETE", "/things"]).await.stdout, "done (HTTP 204)\n");
    let denied = at(&url, &["api", "leonar", "GET", "/denied"]).await;
    assert!(denied.code == 1 && denied.stderr.contains("not yours"), "{denied:?}");
    for (arguments, problem) in [
        (&["GET", "contacts"][..], "a path below the base URL"),
        (&["GET", "/x", "-F", "a=b"], "JSON is expected"),
        (&["G T", "/x"], "a method, such as GET"),
        (&["GET", "/../x"], "/../x"),
    ] {
        let ran = at(&url, &[&["api", "leonar"], arguments].concat()).await;
        assert!(ran.code == 2 && ran.stderr.contains(problem), "{arguments:?}: {ran:?}");
    }
}
