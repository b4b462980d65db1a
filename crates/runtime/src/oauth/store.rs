//! [`TokenStore`]: where tokens outlive the process.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_core::future::BoxFuture;

use super::Tokens;

/// Keeps the tokens of accounts. An account is named by whatever the application knows it by, such as a company id.
///
/// Refresh tokens are good for one use. A store must therefore replace an account's tokens as a whole, and must have
/// done so for good when [`save`](Self::save) is ready. [`Tokens::to_json`] is a form to store them in.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The tokens of an account; `None` if it has none.
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>>;

    /// Replaces the tokens of an account. On an error the earlier ones must still be there.
    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Removes the tokens of an account. It is no error if there are none.
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

/// An account's lock. Dropping it releases the account.
#[must_use = "the lock is released when this is dropped"]
pub struct StoreLock(#[allow(dead_code, reason = "held for its Drop")] Option<Box<dyn Any + Send + Sync>>);

impl StoreLock {
    /// Nothing is locked.
    pub fn none() -> Self {
        Self(None)
    }

    /// The lock is held as long as `guard` lives.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreLock").field(&self.0.is_some()).finish()
    }
}

/// Why tokens could not be loaded or stored. The message holds no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(String);

impl StoreError {
    /// An error with a message of your own, which must not contain a token.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(super) fn because(doing: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self(format!("{doing}: {cause}"))
    }
}

/// Tokens in the memory of this process, for tests and for processes that get them from elsewhere at their start.
#[derive(Default)]
pub struct MemoryStore {
    accounts: Mutex<HashMap<String, Account>>,
}

#[derive(Default)]
struct Account {
    tokens: Option<Tokens>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        // Each critical section is one map operation, so a poisoned map is still a whole one.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryStore {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        let tokens = self.accounts().get(account).and_then(|account| account.tokens.clone());
        Box::pin(ready(Ok(tokens)))
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        self.accounts().entry(account.to_owned()).or_default().tokens = Some(tokens.clone());
        Box::pin(ready(Ok(())))
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        if let Some(account) = self.accounts().get_mut(account) {
            account.tokens = None;
        }
        Box::pin(ready(Ok(())))
    }

    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        let lock = Arc::clone(&self.accounts().entry(account.to_owned()).or_default().lock);
        Box::pin(async move { Ok(StoreLock::new(lock.lock_owned().await)) })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("accounts", &self.accounts().len()).finish()
    }
}
