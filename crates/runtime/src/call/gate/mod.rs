//! Knows whether a request body was ever begun.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::call::watch::DeliveryWatch;
use crate::error::Delivery;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const SHUT: u8 = 2;

/// Tells, when an attempt has failed, whether any of its body can have left.
///
/// The HTTP library takes the first piece of the body only after it has a connection. A body it never asked for is a
/// request the vendor cannot have received as a whole, however the attempt ended; its head may have arrived.
///
/// The gate also keeps anybody below us from sending a request a second time: a body that passed it cannot be cloned.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    /// Nothing where there is no body.
    state: Option<Arc<AtomicU8>>,
    watch: Option<DeliveryWatch>,
}

impl Gate {
    /// Puts a gate before the body of `request`. Without a body there is nothing to observe.
    pub(crate) fn install(request: &mut reqwest::Request, watch: Option<&DeliveryWatch>) -> Self {
        let slot = request.body_mut();
        let watch = watch.cloned();
        match slot.take() {
            Some(body) if body.size_hint().exact() != Some(0) => {
                let state = Arc::new(AtomicU8::new(WAITING));
                *slot = Some(reqwest::Body::wrap(Gated { body, state: Arc::clone(&state), watch: watch.clone() }));
                Self { state: Some(state), watch }
            }
            empty => {
                *slot = empty;
                Self { state: None, watch }
            }
        }
    }

    /// Whether there is a body to observe.
    pub(crate) fn has_body(&self) -> bool {
        self.state.is_some()
    }

    /// Whether the request may be sent. Without a body it counts as begun from here on.
    pub(crate) fn opens(&self) -> bool {
        self.state.is_some() || self.watch.as_ref().is_none_or(DeliveryWatch::begin)
    }

    /// Tells the watch what the attempt came to.
    pub(crate) fn settle(&self, delivery: Delivery) {
        let begun = self.state.as_ref().is_none_or(|state| state.load(Ordering::Acquire) == BEGUN);
        match &self.watch {
            Some(watch) if begun => watch.end(delivery),
            Some(watch) => watch.note(delivery),
            None => {}
        }
    }

    /// Whether the body was never begun. If so, it never will be: the gate shuts with the question.
    pub(crate) fn shut(&self) -> bool {
        self.state
            .as_ref()
            .is_some_and(|state| !matches!(state.compare_exchange(WAITING, SHUT, Ordering::AcqRel, Ordering::Acquire), Err(BEGUN)))
    }
}

struct Gated {
    body: reqwest::Body,
    state: Arc<AtomicU8>,
    watch: Option<DeliveryWatch>,
}

impl Body for Gated {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let before = self.state.compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire);
        let refused = before == Ok(WAITING) && !self.watch.as_ref().is_none_or(DeliveryWatch::begin);
        if refused {
            self.state.store(SHUT, Ordering::Release);
        }
        if refused || before == Err(SHUT) {
            return Poll::Ready(Some(Err(io::Error::other("the attempt was given up").into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
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
