//! The timer of an attempt.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::time::{Instant, Sleep, sleep_until};

/// Runs until an attempt must be over. One for all that is waited for, because starting one takes a lock of the runtime.
pub(super) type Timer<'t> = Pin<&'t mut Option<Sleep>>;

/// The timer ran out first.
pub(super) struct Elapsed;

/// Starts the timer of an attempt.
pub(super) fn start(timer: &mut Timer<'_>, until: Instant) {
    timer.set(Some(sleep_until(until)));
}

/// The output of `future`, unless the timer runs out first. It is pinned by the caller: an `async fn` would hold it twice.
pub(super) fn in_time<F: Future>(timer: &mut Timer<'_>, mut future: Pin<&mut F>) -> impl Future<Output = Result<F::Output, Elapsed>> {
    poll_fn(move |cx| match (future.as_mut().poll(cx), timer.as_mut().as_pin_mut()) {
        (Poll::Ready(output), _) => Poll::Ready(Ok(output)),
        (Poll::Pending, Some(sleep)) => sleep.poll(cx).map(|()| Err(Elapsed)),
        (Poll::Pending, None) => Poll::Pending,
    })
}
