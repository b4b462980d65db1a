//! [`Lease`]: an account's lock, which ends by itself when its holder dies.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use reachout_oauth::StoreError;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use crate::database::Database;

/// How long to wait before asking again for a lease that somebody has: from the first to the second.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(250));

/// A row that says who is about to spend an account's refresh token, and until when that is to be believed.
///
/// It is extended again and again as long as this lives, and removed when it is dropped.
pub(crate) struct Lease<D: Database> {
    row: Row<D>,
    heartbeat: Option<AbortHandle>,
    runtime: Handle,
}

struct Row<D> {
    database: Arc<D>,
    account: String,
    /// Random, so that it is nobody else's.
    holder: [u8; 16],
    lasting: Duration,
}

impl<D> Clone for Row<D> {
    fn clone(&self) -> Self {
        Self { database: Arc::clone(&self.database), account: self.account.clone(), holder: self.holder, lasting: self.lasting }
    }
}

impl<D: Database> Lease<D> {
    /// Waits for the lease, until `give_up` at the longest.
    pub(crate) async fn take(database: &Arc<D>, account: &str, lasting: Duration, give_up: Instant) -> Result<Self, StoreError> {
        let mut holder = [0; 16];
        rand::fill(&mut holder).map_err(|_| StoreError::new("the system gives no random numbers"))?;
        let row = Row { database: Arc::clone(database), account: account.to_owned(), holder, lasting };
        // Made before the lease is: whoever stops waiting, with the statement on its way, removes the row.
        let mut lease = Self { row, heartbeat: None, runtime: Handle::current() };
        let mut pause = ASK_AGAIN.0;
        while !database.take_lease(account, &holder, lasting).await? {
            if Instant::now() >= give_up {
                return Err(StoreError::new(format!("another process has been refreshing the account `{account}` for too long")));
            }
            sleep(pause).await;
            pause = (2 * pause).min(ASK_AGAIN.1);
        }
        lease.heartbeat = Some(lease.runtime.spawn(beat(lease.row.clone())).abort_handle());
        Ok(lease)
    }

    /// Extends the lease, after writing `bytes` bytes beside it and removing them: an error if there is no room, or if the
    /// lease is somebody else's by now.
    pub(crate) async fn reserve(&self, bytes: usize) -> Result<(), StoreError> {
        let Row { database, account, holder, lasting } = &self.row;
        let mut room = vec![0; bytes];
        // Random, because databases compress.
        rand::fill(&mut room).map_err(|_| StoreError::new("the system gives no random numbers"))?;
        for room in [Some(room.as_slice()), None] {
            if !database.extend_lease(account, holder, *lasting, room).await? {
                return Err(StoreError::new(format!(
                    "the lock on the account `{account}` was lost, and another process may be refreshing it"
                )));
            }
        }
        Ok(())
    }

    pub(crate) fn is_of(&self, database: &Arc<D>, account: &str) -> bool {
        Arc::ptr_eq(&self.row.database, database) && self.row.account == account
    }
}

impl<D: Database> Drop for Lease<D> {
    fn drop(&mut self) {
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.abort();
        }
        let row = self.row.clone();
        // If this fails, or the runtime ends first, the lease ends by itself.
        self.runtime.spawn(async move {
            if let Err(error) = row.database.end_lease(&row.account, &row.holder).await {
                tracing::warn!(account = %row.account, %error, "the lock on an account could not be released; it ends by itself");
            }
        });
    }
}

/// Extends a lease three times as often as needed, until it is lost.
async fn beat<D: Database>(Row { database, account, holder, lasting }: Row<D>) {
    loop {
        sleep(lasting / 3).await;
        match database.extend_lease(&account, &holder, lasting, None).await {
            Ok(true) => {}
            Ok(false) => return tracing::error!(%account, "the lock on an account was lost while it was held"),
            Err(error) => tracing::warn!(%account, %error, "the lock on an account could not be extended"),
        }
    }
}
