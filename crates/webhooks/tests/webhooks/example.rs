//! The example `webhooks_axum`, over HTTP.

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/webhooks_axum.rs"]
mod receiver;

use chrono::{TimeDelta, Utc};
use http::HeaderMap;
use reachout_webhooks::Signer;

use crate::highlevel;
use crate::vectors::*;

/// The status that the receiver responds with.
async fn post(url: &str, headers: &HeaderMap, body: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.post(url).headers(headers.clone()).body(body.to_owned()).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn receives_verifies_and_takes_each_message_once() {
    let receiver = receiver::Receiver::new(&[SENDPILOT_SECRET, SENDPILOT_OLD_SECRET], highlevel()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, receiver::router(receiver)).await });
    let sendpilot = format!("http://{address}/webhooks/sendpilot");
    let highlevel = format!("http://{address}/webhooks/highlevel");
    let now = Utc::now();
    let sign = |body: &str| Signer::sendpilot(SENDPILOT_OLD_SECRET).unwrap().sign("", now, body.as_bytes()).unwrap();

    let headers = sign(SENDPILOT_BODY);
    assert_eq!(post(&sendpilot, &headers, SENDPILOT_BODY).await, 200);
    assert_eq!(post(&sendpilot, &headers, SENDPILOT_BODY).await, 200, "delivered again");
    assert_eq!(post(&sendpilot, &headers, &SENDPILOT_BODY.replace("lead_abc123", "lead_abc124")).await, 401);
    assert_eq!(post(&sendpilot, &HeaderMap::new(), SENDPILOT_BODY).await, 401);
    assert_eq!(post(&highlevel, &headers, SENDPILOT_BODY).await, 401);
    let unreadable = r#"{"eventId":"evt_2","eventType":7}"#;
    assert_eq!(post(&sendpilot, &sign(unreadable), unreadable).await, 422);
    let repaired = r#"{"eventId":"evt_2","eventType":"message.sent"}"#;
    assert_eq!(post(&sendpilot, &sign(repaired), repaired).await, 200);
    assert_eq!(post(&sendpilot, &sign("{}"), "{}").await, 400);

    let signer = Signer::highlevel(ED25519_PRIVATE).unwrap();
    for (age, expect) in [(0, 200), (600, 401)] {
        let at = now - TimeDelta::seconds(age);
        let body = HIGHLEVEL_BODY.replace("2025-01-28T14:35:00Z", &at.to_rfc3339());
        assert_eq!(post(&highlevel, &signer.sign("", now, body.as_bytes()).unwrap(), &body).await, expect, "{age} s old");
    }
}
