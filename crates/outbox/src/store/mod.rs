//! [`Store`]: the tables, in SQLite or Postgres.
//!
//! Both databases get the same statements, each in one place: `$1` is a parameter of both, and the view `reachout_outbox_clock` is the
//! database's clock. Where they differ, which is in locking, a statement has two texts side by side.

mod address;
mod admin;
mod audit;
mod budget;
mod campaign;
mod cap;
mod checkout;
mod claim;
mod events;
mod feed;
mod file;
mod filter;
mod finish;
#[cfg(feature = "webhooks")]
mod forward;
mod hash;
mod insert;
mod lease;
mod migrate;
mod moved;
mod open;
mod pause;
mod people;
mod purge;
mod refusal;
mod select;
mod set;
mod signal;
mod step;
mod stops;
mod watch;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use campaign::Sequences;
use file::DatabaseFile;

pub(crate) use admin::Resolved;
pub(crate) use budget::{BudgetTerms, Taken};
pub(crate) use campaign::{Begin, NewPerson, Place};
pub(crate) use cap::CapUse;
pub(crate) use claim::Claimed;
pub(crate) use events::NewEvent;
pub(crate) use finish::{Finish, Outcome, Used};
pub(crate) use hash::hash;
pub(crate) use insert::NewRow;
pub(crate) use people::Listing;
pub(crate) use signal::{About, Seen};
pub(crate) use step::{Step, StepRequest};

/// The tables. Clones share connections.
#[derive(Clone)]
pub(crate) struct Store(Arc<Pool>, Arc<Sequences>);

/// `own`: the connections were made here, so what is set on them is nobody else's concern.
enum Pool {
    /// Writers of SQLite take turns: here in a queue, which costs less than waiting for the file's lock.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        own: bool,
        /// None of a database in memory.
        file: Option<DatabaseFile>,
    },
    Postgres {
        pool: PgPool,
        own: bool,
    },
}

/// A transaction of the caller's own: a `&mut` to one of sqlx's, or to its connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Transaction<'t> {
    /// Of SQLite.
    Sqlite(&'t mut SqliteConnection),
    /// Of Postgres.
    Postgres(&'t mut PgConnection),
}

impl<'t> From<&'t mut sqlx::Transaction<'_, Sqlite>> for Transaction<'t> {
    fn from(transaction: &'t mut sqlx::Transaction<'_, Sqlite>) -> Self {
        Self::Sqlite(transaction)
    }
}

impl<'t> From<&'t mut sqlx::Transaction<'_, Postgres>> for Transaction<'t> {
    fn from(transaction: &'t mut sqlx::Transaction<'_, Postgres>) -> Self {
        Self::Postgres(transaction)
    }
}

impl<'t> From<&'t mut SqliteConnection> for Transaction<'t> {
    fn from(connection: &'t mut SqliteConnection) -> Self {
        Self::Sqlite(connection)
    }
}

impl<'t> From<&'t mut PgConnection> for Transaction<'t> {
    fn from(connection: &'t mut PgConnection) -> Self {
        Self::Postgres(connection)
    }
}

/// Does the same with a pool of either database: `read!(store, |pool| query("…").fetch_all(pool).await?)`.
macro_rules! read {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Sqlite { read: $pool, .. } => $body,
            $crate::store::Pool::Postgres { pool: $pool, .. } => $body,
        }
    };
}

/// Executes a statement that writes, in a transaction of its own: how many rows it changed.
macro_rules! execute {
    ($store:expr, $query:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Postgres { pool, own: true } => $query.execute(pool).await?.rows_affected(),
            _ => $crate::store::transaction!($store, |transaction| $query.execute(&mut *transaction).await?.rows_affected()),
        }
    };
}

/// Does the same in a transaction of either database, which ends with the body: committed, unless the body returns from the function. It is on
/// disk then.
macro_rules! transaction {
    ($store:expr, |$transaction:ident| $body:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Sqlite { write, file, .. } => {
                let mut checkout = $crate::store::checkout::Checkout::sqlite(write, file.as_ref()).await?;
                let mut $transaction = checkout.begin(file.as_ref()).await?;
                let value = $body;
                $transaction.commit().await?;
                checkout.release();
                value
            }
            $crate::store::Pool::Postgres { pool, own } => {
                let mut checkout = $crate::store::checkout::Checkout::postgres(pool).await?;
                let mut $transaction = checkout.begin(*own).await?;
                let value = $body;
                $transaction.commit().await?;
                checkout.release();
                value
            }
        }
    };
}

/// The same, for what SQLite may lose in a power cut: then the worker is dead as well, and that is how it looks. It costs a tenth of a
/// commit that waits for the disk. A server of Postgres may crash while its workers live, so it gets no such commits.
macro_rules! relaxed {
    ($store:expr, |$transaction:ident| $body:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Sqlite { write, own: true, file, .. } => {
                let mut checkout = $crate::store::checkout::Checkout::sqlite(write, file.as_ref()).await?;
                checkout.relax().await?;
                let mut $transaction = checkout.begin(file.as_ref()).await?;
                let value = $body;
                $transaction.commit().await?;
                checkout.release();
                value
            }
            _ => $crate::store::transaction!($store, |$transaction| $body),
        }
    };
}

/// The server's own clock, in a statement: leases and rate limits go by it.
macro_rules! tick {
    () => {
        "(SELECT ms FROM reachout_outbox_server_clock)"
    };
}

/// The outbox's clock, in a statement: the server's, unless it was moved.
macro_rules! now {
    () => {
        "(SELECT ms FROM reachout_outbox_clock)"
    };
}

use {execute, now, read, relaxed, tick, transaction};

impl Store {
    /// The text for this database.
    fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match &*self.0 {
            Pool::Sqlite { .. } => sqlite,
            Pool::Postgres { .. } => postgres,
        }
    }

    /// Has those take turns who name a vendor's id, until their transactions end. Writers of SQLite do anyway.
    fn turn(&self) -> &'static str {
        self.either("SELECT $1", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
    }
}

#[expect(clippy::missing_fields_in_debug, reason = "which database it is says all")]
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Pool::Sqlite { write, .. } => f.debug_struct("Sqlite").field("file", &write.connect_options().get_filename()).finish(),
            Pool::Postgres { pool, .. } => {
                let options = pool.connect_options();
                f.debug_struct("Postgres").field("host", &options.get_host()).field("database", &options.get_database()).finish()
            }
        }
    }
}
