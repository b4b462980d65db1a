//! What every Reachout client shares: authentication, retry, pacing, errors, pagination.
#![forbid(unsafe_code)]

mod credential;
mod error;

pub use credential::CredentialProvider;
pub use error::{Delivery, Error, ErrorKind};
pub use futures_core::future::BoxFuture;
