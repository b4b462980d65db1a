//! [`SqliteStore`].

use std::fmt;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use reachout_oauth::StoreError;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlitePool, query, query_as, query_scalar};
use tokio::time::sleep;

use crate::database::{BATCH, Database, milliseconds};
use crate::keys::{Keys, Sealed};
use crate::migrate::migrator;
use crate::store::DatabaseStore;

const MIGRATIONS: [&str; 1] = [include_str!("../migrations/sqlite/1_tokens.sql")];

/// Writers take turns, so more would wait for each other.
const CONNECTIONS: u32 = 4;

/// How long to wait for another's lock.
const BUSY: Duration = Duration::from_secs(10);

/// A database of SQLite.
pub struct Sqlite(SqlitePool);

/// Tokens in a file of SQLite.
pub type SqliteStore = DatabaseStore<Sqlite>;

impl SqliteStore {
    /// Opens the file, which is created if it is missing: on Unix with mode 0600.
    ///
    /// What is saved is on disk before `save` is ready (`journal_mode = WAL`, `synchronous = FULL`). The file must not
    /// be on a network file system.
    pub async fn open(path: impl AsRef<Path>, keys: Keys) -> Result<Self, StoreError> {
        let path = path.as_ref();
        create_private(path).map_err(|error| StoreError::because(format_args!("cannot open {}", path.display()), error))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        Self::with_pool(connect(&options).await?, keys).await
    }

    /// Keeps tokens in a database of the application, in tables whose names begin with `reachout_token`.
    ///
    /// With `synchronous` below `FULL`, a power cut can lose the last tokens, and with them the account.
    pub async fn with_pool(pool: SqlitePool, keys: Keys) -> Result<Self, StoreError> {
        Self::over(Sqlite(pool), keys).await
    }
}

/// The busy timeout is not for the step of a new file to WAL: SQLite responds to all but one of those that open it at once that it is locked.
async fn connect(options: &SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    let until = Instant::now() + BUSY;
    loop {
        match SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options.clone()).await {
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

impl Database for Sqlite {
    async fn migrate(&self) -> Result<(), MigrateError> {
        let migrator = migrator(&MIGRATIONS);
        // sqlx's lock for this does nothing on SQLite: of several processes one makes a version's tables, and the others
        // fail. Each failure is of another version, so that there are no more of them than versions.
        for _ in &MIGRATIONS {
            if migrator.run(&self.0).await.is_ok() {
                return Ok(());
            }
        }
        migrator.run(&self.0).await
    }

    async fn read(&self, account: &str) -> sqlx::Result<Option<Sealed>> {
        let row = query_as("SELECT key_id, sealed FROM reachout_tokens WHERE account = ?").bind(account).fetch_optional(&self.0).await?;
        Ok(row.map(|(key_id, bytes)| Sealed { key_id, bytes }))
    }

    async fn write(&self, account: &str, sealed: &Sealed) -> sqlx::Result<()> {
        let sql = "INSERT INTO reachout_tokens (account, key_id, sealed) VALUES (?, ?, ?)
            ON CONFLICT (account) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, updated_at = unixepoch()";
        query(sql).bind(account).bind(&sealed.key_id).bind(&sealed.bytes).execute(&self.0).await.map(drop)
    }

    async fn exchange(&self, account: &str, from: &Sealed, to: &Sealed) -> sqlx::Result<bool> {
        let sql = "UPDATE reachout_tokens SET key_id = ?, sealed = ? WHERE account = ? AND key_id = ? AND sealed = ?";
        let new = query(sql).bind(&to.key_id).bind(&to.bytes);
        Ok(new.bind(account).bind(&from.key_id).bind(&from.bytes).execute(&self.0).await?.rows_affected() > 0)
    }

    async fn delete(&self, account: &str) -> sqlx::Result<()> {
        query("DELETE FROM reachout_tokens WHERE account = ?").bind(account).execute(&self.0).await.map(drop)
    }

    async fn not_under(&self, key_id: &str, after: Option<&str>) -> sqlx::Result<Vec<String>> {
        let sql = "SELECT account FROM reachout_tokens WHERE key_id <> ?1 AND (?2 IS NULL OR account > ?2) ORDER BY account LIMIT ?3";
        query_scalar(sql).bind(key_id).bind(after).bind(BATCH).fetch_all(&self.0).await
    }

    async fn take_lease(&self, account: &str, holder: &[u8], lasting: Duration) -> sqlx::Result<bool> {
        let sql = "INSERT INTO reachout_token_leases (account, holder, until_ms)
            VALUES (?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?)
            ON CONFLICT (account) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms, room = NULL
            WHERE reachout_token_leases.until_ms < CAST(unixepoch('subsec') * 1000 AS INTEGER)";
        let taken = query(sql).bind(account).bind(holder).bind(milliseconds(lasting)).execute(&self.0).await?;
        Ok(taken.rows_affected() > 0)
    }

    async fn extend_lease(&self, account: &str, holder: &[u8], lasting: Duration, room: Option<&[u8]>) -> sqlx::Result<bool> {
        let sql = "UPDATE reachout_token_leases SET until_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?, room = ?
            WHERE account = ? AND holder = ?";
        let extended = query(sql).bind(milliseconds(lasting)).bind(room).bind(account).bind(holder).execute(&self.0).await?;
        Ok(extended.rows_affected() > 0)
    }

    async fn end_lease(&self, account: &str, holder: &[u8]) -> sqlx::Result<()> {
        let sql = "DELETE FROM reachout_token_leases WHERE account = ? AND holder = ?";
        query(sql).bind(account).bind(holder).execute(&self.0).await.map(drop)
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("file", &self.0.connect_options().get_filename()).finish()
    }
}
