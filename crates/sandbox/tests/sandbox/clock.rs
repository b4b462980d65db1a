//! A sandbox in which days pass.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reachout_sandbox::{Running, Sandbox, Settings, Vendor, Webhook};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};
use crate::webhooks::{next, receiver};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A Monday, at which time stands still until it is moved.
async fn monday() -> Sandbox {
    let settings: Settings = serde_json::from_value(json!({ "job_milliseconds": 7_200_000 })).unwrap();
    Sandbox::builder().clock(at("2026-01-05T09:00:00Z")).clock_speed(0.0).settings(settings).start().await.unwrap()
}

#[tokio::test]
async fn every_time_is_that_of_the_sandbox() {
    let sandbox = monday().await;
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let made = client.post("/contacts/", json!({ "locationId": "ve9EPM428h8vShlRW1KT", "firstName": "Ada" })).await["contact"].clone();
    assert!(made["dateAdded"].as_str().unwrap().starts_with("2026-01-05T09:00:00"), "{made}");
    let (url, mut received, _) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::HighLevel, url)).unwrap();

    sandbox.advance(Duration::from_secs(3 * 86_400)).unwrap();
    client.put(&format!("/contacts/{}", made["id"].as_str().unwrap()), json!({ "lastName": "Lovelace" })).await;
    let body: Value = serde_json::from_slice(&next(&mut received).await.1).unwrap();
    assert!(body["timestamp"].as_str().unwrap().starts_with("2026-01-08T09:00:00"), "{body}");
    assert_eq!(sandbox.requests().iter().map(|request| &request.received_at[..10]).collect::<Vec<_>>(), ["2026-01-05", "2026-01-08"]);

    sandbox.reset();
    assert_eq!(sandbox.clock().now, at("2026-01-05T09:00:00Z"));
}

#[tokio::test]
async fn what_takes_time_happens_when_the_clock_is_moved_there() {
    let sandbox = monday().await;
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let (url, mut received, _) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::SendPilot, url)).unwrap();
    let search = client.post("/v1/lead-database/searches", json!({ "name": "F", "limit": 3, "filters": {} })).await;
    let status = format!("/v1/lead-database/searches/{}/status", search["id"].as_str().unwrap());
    assert_eq!(client.get(&status).await["status"], "processing");
    let due = sandbox.clock().next.expect("the end of the search is planned");
    assert!((at("2026-01-05T11:00:00Z")..at("2026-01-05T11:00:01Z")).contains(&due), "{due}");

    sandbox.set_clock(at("2026-01-09T00:00:00Z")).unwrap();
    assert_eq!(client.get(&status).await["status"], "completed");
    let body: Value = serde_json::from_slice(&next(&mut received).await.1).unwrap();
    assert!(body["timestamp"].as_str().unwrap().starts_with("2026-01-05T11:00:00"), "at its own time, not at the end: {body}");
    assert_eq!(sandbox.clock().next, None);
}

#[tokio::test]
async fn a_running_clock_performs_what_is_due_by_itself() {
    let settings: Settings = serde_json::from_value(json!({ "job_milliseconds": 86_400_000 })).unwrap();
    let sandbox = Sandbox::builder().clock_speed(1_000_000.0).settings(settings).start().await.unwrap();
    let (url, mut received, _) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::SendPilot, url)).unwrap();
    Client::new(&sandbox, Vendor::SendPilot).post("/v1/lead-database/searches", json!({ "name": "F", "limit": 3, "filters": {} })).await;
    next(&mut received).await;
    assert!(sandbox.clock().now - Utc::now() > TimeDelta::hours(23));
}

#[tokio::test]
async fn the_clock_is_a_control() {
    let sandbox = monday().await;
    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/clock", sandbox.url());
    assert_eq!(success(http.get(&url)).await, json!({ "now": "2026-01-05T09:00:00Z", "speed": 0.0, "next": null }));
    for (change, expected) in [
        (json!({ "advance": "1d 2h" }), "2026-01-06T11:00:00Z"),
        (json!({ "set": "2026-01-09T09:00:00+01:00" }), "2026-01-09T08:00:00Z"),
        (json!({}), "2026-01-09T08:00:00Z"),
    ] {
        assert_eq!(success(http.post(&url).json(&change)).await["now"], expected, "{change}");
    }
    for (change, problem) in [
        (json!({ "advance": "soon" }), "advance: \"soon\" is not a duration; write one such as 90s, 10m, 24h or 3d"),
        (json!({ "advance": "-1d" }), "advance: \"-1d\" is not a duration"),
        (json!({ "set": "2026-01-01T00:00:00Z" }), "set: 2026-01-01T00:00:00.000Z is before the sandbox's time, 2026-01-09T08:00:00.000Z"),
        (json!({ "set": "2026-01-10T00:00:00Z", "advance": "1d" }), "advance: "),
        (json!({ "speed": -1 }), "speed: -1 is not a speed"),
        (json!({ "sped": 1 }), "unknown field `sped`"),
    ] {
        let (status, body) = fetch(http.post(&url).json(&change)).await;
        assert!(status.is_client_error() && body["error"].as_str().unwrap().contains(problem), "{change}: {status} {body}");
    }
    let running = Running::at(sandbox.url()).await.unwrap();
    assert_eq!(running.clock().await.unwrap(), sandbox.clock());
    success(http.post(&url).json(&json!({ "speed": 1_000_000 }))).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(running.clock().await.unwrap().now > at("2026-01-09T12:00:00Z"));
    let error = Sandbox::builder().clock_speed(-1.0).start().await.unwrap_err().to_string();
    assert!(error.starts_with("clock speed: -1 is not a speed"), "{error}");
}

#[tokio::test]
async fn a_kept_state_goes_on_at_its_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.json");
    let start = || Sandbox::builder().clock(at("2026-01-05T09:00:00Z")).clock_speed(0.0).state_file(&path).start();
    let sandbox = start().await.unwrap();
    sandbox.advance(Duration::from_secs(86_400)).unwrap();
    drop(sandbox);
    let sandbox = start().await.unwrap();
    assert_eq!(sandbox.clock().now, at("2026-01-06T09:00:00Z"));
    let client = Client::new(&sandbox, Vendor::Leonar);
    assert_eq!(client.status(Method::GET, "/contacts").await, 200);
    assert_eq!(sandbox.requests()[0].received_at, "2026-01-06T09:00:00.000Z");
}
