//! Opening and closing a [`Store`].

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, Sqlite, SqlitePool, query, query_scalar, raw_sql};
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::file::DatabaseFile;
use super::{Pool, Store};
use crate::Error;

/// Those who wait for a lock of SQLite have it after this time, or give up.
const BUSY: Duration = Duration::from_secs(30);

/// A server of Postgres that does not respond within this time is not there.
const CONNECT: Duration = Duration::from_secs(10);

/// A connection that was closed a moment ago counts for Postgres until its process has ended.
const LEAVING: Duration = Duration::from_secs(1);

/// Connections to Postgres where it allows as many, and those to SQLite that read.
const CONNECTIONS: u32 = 8;

const DURABLE_SQLITE: &str = "PRAGMA synchronous = FULL";

/// A process that is suspended within a transaction keeps its locks, and everybody waits for them: Postgres is to end it. And a commit that
/// does not wait for the disk may be lost in a crash, with a message that was sent: whatever the database's default, it waits.
const SETTINGS_POSTGRES: &str = "SET idle_in_transaction_session_timeout = '5s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'";

/// How many more connections this role may have to this database.
const FREE: &str = "SELECT LEAST(
        NULLIF(r.rolconnlimit, -1) - (SELECT COUNT(*) FROM pg_stat_activity WHERE usename = session_user),
        NULLIF(d.datconnlimit, -1) - (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()),
        current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
            - (SELECT COUNT(*) FROM pg_stat_activity WHERE datid IS NOT NULL)
    ) FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()";

impl Store {
    fn over(pool: Pool) -> Self {
        Self(Arc::new(pool), Arc::default())
    }

    pub(crate) async fn open(address: &SecretString) -> Result<Self, Error> {
        match Address::parse(address.expose_secret())? {
            Address::Sqlite(path) => Self::open_sqlite(&path).await,
            Address::Postgres(options) => Self::open_postgres(*options).await,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, Error> {
        let name = || path.display().to_string();
        create_private(path).map_err(|source| Error::File { path: name(), source })?;
        if is_readable_by_others(path).map_err(|source| Error::File { path: name(), source })? {
            return Err(Error::Readable { path: name() });
        }
        // Before it is opened: another file that takes its place meanwhile is noticed.
        let file = DatabaseFile::of(path, true);
        // A step to `sending` that is lost in a power cut would be sent again: `FULL` has it on disk.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        // A connection that is opened anew may be to another file.
        let pool = |connections: u32| -> PoolOptions<Sqlite> {
            SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY).max_lifetime(None).idle_timeout(None)
        };
        let durable =
            pool(1).after_release(|connection, _| Box::pin(async move { query(DURABLE_SQLITE).execute(connection).await.map(|_| true) }));
        let write = first(&durable, &options).await?;
        let read = pool(CONNECTIONS).connect_with(options).await?;
        Ok(Self::over(Pool::Sqlite { write, read, own: true, file }))
    }

    async fn open_postgres(options: PgConnectOptions) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(connections(&options).await?)
            .acquire_timeout(BUSY)
            .after_connect(|connection, _| Box::pin(async move { raw_sql(SETTINGS_POSTGRES).execute(connection).await.map(drop) }));
        Ok(Self::over(Pool::Postgres { pool: pool.connect_lazy_with(options), own: true }))
    }

    pub(crate) fn sqlite(pool: SqlitePool) -> Self {
        let file = DatabaseFile::of(pool.connect_options().get_filename(), false);
        Self::over(Pool::Sqlite { write: pool.clone(), read: pool, own: false, file })
    }

    pub(crate) fn postgres(pool: PgPool) -> Self {
        Self::over(Pool::Postgres { pool, own: false })
    }

    /// Whether a file of SQLite is still the one that was opened.
    pub(crate) fn is_in_place(&self) -> Result<(), Error> {
        match &*self.0 {
            Pool::Sqlite { file: Some(file), .. } => file.glance(),
            Pool::Sqlite { .. } | Pool::Postgres { .. } => Ok(()),
        }
    }

    /// Writes the log of SQLite into the file, as far as nobody reads it.
    pub(crate) async fn checkpoint(&self) -> Result<(), Error> {
        if let Pool::Sqlite { write, own: true, .. } = &*self.0 {
            query("PRAGMA wal_checkpoint(PASSIVE)").execute(write).await?;
        }
        Ok(())
    }

    /// Closes the connections that were made here. Of SQLite, the last to close them writes the log into the file and removes it.
    pub(crate) async fn close(&self) {
        match &*self.0 {
            Pool::Sqlite { write, read, own: true, .. } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres { pool, own: true } => pool.close().await,
            Pool::Sqlite { .. } | Pool::Postgres { .. } => {}
        }
    }
}

/// Creates a file that others on the machine cannot read. One that is there is not even opened: to close it would end all locks that this
/// process has on it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
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

/// Opens the file. The busy timeout is not for the step of a new one to WAL: SQLite responds to all but one of those that open it at once
/// that it is locked.
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

/// `too_many_connections`.
fn is_full(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "53300")
}

/// How many connections a pool to Postgres may have, found out by one: all but one of those that are free, which is for the next command. A
/// pool would try for half a minute to connect to a server that refuses, and then not say why.
async fn connections(options: &PgConnectOptions) -> Result<u32, Error> {
    let unreachable =
        |source: sqlx::Error| Error::Connect { server: format!("{}:{}", options.get_host(), options.get_port()), source: source.into() };
    let silent = || sqlx::Error::Io(std::io::Error::new(ErrorKind::TimedOut, format!("no response within {} s", CONNECT.as_secs())));
    let until = Instant::now() + LEAVING;
    let mut connection = loop {
        let connected = timeout(CONNECT, PgConnection::connect_with(options)).await.unwrap_or_else(|_| Err(silent()));
        match connected {
            Err(error) if is_full(&error) && Instant::now() < until => sleep(Duration::from_millis(50)).await,
            connected => break connected.map_err(unreachable)?,
        }
    };
    // A proxy in front of Postgres may not respond to it; it has limits of its own.
    let free: Option<i64> = query_scalar(FREE).fetch_one(&mut connection).await.unwrap_or(None);
    connection.close().await?;
    Ok(free.map_or(CONNECTIONS, |free| u32::try_from(free).unwrap_or(0).clamp(1, CONNECTIONS)))
}
