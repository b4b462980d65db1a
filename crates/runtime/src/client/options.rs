//! Settings for single calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{DeliveryWatch, Observer};
use crate::limit::RateLimitWait;
use crate::request::headers::Headers;
use crate::retry::RetryPolicy;
use crate::route::Effect;

/// Settings that replace those of a client for the calls made through
/// [`with`](crate::Core::with); what is not set stays as it was.
#[derive(Clone, Default)]
#[must_use = "options do nothing until they are given to a client"]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) rate_limit_wait: Option<RateLimitWait>,
    pub(crate) headers: Headers,
    pub(crate) allowed: Option<Effect>,
    pub(crate) watch: Option<DeliveryWatch>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

impl CallOptions {
    /// Changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long one attempt may take, from connecting to the last byte of the response.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long the whole call may take, with all attempts and the waits between them.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Lets a call wait for its slot under the rate limit, and after a 429 for as long as the vendor asks, beyond the call's deadline:
    /// such waits do not count, so the deadline begins with the slot. `wait` is their sum in one call; give a [`Duration`], or
    /// [`RateLimitWait::unbounded`] where the work has all the time it needs.
    ///
    /// Without this, a call that could not leave before its deadline fails at once, unsent.
    pub fn wait_for_rate_limit(mut self, wait: impl Into<RateLimitWait>) -> Self {
        self.rate_limit_wait = Some(wait.into());
        self
    }

    /// Sends a header with every request. It replaces one that the client would send by itself. A name or value
    /// that HTTP does not allow makes the call fail before anything is sent.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.headers.set(name.as_ref(), value.as_ref());
        self
    }

    /// Makes one attempt only; after a 401 one more, if the credential provider has a newer credential.
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::none())
    }

    /// Retries by another policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Permits no request whose effect is greater: with [`Effect::Reads`] the client only reads. What is not permitted is a
    /// [`NotPermitted`](crate::ErrorKind::NotPermitted) error before anything is sent, also of raw requests. A permission is only ever narrowed:
    /// options that are set later do not allow what earlier ones forbid.
    ///
    /// What an operation does is in its documentation, and in [`Route::effect`](crate::Route::effect). Where that is a guess of an import, and for a
    /// raw request that the spec does not have, a method other than GET and HEAD counts as reaching a person.
    pub fn allow(mut self, effect: Effect) -> Self {
        self.allowed = Some(self.allowed.map_or(effect, |allowed| allowed.min(effect)));
        self
    }

    /// Lets `watch` follow how far the requests come, for a call that is given up from outside.
    pub fn watch(mut self, watch: &DeliveryWatch) -> Self {
        self.watch = Some(watch.clone());
        self
    }

    /// Shows `observer` each request before it leaves, and what came back.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// These options, where `later` does not replace them.
    pub(crate) fn overridden_by(&self, later: Self) -> Self {
        let mut headers = self.headers.clone();
        headers.extend(&later.headers);
        Self {
            timeout: later.timeout.or(self.timeout),
            deadline: later.deadline.or(self.deadline),
            retry: later.retry.or_else(|| self.retry.clone()),
            rate_limit_wait: later.rate_limit_wait.or(self.rate_limit_wait),
            headers,
            allowed: self.allowed.into_iter().chain(later.allowed).min(),
            watch: later.watch.or_else(|| self.watch.clone()),
            observer: later.observer.or_else(|| self.observer.clone()),
        }
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .field("rate_limit_wait", &self.rate_limit_wait)
            .field("headers", &self.headers.names().collect::<Vec<_>>())
            .field("allowed", &self.allowed)
            .field("watch", &self.watch)
            .field("observer", &self.observer)
            .finish()
    }
}
