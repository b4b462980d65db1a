//! OAuth 2.0 for HighLevel and its white-label editions: from the authorization link to tokens that stay fresh.
//!
//! ```no_run
//! use std::sync::Arc;
//! use reachout_runtime::oauth::{App, FileStore, OAuthCredentials, TokenStore};
//! # async fn example(client_secret: &str, code: &str) -> Result<(), Box<dyn std::error::Error>> {
//!
//! let app = App::builder("client-id", client_secret).redirect_uri("https://example.com/oauth/callback").build()?;
//!
//! // Once for each account: send the user to `authorization.url`, compare `authorization.state` with the `state`
//! // that comes back, and exchange the code that comes with it.
//! let authorization = app.authorization().scopes(["conversations/message.write", "contacts.readonly"]).start()?;
//! let tokens = app.exchange_code(code).await?;
//! let store = Arc::new(FileStore::new("/var/lib/my-app/tokens"));
//! store.save("my-agency", &tokens).await?;
//!
//! // From then on: give this to a client's `builder().credential_provider(…)`.
//! let credentials = Arc::new(OAuthCredentials::new(app, store, "my-agency"));
//! # Ok(())
//! # }
//! ```
//!
//! A refresh token is good for one use, and the refresh's answer brings the next. Whoever loses that answer loses
//! the account. [`OAuthCredentials`] is built around this; its documentation says how.
//!
//! An agency's token opens its sub-accounts: [`OAuthCredentials::agency`], then [`Agency::location`].
#![allow(clippy::doc_markdown, reason = "the names of vendors are not code")]

mod app;
mod authorization;
mod cache;
mod credentials;
mod file_store;
mod flight;
mod location;
mod store;
mod tokens;
mod wire;

pub use app::{App, AppBuilder, UserType};
pub use authorization::{Authorization, AuthorizationRequest};
pub use credentials::OAuthCredentials;
pub use file_store::FileStore;
pub use location::{Agency, LocationCredentials};
pub use store::{MemoryStore, StoreError, StoreLock, TokenStore};
pub use tokens::{InvalidTokens, Tokens};
