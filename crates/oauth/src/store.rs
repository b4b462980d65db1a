//! [`TokenStore`]: where tokens outlive the process.

use std::any::Any;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::{StoreError, Tokens};

/// Keeps the tokens of accounts. An account is named by whatever the application knows it by, such as a company id.
///
/// Refresh tokens are good for one use. A store must therefore replace an account's tokens as a whole, and must have
/// done so for good when [`save`](Self::save) is ready. [`Tokens::to_json`] is a form to store them in.
///
/// A store is asked on a thread of this crate, one for all accounts, on a tokio runtime: it must not block.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The tokens of an account; `None` if it has none.
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>>;

    /// Replaces the tokens of an account. On an error the earlier ones must still be there.
    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Removes the tokens of an account. It is not an error if there are none.
    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Makes sure that a [`save`](Self::save) of about `bytes` bytes would work: there is room, permission, a connection.
    ///
    /// Asked with the account's lock in hand, right before its refresh token is spent; on an error it is not. A store
    /// whose locks can be lost before they are dropped (leases) checks here that `lock` still holds.
    /// The default promises nothing.
    fn reserve<'a>(&'a self, account: &'a str, lock: &'a StoreLock, bytes: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        let _ = (account, lock, bytes);
        Box::pin(ready(Ok(())))
    }

    /// Keeps other users of the store from refreshing this account until the lock is dropped.
    ///
    /// Within one process [`OAuthCredentials`](super::OAuthCredentials) refreshes an account once for all its calls
    /// without this. A store that several processes share needs it: two refreshes with one single-use token end with
    /// one of them losing the account. The default locks nothing.
    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        let _ = account;
        Box::pin(ready(Ok(StoreLock::none())))
    }
}

/// A store that several owners share.
impl<S: TokenStore + ?Sized> TokenStore for Arc<S> {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        S::load(self, account)
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        S::save(self, account, tokens)
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        S::remove(self, account)
    }

    fn reserve<'a>(&'a self, account: &'a str, lock: &'a StoreLock, bytes: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        S::reserve(self, account, lock, bytes)
    }

    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        S::lock(self, account)
    }
}

/// An account's lock. Dropping it releases the account.
#[must_use = "the lock is released when this is dropped"]
pub struct StoreLock(Option<Box<dyn Any + Send + Sync>>);

impl StoreLock {
    /// Nothing is locked.
    pub fn none() -> Self {
        Self(None)
    }

    /// The lock is held as long as `guard` lives.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(guard)))
    }

    /// What the store gave to [`new`](Self::new), for its [`reserve`](TokenStore::reserve).
    pub fn guard<G: Any>(&self) -> Option<&G> {
        self.0.as_deref()?.downcast_ref()
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreLock").field(&self.0.is_some()).finish()
    }
}
