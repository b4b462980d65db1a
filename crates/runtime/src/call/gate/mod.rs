//! Knows whether a request body was ever begun.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::client::DeliveryWatch;
use crate::error::{Delivery, root_cause};

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const SHUT: u8 = 2;

/// Knows, when an attempt has failed, whether any of its body can have left.
///
/// The HTTP library takes the first piece of the body only after it has a connection. A body it never asked for is a
/// request the vendor cannot have received as a whole, however the attempt ended; its head may have arrived.
///
/// The gate also keeps anybody below us from sending a request a second time: a body that passed it cannot be cloned.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    /// Nothing where there is no body.
    progress: Option<Arc<BodyProgress>>,
    watch: Option<DeliveryWatch>,
}

/// How far the body of one attempt came.
#[derive(Debug)]
struct BodyProgress {
    state: AtomicU8,
    /// Why the caller's own body came to an end before its time, in the words of its innermost cause.
    failure: OnceLock<String>,
}

impl Gate {
    /// Puts a gate before the body of `request`. Without a body there is nothing to observe.
    pub(crate) fn install(request: &mut reqwest::Request, watch: Option<&DeliveryWatch>) -> Self {
        let slot = request.body_mut();
        let watch = watch.cloned();
        match slot.take() {
            Some(body) if body.size_hint().exact() != Some(0) => {
                let progress = Arc::new(BodyProgress { state: AtomicU8::new(WAITING), failure: OnceLock::new() });
                *slot = Some(reqwest::Body::wrap(GatedBody { body, progress: Arc::clone(&progress), watch: watch.clone() }));
                Self { progress: Some(progress), watch }
            }
            empty => {
                *slot = empty;
                Self { progress: None, watch }
            }
        }
    }

    /// Whether there is a body to observe.
    pub(crate) fn has_body(&self) -> bool {
        self.progress.is_some()
    }

    /// Whether a piece of the body was taken.
    pub(crate) fn is_begun(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.state.load(Ordering::Acquire) == BEGUN)
    }

    /// Why the body came to an end before its time, if that was the caller's own doing.
    pub(crate) fn body_failure(&self) -> Option<&str> {
        self.progress.as_ref()?.failure.get().map(String::as_str)
    }

    /// Whether the request may be sent. Without a body it counts as begun from here on.
    pub(crate) fn opens(&self) -> bool {
        self.progress.is_some() || self.watch.as_ref().is_none_or(DeliveryWatch::begin)
    }

    /// Reports the result of the attempt to the watch.
    pub(crate) fn settle(&self, delivery: Delivery) {
        let begun = !self.has_body() || self.is_begun();
        match &self.watch {
            Some(watch) if begun => watch.end(delivery),
            Some(watch) => watch.record(delivery),
            None => {}
        }
    }

    /// Whether the body was never begun. If so, it never will be: the gate shuts with the question.
    pub(crate) fn shut(&self) -> bool {
        let state = self.progress.as_ref().map(|progress| &progress.state);
        state.is_some_and(|state| !matches!(state.compare_exchange(WAITING, SHUT, Ordering::AcqRel, Ordering::Acquire), Err(BEGUN)))
    }
}

struct GatedBody {
    body: reqwest::Body,
    progress: Arc<BodyProgress>,
    watch: Option<DeliveryWatch>,
}

impl Body for GatedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let before = self.progress.state.compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire);
        let refused = before == Ok(WAITING) && !self.watch.as_ref().is_none_or(DeliveryWatch::begin);
        if refused {
            self.progress.state.store(SHUT, Ordering::Release);
        }
        if refused || before == Err(SHUT) {
            return Poll::Ready(Some(Err(io::Error::other("the attempt was given up").into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(|error| {
            let _ = self.progress.failure.set(root_cause(&error).to_string());
            error.into()
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
