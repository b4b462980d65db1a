//! What becomes of a request under each fault.

use reachout_runtime::{Delivery, ErrorKind};
use serde_json::{Value, json};

use crate::server::{self, Act, Server};
use crate::vendor::{self, KEY, SEND};

#[tokio::test]
async fn success() {
    let server = Server::start([server::json("200 OK", r#"{"id":"m1"}"#)]).await;
    let client = vendor::client(&server.url);
    let sent = client.core.operation(SEND).json(&json!({ "text": "hi" })).send::<Value>().await.unwrap();
    assert_eq!(sent["id"], "m1");
    let request = &server.received()[0];
    assert_eq!(request.line(), "POST /v1/messages HTTP/1.1");
    assert_eq!(request.header("authorization"), Some(&*format!("Bearer {KEY}")));
    assert_eq!(request.header("version"), Some("2021-04-15"));
    assert_eq!(request.header("user-agent"), Some("reachout-acme/1.2.3"));
    assert_eq!(request.body, br#"{"text":"hi"}"#);
}

#[tokio::test]
async fn reset_after_reading() {
    let server = Server::start([Act::ResetRead]).await;
    let client = vendor::client(&server.url);
    let error = client.core.operation(SEND).json(&json!({ "text": "hi" })).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Transport, Delivery::Unknown), "{error}");
    assert_eq!(server.count(), 1);
}
