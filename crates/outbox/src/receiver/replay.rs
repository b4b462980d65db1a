//! An outbox as a [`ReplayGuard`], for webhooks that an application handles itself.

use chrono::{DateTime, Utc};
use reachout_webhooks::ReplayGuard;

use crate::{Error, Outbox};

/// Remembers ids in the outbox's database, so that all receivers that share it, and those that are started again, know them. [`Outbox::purge`] forgets
/// what is older, but nothing of the last two days. A [`Receiver`](crate::Receiver) needs none.
impl ReplayGuard for Outbox {
    type Error = Error;

    async fn first_seen(&self, id: &str, at: DateTime<Utc>) -> Result<bool, Error> {
        self.store.first_seen(id, at.timestamp_millis()).await
    }

    async fn forget(&self, id: &str) -> Result<(), Error> {
        self.store.forget(id).await
    }
}
