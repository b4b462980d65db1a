//! A loopback server that gives its responses in order, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, extract::Request, response::Response};
use serde_json::Value;

/// The server; after the last response it says 500.
#[derive(Debug)]
pub struct Script {
    /// Base URL without a path.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The query as it came, without `?`.
    pub query: String,
    /// The JSON body; null where there is none.
    pub body: Value,
}

impl Script {
    /// Starts a server with these responses: status and JSON.
    ///
    /// # Panics
    /// Where loopback is not to be had.
    pub async fn start(responses: Vec<(u16, Value)>) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let responses = Arc::new(Mutex::new(responses.into_iter()));
        let respond = move |request: Request| {
            let (log, responses) = (Arc::clone(&log), Arc::clone(&responses));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let body = serde_json::from_slice(&body).unwrap_or_default();
                log.lock().unwrap().push(Asked { query: parts.uri.query().unwrap_or_default().to_owned(), body });
                let (status, json) = responses.lock().unwrap().next().unwrap_or((500, Value::Null));
                Response::builder().status(status).header("content-type", "application/json").body(Body::from(json.to_string())).unwrap()
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(respond)).await });
        Self { url, asked }
    }

    /// What was asked so far.
    ///
    /// # Panics
    /// Where a test thread died while it asked.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}
