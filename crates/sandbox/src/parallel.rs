//! Work on several vendors at the same time.

use std::thread;

/// The results of `work`, each in a thread of its own, in the order of `items`.
pub(crate) fn map<T: Send, U: Send>(items: impl IntoIterator<Item = T>, work: impl Fn(T) -> U + Copy + Send) -> Vec<U> {
    thread::scope(|scope| {
        let running: Vec<_> = items.into_iter().map(|item| scope.spawn(move || work(item))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
