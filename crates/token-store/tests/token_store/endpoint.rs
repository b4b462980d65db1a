//! A token endpoint that takes each refresh token once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

pub struct Endpoint {
    pub url: String,
    granted: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
}

impl Endpoint {
    pub async fn start() -> Self {
        let (granted, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let router = Router::new().route("/oauth/token", post(grant)).with_state((Arc::clone(&granted), Arc::clone(&asked)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, granted, asked }
    }

    /// How often it was asked, and how often a refresh token was good.
    pub fn counts(&self) -> (usize, usize) {
        (self.asked.load(Ordering::SeqCst), self.granted.load(Ordering::SeqCst))
    }
}

async fn grant(
    State((granted, asked)): State<(Arc<AtomicUsize>, Arc<AtomicUsize>)>,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    asked.fetch_add(1, Ordering::SeqCst);
    let number = granted.load(Ordering::SeqCst);
    // Time for others to ask with the same one.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let good = form["refresh_token"] == format!("refresh-{number}")
        && granted.compare_exchange(number, number + 1, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    if !good {
        return (StatusCode::BAD_REQUEST, Json(json!({"message": "Invalid grant: refresh token is invalid"})));
    }
    let number = number + 1;
    let tokens = json!({"access_token": format!("access-{number}"), "refresh_token": format!("refresh-{number}"), "expires_in": 86399});
    (StatusCode::OK, Json(tokens))
}
