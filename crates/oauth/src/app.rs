//! [`App`]: the application as HighLevel's marketplace knows it, and what it can ask of the token endpoint.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_core::future::BoxFuture;
use reachout_runtime::{ClientBuilder, Core, CredentialProvider, Error};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::cache::{Clock, REFRESH_AHEAD};
use super::tokens::Tokens;
use super::wire::{self, Form, VENDOR};

/// Where an agency or sub-account is asked to install the app:
/// `docs/oauth/Authorization.md` of <https://github.com/GoHighLevel/highlevel-api-docs>.
const AUTHORIZE_URL: &str = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation";

/// An application of HighLevel's marketplace. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct App {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) client_id: String,
    client_secret: SecretString,
    pub(super) redirect_uri: Option<Url>,
    pub(super) authorize_url: Url,
    user_type: Option<UserType>,
    connection: Connection,
    core: Core,
    pub(super) refresh_ahead: Duration,
    pub(super) clock: Clock,
}

/// Whose token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UserType {
    /// An agency.
    Company,
    /// A sub-account.
    Location,
}

impl UserType {
    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Location => "Location",
        }
    }
}

impl App {
    /// Begins with the client id and secret from the app's settings in the marketplace.
    pub fn builder(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> AppBuilder {
        AppBuilder {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            redirect_uri: None,
            authorize_url: AUTHORIZE_URL.to_owned(),
            user_type: None,
            connection: Connection::default(),
            refresh_ahead: REFRESH_AHEAD,
            clock: Arc::new(Utc::now),
        }
    }

    /// Exchanges the `code` that came to the redirect URI for tokens. Compare the `state` beside it first.
    ///
    /// A code is good for one use. If [`delivery`](Error::delivery) is `Unknown`, it may be used up: send the user
    /// through the authorization again.
    pub async fn exchange_code(&self, code: impl Into<SecretString>) -> Result<Tokens, Error> {
        self.exchange(&code.into(), None).await
    }

    /// Exchanges a code whose authorization used [`pkce`](super::AuthorizationRequest::pkce).
    pub async fn exchange_code_with_pkce(&self, code: impl Into<SecretString>, verifier: impl Into<SecretString>) -> Result<Tokens, Error> {
        self.exchange(&code.into(), Some(&verifier.into())).await
    }

    async fn exchange(&self, code: &SecretString, verifier: Option<&SecretString>) -> Result<Tokens, Error> {
        let inner = &self.inner;
        let mut form = self.form("authorization_code");
        form.insert("code", Some(code.expose_secret()));
        form.insert("code_verifier", verifier.map(ExposeSecret::expose_secret));
        form.insert("user_type", inner.user_type.map(UserType::as_str));
        form.insert("redirect_uri", inner.redirect_uri.as_ref().map(Url::as_str));
        let secrets: Vec<_> = [Some(&inner.client_secret), Some(code), verifier].into_iter().flatten().collect();
        wire::token(&inner.core, &form, &secrets, self.now()).await
    }

    /// Uses up the refresh token for new tokens. Store them before anything else.
    ///
    /// [`OAuthCredentials`](super::OAuthCredentials) does this when it is due, once for all calls, and stores the
    /// result. Dropping this future may lose the new tokens.
    pub async fn refresh(&self, tokens: &Tokens) -> Result<Tokens, Error> {
        let Some(refresh_token) = &tokens.refresh_token else {
            return Err(Error::credential("the tokens have no refresh token; authorize the account again"));
        };
        let inner = &self.inner;
        let mut form = self.form("refresh_token");
        form.insert("refresh_token", Some(refresh_token.expose_secret()));
        form.insert("user_type", tokens.user_type.as_deref().or(inner.user_type.map(UserType::as_str)));
        let secrets = [&inner.client_secret, refresh_token, &tokens.access_token];
        let renewed = wire::token(&inner.core, &form, &secrets, self.now()).await;
        reachout_runtime::telemetry::renewal(renewed.as_ref().map(drop));
        Ok(renewed?.with_missing_from(tokens))
    }

    fn form(&self, grant_type: &'static str) -> Form<'_> {
        Form::from([
            ("client_id", Some(self.inner.client_id.as_str())),
            ("client_secret", Some(self.inner.client_secret.expose_secret())),
            ("grant_type", Some(grant_type)),
        ])
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.inner.clock)()
    }

    /// Calls the endpoints with a token, for those that need one.
    pub(super) fn core_for(&self, provider: Arc<dyn CredentialProvider>) -> Result<Core, Error> {
        self.inner.connection.core(provider)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("client_id", &self.inner.client_id)
            .field("authorize_url", &self.inner.authorize_url.as_str())
            .field("core", &self.inner.core)
            .finish_non_exhaustive()
    }
}

/// Configures an [`App`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct AppBuilder {
    client_id: String,
    client_secret: SecretString,
    redirect_uri: Option<String>,
    authorize_url: String,
    user_type: Option<UserType>,
    connection: Connection,
    refresh_ahead: Duration,
    clock: Clock,
}

impl AppBuilder {
    /// Where the user comes back with the code: one of the redirect URIs in the app's settings.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    /// Whose tokens to ask for, for apps that both agencies and sub-accounts can install.
    pub fn user_type(mut self, user_type: UserType) -> Self {
        self.user_type = Some(user_type);
        self
    }

    /// Another authorization page: `https://marketplace.leadconnectorhq.com/v2/oauth/chooselocation` shows HighLevel's
    /// name nowhere.
    pub fn authorize_url(mut self, url: impl Into<String>) -> Self {
        self.authorize_url = url.into();
        self
    }

    /// Another place for the token endpoints, such as a sandbox: `https`, or `http` on loopback.
    /// Default: `https://services.leadconnectorhq.com`.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.connection.base_url = Some(base_url.into());
        self
    }

    /// How long one attempt of a token request may take. Default: 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.connection.timeout = Some(timeout);
        self
    }

    /// Uses an HTTP client that was configured elsewhere; see [`ClientBuilder::http_client`].
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.connection.http = Some(client);
        self
    }

    /// How long before its end an access token is renewed. Default: five minutes, or half of its life if that is
    /// shorter.
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.refresh_ahead = ahead;
        self
    }

    /// Replaces the system clock, for tests.
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the app, without touching the network. An empty id or secret and an unusable URL are errors.
    pub fn build(self) -> Result<App, Error> {
        if self.client_id.is_empty() || self.client_secret.expose_secret().is_empty() {
            return Err(Error::configuration("the OAuth client id and client secret must not be empty"));
        }
        let authorize_url = parse("authorization", &self.authorize_url)?;
        if !is_private(&authorize_url) {
            return Err(Error::configuration("the authorization URL must begin with https:// (http is for loopback only)"));
        }
        // The vendor compares it with the registered one, so its scheme is the vendor's to check.
        let redirect_uri = self.redirect_uri.as_deref().map(|uri| parse("redirect", uri)).transpose()?;
        let core = self.connection.core(Arc::new(Anonymous))?;
        Ok(App {
            inner: Arc::new(Inner {
                client_id: self.client_id,
                client_secret: self.client_secret,
                redirect_uri,
                authorize_url,
                user_type: self.user_type,
                connection: self.connection,
                core,
                refresh_ahead: self.refresh_ahead,
                clock: self.clock,
            }),
        })
    }
}

impl fmt::Debug for AppBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppBuilder").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

fn parse(what: &str, url: &str) -> Result<Url, Error> {
    Url::parse(url).map_err(|error| Error::configuration(format!("the {what} URL is not a URL: {error}")))
}

/// What is in the link cannot be read on the way.
fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

/// How the endpoints are reached.
#[derive(Clone, Default)]
struct Connection {
    base_url: Option<String>,
    http: Option<reqwest::Client>,
    timeout: Option<Duration>,
}

impl Connection {
    fn core(&self, provider: Arc<dyn CredentialProvider>) -> Result<Core, Error> {
        let mut builder = ClientBuilder::<Core>::new(&VENDOR).credential_provider(provider);
        if let Some(base_url) = &self.base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(http) = &self.http {
            builder = builder.http_client(http.clone());
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        builder.build()
    }
}

/// The token endpoint takes its credentials in the form.
#[derive(Debug)]
struct Anonymous;

impl CredentialProvider for Anonymous {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(std::future::ready(Err(Error::credential("the token endpoint takes no access token"))))
    }

    fn rejected<'a>(&'a self, _credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(std::future::ready(Ok(false)))
    }
}
