//! One renewal at a time, which outlives the callers that wait for it.

use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use futures_core::future::BoxFuture;
use futures_util::FutureExt as _;
use futures_util::future::Shared;
use reachout_runtime::{Delivery, Error};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::AbortHandle;

use super::{Tokens, background};

/// Shared, because all who waited get it.
pub(super) type Outcome = Result<Arc<Tokens>, SharedError>;

const UNAVAILABLE: &str = "no access token: ";

/// Why there are no new tokens.
#[derive(Clone)]
pub(super) struct SharedError {
    pub(super) error: Arc<Error>,
    /// The error without the delivery of the token request, which is not the request the reader asks about.
    pub(super) text: Arc<str>,
}

impl SharedError {
    pub(super) fn new(error: Error, advice: &str) -> Self {
        let parts = [error.reason(), error.message().unwrap_or_default()];
        let mut text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        if !advice.is_empty() {
            text = format!("{text}; {advice}");
        }
        Self { error: Arc::new(error), text: text.into() }
    }

    /// As the error of a call, which was itself not sent.
    pub(super) fn unavailable(self) -> Error {
        let retryable = self.error.is_retryable() && self.error.delivery() == Delivery::NotSent;
        let wait = self.error.retry_after();
        // A location's failure may be its agency's, which says this already.
        let text = self.text.strip_prefix(UNAVAILABLE).unwrap_or(&self.text);
        Error::credential(format!("{UNAVAILABLE}{text}")).with_retryable(retryable).with_retry_after(wait).with_source(self.error)
    }
}

/// A renewal under way, and those who wait for it.
///
/// The work runs in the [background]. A caller who stops waiting (a timeout, a closed connection), or whose runtime stands still or ends,
/// therefore cannot interrupt it between the vendor's response and the store, where a rotated refresh token would be lost.
#[derive(Default)]
pub(super) struct SingleFlight {
    running: Mutex<Option<Running>>,
}

struct Running {
    task: AbortHandle,
    /// The access token that this renewal knows to be refused, if it was begun because of one.
    refused: Option<SecretString>,
    outcome: Shared<BoxFuture<'static, Outcome>>,
}

/// A renewal that a caller waits for.
pub(super) struct Pending {
    /// Whether the renewal knows of the caller's refused token, and so will not return it.
    pub(super) knows_rejected: bool,
    pub(super) outcome: Shared<BoxFuture<'static, Outcome>>,
}

impl SingleFlight {
    /// Joins the renewal under way, or begins `work`.
    pub(super) fn join_or_begin<F>(&self, refused: Option<&SecretString>, work: impl FnOnce() -> F) -> Pending
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        // The one assignment below is the last thing done under the lock, so a poisoned value is a whole one.
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(current) = running.as_ref().filter(|current| !current.task.is_finished()) {
            let knows_rejected = refused.is_none_or(|refused| current.knows(refused));
            return Pending { knows_rejected, outcome: current.outcome.clone() };
        }
        let task = match background::spawn(work()) {
            Ok(task) => task,
            Err(error) => {
                let error = Error::credential("no thread can be started to renew tokens").with_source(error);
                return Pending { knows_rejected: true, outcome: ready(Err(SharedError::new(error, ""))).boxed().shared() };
            }
        };
        let handle = task.abort_handle();
        let outcome = async move { task.await.unwrap_or_else(|_| Err(interrupted())) }.boxed().shared();
        *running = Some(Running { task: handle, refused: refused.cloned(), outcome: outcome.clone() });
        Pending { knows_rejected: true, outcome }
    }
}

impl Running {
    fn knows(&self, refused: &SecretString) -> bool {
        self.refused.as_ref().is_some_and(|known| known.expose_secret() == refused.expose_secret())
    }
}

/// Nothing aborts the task, so a store of the application panicked.
fn interrupted() -> SharedError {
    let error = Error::credential("the renewal was cut off");
    SharedError::new(error, "whether the vendor has replaced the refresh token is unknown")
}
