//! [`OAuthCredentials`]: an account's access token, kept fresh and stored.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_core::future::BoxFuture;
use reachout_runtime::{CredentialProvider, Delivery, Error, ErrorKind, Token};
use secrecy::{ExposeSecret, SecretString};

use super::cache::{Cache, RenewalError, Source};
use super::location::Agency;
use super::{App, StoreError, TokenStore, Tokens, cache};

/// The credential of one authorized account, for [`ClientBuilder::credential_provider`](reachout_runtime::ClientBuilder::credential_provider).
///
/// - The access token is renewed ahead of its end, and when the vendor responds 401 to it. If a renewal ahead of time
///   fails, the present token is used to its end.
/// - However many calls want a new token, there is one refresh. It runs on a thread of this crate: dropping the calls
///   that wait for it, or their runtime, neither stops it nor loses what it brings.
/// - The store is asked to [`reserve`](TokenStore::reserve) room before a refresh token is spent: with a full disk it
///   is not, and the present token is used to its end. New tokens are stored before they are used. A refresh that fails
///   leaves the stored ones alone.
/// - If storing fails all the same, the new tokens are used from memory, [`unstored`](Self::unstored) says why, and
///   every later call tries to store them again. Until that works, the end of the process loses the account:
///   [`flush`](Self::flush) before it.
/// - A refresh token is good for one use, so a refresh whose outcome is unknown is never repeated by itself. Its error
///   says so. A later call, 30 seconds on at the earliest, tries the stored refresh token again: if the vendor never
///   saw the first request it works, and if it did, only a new authorization helps, which the error then says.
///
/// Cheap to clone; clones share the tokens. Keep one for each account rather than making new ones.
#[derive(Clone)]
pub struct OAuthCredentials {
    cache: Arc<Cache<RefreshGrant>>,
}

impl OAuthCredentials {
    /// The credential of `account`, whose tokens are in `store` or will be put there by [`replace`](Self::replace).
    pub fn new(app: App, store: Arc<dyn TokenStore>, account: impl Into<String>) -> Self {
        let (clock, refresh_ahead) = (Arc::clone(&app.inner.clock), app.inner.refresh_ahead);
        let source = RefreshGrant { app, store, account: account.into(), unstored: Mutex::default() };
        Self { cache: Arc::new(Cache::new(source, refresh_ahead, clock)) }
    }

    /// Tokens whose access token is good for use, renewed if need be.
    pub async fn tokens(&self) -> Result<Tokens, Error> {
        self.cache.tokens().await.map(|tokens| Tokens::clone(&tokens))
    }

    /// Stores the tokens of a new authorization and uses them from now on.
    ///
    /// If they cannot be stored, the error says so, and they are used from memory until that works.
    pub async fn replace(&self, tokens: Tokens) -> Result<(), Error> {
        let store = |cache: Arc<Cache<RefreshGrant>>, tokens: Arc<Tokens>| async move { cache.source.replace(&tokens).await };
        self.cache.replace(tokens, store).await.map_err(in_memory)
    }

    /// Why the tokens in use are in memory only; `None` if they are stored.
    pub fn unstored(&self) -> Option<StoreError> {
        self.cache.source.unstored().map(|unstored| unstored.error)
    }

    /// Stores tokens that are in memory only, and fails if that is still impossible. To be called before a program ends.
    pub async fn flush(&self) -> Result<(), Error> {
        self.cache.flush().await;
        self.unstored().map_or(Ok(()), |error| Err(in_memory(error)))
    }

    /// This account as an agency, which can make tokens for its sub-accounts.
    pub fn agency(&self) -> Result<Agency, Error> {
        Agency::new(self.cache.source.app.clone(), self.clone())
    }
}

impl CredentialProvider for OAuthCredentials {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(async { Ok(self.cache.tokens().await?.access_token.clone()) })
    }

    fn rejected<'a>(&'a self, credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(self.cache.rejected(credential))
    }

    fn token(&self) -> Option<Token> {
        self.cache.token()
    }
}

impl fmt::Debug for OAuthCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RefreshGrant { app, store, account, .. } = &self.cache.source;
        f.debug_struct("OAuthCredentials").field("account", account).field("app", app).field("store", store).finish_non_exhaustive()
    }
}

/// Renewal by refresh token (RFC 6749, section 6).
struct RefreshGrant {
    app: App,
    store: Arc<dyn TokenStore>,
    account: String,
    unstored: Mutex<Option<Unstored>>,
}

/// Tokens that the store would not take.
#[derive(Clone)]
struct Unstored {
    tokens: Tokens,
    /// The refresh token in the store, which these replace. If the store holds another by now, the account was
    /// authorized anew. `None` if they replace whatever is there.
    replaces: Option<SecretString>,
    error: StoreError,
}

impl Source for RefreshGrant {
    fn renew<'a>(&'a self, usable: &'a cache::Usable<'a>) -> BoxFuture<'a, Result<Tokens, RenewalError>> {
        Box::pin(async move {
            let lock = self.store.lock(&self.account).await.map_err(failed)?;
            let present = self.present().await?;
            // Another process may have refreshed while this one waited for the lock.
            if usable(&present) {
                return Ok(present);
            }
            let unstored = self.unstored();
            if unstored.is_none()
                && let Err(error) = self.store.reserve(&self.account, &lock, size_to_reserve(&present)).await
            {
                let advice = Cow::Borrowed("the refresh token was not spent");
                return Err(RenewalError { error: failed(error), advice, earlier: Some(present) });
            }
            match self.app.refresh(&present).await {
                Ok(tokens) => {
                    // What the store holds is used up already if the present ones are not in it.
                    let replaces = unstored.map_or_else(|| present.refresh_token.clone(), |unstored| unstored.replaces);
                    // Where this fails, the tokens are in memory and good for use.
                    let _ = self.store_or_hold(&tokens, replaces).await;
                    Ok(tokens)
                }
                Err(error) => {
                    let mut advice = Cow::Borrowed(advice(&error));
                    if let Some(Unstored { error, .. }) = unstored {
                        advice = format!("{advice}; the present tokens are in memory only, because the token store failed: {error}").into();
                    }
                    Err(RenewalError { advice, error, earlier: Some(present) })
                }
            }
        })
    }

    fn has_unstored(&self) -> bool {
        self.unstored_mut().is_some()
    }

    fn store_again(&self) -> BoxFuture<'_, Option<Tokens>> {
        Box::pin(async {
            let _lock = self.store.lock(&self.account).await.ok()?;
            let before = self.unstored()?;
            let present = self.present().await.ok()?;
            (!present.is_access_token(&before.tokens.access_token)).then_some(present)
        })
    }
}

impl RefreshGrant {
    /// The account's tokens: those in memory if the store would not take them and still does not.
    async fn present(&self) -> Result<Tokens, Error> {
        let stored = self.store.load(&self.account).await;
        let Some(Unstored { tokens, replaces, .. }) = self.unstored() else {
            let missing = || Error::credential(format!("no tokens are stored for the account `{}`; authorize it first", self.account));
            return stored.map_err(failed)?.ok_or_else(missing);
        };
        match (stored, &replaces) {
            (Ok(Some(stored)), Some(replaces)) if !same(stored.refresh_token.as_ref(), Some(replaces)) => {
                *self.unstored_mut() = None;
                Ok(stored)
            }
            (Ok(_), _) => {
                if self.store_or_hold(&tokens, replaces).await.is_ok() {
                    tracing::info!(account = %self.account, "tokens that were in memory only are stored");
                }
                Ok(tokens)
            }
            (Err(_), _) => Ok(tokens),
        }
    }

    async fn replace(&self, tokens: &Tokens) -> Result<(), StoreError> {
        match self.store.lock(&self.account).await {
            Ok(_lock) => {
                let stored = self.store.load(&self.account).await;
                self.store_or_hold(tokens, stored.ok().flatten().and_then(|stored| stored.refresh_token)).await
            }
            Err(error) => {
                *self.unstored_mut() = Some(Unstored { tokens: tokens.clone(), replaces: None, error: error.clone() });
                Err(error)
            }
        }
    }

    /// Stores tokens, or else holds them in memory.
    async fn store_or_hold(&self, tokens: &Tokens, replaces: Option<SecretString>) -> Result<(), StoreError> {
        let unstored = |error| Some(Unstored { tokens: tokens.clone(), replaces: replaces.clone(), error });
        let first = !self.has_unstored();
        // Before the attempt, because a store of the application may panic.
        *self.unstored_mut() = unstored(StoreError::new("the token store did not finish"));
        let saved = self.store.save(&self.account, tokens).await;
        *self.unstored_mut() = saved.clone().err().and_then(unstored);
        if let (Err(error), true) = (&saved, first) {
            tracing::error!(account = %self.account, %error, "new tokens could not be stored; they are in memory only");
        }
        saved
    }

    fn unstored(&self) -> Option<Unstored> {
        self.unstored_mut().clone()
    }

    fn unstored_mut(&self) -> MutexGuard<'_, Option<Unstored>> {
        // Each critical section assigns or clones one value, so a poisoned one is still whole.
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More than the successors of these tokens will take.
fn size_to_reserve(tokens: &Tokens) -> usize {
    (2 * tokens.to_json().expose_secret().len()).max(16 * 1024)
}

fn same(one: Option<&SecretString>, other: Option<&SecretString>) -> bool {
    one.map(ExposeSecret::expose_secret) == other.map(ExposeSecret::expose_secret)
}

fn failed(error: StoreError) -> Error {
    Error::credential(format!("the token store failed: {error}")).with_source(error)
}

fn in_memory(error: StoreError) -> Error {
    let reason = format!("the token store failed: {error}; the tokens are used from memory, and every call tries to store them");
    Error::credential(reason).with_source(error)
}

/// What a failed refresh means for the account.
fn advice(error: &Error) -> &'static str {
    match error.delivery() {
        Delivery::Unknown => {
            "the outcome of the refresh is unknown and the refresh token may be used up; \
             if the next refresh is refused, authorize the account again"
        }
        Delivery::Accepted => "the refresh token is used up and its successor is lost; authorize the account again",
        _ if matches!(error.kind(), ErrorKind::Refused | ErrorKind::Unauthorized | ErrorKind::Forbidden) => {
            "the stored refresh token was not replaced; if the vendor calls it invalid, authorize the account again"
        }
        _ => "the stored refresh token was not replaced",
    }
}
