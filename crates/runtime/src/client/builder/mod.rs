//! How a client is configured.

use std::env::VarError;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::SecretString;

use crate::client::CallOptions;
use crate::client::connections::Connections;
use crate::client::core::{Core, Shared, Tenant};
use crate::client::credential::{CredentialProvider, Credentials};
use crate::client::simulated::{Arrived, Reply, Simulated};
use crate::client::transport::{Sender, Transport};
use crate::error::Error;
use crate::limit::{BudgetKey, BudgetStore, Budgets, Pacing};
use crate::request::headers::{self, Headers};
use crate::request::url::BaseUrl;
use crate::retry::{RetryPolicy, Throttle};
use crate::route::{Effect, Token};
use crate::vendor::Vendor;

/// The variable that names a running sandbox.
const SANDBOX: &str = "REACHOUT_SANDBOX_URL";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);
const DEADLINE: Duration = Duration::from_secs(60);
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Configures a client `C`. Only a credential is needed.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<C> {
    vendor: &'static Vendor,
    credential: Option<SecretString>,
    token: Option<Token>,
    provider: Option<Arc<dyn CredentialProvider>>,
    base_url: Option<String>,
    http: Option<reqwest::Client>,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    proxies: Vec<reqwest::Proxy>,
    user_agent: Option<String>,
    api_version: Option<String>,
    headers: Headers,
    retry: RetryPolicy,
    throttle: Option<Throttle>,
    pacing: Option<Pacing>,
    /// Where a sandbox is, by the environment.
    sandbox: Option<String>,
    budget: Option<(Arc<dyn BudgetStore>, BudgetKey)>,
    connect_timeout: Duration,
    timeout: Duration,
    deadline: Duration,
    max_body: usize,
    options: CallOptions,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Core>> ClientBuilder<C> {
    /// The defaults for a vendor.
    pub fn new(vendor: &'static Vendor) -> Self {
        Self {
            vendor,
            credential: None,
            token: None,
            provider: None,
            base_url: None,
            http: None,
            transport: None,
            proxies: Vec::new(),
            user_agent: None,
            api_version: None,
            headers: Headers::default(),
            retry: RetryPolicy::default(),
            throttle: None,
            pacing: None,
            sandbox: None,
            budget: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
            deadline: DEADLINE,
            max_body: MAX_BODY,
            options: CallOptions::new(),
            client: PhantomData,
        }
    }

    /// The API key or token.
    pub fn credential(mut self, credential: impl Into<SecretString>) -> Self {
        self.credential = Some(credential.into());
        self.provider = None;
        self
    }

    /// Whose token the credential is, at a vendor that gives out several kinds: an operation that takes another kind then fails before
    /// anything is sent. A provider that knows it, such as that of OAuth tokens, counts more.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Where to get the credential of each attempt, for tokens that change while the client lives.
    pub fn credential_provider(mut self, provider: Arc<dyn CredentialProvider>) -> Self {
        self.provider = Some(provider);
        self.credential = None;
        self
    }

    /// Another place for the API, such as a sandbox: `https`, or `http` on loopback. Paths are appended to it.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Takes the credential from the environment, and the base URL if `…_BASE_URL` is set. The names of the variables
    /// are in the client's documentation.
    ///
    /// Against the sandbox that `REACHOUT_SANDBOX_URL` names, as `reachout sandbox env` sets it, requests are not paced unless
    /// [`pacing`](Self::pacing) says so.
    pub fn from_env(self) -> Result<Self, Error> {
        self.with_variables(|name| std::env::var(name))
    }

    fn with_variables(mut self, read: impl Fn(&str) -> Result<String, VarError>) -> Result<Self, Error> {
        let name = self.vendor.credential_env;
        let credential = variable(name, &read)?.ok_or_else(|| {
            Error::configuration(format!("the environment variable {name} is not set; it must hold the {} credential", self.vendor.name))
        })?;
        self = self.credential(credential);
        if let Some(base_url) = variable(&format!("{}_BASE_URL", self.vendor.env), &read)? {
            self.base_url = Some(base_url);
        }
        self.sandbox = variable(SANDBOX, &read)?;
        Ok(self)
    }

    /// How long connecting may take, name resolution and TLS included. Default: 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the response. Default: 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a whole call may take, with all attempts and the waits between them. Default: 60 s.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Replaces `reachout-<vendor>/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Another API version than the spec's, for vendors that want a `Version` header.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// When failed attempts are repeated. Default: [`RetryPolicy::new`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Shares a budget for retries and a circuit breaker with all clients that have the same one. Default: none.
    pub fn throttle(mut self, throttle: &Throttle) -> Self {
        self.throttle = Some(throttle.clone());
        self
    }

    /// How requests are paced. Default: [`Pacing::documented`], except against a sandbox that the environment names: see [`from_env`](Self::from_env).
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = Some(pacing);
        self
    }

    /// Keeps the budget under the rate limit in `store`, so that it is shared with all clients that have the same `key`, also in
    /// other processes. Default: a budget of this client, its clones, and the clients that `with_credential` gives for an equal
    /// credential. What `with_credential` gives for another one is paced in this process; clients made by name, such as HighLevel's
    /// `for_location`, are in the store too.
    pub fn budget_store(mut self, store: Arc<dyn BudgetStore>, key: impl Into<BudgetKey>) -> Self {
        self.budget = Some((store, key.into()));
        self
    }

    /// Permits no request whose effect is greater, as [`CallOptions::allow`] says: with [`Effect::Reads`] the client only reads, and so does every
    /// client that is made of it.
    pub fn allow(mut self, effect: Effect) -> Self {
        self.options = self.options.allow(effect);
        self
    }

    /// How many bytes of a response are read at most, streams apart. Default: 16 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Sends through a proxy. Without this, the proxies of the environment are used, except for loopback.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.proxies.push(proxy);
        self
    }

    /// Uses an HTTP client that was configured elsewhere, for example with another TLS library: without default features this crate has
    /// none. It must be built with `redirect(Policy::none())` and
    /// `retry(reqwest::retry::never())`: redirects and retries are decided here, and a client that does them by itself
    /// may carry the credential to another host. `connect_timeout` and `proxy` have no effect on it.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Lets a function take the place of the vendor, for unit tests: it sees each request as it would leave, and says what follows. Neither socket
    /// nor server is needed; retry, pacing, redirects and errors are as over a network.
    ///
    /// ```
    /// # use reachout_runtime::{ClientBuilder, Core, Delivery, Error, Method, StatusCode, simulated::Reply};
    /// # async fn test(builder: ClientBuilder<Core>) -> Result<(), Error> {
    /// let client = builder
    ///     .credential("a key")
    ///     .transport(|request| match request.url.path() {
    ///         "/contacts" => Reply::json(StatusCode::OK, &serde_json::json!({ "data": [] })),
    ///         _ => Reply::broken(),
    ///     })
    ///     .build()?;
    /// let error = client.request(Method::POST, "/messages").json(&"Hi").send_empty().await.unwrap_err();
    /// assert_eq!(error.delivery(), Delivery::Unknown);
    /// # Ok(())
    /// # }
    /// ```
    pub fn transport(mut self, respond: impl Fn(Arrived) -> Reply + Send + Sync + 'static) -> Self {
        self.transport = Some(Arc::new(Simulated(respond)));
        self
    }

    /// Sends a header with every request.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.headers.set(name.as_ref(), value.as_ref());
        self
    }

    /// Builds the client, without touching the network. A missing credential, an unusable URL, plain `http` off
    /// loopback and invalid headers are errors.
    pub fn build(self) -> Result<C, Error> {
        let vendor = self.vendor;
        self.core().map(C::from).map_err(|mut error| {
            error.inner_mut().vendor = Some(vendor.name);
            error
        })
    }

    pub(crate) fn core(self) -> Result<Core, Error> {
        let vendor = self.vendor;
        let base = BaseUrl::parse(self.base_url.as_deref().unwrap_or(vendor.base_url))?;
        let has_tls = cfg!(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"));
        if !has_tls && base.is_https() && self.http.is_none() && self.transport.is_none() {
            return Err(Error::configuration(
                "this program was built without TLS: switch on `rustls`, `rustls-ring` or `native-tls`, or give an HTTP client that has it",
            ));
        }
        let (store, key) = self.budget.unzip();
        let simulated = self.sandbox.as_deref().is_some_and(|sandbox| base.is_at(sandbox));
        let pacing = self.pacing.unwrap_or_else(|| if simulated { Pacing::off() } else { Pacing::documented() });
        let budgets = Budgets::new(pacing, vendor.rate_limit, store)?;
        let named = key.and_then(|key| budgets.named(&key));
        let throttle = self.throttle;
        let tenant = match (self.provider, self.credential) {
            (Some(provider), _) => {
                let pacer = named.or_else(|| budgets.own());
                Tenant { pacer, token: self.token, credentials: Credentials::Provider(provider), throttle }
            }
            (None, Some(credential)) => Tenant {
                pacer: named.or_else(|| budgets.of_credential(&credential)),
                token: self.token,
                credentials: Credentials::fixed(vendor.auth, credential)?,
                throttle,
            },
            (None, None) => {
                return Err(Error::configuration(format!("no credential was given; call `credential` or set {}", vendor.credential_env)));
            }
        };
        let user_agent = match self.user_agent {
            Some(own) => plain_value(&own),
            None => headers::constant(vendor.user_agent),
        };
        let connections = match self.http {
            Some(client) => Connections::Own(client),
            None if self.transport.is_some() => Connections::unopened(self.connect_timeout, base.is_loopback()),
            None if self.proxies.is_empty() => Connections::shared(self.connect_timeout, base.is_loopback())?,
            None => Connections::proxied(self.connect_timeout, self.proxies)?,
        };
        let shared = Shared {
            vendor,
            sender: Sender { connections, transport: self.transport },
            user_agent: user_agent.ok_or_else(|| unsendable("user agent"))?,
            headers: self.headers.into_checked().map_err(Error::into_configuration)?,
            api_version: self.api_version.map(|version| plain_value(&version).ok_or_else(|| unsendable("API version"))).transpose()?,
            retry: self.retry,
            budgets,
            timeout: self.timeout,
            deadline: self.deadline,
            max_body: self.max_body,
            base,
        };
        Ok(Core::new(shared, tenant, self.options))
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The credential, the base URL (it may hold a password), proxies and header values stay out.
        f.debug_struct("ClientBuilder")
            .field("vendor", &self.vendor.id)
            .field("retry", &self.retry)
            .field("pacing", &self.pacing)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_body", &self.max_body)
            .field("headers", &self.headers.names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn plain_value(value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(value).ok()
}

fn unsendable(what: &str) -> Error {
    Error::configuration(format!("the {what} has characters that a header cannot carry"))
}

/// A variable's content without surrounding white space, which shells and secret stores like to add.
fn variable(name: &str, read: impl Fn(&str) -> Result<String, VarError>) -> Result<Option<String>, Error> {
    match read(name) {
        Ok(value) if value.trim().is_empty() => Err(Error::configuration(format!("the environment variable {name} is empty"))),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(VarError::NotPresent) => Ok(None),
        // The value is not repeated: it may be the credential.
        Err(VarError::NotUnicode(_)) => Err(Error::configuration(format!("the environment variable {name} is not Unicode"))),
    }
}

#[cfg(test)]
mod tests;
