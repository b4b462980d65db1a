#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod app;
mod authorization;
mod background;
mod cache;
#[cfg(feature = "conformance")]
pub mod conformance;
mod credentials;
mod file_store;
mod location;
mod memory_store;
mod single_flight;
mod store;
mod store_error;
mod tokens;
mod wire;

pub use app::{App, AppBuilder, UserType};
pub use authorization::{Authorization, AuthorizationRequest};
pub use credentials::OAuthCredentials;
pub use file_store::FileStore;
pub use location::{Agency, LocationCredentials};
pub use memory_store::MemoryStore;
pub use store::{StoreLock, TokenStore};
pub use store_error::StoreError;
pub use tokens::{InvalidTokens, Tokens};

// What a `TokenStore` of your own needs to name.
pub use chrono::{DateTime, Utc};
pub use futures_core::future::BoxFuture;
pub use reachout_runtime::{CredentialProvider, Error};
pub use secrecy::{ExposeSecret, SecretString};
