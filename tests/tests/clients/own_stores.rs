//! A token store and a replay guard, written with the names of one client crate alone.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use hoop_ai::oauth::{App, BoxFuture, ExposeSecret as _, OAuthCredentials, SecretString, StoreError, StoreLock, TokenStore, Tokens};
use hoop_ai::webhooks::{DateTime, HeaderMap, ReplayGuard, Utc, Verifier};
use hoop_ai::{Client, CredentialProvider};

#[derive(Debug, Default)]
struct Keyring(Mutex<HashMap<String, SecretString>>);

impl TokenStore for Keyring {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        let json = self.0.lock().unwrap().get(account).cloned();
        Box::pin(async move { Ok(json.map(|json| Tokens::from_json(json.expose_secret())).transpose()?) })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        self.0.lock().unwrap().insert(account.to_owned(), tokens.to_json());
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.0.lock().unwrap().remove(account);
        Box::pin(async { Ok(()) })
    }

    fn reserve<'a>(&'a self, _: &'a str, _: &'a StoreLock, _: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn lock<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        Box::pin(async { Ok(StoreLock::none()) })
    }
}

#[tokio::test]
async fn a_token_store() {
    let store = Arc::new(Keyring::default());
    let mut tokens = Tokens::new("access");
    tokens.issued_at = Some(DateTime::<Utc>::UNIX_EPOCH);
    store.save("acme", &tokens).await.unwrap();
    let app = App::builder("id", "secret").build().unwrap();
    let credentials = OAuthCredentials::new(app, store.clone(), "acme");
    assert_eq!(CredentialProvider::credential(&credentials).await.unwrap().expose_secret(), "access");
    Client::builder().credential_provider(Arc::new(credentials)).build().unwrap();
    store.0.lock().unwrap().insert("acme".to_owned(), "{".into());
    assert_eq!(store.load("acme").await.unwrap_err().to_string(), "line 1 does not hold stored tokens");
}

#[derive(Default)]
struct Table(Mutex<HashSet<String>>);

impl ReplayGuard for Table {
    type Error = std::convert::Infallible;

    async fn first_seen(&self, id: &str, _: DateTime<Utc>) -> Result<bool, Self::Error> {
        Ok(self.0.lock().unwrap().insert(id.to_owned()))
    }

    async fn forget(&self, id: &str) -> Result<(), Self::Error> {
        self.0.lock().unwrap().remove(id);
        Ok(())
    }
}

#[tokio::test]
async fn a_replay_guard() {
    let table = Table::default();
    let Ok(first) = table.first_seen("a", Utc::now()).await;
    let Ok(second) = table.first_seen("a", Utc::now()).await;
    assert!(first && !second);
    assert!(Verifier::hoop(["secret"]).unwrap().verify(&HeaderMap::new(), b"").is_err());
}
