//! No token and no secret in any `Debug` text.

use std::sync::Arc;

use reachout_runtime::oauth::{FileStore, MemoryStore, OAuthCredentials, StoreLock, TokenStore as _};
use secrecy::ExposeSecret as _;

use crate::{START, app_builder, tokens};

#[tokio::test]
async fn debug_shows_none() {
    let app = app_builder("http://127.0.0.1:1").build().unwrap();
    let tokens = tokens("MARKED-access", "MARKED-refresh", START);
    let store = Arc::new(MemoryStore::new());
    store.save("acme", &tokens).await.unwrap();
    let credentials = OAuthCredentials::new(app.clone(), store.clone(), "acme");
    let _ = credentials.tokens().await;
    let agency = credentials.agency().unwrap();
    let authorization = app.authorization().pkce().start().unwrap();
    let shown = format!(
        "{app:?} {:?} {tokens:?} {store:?} {:?} {credentials:?} {agency:?} {:?} {authorization:?} {:?} {:?} {:?}",
        app_builder("http://127.0.0.1:1"),
        FileStore::new("/nowhere"),
        agency.location("l"),
        app.authorization(),
        StoreLock::new(tokens.clone()),
        tokens.to_json(),
    );
    assert!(!shown.contains("MARKED"), "{shown}");
    assert!(!shown.contains(authorization.state.expose_secret()), "{shown}");
    assert!(!shown.contains(authorization.pkce_verifier.as_ref().unwrap().expose_secret()), "{shown}");
}
