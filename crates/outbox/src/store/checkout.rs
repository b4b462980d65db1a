//! [`Checkout`]: a connection for one transaction.

use sqlx::pool::PoolConnection;
use sqlx::{Acquire as _, Connection as _, Database, Pool, Postgres, Sqlite, Transaction, query, raw_sql};

use super::file::DatabaseFile;
use crate::Error;

/// The next commit that waits for the disk takes those with it that did not.
const RELAXED_SQLITE: &str = "PRAGMA synchronous = NORMAL";

/// A power cut must not take what was committed, whatever the database's default is.
const DURABLE_POSTGRES: &str = "SET LOCAL synchronous_commit = on";

/// A connection for one transaction, closed afterwards unless that was committed.
///
/// SQLite itself ends a transaction that finds the disk full, and sqlx then believes it open for ever; a `BEGIN` to Postgres that nobody waits
/// for any more leaves one open that sqlx does not know of, and what the next statement writes is never committed.
pub(super) struct Checkout<D: Database> {
    connection: PoolConnection<D>,
    committed: bool,
}

impl<D: Database> Checkout<D> {
    pub(super) fn release(mut self) {
        self.committed = true;
    }
}

impl Checkout<Sqlite> {
    pub(super) async fn sqlite(pool: &Pool<Sqlite>, file: Option<&DatabaseFile>) -> Result<Self, Error> {
        // A connection that is opened anew would be to another file, or to none.
        file.map_or(Ok(()), DatabaseFile::glance)?;
        Ok(Self { connection: pool.acquire().await?, committed: false })
    }

    /// Does not let the commit wait for the disk.
    pub(super) async fn relax(&mut self) -> Result<(), Error> {
        query(RELAXED_SQLITE).execute(&mut *self.connection).await?;
        Ok(())
    }

    pub(super) async fn begin(&mut self, file: Option<&DatabaseFile>) -> Result<Transaction<'_, Sqlite>, Error> {
        // A transaction that begins by reading cannot write once another process did.
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(file) = file {
            file.check(&mut transaction).await?;
        }
        Ok(transaction)
    }
}

impl Checkout<Postgres> {
    pub(super) async fn postgres(pool: &Pool<Postgres>) -> Result<Self, Error> {
        Ok(Self { connection: pool.acquire().await?, committed: false })
    }

    /// `own`: the connection's commits are on disk anyway.
    pub(super) async fn begin(&mut self, own: bool) -> Result<Transaction<'_, Postgres>, Error> {
        let mut transaction = self.connection.begin().await?;
        if !own {
            raw_sql(DURABLE_POSTGRES).execute(&mut *transaction).await?;
        }
        Ok(transaction)
    }
}

impl<D: Database> Drop for Checkout<D> {
    fn drop(&mut self) {
        if !self.committed {
            self.connection.close_on_drop();
        }
    }
}
