//! What is known of calls that have no result yet, or never will.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Delivery;

/// Says how far the requests of calls came, while they run and when their futures were dropped.
///
/// An [`Error`](crate::Error) knows its own delivery, but a call that is given up from outside, by `tokio::select!` or because the program
/// ends, has no error. Give a watch to [`CallOptions::watch`](crate::CallOptions::watch) and ask it instead. Clones are one watch.
///
/// ```
/// # use reachout_runtime::{CallOptions, Core, Delivery, DeliveryWatch, Method};
/// # async fn send(client: &Core, given_up: impl Future<Output = ()>) {
/// let watch = DeliveryWatch::new();
/// let client = client.with(CallOptions::new().watch(&watch));
/// tokio::select! {
///     result = client.request(Method::POST, "/messages").send_empty() => println!("{result:?}"),
///     () = given_up => match watch.delivery() {
///         Delivery::NotSent => println!("no part of the body was sent"),
///         _ => println!("look before sending again"),
///     },
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct DeliveryWatch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// The greatest of the requests that came to an end, or to a success status.
    settled: Delivery,
    /// Requests that began to leave and did not come to an end.
    open: usize,
    closed: bool,
}

impl DeliveryWatch {
    /// A watch that saw nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is known at this moment, taking all requests of all its calls together: the greatest counts.
    ///
    /// [`Unknown`](Delivery::Unknown) from the moment on that the first piece of a body is taken; without a body, that the request begins.
    pub fn delivery(&self) -> Delivery {
        self.state().delivery()
    }

    /// Returns what is known, and keeps it true: no further request begins. Calls that would send one fail as not sent.
    pub fn close(&self) -> Delivery {
        let mut state = self.state();
        state.closed = true;
        state.delivery()
    }

    /// A request is about to leave; `false`: it must not.
    pub(crate) fn begin(&self) -> bool {
        let mut state = self.state();
        state.open += usize::from(!state.closed);
        !state.closed
    }

    /// The delivery of a request that may not have begun.
    pub(crate) fn record(&self, delivery: Delivery) {
        let mut state = self.state();
        state.settled = state.settled.max(delivery);
    }

    /// The delivery of a request that began.
    pub(crate) fn end(&self, delivery: Delivery) {
        let mut state = self.state();
        state.settled = state.settled.max(delivery);
        state.open = state.open.saturating_sub(1);
    }

    /// A panic in between leaves nothing half: every change is made of steps that cannot fail.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn delivery(&self) -> Delivery {
        if self.open > 0 { self.settled.max(Delivery::Unknown) } else { self.settled }
    }
}
