//! Was this sent once? And the log for other tools.

use std::time::Duration;

use reachout_sandbox::{Expected, Running, Sandbox, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch};

#[tokio::test]
async fn what_was_sent_is_told_from_what_was_refused_or_came_near() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let body =
        |text: &str| json!({ "senderId": "sender_abc123", "recipientLinkedinUrl": "https://www.linkedin.com/in/ada", "message": text });
    let send = |text: &str| client.request(Method::POST, "/v1/inbox/send").json(&body(text));
    let hello = Expected::operation(Vendor::SendPilot, "send_message").body(json!({ "message": "Hello" }));
    assert!(sandbox.verify(&hello, 0).unwrap().verified);
    for (request, count) in [
        (send("Hi"), 0),
        (send("Hello").header("X-Sandbox-Fault", "status=503"), 0),
        (client.authorized(Method::POST, "/v1/inbox/send", "sp_live_revoked").json(&body("Hello")), 0),
        (send("Hello"), 1),
        (send("Hello").header("X-Sandbox-Fault", "reset-after"), 2),
    ] {
        drop(request.send().await);
        let verification = sandbox.verify(&hello, 1).unwrap();
        assert_eq!((verification.requests.len(), verification.verified), (count, count == 1), "{verification}");
    }
    assert_eq!(sandbox.verify(&hello, 2).unwrap().requests, [4, 5], "what was reset afterwards was performed");

    let other = hello.clone().body(json!({ "message": "Hey", "senderId": "sender_abc123" }));
    let missing = sandbox.verify(&other, 1).unwrap();
    let nearest = missing.nearest.clone().unwrap();
    assert_eq!(nearest.differences, ["body.message: \"Hello\" instead of \"Hey\""]);
    assert!(missing.to_string().contains("1 requests were expected, and 0 were performed; the nearest is request"), "{missing}");
    let elsewhere = Expected::operation(Vendor::SendPilot, "send_message").contact("https://www.linkedin.com/in/bob");
    let differences = sandbox.verify(&elsewhere, 1).unwrap().nearest.unwrap().differences;
    assert_eq!(differences, ["contact: \"https://www.linkedin.com/in/ada\" instead of \"https://www.linkedin.com/in/bob\""]);
    let error = sandbox.verify(&Expected::operation(Vendor::SendPilot, "send_mesage"), 1).unwrap_err().to_string();
    assert!(error.contains("the nearest is \"send_message\""), "{error}");

    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/verify", sandbox.url());
    for (times, expected) in [(1, 409), (2, 200)] {
        let question =
            json!({ "request": { "vendor": "sendpilot", "operation": "send_message", "body": { "message": "Hello" } }, "times": times });
        let (status, body) = fetch(http.post(&url).json(&question)).await;
        assert_eq!((status.as_u16(), &body["requests"]), (expected, &json!([4, 5])), "{body}");
    }
    let (status, body) = fetch(http.post(&url).json(&json!({ "request": { "vender": "sendpilot" } }))).await;
    assert!(status.is_client_error() && body["error"].as_str().unwrap().contains("unknown field `vender`"), "{body}");
}

#[tokio::test]
async fn the_log_is_an_archive_without_secrets() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    client.post("/contacts", json!({ "first_name": "Ada" })).await;
    client.get("/contacts?limit=1").await;
    let http = reqwest::Client::new();
    let (status, archive) = fetch(http.get(format!("{}/_sandbox/requests.har?vendor=leonar", sandbox.url()))).await;
    assert!(status.is_success());
    assert_eq!(archive["log"]["entries"], sandbox.har()["log"]["entries"], "the same from both ways");
    assert_eq!((&archive["log"]["version"], &archive["log"]["creator"]["name"]), (&json!("1.2"), &json!("reachout-sandbox")));
    let entries = archive["log"]["entries"].as_array().unwrap();
    let (post, get) = (&entries[0], &entries[1]);
    assert_eq!(post["request"]["url"], format!("{}/contacts", sandbox.base_url(Vendor::Leonar)));
    let sent: Value = serde_json::from_str(post["request"]["postData"]["text"].as_str().unwrap()).unwrap();
    assert_eq!((&sent["first_name"], &post["response"]["status"]), (&json!("Ada"), &json!(200)));
    assert_eq!(get["request"]["queryString"], json!([{ "name": "limit", "value": "1" }]));
    // What the format requires of every entry.
    for entry in entries {
        for field in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(!entry[field].is_null(), "{field}: {entry}");
        }
        assert_eq!(entry["response"]["content"]["mimeType"], "application/json");
    }
    assert!(!archive.to_string().contains(Sandbox::api_key(Vendor::Leonar)));
}

#[tokio::test]
async fn nothing_is_waited_for_longer_than_it_is_said() {
    let error = Running::wait(Duration::ZERO).await;
    // Another sandbox of this user may run; it is found at once.
    if let Err(error) = error {
        assert!(error.to_string().contains("none started within 0ns"), "{error}");
    }
}
