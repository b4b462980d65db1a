//! [`Cached`]: what was read of each account, for as long as it is believed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use crate::{Account, Error};

/// How long a failure stands for the messages that wait for the same.
const FAILED: Duration = Duration::from_secs(5);

/// What was read of each account.
pub(super) struct Cached<T>(Mutex<HashMap<Account, Arc<tokio::sync::Mutex<Reading<T>>>>>);

/// What was read of an account.
pub(super) struct Reading<T> {
    value: Option<(Instant, T)>,
    failed: Option<(Instant, String)>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cached<T> {
    /// That of one account. Others that want it wait, so that it is read once.
    pub(super) async fn of(&self, account: &Account) -> OwnedMutexGuard<Reading<T>> {
        let reading = {
            // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
            let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let unread = || Arc::new(tokio::sync::Mutex::new(Reading { value: None, failed: None }));
            Arc::clone(accounts.entry(account.clone()).or_insert_with(unread))
        };
        reading.lock_owned().await
    }
}

impl<T> Reading<T> {
    /// What was read not longer than `age` ago. `read` gets what was read before, if anything; where it fails, that is forgotten.
    pub(super) async fn within<F: Future<Output = Result<T, Error>>>(
        &mut self,
        age: Duration,
        read: impl FnOnce(Option<T>) -> F,
    ) -> Result<&T, Error> {
        if self.value.as_ref().is_none_or(|(read_at, _)| read_at.elapsed() >= age) {
            if let Some((_, reason)) = self.failed.as_ref().filter(|(at, _)| at.elapsed() < FAILED) {
                return Err(Error::Other(reason.clone()));
            }
            let begun = Instant::now();
            let before = self.value.take().map(|(_, value)| value);
            match read(before).await {
                Ok(value) => (self.value, self.failed) = (Some((begun, value)), None),
                Err(error) => {
                    self.failed = Some((Instant::now(), error.to_string()));
                    return Err(error);
                }
            }
        }
        self.value.as_ref().map(|(_, value)| value).ok_or_else(|| Error::Other("it was not read".to_owned()))
    }
}
