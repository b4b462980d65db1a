//! Whole calls against a vendor in this process, on tokio's stopped clock.

mod advice;
mod answers;
mod credentials;
mod fake;
mod limits;
mod retries;
mod settings;
mod waits;
mod watch;
