//! [`TimeSource`]: another clock than the database's, for tests whose days pass in seconds.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reachout_runtime::BoxFuture;

use crate::{Error, Outbox};

/// A clock that an outbox goes by instead of its database's, such as that of the sandbox: [`Outbox::with_clock`].
pub trait TimeSource: fmt::Debug + Send + Sync {
    /// What it shows.
    fn read(&self) -> BoxFuture<'_, Result<TimeReading, Error>>;
}

/// What a clock shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeReading {
    /// The time.
    pub now: DateTime<Utc>,
    /// How many seconds pass on it while one passes; 0 where it stands still.
    pub speed: f64,
}

impl Outbox {
    /// Goes by another clock, for tests: when messages are due, windows, delays, daily caps and what is recorded. Leases and rate limits go by the
    /// server's own.
    ///
    /// The time is kept in the database, for all who have it open. A [`Runner`](crate::Runner) of an outbox that was opened without this sends
    /// nothing while the clock is moved, until [`reset_clock`](Self::reset_clock): a message must not leave at the wrong time because of a test.
    pub async fn with_clock(mut self, source: impl TimeSource + 'static) -> Result<Self, Error> {
        self.clock = Some(Arc::new(source));
        self.sync_clock().await?;
        Ok(self)
    }

    /// Looks at the clock of [`with_clock`](Self::with_clock) again; runners do so by themselves.
    pub async fn sync_clock(&self) -> Result<(), Error> {
        if let Some(clock) = &self.clock {
            self.store.set_time(clock.read().await?).await?;
        }
        Ok(())
    }

    /// Goes by the database's own clock again.
    pub async fn reset_clock(&self) -> Result<(), Error> {
        self.store.reset_time().await
    }

    /// The time that the outbox goes by.
    pub async fn now(&self) -> Result<DateTime<Utc>, Error> {
        Ok(crate::time::from_ms(self.store.now().await?))
    }
}
