//! A vendor that responds as a test says, also in ways that no vendor documents.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, StatusCode, Uri, header::CONTENT_TYPE};
use serde_json::Value;

/// A request: method, path with its query, and body.
pub type Request<'a> = (&'a str, &'a str, Value);

/// Serves until the test ends: the address for [`AtSandbox`](crate::vendor::AtSandbox), and what was sent successfully, by its text.
pub async fn serve(mut respond: impl FnMut(Request<'_>) -> (u16, String) + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&sent);
    let respond = Arc::new(Mutex::new(move |method: &Method, uri: &Uri, body: &[u8]| {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = ["content", "message"].into_iter().find_map(|field| body[field].as_str()).map(str::to_owned);
        let (status, response) = respond((method.as_str(), &uri.to_string(), body));
        if let (true, true, Some(text)) = (uri.path().ends_with("/messages"), status < 300, text) {
            log.lock().unwrap().push(text);
        }
        (StatusCode::from_u16(status).unwrap(), [(CONTENT_TYPE, "application/json")], response)
    }));
    let handle = move |method: Method, uri: Uri, body: Bytes| {
        let response = (respond.lock().unwrap())(&method, &uri, &body);
        async move { response }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
    (address, sent)
}
