//! No token and no secret in any `Debug` text.

use std::io::{Result, Write};
use std::sync::{Arc, Mutex};

use reachout_oauth::{FileStore, MemoryStore, OAuthCredentials, StoreLock, TokenStore as _};
use secrecy::ExposeSecret as _;

use crate::processes::{child, said};
use crate::server::Action;
use crate::{Account, START, app_builder, tokens};

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

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// What a refused and a successful refresh write to the log, at its most talkative.
pub async fn log_of_a_refresh() -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let account = Account::living(0).await;
    account.store.save("acme", &tokens("MARKED-access", "refresh-0", START)).await.unwrap();
    let body = serde_json::json!({"message": "client_secret MARKED-client-secret, refresh_token refresh-0"});
    account.server.next(Action::json(400, &body));
    assert!(account.access().await.is_err());
    account.clock.advance(30);
    assert_eq!(account.access().await.unwrap(), "access-1");
    drop(guard);
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

/// In a process of its own: which events are written is decided once for all threads, and whichever of them comes to
/// an event first, perhaps one without a subscriber, decides.
#[test]
fn tracing_shows_none() {
    let log = said(child("log").output().unwrap()).join("\n");
    assert!(log.contains("tokens could not be renewed"), "{log}");
    for secret in ["MARKED", "refresh-0", "refresh-1", "access-1"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
