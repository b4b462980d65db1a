//! Whole calls against a vendor in this process, on tokio's stopped clock.

mod advice;
mod credentials;
mod fake;
mod limits;
mod observe;
mod permissions;
mod redirects;
mod responses;
mod retries;
mod settings;
mod simulated;
mod throttle;
mod waits;
mod watch;
