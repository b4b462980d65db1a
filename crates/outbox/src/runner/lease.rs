//! [`Lease`]: the heartbeat of a runner.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::Error;
use crate::store::Store;

/// A row that says that this runner lives, and until when that is to be believed. It is extended again and again as long as this lives.
///
/// Whoever finds that a lease has ended settles what its worker held. A runner that was suspended for longer finds that out by its next
/// step, which the database refuses, and goes on under another name.
pub(super) struct Lease {
    store: Store,
    worker: Arc<RwLock<String>>,
    tasks: [AbortHandle; 2],
}

impl Lease {
    pub(super) async fn start(store: &Store, lasting: Duration) -> Result<Self, Error> {
        let first = Uuid::new_v4().to_string();
        store.register(&first, lasting).await?;
        store.reap().await?;
        let worker = Arc::new(RwLock::new(first));
        // Apart: settling what another left behind may have to wait for its locks, and a heartbeat must not.
        let heartbeat = tokio::spawn(heartbeat(store.clone(), Arc::clone(&worker), lasting)).abort_handle();
        let reap = tokio::spawn(reap(store.clone(), lasting)).abort_handle();
        Ok(Self { store: store.clone(), worker, tasks: [heartbeat, reap] })
    }

    /// The name that counts now.
    pub(super) fn worker(&self) -> String {
        self.worker.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn holder(&self) -> Arc<RwLock<String>> {
        Arc::clone(&self.worker)
    }

    /// Releases what is held. Where the database cannot be reached, the lease ends by itself.
    pub(super) async fn end(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        if let Err(error) = self.store.unregister(&self.worker()).await {
            tracing::warn!(%error, "the worker's lease could not be ended; it ends by itself");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Extends the lease three times as often as needed.
async fn heartbeat(store: Store, worker: Arc<RwLock<String>>, lasting: Duration) {
    loop {
        sleep(lasting / 3).await;
        let name = worker.read().unwrap_or_else(PoisonError::into_inner).clone();
        match store.extend(&name, lasting).await {
            Ok(true) => {}
            Ok(false) => {
                #[cfg(feature = "metrics")]
                crate::metrics::lease_lost();
                tracing::warn!("the worker's lease had ended: it was suspended, or could not reach the database");
                let next = Uuid::new_v4().to_string();
                match store.register(&next, lasting).await {
                    Ok(()) => *worker.write().unwrap_or_else(PoisonError::into_inner) = next,
                    Err(error) => tracing::warn!(%error, "the worker's lease could not be renewed"),
                }
            }
            Err(error) => tracing::warn!(%error, "the worker's lease could not be extended"),
        }
    }
}

/// Settles what others left behind.
async fn reap(store: Store, lasting: Duration) {
    loop {
        sleep(lasting / 3).await;
        match store.reap().await {
            Ok(0) => {}
            Ok(unknown) => tracing::warn!(unknown, "a worker died while it was sending"),
            Err(error) => tracing::warn!(%error, "whether workers died could not be found out"),
        }
        if let Err(error) = store.fold_counts().await {
            tracing::warn!(%error, "the counts could not be put together; trying again");
        }
    }
}
