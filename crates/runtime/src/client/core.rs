//! What a client is, apart from its operations.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::call::retry::RetryPolicy;
use crate::call::transport::Transport;
use crate::client::CallOptions;
use crate::client::CredentialProvider;
use crate::client::Vendor;
use crate::pacing::Pacer;
use crate::request::Request;
use crate::request::url::BaseUrl;
use crate::route::Route;

/// The inside of every generated client: connections, credential, budget and settings.
///
/// Clones are cheap and share connections, credential and budget.
#[derive(Clone)]
pub struct Core {
    pub(crate) shared: Arc<Shared>,
    pub(crate) options: Arc<CallOptions>,
}

/// What all clones of a client have in common.
pub(crate) struct Shared {
    pub(crate) vendor: &'static Vendor,
    pub(crate) base: BaseUrl,
    /// Puts requests together; `transport` sends them.
    pub(crate) http: reqwest::Client,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) credentials: Arc<dyn CredentialProvider>,
    pub(crate) user_agent: HeaderValue,
    /// The caller's headers for every request.
    pub(crate) headers: HeaderMap,
    /// Replaces the constant `Version` header.
    pub(crate) api_version: Option<HeaderValue>,
    pub(crate) retry: RetryPolicy,
    pub(crate) pacer: Option<Arc<Pacer>>,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_body: usize,
}

impl Core {
    /// Begins a call of a documented operation.
    pub fn operation(&self, route: &'static Route) -> Request {
        Request::documented(self, route)
    }

    /// Begins a request to a path below the base URL, for endpoints that the spec does not have. The path
    /// begins with `/`; one that leaves the base, such as `//host` or one with `..`, is refused.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::raw(self, method, path)
    }

    /// A client with other settings for its calls; it shares everything else.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { shared: Arc::clone(&self.shared), options: Arc::new(self.options.overlaid(options)) }
    }

    /// The vendor's constants.
    pub fn vendor(&self) -> &'static Vendor {
        self.shared.vendor
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.options.timeout.unwrap_or(self.shared.timeout)
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.options.deadline.unwrap_or(self.shared.deadline)
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        self.options.retry.as_ref().unwrap_or(&self.shared.retry)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The credential, and headers that may carry one, stay out.
        f.debug_struct("Core")
            .field("vendor", &self.vendor().id)
            .field("base_url", &self.shared.base.as_str())
            .field("timeout", &self.timeout())
            .field("deadline", &self.deadline())
            .field("retry", self.retry())
            .finish_non_exhaustive()
    }
}
