//! [`MemoryStore`]: tokens that end with the process.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_core::future::BoxFuture;
use tokio::sync::Notify;

use super::{StoreError, StoreLock, TokenStore, Tokens};

/// Tokens in the memory of this process, for tests and for processes that get them from elsewhere at their start.
#[derive(Default)]
pub struct MemoryStore {
    accounts: Mutex<HashMap<String, Account>>,
}

#[derive(Default)]
struct Account {
    tokens: Option<Tokens>,
    lock: Arc<Lock>,
}

/// Those who wait for it have no queue: the next could be one that nobody polls.
#[derive(Default)]
struct Lock {
    taken: AtomicBool,
    released: Notify,
}

struct Guard(Arc<Lock>);

impl Lock {
    async fn take(self: Arc<Self>) -> Guard {
        loop {
            // From here on a release is noticed.
            let released = self.released.notified();
            if !self.taken.swap(true, Ordering::AcqRel) {
                break;
            }
            released.await;
        }
        Guard(self)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.taken.store(false, Ordering::Release);
        self.0.released.notify_waiters();
    }
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
        Box::pin(async move { Ok(StoreLock::new(lock.take().await)) })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("accounts", &self.accounts().len()).finish()
    }
}
