//! The engine: apalis runs the jobs, and this feeds it from the tables.
//!
//! apalis calls a service for each task that a [`Backend`] gives it, as many at a time as its concurrency layer allows, and asks for the next
//! only when there is room for it. The backend here is over the outbox's own tables, because those of apalis' storages queue a task again
//! when its worker does not show a sign of life, and a message must not be.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::layers::WorkerBuilderExt as _;
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::layers::Identity;
use apalis_core::task::Task;
use apalis_core::task::data::Data;
use apalis_core::worker::builder::WorkerBuilder;
use apalis_core::worker::context::WorkerContext;
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use tokio::time::sleep;

use super::Shared;
use super::disposition::AGAIN;
use super::job::{self, Job};
use crate::Error;

/// How soon to look for messages that another process queued.
const LOOK: Duration = Duration::from_millis(500);

/// Runs until the source ends and all it gave is done.
pub(super) async fn run(shared: &Arc<Shared>) -> Result<(), Error> {
    let source = Source { claimed: claims(Arc::clone(shared)) };
    let worker = WorkerBuilder::new(shared.lease.worker())
        .backend(source)
        .data(Arc::clone(shared))
        .concurrency(shared.settings.workers)
        .build(deliver);
    worker.run().await.map_err(|error| Error::Worker(error.to_string()))
}

async fn deliver(job: Job, shared: Data<Arc<Shared>>) {
    job::run(Arc::clone(&*shared), job).await;
}

/// Messages that are held for this runner.
struct Source {
    claimed: BoxStream<'static, Job>,
}

impl Backend for Source {
    type Task = Task<Job>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Option<Result<Self::Task, Infallible>>> {
        let claimed = self.claimed.poll_next_unpin(cx);
        if let Poll::Ready(None) = claimed {
            // A worker whose source ends goes on waiting unless it is stopped; an error means that it was before.
            let _ = worker.stop();
        }
        claimed.map(|claimed| claimed.map(|claimed| Ok(Task::new(claimed))))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Source {
    type Args = Job;
    type Id = ();
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}

/// What was claimed and not handed out yet, and the account whose turn it is.
#[derive(Default)]
struct Claims {
    ready: VecDeque<Job>,
    turn: usize,
}

/// Claims messages for as long as the runner goes on.
fn claims(shared: Arc<Shared>) -> BoxStream<'static, Job> {
    unfold((shared, Claims::default()), |(shared, mut claims)| async move {
        let claimed = claims.next(&shared).await?;
        Some((claimed, (shared, claims)))
    })
    .boxed()
}

impl Claims {
    /// The next message, once there is one.
    async fn next(&mut self, shared: &Shared) -> Option<Job> {
        loop {
            if shared.is_stopped() || shared.store.is_in_place().is_err_and(|error| error.is_lasting()) {
                return None;
            }
            if let Some(claimed) = self.ready.pop_front() {
                return Some(claimed);
            }
            let pause = match self.claim(shared).await {
                Ok(None) => {
                    shared.database_works();
                    continue;
                }
                Ok(Some(pause)) => pause,
                Err(error) if error.is_lasting() => return None,
                Err(error) => {
                    shared.database_failed(&error);
                    AGAIN
                }
            };
            if let Err(error) = Self::sweep(shared).await {
                tracing::warn!(%error, "what is held could not be found out; trying again");
            }
            if shared.settings.until_empty && shared.store.is_busy().await.is_ok_and(|busy| !busy) {
                return None;
            }
            tokio::select! {
                () = shared.stop() => {}
                () = shared.wake.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Requeues what this runner holds by the table and does not know of: the database failed in the middle of claiming it, or of requeueing
    /// it.
    async fn sweep(shared: &Shared) -> Result<(), Error> {
        let worker = shared.lease.worker();
        for id in shared.store.held(&worker).await? {
            if !shared.held(|held| held.contains(&id)) {
                shared.store.requeue(id, &worker, Duration::ZERO, "stopped", None).await?;
            }
        }
        Ok(())
    }

    /// Claims messages of the next account that has some: nothing, or how long to wait before looking again.
    async fn claim(&mut self, shared: &Shared) -> Result<Option<Duration>, Error> {
        let lanes = shared.store.due().await?;
        let mut pause = LOOK;
        let most = u32::try_from(shared.settings.workers).unwrap_or(u32::MAX);
        for offset in 0..lanes.len() {
            let due = &lanes[(self.turn + offset) % lanes.len()];
            let (false, Some(due_in)) = (due.paused, due.due_in) else { continue };
            let rules = match &due.rules {
                Ok(rules) => rules,
                Err(reason) => {
                    shared.pause(&due.lane, reason).await;
                    continue;
                }
            };
            let known = shared.lanes.with_rules(&due.lane, rules);
            let wait = known
                .blocked()
                .map(|blocked| blocked.time)
                .or_else(|| u64::try_from(due_in).ok().filter(|ms| *ms > 0).map(Duration::from_millis));
            if let Some(wait) = wait {
                pause = pause.min(wait);
                continue;
            }
            let claimed = shared.store.claim(&shared.lease.worker(), &due.lane, most).await?;
            if !claimed.is_empty() {
                shared.held(|held| held.extend(claimed.iter().map(|claimed| claimed.id)));
                self.ready.extend(claimed.into_iter().map(|claimed| Job { claimed: Arc::new(claimed), known: Arc::clone(&known) }));
                self.turn += offset + 1;
                return Ok(None);
            }
        }
        Ok(Some(pause))
    }
}
