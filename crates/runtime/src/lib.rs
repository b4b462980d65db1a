//! What every Reachout client shares: authentication, retry, pacing, errors, pagination.
#![forbid(unsafe_code)]

mod credential;
mod error;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use credential::CredentialProvider;
pub use error::{Delivery, Error, ErrorKind};
pub use futures_core::future::BoxFuture;
