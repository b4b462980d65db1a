//! [`OAuthCredentials`]: an account's access token, kept fresh and stored.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_core::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

use super::cache::{Cache, Failed, Source};
use super::location::Agency;
use super::store::{StoreError, TokenStore};
use super::tokens::Tokens;
use super::{App, cache};
use crate::{CredentialProvider, Delivery, Error, ErrorKind};

/// The credential of one authorized account, for [`ClientBuilder::credential_provider`](crate::ClientBuilder::credential_provider).
///
/// - The access token is renewed ahead of its end, and when the vendor answers 401 to it. If a renewal ahead of time
///   fails, the present token is used to its end.
/// - However many calls want a new token, there is one refresh. It is a task of its own: dropping the calls that wait
///   for it neither stops it nor loses what it brings.
/// - New tokens are stored before they are used. A refresh that fails leaves the stored ones alone. If storing fails,
///   the new tokens stay in memory, unused, and the next call stores them.
/// - A refresh token is good for one use, so a refresh whose outcome is unknown is never repeated by itself. Its error
///   says so. A later call, 30 seconds on at the earliest, tries the stored refresh token again: if the vendor never
///   saw the first request it works, and if it did, only a new authorization helps, which the error then says.
///
/// Cheap to clone; clones share the tokens. Keep one for each account rather than making new ones.
#[derive(Clone)]
pub struct OAuthCredentials {
    cache: Arc<Cache<Refresh>>,
}

impl OAuthCredentials {
    /// The credential of `account`, whose tokens are in `store` or will be put there by [`replace`](Self::replace).
    pub fn new(app: App, store: Arc<dyn TokenStore>, account: impl Into<String>) -> Self {
        let (clock, refresh_ahead) = (Arc::clone(&app.inner.clock), app.inner.refresh_ahead);
        let source = Refresh { app, store, account: account.into(), unsaved: Mutex::default() };
        Self { cache: Arc::new(Cache::new(source, refresh_ahead, clock)) }
    }

    /// Tokens whose access token is good for use, renewed if need be.
    pub async fn tokens(&self) -> Result<Tokens, Error> {
        self.cache.tokens().await.map(|tokens| Tokens::clone(&tokens))
    }

    /// Stores the tokens of a new authorization and uses them from now on.
    pub async fn replace(&self, tokens: Tokens) -> Result<(), Error> {
        let source = &self.cache.source;
        let keep = async |tokens: &Tokens| {
            let _lock = source.store.lock(&source.account).await.map_err(unstored)?;
            source.save(tokens).await
        };
        self.cache.replace(tokens, keep).await
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
}

impl fmt::Debug for OAuthCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refresh { app, store, account, .. } = &self.cache.source;
        f.debug_struct("OAuthCredentials").field("account", account).field("app", app).field("store", store).finish_non_exhaustive()
    }
}

/// Renewal by refresh token.
struct Refresh {
    app: App,
    store: Arc<dyn TokenStore>,
    account: String,
    unsaved: Mutex<Option<Unsaved>>,
}

/// New tokens that the store would not take.
#[derive(Clone)]
struct Unsaved {
    tokens: Tokens,
    /// The refresh token they were bought with. If the store holds another by now, somebody authorized anew.
    bought_with: Option<SecretString>,
}

impl Source for Refresh {
    fn renew<'a>(&'a self, usable: &'a cache::Usable<'a>) -> BoxFuture<'a, Result<Tokens, Failed>> {
        Box::pin(async move {
            let _lock = self.store.lock(&self.account).await.map_err(unstored)?;
            let stored = self.stored().await?;
            // Another process may have refreshed while this one waited for the lock.
            if usable(&stored) {
                return Ok(stored);
            }
            match self.app.refresh(&stored).await {
                Ok(tokens) => {
                    self.set_unsaved(Some(Unsaved { tokens: tokens.clone(), bought_with: stored.refresh_token }));
                    self.save(&tokens).await?;
                    Ok(tokens)
                }
                Err(error) => Err(Failed { advice: advice(&error), error, earlier: Some(stored) }),
            }
        })
    }
}

impl Refresh {
    /// The account's tokens, after storing what could not be stored before.
    async fn stored(&self) -> Result<Tokens, Error> {
        let stored = self.store.load(&self.account).await.map_err(unstored)?;
        let unsaved = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Unsaved { tokens, bought_with }) = unsaved {
            let replaced = stored.as_ref().is_some_and(|stored| !same(stored.refresh_token.as_ref(), bought_with.as_ref()));
            if !replaced {
                self.save(&tokens).await?;
                return Ok(tokens);
            }
            self.set_unsaved(None);
        }
        stored.ok_or_else(|| Error::credential(format!("no tokens are stored for the account `{}`; authorize it first", self.account)))
    }

    async fn save(&self, tokens: &Tokens) -> Result<(), Error> {
        self.store.save(&self.account, tokens).await.map_err(|error| {
            tracing::error!(account = %self.account, %error, "refreshed tokens could not be stored; they are in memory only");
            unstored(error)
        })?;
        self.set_unsaved(None);
        Ok(())
    }

    fn set_unsaved(&self, unsaved: Option<Unsaved>) {
        *self.unsaved.lock().unwrap_or_else(PoisonError::into_inner) = unsaved;
    }
}

fn same(one: Option<&SecretString>, other: Option<&SecretString>) -> bool {
    one.map(ExposeSecret::expose_secret) == other.map(ExposeSecret::expose_secret)
}

fn unstored(error: StoreError) -> Error {
    Error::credential(format!("the token store failed: {error}")).with_source(error)
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
