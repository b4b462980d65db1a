//! [`Agency`] and [`LocationCredentials`]: tokens for an agency's sub-accounts.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_core::future::BoxFuture;
use reachout_runtime::{Core, CredentialProvider, Error, Token};
use secrecy::SecretString;

use super::cache::{self, Cache, RenewalError, Source};
use super::tokens::Tokens;
use super::wire::{self, Form};
use super::{App, OAuthCredentials};

/// An agency's account, as the maker of tokens for its sub-accounts (locations). Cheap to clone.
#[derive(Clone)]
pub struct Agency {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    credentials: OAuthCredentials,
    /// Calls the token endpoint with the agency's own token.
    core: Core,
    locations: Mutex<HashMap<String, LocationCredentials>>,
}

impl Agency {
    pub(super) fn new(app: App, credentials: OAuthCredentials) -> Result<Self, Error> {
        let core = app.core_for(Arc::new(credentials.clone()))?;
        Ok(Self { inner: Arc::new(Inner { app, credentials, core, locations: Mutex::default() }) })
    }

    /// The credential of one sub-account. Asking for the same one again gives the same tokens.
    pub fn location(&self, location_id: impl Into<String>) -> LocationCredentials {
        let location_id = location_id.into();
        let mut locations = self.inner.locations.lock().unwrap_or_else(PoisonError::into_inner);
        let known = locations.entry(location_id).or_insert_with_key(|id| LocationCredentials::new(&self.inner, id.clone()));
        known.clone()
    }
}

impl fmt::Debug for Agency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Agency").field(&self.inner.credentials).finish()
    }
}

/// The credential of a sub-account, made from its agency's (`POST /oauth/locationToken`).
///
/// Renewed like [`OAuthCredentials`], once for all calls. There is nothing to store: a new token can be made whenever
/// the agency's is good. Cheap to clone; clones share the token.
#[derive(Clone)]
pub struct LocationCredentials {
    cache: Arc<Cache<LocationGrant>>,
}

impl LocationCredentials {
    fn new(agency: &Inner, location_id: String) -> Self {
        let app = &agency.app.inner;
        let (clock, refresh_ahead) = (Arc::clone(&app.clock), app.refresh_ahead);
        let source = LocationGrant { app: agency.app.clone(), agency: agency.credentials.clone(), core: agency.core.clone(), location_id };
        Self { cache: Arc::new(Cache::new(source, refresh_ahead, clock)) }
    }

    /// The sub-account.
    pub fn location_id(&self) -> &str {
        &self.cache.source.location_id
    }

    /// Tokens whose access token is good for use, renewed if need be.
    pub async fn tokens(&self) -> Result<Tokens, Error> {
        self.cache.tokens().await.map(|tokens| Tokens::clone(&tokens))
    }
}

impl CredentialProvider for LocationCredentials {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(async { Ok(self.cache.tokens().await?.access_token.clone()) })
    }

    fn rejected<'a>(&'a self, credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(self.cache.rejected(credential))
    }

    fn token(&self) -> Option<Token> {
        Some(Token::Location)
    }
}

impl fmt::Debug for LocationCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocationCredentials").field("location_id", &self.location_id()).finish_non_exhaustive()
    }
}

/// Renewal by the agency's token.
struct LocationGrant {
    app: App,
    agency: OAuthCredentials,
    core: Core,
    location_id: String,
}

impl Source for LocationGrant {
    fn renew<'a>(&'a self, _usable: &'a cache::Usable<'a>) -> BoxFuture<'a, Result<Tokens, RenewalError>> {
        Box::pin(async move {
            let agency = self.agency.tokens().await?;
            let Some(company_id) = agency.company_id.as_deref() else {
                return Err(Error::credential("the agency's tokens name no company; authorize the app as an agency").into());
            };
            let form = Form::from([("companyId", Some(company_id)), ("locationId", Some(self.location_id.as_str()))]);
            Ok(wire::location_token(&self.core, &form, self.app.now()).await?)
        })
    }
}
