//! Where renewals run: on a runtime of their own.
//!
//! A renewal holds the account's lock, and from its request on it alone can bring the next refresh token. On the runtime of the call that
//! began it, it would stand still with that runtime, and every other call for the account with it.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);

/// Runs `work` whether or not anybody waits for it, until the process ends.
pub(super) fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> io::Result<JoinHandle<T>> {
    Ok(runtime()?.spawn(work.in_current_span().with_current_subscriber()))
}

fn runtime() -> io::Result<Handle> {
    // The one assignment is of a whole value, so a poisoned one is whole too.
    let mut running = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*running {
        return Ok(handle.clone());
    }
    let runtime = Builder::new_current_thread().enable_all().thread_name("reachout-oauth-blocking").build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("reachout-oauth".to_owned()).spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(running.insert(handle).clone())
}
