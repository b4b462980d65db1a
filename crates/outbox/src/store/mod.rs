//! [`Store`]: the tables, in SQLite or Postgres.
//!
//! Both databases get the same statements, each in one place: `$1` is a parameter of both, and the view `reachout_outbox_clock` is the
//! database's clock. Where they differ, which is in locking, a statement has two texts side by side.

mod address;
mod admin;
mod budget;
mod filter;
mod insert;
mod migrate;
mod pause;
mod people;
mod select;
mod step;
mod work;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};
use tokio::time::sleep;

use crate::Error;

use address::Address;
pub(crate) use budget::{BudgetTerms, Taken};
pub(crate) use insert::NewRow;
pub(crate) use people::Listing;
pub(crate) use step::{DailyUse, Step, Wish};
pub(crate) use work::{Claimed, Outcome, Used};

/// Those who wait for a lock of SQLite have it after this time, or give up.
const BUSY: Duration = Duration::from_secs(30);

/// A process that is suspended within a transaction keeps its locks, and everybody waits for them: Postgres is to end it.
const LET_GO: &str = "SET idle_in_transaction_session_timeout = '5s'";

/// Connections to Postgres, and those to SQLite that read.
const CONNECTIONS: u32 = 8;

/// The tables. Clones share connections.
#[derive(Clone)]
pub(crate) struct Store(Arc<Pool>);

enum Pool {
    /// Writers of SQLite take turns: here in a queue, which costs less than waiting for the file's lock.
    ///
    /// `own`: the pools were made here, so what is set on their connections is nobody else's concern.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        own: bool,
    },
    Postgres(PgPool),
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
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}

/// The same, with the pool for one statement that writes.
macro_rules! change {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Sqlite { write: $pool, .. } => $body,
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}

/// Executes a statement that writes: how many rows it changed.
macro_rules! execute {
    ($store:expr, $query:expr) => {
        $crate::store::change!($store, |pool| $query.execute(pool).await?.rows_affected())
    };
}

/// The same, in a transaction that ends with the body: committed, unless the body returns from the function.
macro_rules! transaction {
    ($store:expr, |$transaction:ident| $body:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Sqlite { write, .. } => {
                // A transaction that begins by reading cannot write once another process did.
                let mut $transaction = write.begin_with("BEGIN IMMEDIATE").await?;
                let value = $body;
                $transaction.commit().await?;
                value
            }
            $crate::store::Pool::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let value = $body;
                $transaction.commit().await?;
                value
            }
        }
    };
}

/// The same, for what SQLite may lose in a power cut: then the worker is dead as well, and that is how it looks. It costs a tenth of a
/// commit that waits for the disk. A server of Postgres may crash while its workers live, so it gets no such commits.
///
/// The body must not return from the function before the end.
macro_rules! relaxed {
    ($store:expr, |$transaction:ident| $body:expr) => {
        match &*$store.0 {
            $crate::store::Pool::Sqlite { write, own, .. } => {
                let mut connection = write.acquire().await?;
                if *own {
                    sqlx::query($crate::store::RELAXED_SQLITE).execute(&mut *connection).await?;
                }
                let mut $transaction = sqlx::Connection::begin_with(&mut *connection, "BEGIN IMMEDIATE").await?;
                let value = $body;
                $transaction.commit().await?;
                value
            }
            $crate::store::Pool::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let value = $body;
                $transaction.commit().await?;
                value
            }
        }
    };
}

/// The next commit that waits for the disk takes those with it that did not.
const RELAXED_SQLITE: &str = "PRAGMA synchronous = NORMAL";
const DURABLE_SQLITE: &str = "PRAGMA synchronous = FULL";

/// The database's clock, in a statement.
macro_rules! now {
    () => {
        "(SELECT ms FROM reachout_outbox_clock)"
    };
}

use {change, execute, now, read, relaxed, transaction};

/// Opens the file. The busy timeout is not for the step of a new one to WAL: SQLite tells all but one of those that open it at once that it
/// is locked.
async fn first(pool: &SqlitePoolOptions, options: &SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    let until = Instant::now() + BUSY;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < until => sleep(Duration::from_millis(10)).await,
            connected => return connected,
        }
    }
}

/// `SQLITE_BUSY`, whose extended codes have it in their low byte.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

impl Store {
    pub(crate) async fn open(address: &SecretString) -> Result<Self, Error> {
        match Address::parse(address.expose_secret())? {
            Address::Sqlite(path) => Self::open_sqlite(&path).await,
            Address::Postgres(options) => {
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(BUSY)
                    .after_connect(|connection, _| Box::pin(async move { sqlx::query(LET_GO).execute(connection).await.map(drop) }));
                Ok(Self::postgres(pool.connect_lazy_with(*options)))
            }
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, Error> {
        let name = || path.display().to_string();
        create_private(path).map_err(|source| Error::File { path: name(), source })?;
        if is_readable_by_others(path).map_err(|source| Error::File { path: name(), source })? {
            return Err(Error::Readable { path: name() });
        }
        // A step to `sending` that is lost in a power cut would be sent again: `FULL` has it on disk.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY);
        let durable = pool(1)
            .after_release(|connection, _| Box::pin(async move { sqlx::query(DURABLE_SQLITE).execute(connection).await.map(|_| true) }));
        let write = first(&durable, &options).await?;
        let read = pool(CONNECTIONS).connect_with(options).await?;
        Ok(Self(Arc::new(Pool::Sqlite { write, read, own: true })))
    }

    pub(crate) fn sqlite(pool: SqlitePool) -> Self {
        Self(Arc::new(Pool::Sqlite { write: pool.clone(), read: pool, own: false }))
    }

    pub(crate) fn postgres(pool: PgPool) -> Self {
        Self(Arc::new(Pool::Postgres(pool)))
    }

    /// The text for this database.
    fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match &*self.0 {
            Pool::Sqlite { .. } => sqlite,
            Pool::Postgres(_) => postgres,
        }
    }
}

fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Whether anybody but its owner can read or write the file. `ssh` refuses such a key.
fn is_readable_by_others(path: &Path) -> std::io::Result<bool> {
    let metadata = std::fs::metadata(path)?;
    #[cfg(unix)]
    let others = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0;
    #[cfg(not(unix))]
    let others = !metadata.is_file();
    Ok(others)
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Pool::Sqlite { write, .. } => f.debug_struct("Sqlite").field("file", &write.connect_options().get_filename()).finish(),
            Pool::Postgres(pool) => {
                let options = pool.connect_options();
                f.debug_struct("Postgres").field("host", &options.get_host()).field("database", &options.get_database()).finish()
            }
        }
    }
}
