//! OAuth against a token endpoint on loopback that rotates single-use refresh tokens and counts what it receives.

mod authorization;
mod cancellation;
mod client;
mod conformance;
mod endpoint;
mod file_store;
mod full;
mod location;
mod processes;
mod refresh;
mod secrets;
mod server;
mod stores;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use reachout_oauth::{App, AppBuilder, MemoryStore, OAuthCredentials, TokenStore, Tokens};
use reachout_runtime::{CredentialProvider as _, Error};
use secrecy::{ExposeSecret as _, SecretString};

use server::Server;

const CLIENT_SECRET: &str = "MARKED-client-secret";

/// Half past ten, on the day the tests live in.
const START: i64 = 1_708_770_600;

/// A clock that the test moves.
#[derive(Clone)]
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    fn now(&self) -> DateTime<Utc> {
        at(self.0.load(Ordering::SeqCst))
    }

    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn app_builder(base_url: &str) -> AppBuilder {
    App::builder("client-1", CLIENT_SECRET).base_url(base_url).redirect_uri("https://app.example/callback")
}

/// An account with tokens in a store, a server that honours them, and a clock.
struct Account {
    server: Server,
    clock: TestClock,
    store: Arc<MemoryStore>,
    app: App,
    credentials: OAuthCredentials,
}

impl Account {
    /// The access token `access-0` ends `lifetime` seconds after [`START`].
    async fn living(lifetime: i64) -> Self {
        let server = Server::start().await;
        let clock = TestClock::new();
        let store = Arc::new(MemoryStore::new());
        store.save("acme", &tokens("access-0", "refresh-0", START + lifetime)).await.unwrap();
        let app = {
            let clock = clock.clone();
            app_builder(&server.url()).clock(move || clock.now()).build().unwrap()
        };
        let credentials = OAuthCredentials::new(app.clone(), store.clone(), "acme");
        Self { server, clock, store, app, credentials }
    }

    async fn access(&self) -> Result<String, Error> {
        access(&self.credentials).await
    }

    async fn rejected(&self, token: &str) -> Result<bool, Error> {
        self.credentials.rejected(&SecretString::from(token)).await
    }

    /// What the store holds: access token and refresh token.
    async fn stored(&self) -> (String, String) {
        pair(&self.store.load("acme").await.unwrap().unwrap())
    }
}

async fn access(credentials: &OAuthCredentials) -> Result<String, Error> {
    credentials.credential().await.map(|token| token.expose_secret().to_owned())
}

fn tokens(access: &str, refresh: &str, expires_at: i64) -> Tokens {
    let mut tokens = Tokens::new(access);
    tokens.refresh_token = Some(refresh.into());
    tokens.expires_at = Some(at(expires_at));
    tokens.company_id = Some("company-1".to_owned());
    tokens.user_type = Some("Company".to_owned());
    tokens
}

fn pair(tokens: &Tokens) -> (String, String) {
    let refresh = tokens.refresh_token.as_ref().map(|token| token.expose_secret().to_owned());
    (tokens.access_token.expose_secret().to_owned(), refresh.unwrap_or_default())
}

fn strings(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}
