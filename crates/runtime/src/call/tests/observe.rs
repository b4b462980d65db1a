use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::fake::{self, Fake, GET, KEY, POST, Reply};
use crate::error::{Delivery, ErrorKind};
use crate::{CallOptions, Error, Observer, Outgoing};

/// Notes what it is shown, and lets the first `through` requests pass.
#[derive(Debug)]
struct Notes {
    through: u32,
    lines: Mutex<Vec<String>>,
}

impl Notes {
    fn new(through: u32) -> Arc<Self> {
        Arc::new(Self { through, lines: Mutex::default() })
    }

    fn note(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Observer for Notes {
    fn sending(&self, request: &Outgoing<'_>) -> bool {
        let Outgoing { attempt, operation, effect, method, url, headers, body } = request;
        self.note(format!("{attempt} {operation} {effect} {method} {url} {:?} {body:?}", headers["authorization"]));
        *attempt <= self.through
    }

    fn responded(&self, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>) {
        self.note(format!("{status} {} {body:?}", headers.len()));
    }

    fn failed(&self, error: &Error, wait: Option<Duration>) {
        self.note(format!("{:?} {:?} {wait:?}", error.status().map(|status| status.as_u16()), error.delivery()));
    }
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_shown_without_the_credential() {
    let echo = format!(r#"{{"key":"{KEY}"}}"#).leak();
    let replies = [Reply::Response(429, "retry-after: 3", ""), Reply::Response(200, "", echo)];
    let notes = Notes::new(9);
    let client = fake::core(&Fake::script(replies)).with(CallOptions::new().observer(notes.clone()));
    client.operation(POST).json(&json!({ "again": KEY, "text": "Hi" })).send::<Value>().await.unwrap();
    let body = r#"Some(b"{\"again\":\"[redacted]\",\"text\":\"Hi\"}")"#;
    let url = "https://api.acme.invalid/v1/things";
    let lines = notes.lines();
    assert_eq!(lines[0], format!(r#"1 post changes POST {url} "Bearer [redacted]" {body}"#));
    assert!(lines[1].starts_with("Some(429) Rejected Some(3"), "{lines:?}");
    assert_eq!(lines[2], format!(r#"2 post changes POST {url} "Bearer [redacted]" {body}"#));
    assert_eq!(lines[3..], [r#"200 OK 0 Some(b"{\"key\":\"[redacted]\"}")"#]);
}

#[tokio::test(start_paused = true)]
async fn a_request_can_be_held_back() {
    for route in [GET, POST] {
        let (fake, notes) = (Fake::script([fake::OK]), Notes::new(0));
        let client = fake::core(&fake).with(CallOptions::new().observer(notes.clone()));
        let error = client.operation(route).send_empty().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::NotPermitted, Delivery::NotSent), "{error}");
        assert_eq!((fake.seen().len(), notes.lines().len()), (0, 1), "{error}");
    }
}
