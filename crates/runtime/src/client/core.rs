//! What a client is, apart from its operations.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::SecretString;

use crate::client::credential::Credentials;
use crate::client::transport::Sender;
use crate::client::{CallOptions, CredentialProvider};
use crate::error::Error;
use crate::limit::{BudgetKey, Budgets, Pacer};
use crate::request::url::BaseUrl;
use crate::retry::{RetryPolicy, Throttle};
use crate::route::Token;
use crate::vendor::Vendor;

/// The inside of every generated client: connections, credential, budget and settings.
///
/// Clones are cheap and share connections, credential and budget.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

/// Behind one count, because every call takes a clone along, and counts that threads have in common are slow. What calls read stands in
/// another cache line than the count that they change.
#[repr(align(64))]
struct Inner {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
    options: Arc<CallOptions>,
}

/// What the clients of all tenants have in common.
pub(crate) struct Shared {
    pub(crate) vendor: &'static Vendor,
    pub(crate) base: BaseUrl,
    pub(crate) sender: Sender,
    pub(crate) user_agent: HeaderValue,
    /// The caller's headers for every request.
    pub(crate) headers: HeaderMap,
    /// Replaces the constant `Version` header.
    pub(crate) api_version: Option<HeaderValue>,
    pub(crate) retry: RetryPolicy,
    pub(crate) budgets: Budgets,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_body: usize,
}

/// What belongs to one credential.
pub(crate) struct Tenant {
    pub(crate) credentials: Credentials,
    /// Whose token a credential is that never changes, where that is known.
    pub(crate) token: Option<Token>,
    pub(crate) pacer: Option<Arc<Pacer>>,
    pub(crate) throttle: Option<Throttle>,
}

impl Core {
    pub(crate) fn new(shared: Shared, tenant: Tenant, options: CallOptions) -> Self {
        Self(Arc::new(Inner { shared: Arc::new(shared), tenant: Arc::new(tenant), options: Arc::new(options) }))
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.0.tenant
    }

    pub(crate) fn options(&self) -> &CallOptions {
        &self.0.options
    }

    /// A client with other settings for its calls; it shares everything else.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        let Inner { shared, tenant, options: own } = &*self.0;
        Self(Arc::new(Inner { shared: Arc::clone(shared), tenant: Arc::clone(tenant), options: Arc::new(own.overridden_by(options)) }))
    }

    /// A client for another credential, such as another customer's. It shares connections and settings with this one.
    ///
    /// A pacing budget belongs to a credential: clients that were made of one another share it if their credentials are equal.
    ///
    /// # Errors
    /// A credential that a header cannot carry.
    pub fn with_credential(&self, credential: impl Into<SecretString>) -> Result<Self, Error> {
        let credential = credential.into();
        let pacer = self.shared().budgets.of_credential(&credential);
        Ok(self.for_tenant(self.fixed(credential)?, None, pacer))
    }

    /// A client whose credential comes from another provider, with a pacing budget of its own; otherwise like
    /// [`with_credential`](Self::with_credential).
    pub fn with_credential_provider(&self, provider: Arc<dyn CredentialProvider>) -> Self {
        self.for_tenant(Credentials::Provider(provider), None, self.shared().budgets.own())
    }

    /// Like [`with_credential`](Self::with_credential), where the vendor counts by its accounts and the credential is that of one: the budget is
    /// the one of that name.
    #[doc(hidden)]
    pub fn with_credential_and_budget(&self, credential: impl Into<SecretString>, budget: &str) -> Result<Self, Error> {
        let pacer = self.shared().budgets.named(&BudgetKey::from(budget));
        Ok(self.for_tenant(self.fixed(credential.into())?, Some(Token::Location), pacer))
    }

    /// Like [`with_credential_provider`](Self::with_credential_provider), with the budget of that name.
    #[doc(hidden)]
    pub fn with_provider_and_budget(&self, provider: Arc<dyn CredentialProvider>, budget: &str) -> Self {
        self.for_tenant(Credentials::Provider(provider), None, self.shared().budgets.named(&BudgetKey::from(budget)))
    }

    fn fixed(&self, credential: SecretString) -> Result<Credentials, Error> {
        Credentials::fixed(self.vendor().auth, credential).map_err(|mut error| {
            error.inner_mut().vendor = Some(self.vendor().name);
            error
        })
    }

    fn for_tenant(&self, credentials: Credentials, token: Option<Token>, pacer: Option<Arc<Pacer>>) -> Self {
        let Inner { shared, options, tenant } = &*self.0;
        let tenant = Tenant { credentials, token, pacer, throttle: tenant.throttle.as_ref().map(Throttle::renewed) };
        Self(Arc::new(Inner { shared: Arc::clone(shared), tenant: Arc::new(tenant), options: Arc::clone(options) }))
    }

    /// The vendor's constants.
    pub fn vendor(&self) -> &'static Vendor {
        self.shared().vendor
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.options().timeout.unwrap_or(self.shared().timeout)
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.options().deadline.unwrap_or(self.shared().deadline)
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        self.options().retry.as_ref().unwrap_or(&self.shared().retry)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The credential, and headers that may carry one, stay out.
        f.debug_struct("Core")
            .field("vendor", &self.vendor().id)
            .field("base_url", &self.shared().base.as_str())
            .field("timeout", &self.timeout())
            .field("deadline", &self.deadline())
            .field("retry", self.retry())
            .finish_non_exhaustive()
    }
}
