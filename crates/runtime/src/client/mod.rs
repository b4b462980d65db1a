//! What a client is, and how one is configured.

mod builder;
pub(crate) mod connections;
pub(crate) mod core;
pub(crate) mod credential;
mod options;
mod vendor;

pub use self::builder::ClientBuilder;
pub use self::core::Core;
pub use self::credential::CredentialProvider;
pub use self::options::CallOptions;
pub use self::vendor::{Auth, ErrorShape, RateLimit, RateLimitHeaders, Vendor};
