//! What a client is, and how one is configured.

mod builder;
pub(crate) mod connections;
pub(crate) mod credential;
pub(crate) mod inner;
mod options;
mod pool;
mod vendor;

pub use self::builder::ClientBuilder;
pub use self::credential::CredentialProvider;
pub use self::inner::Core;
pub use self::options::CallOptions;
pub use self::vendor::{Auth, ErrorShape, RateLimit, RateLimitHeaders, Vendor};
