//! A client, and how one is configured.

mod api;
mod builder;
pub(crate) mod connections;
pub(crate) mod core;
pub(crate) mod credential;
mod groups;
mod observer;
mod options;
pub(crate) mod simulated;
pub(crate) mod transport;
mod watch;

pub use self::api::Api;
pub use self::builder::ClientBuilder;
pub use self::core::Core;
pub use self::credential::CredentialProvider;
pub use self::observer::{Observer, Outgoing};
pub use self::options::CallOptions;
pub use self::watch::DeliveryWatch;
