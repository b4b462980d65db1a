use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::fake;
use crate::error::{Delivery, ErrorKind};
use crate::simulated::{Arrived, Reply};
use crate::{CallOptions, ClientBuilder, Core, DeliveryWatch};

fn client(respond: impl Fn(Arrived) -> Reply + Send + Sync + 'static) -> Core {
    ClientBuilder::new(&fake::VENDOR).credential(fake::KEY).transport(respond).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_function_is_the_vendor() {
    let client = client(|request| {
        assert_eq!((&request.method, request.url.as_str()), (&Method::POST, "https://api.acme.invalid/v1/things?page=2"));
        assert_eq!(request.headers["authorization"], format!("Bearer {}", fake::KEY));
        Reply::json(StatusCode::CREATED, &json!({ "heard": request.json()["text"] })).header("x-request-id", "r1")
    });
    let call = client.operation(fake::POST).query("page", &2).json(&json!({ "text": "Hi" })).send::<Value>();
    let response = call.response().await.unwrap();
    assert_eq!((response.status, response.request_id()), (StatusCode::CREATED, Some("r1")));
    assert_eq!(response.body, json!({ "heard": "Hi" }));
}

/// What the vendor does, and the error with a body and without one.
type Row = (fn() -> Reply, ErrorKind, Delivery, Delivery);

/// The gate is in the place where it always is, so an error and a watch say the same as over a network.
#[tokio::test(start_paused = true)]
async fn delivery_is_known_as_over_a_network() {
    let rows: [Row; 6] = [
        // With a body, and without one.
        (Reply::no_connection, ErrorKind::Connect, Delivery::NotSent, Delivery::NotSent),
        (Reply::unread, ErrorKind::Transport, Delivery::NotSent, Delivery::Unknown),
        (Reply::broken, ErrorKind::Transport, Delivery::Unknown, Delivery::Unknown),
        (Reply::silence, ErrorKind::Timeout, Delivery::Unknown, Delivery::Unknown),
        (|| Reply::bytes(StatusCode::UNPROCESSABLE_ENTITY, "{}"), ErrorKind::Refused, Delivery::Rejected, Delivery::Rejected),
        (|| Reply::bytes(StatusCode::OK, "no JSON"), ErrorKind::Decode, Delivery::Accepted, Delivery::Accepted),
    ];
    for (reply, kind, with_body, without) in rows {
        let client = client(move |_| reply());
        for (has_body, expected) in [(true, with_body), (false, without)] {
            let watch = DeliveryWatch::new();
            let client = client.with(CallOptions::new().no_retry().watch(&watch));
            let request = client.operation(fake::POST);
            let request = if has_body { request.json(&json!({})) } else { request };
            let error = request.send::<Value>().await.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (kind, expected), "{error}");
            assert_eq!(watch.delivery(), expected, "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_sent_again_by_the_same_rules() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let client = client(move |_| match counted.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::bytes(StatusCode::TOO_MANY_REQUESTS, "").header("retry-after", "30"),
        _ => Reply::json(StatusCode::OK, &json!({})).after(Duration::from_secs(5)),
    });
    let begun = Instant::now();
    client.operation(fake::POST).json(&json!({})).send::<Value>().await.unwrap();
    assert_eq!((count.load(Ordering::Relaxed), begun.elapsed().as_secs()), (2, 35));
}
