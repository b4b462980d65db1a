//! [`Group`]: requests of a runner's jobs to the database, as many as there are in one commit.
//!
//! A commit that waits for the disk takes as long for a hundred steps to `sending` as for one, and so does a round trip to Postgres. A job
//! that comes while a commit is under way waits for the next, and so do others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::Error;
use crate::store::{BudgetTerms, CapUse, Claimed, Finish, Step, StepRequest, Store};

/// How many requests a commit takes at most.
const MOST: usize = 64;

/// What is done for many in one commit.
pub(super) trait Grouped: Send + Sized {
    /// What each gets.
    type Reply: Send;

    /// The order in which rows are locked, so that two processes do not wait for each other.
    fn order(&self) -> (&crate::Account, i64);

    /// Does it for all, or for none.
    fn commit(all: &[Self], store: &Store) -> impl Future<Output = Result<Vec<Self::Reply>, Error>> + Send;
}

/// Those who wait for a commit.
pub(super) struct Group<T: Grouped> {
    waiting: Mutex<Vec<(T, Sender<T>)>>,
    /// Held by the job that does it for all.
    turn: tokio::sync::Mutex<()>,
}

type Sender<T> = oneshot::Sender<Result<<T as Grouped>::Reply, Arc<Error>>>;

impl<T: Grouped> Default for Group<T> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }
}

impl<T: Grouped> Group<T> {
    /// Has it done with the next commit.
    pub(super) async fn join(&self, store: &Store, request: T) -> Result<T::Reply, Arc<Error>> {
        let (sender, mut reply) = oneshot::channel();
        self.lock().push((request, sender));
        let replied = tokio::select! {
            biased;
            replied = &mut reply => replied,
            _turn = self.turn.lock() => {
                // Another may have done it for this one just before.
                if reply.is_empty() {
                    self.commit(store).await;
                }
                reply.await
            }
        };
        // Whoever did it for all was ended.
        replied.unwrap_or_else(|_| Err(Arc::new(Error::Other("the commit was given up".to_owned()))))
    }

    /// Commits what waits, until nothing does that was there when it began.
    async fn commit(&self, store: &Store) {
        let mut all = std::mem::take(&mut *self.lock());
        all.sort_by(|(one, _), (other, _)| one.order().cmp(&other.order()));
        while !all.is_empty() {
            let rest = all.split_off(all.len().min(MOST));
            let (requests, senders): (Vec<_>, Vec<_>) = all.into_iter().unzip();
            let replies: Vec<_> = match T::commit(&requests, store).await.map_err(Arc::new) {
                Ok(replies) => replies.into_iter().map(Ok).collect(),
                Err(error) => senders.iter().map(|_| Err(Arc::clone(&error))).collect(),
            };
            for (sender, reply) in senders.into_iter().zip(replies) {
                // A job that does not listen any more is in a process that ends; its lease does, too.
                drop(sender.send(reply));
            }
            all = rest;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(T, Sender<T>)>> {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A step to `sending`, which has to be on disk before its message is sent.
pub(super) struct BeginStep {
    pub(super) claimed: Arc<Claimed>,
    pub(super) terms: Option<BudgetTerms>,
    pub(super) caps: Vec<CapUse>,
    pub(super) permitted: bool,
}

impl BeginStep {
    fn request(&self) -> StepRequest<'_> {
        StepRequest { claimed: &self.claimed, terms: self.terms.as_ref(), caps: &self.caps, permitted: self.permitted }
    }
}

impl Grouped for BeginStep {
    type Reply = Step;

    fn order(&self) -> (&crate::Account, i64) {
        (&self.claimed.envelope.account, self.claimed.id)
    }

    async fn commit(all: &[Self], store: &Store) -> Result<Vec<Step>, Error> {
        store.begin_all(&all.iter().map(Self::request).collect::<Vec<_>>()).await
    }
}

impl Grouped for Arc<Finish> {
    /// False where the message was settled otherwise.
    type Reply = bool;

    fn order(&self) -> (&crate::Account, i64) {
        (&self.claimed.envelope.account, self.claimed.id)
    }

    async fn commit(all: &[Self], store: &Store) -> Result<Vec<bool>, Error> {
        store.finish_all(all).await
    }
}
