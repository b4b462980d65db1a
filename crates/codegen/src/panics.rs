//! Panics of libraries as errors.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

/// Runs what may panic, and returns the message of a panic as an error. Libraries assert what the lint should have refused; a maintainer
/// gets a sentence, not a backtrace. The hook stays as it is for every other thread.
pub fn catch<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    thread_local!(static SILENT: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !SILENT.get() {
                before(info);
            }
        }));
    });
    SILENT.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    SILENT.set(false);
    result.unwrap_or_else(|cause| {
        let message = cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string));
        Err(message.unwrap_or_else(|| "it panicked without a message".to_owned()))
    })
}
