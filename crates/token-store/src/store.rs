//! [`DatabaseStore`]: what the stores have in common, whatever the database.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use reachout_oauth::{StoreError, StoreLock, TokenStore, Tokens};
use tokio::time::Instant;

use crate::database::Database;
use crate::keys::Keys;
use crate::lease::Lease;

/// Tokens in a database, encrypted. Cheap to clone; clones share connections.
///
/// - An account is locked by a lease: a row that is extended as long as the lock is held, and that ends by itself,
///   [`lease`](Self::lease) later, when the process was killed. The database's clock counts, so those of the machines
///   need not agree. Right before a refresh token is spent, [`reserve`](TokenStore::reserve) makes sure that the lease
///   still holds: a process that was suspended meanwhile does not spend it.
/// - Tokens are encrypted with AES-256-GCM by the present one of the [`Keys`], bound to account and key id. Account
///   names are not encrypted.
#[expect(private_bounds, reason = "the databases are these two")]
pub struct DatabaseStore<D: Database> {
    database: Arc<D>,
    keys: Keys,
    lock_timeout: Duration,
    lease: Duration,
}

#[expect(private_bounds, reason = "the databases are these two")]
impl<D: Database> DatabaseStore<D> {
    pub(crate) async fn over(database: D, keys: Keys) -> Result<Self, StoreError> {
        database.migrate().await.map_err(|error| StoreError::because("the tables cannot be brought up to date", error))?;
        Ok(Self { database: Arc::new(database), keys, lock_timeout: Duration::from_secs(90), lease: Duration::from_secs(30) })
    }

    /// How long to wait for another process that is refreshing the same account: 90 seconds if not set, which is more
    /// than the total deadline of a refresh.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// After how long the lock of a process that was killed, or cannot reach the database, ends: 30 seconds if not set.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Encrypts with the present key what is still encrypted with another, and says how many accounts that were.
    /// Afterwards the others are not needed any more.
    ///
    /// It can be interrupted and run anywhere, as often as one likes: tokens that are saved meanwhile are left alone.
    pub async fn rekey(&self) -> Result<usize, StoreError> {
        let (mut changed, mut after) = (0, None::<String>);
        loop {
            let accounts = self.database.not_under(self.keys.present_id(), after.as_deref()).await?;
            let Some(last) = accounts.last().cloned() else { return Ok(changed) };
            for account in accounts {
                let Some(from) = self.database.read(&account).await? else { continue };
                if from.key_id == self.keys.present_id() {
                    continue;
                }
                let to = self.keys.seal(&account, &self.keys.open(&account, &from)?)?;
                // Whoever saved in between has used a key that they consider the present one.
                changed += usize::from(self.database.exchange(&account, &from, &to).await?);
            }
            after = Some(last);
        }
    }
}

impl<D: Database> TokenStore for DatabaseStore<D> {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        Box::pin(async move {
            let sealed = self.database.read(account).await?;
            sealed.map(|sealed| self.keys.open(account, &sealed)).transpose()
        })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let sealed = self.keys.seal(account, tokens)?;
            Ok(self.database.write(account, &sealed).await?)
        })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { Ok(self.database.delete(account).await?) })
    }

    fn reserve<'a>(&'a self, account: &'a str, lock: &'a StoreLock, bytes: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            match lock.guard::<Lease<D>>() {
                Some(lease) if lease.is_of(&self.database, account) => lease.reserve(bytes).await,
                _ => Err(StoreError::new(format!("the lock is not this store's on the account `{account}`"))),
            }
        })
    }

    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        let give_up = Instant::now() + self.lock_timeout;
        Box::pin(async move { Ok(StoreLock::new(Lease::take(&self.database, account, self.lease, give_up).await?)) })
    }
}

impl<D: Database> Clone for DatabaseStore<D> {
    fn clone(&self) -> Self {
        Self { database: Arc::clone(&self.database), keys: self.keys.clone(), lock_timeout: self.lock_timeout, lease: self.lease }
    }
}

impl<D: Database> fmt::Debug for DatabaseStore<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseStore").field("database", &self.database).field("keys", &self.keys).finish_non_exhaustive()
    }
}
