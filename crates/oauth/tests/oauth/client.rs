//! The credential at work in a client.

use std::sync::Arc;

use futures_util::future::join_all;
use reachout_runtime::{Auth, ClientBuilder, Core, ErrorKind, ErrorShape, Method, Pacing, RateLimitHeaders, Vendor};
use serde_json::{Value, json};

use crate::Account;
use crate::server::Action;

static VENDOR: Vendor = Vendor {
    id: "test",
    name: "Test",
    platform: None,
    user_agent: "reachout-test/0",
    base_url: "https://test.example",
    env: "TEST",
    credential_env: "TEST_KEY",
    auth: Auth::Bearer,
    rate_limit: None,
    rate_limit_headers: RateLimitHeaders::NONE,
    error: ErrorShape { code: None, message: Some("message"), request_id: None },
    routes: &[],
};

fn client(account: &Account) -> Core {
    ClientBuilder::new(&VENDOR)
        .base_url(account.server.url())
        .credential_provider(Arc::new(account.credentials.clone()))
        .pacing(Pacing::off())
        .build()
        .unwrap()
}

fn refreshes(account: &Account) -> usize {
    account.server.received().iter().filter(|request| request.path == "/oauth/token").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_with_a_refused_token_refresh_once_and_all_succeed() {
    let account = Account::living(86_399).await;
    let client = client(&account);
    let calls = (0..100).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.request(Method::POST, "/contacts").json(&json!({})).send::<Value>().await })
    });
    for response in join_all(calls).await {
        assert_eq!(response.unwrap().unwrap()["as"], "Bearer access-1");
    }
    assert_eq!(refreshes(&account), 1);
}

#[tokio::test]
async fn a_call_whose_token_cannot_be_renewed_says_so() {
    let account = Account::living(0).await;
    account.server.next(Action::json(400, &json!({"message": "Invalid grant: refresh token is invalid"})));
    let error = client(&account).request(Method::POST, "/contacts").json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.to_string().contains("Invalid grant: refresh token is invalid"), "{error}");
    assert!(error.to_string().ends_with("The request was not sent."), "{error}");
    assert_eq!(account.server.count(), 1, "neither the refresh nor the call was repeated");
}
