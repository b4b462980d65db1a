//! [`Steps`]: the steps to `sending` of a runner's jobs, as many as there are in one commit.
//!
//! Each step has to be on disk before its message is sent, and a commit that waits for the disk takes as long for a hundred steps as for
//! one. A job that comes while a commit is under way waits for the next, and so do others.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::Error;
use crate::store::{BudgetTerms, Claimed, DailyUse, Step, StepRequest, Store};

/// How many steps a commit takes at most.
const MOST: usize = 64;

#[derive(Default)]
pub(super) struct Steps {
    waiting: Mutex<Vec<Waiting>>,
    /// Held by the job that does it for all.
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    claimed: Arc<Claimed>,
    terms: Option<BudgetTerms>,
    daily: Option<DailyUse>,
    permitted: bool,
    reply: oneshot::Sender<Result<Step, String>>,
}

impl Waiting {
    fn request(&self) -> StepRequest<'_> {
        StepRequest { claimed: &self.claimed, terms: self.terms.as_ref(), daily: self.daily.as_ref(), permitted: self.permitted }
    }
}

impl Steps {
    pub(super) async fn begin(
        &self,
        store: &Store,
        claimed: &Arc<Claimed>,
        terms: Option<&BudgetTerms>,
        daily: Option<&DailyUse>,
        permitted: bool,
    ) -> Result<Step, Error> {
        let (reply, mut replied) = oneshot::channel();
        let waiting = Waiting { claimed: Arc::clone(claimed), terms: terms.cloned(), daily: daily.cloned(), permitted, reply };
        self.lock().push(waiting);
        let step = tokio::select! {
            biased;
            step = &mut replied => step,
            _turn = self.turn.lock() => {
                // Another may have done it for this one just before.
                if replied.is_empty() {
                    self.commit(store).await;
                }
                replied.await
            }
        };
        match step {
            Ok(step) => step.map_err(Error::Other),
            // Whoever did it for all was ended.
            Err(_) => Err(Error::Other("the step to sending was given up".to_owned())),
        }
    }

    /// Commits what waits, until nothing does that was there when it began.
    async fn commit(&self, store: &Store) {
        let mut all = std::mem::take(&mut *self.lock());
        all.sort_by(|one, other| (&one.claimed.envelope.account, one.claimed.id).cmp(&(&other.claimed.envelope.account, other.claimed.id)));
        while !all.is_empty() {
            let rest = all.split_off(all.len().min(MOST));
            let steps = store.begin_all(&all.iter().map(Waiting::request).collect::<Vec<_>>()).await.map_err(|error| error.to_string());
            let steps = match steps {
                Ok(steps) => steps.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error); all.len()],
            };
            for (waiting, step) in all.into_iter().zip(steps) {
                // A job that does not listen any more is in a process that ends; its lease does, too.
                drop(waiting.reply.send(step));
            }
            all = rest;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
