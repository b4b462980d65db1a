//! [`PostgresStore`].

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use reachout_oauth::StoreError;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, query, query_as, query_scalar};
use tokio::time::timeout;

use crate::database::{BATCH, Database, milliseconds};
use crate::keys::{Keys, Sealed};
use crate::migrate::migrator;
use crate::store::DatabaseStore;

const MIGRATIONS: [&str; 1] = [include_str!("../migrations/postgres/1_tokens.sql")];

/// Enough for many refreshes at once: none keeps a connection while it waits for the vendor.
const CONNECTIONS: u32 = 5;

const CONNECT: Duration = Duration::from_secs(10);

/// A database of Postgres.
pub struct Postgres(PgPool);

/// Tokens in Postgres.
pub type PostgresStore = DatabaseStore<Postgres>;

impl PostgresStore {
    /// Connects to a URL such as `postgres://user:password@host/database`. With `?sslmode=verify-full` the server has to
    /// prove who it is.
    pub async fn connect(url: impl Into<SecretString>, keys: Keys) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url.into().expose_secret())?;
        // By itself first: a pool goes on trying, and says in the end that it took too long.
        let first = timeout(CONNECT, options.connect()).await.map_err(|_| StoreError::new("the database does not respond"))??;
        first.close().await?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(CONNECT).connect_lazy_with(options);
        Self::with_pool(pool, keys).await
    }

    /// Keeps tokens in a database of the application, in tables whose names begin with `reachout_token`, in the first
    /// schema of the connections' `search_path`.
    pub async fn with_pool(pool: PgPool, keys: Keys) -> Result<Self, StoreError> {
        Self::over(Postgres(pool), keys).await
    }
}

impl Database for Postgres {
    async fn migrate(&self) -> Result<(), MigrateError> {
        migrator(&MIGRATIONS).run(&self.0).await
    }

    async fn read(&self, account: &str) -> sqlx::Result<Option<Sealed>> {
        let row = query_as("SELECT key_id, sealed FROM reachout_tokens WHERE account = $1").bind(account).fetch_optional(&self.0).await?;
        Ok(row.map(|(key_id, bytes)| Sealed { key_id, bytes }))
    }

    async fn write(&self, account: &str, sealed: &Sealed) -> sqlx::Result<()> {
        let sql = "INSERT INTO reachout_tokens (account, key_id, sealed) VALUES ($1, $2, $3)
            ON CONFLICT (account) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, updated_at = now()";
        query(sql).bind(account).bind(&sealed.key_id).bind(&sealed.bytes).execute(&self.0).await.map(drop)
    }

    async fn exchange(&self, account: &str, from: &Sealed, to: &Sealed) -> sqlx::Result<bool> {
        let sql = "UPDATE reachout_tokens SET key_id = $1, sealed = $2 WHERE account = $3 AND key_id = $4 AND sealed = $5";
        let new = query(sql).bind(&to.key_id).bind(&to.bytes);
        Ok(new.bind(account).bind(&from.key_id).bind(&from.bytes).execute(&self.0).await?.rows_affected() > 0)
    }

    async fn delete(&self, account: &str) -> sqlx::Result<()> {
        query("DELETE FROM reachout_tokens WHERE account = $1").bind(account).execute(&self.0).await.map(drop)
    }

    async fn not_under(&self, key_id: &str, after: Option<&str>) -> sqlx::Result<Vec<String>> {
        let sql = "SELECT account FROM reachout_tokens WHERE key_id <> $1 AND ($2 IS NULL OR account > $2) ORDER BY account LIMIT $3";
        query_scalar(sql).bind(key_id).bind(after).bind(BATCH).fetch_all(&self.0).await
    }

    async fn take_lease(&self, account: &str, holder: &[u8], lasting: Duration) -> sqlx::Result<bool> {
        let sql = "INSERT INTO reachout_token_leases (account, holder, until)
            VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
            ON CONFLICT (account) DO UPDATE SET holder = excluded.holder, until = excluded.until, room = NULL
            WHERE reachout_token_leases.until < clock_timestamp()";
        let taken = query(sql).bind(account).bind(holder).bind(milliseconds(lasting)).execute(&self.0).await?;
        Ok(taken.rows_affected() > 0)
    }

    async fn extend_lease(&self, account: &str, holder: &[u8], lasting: Duration, room: Option<&[u8]>) -> sqlx::Result<bool> {
        let sql = "UPDATE reachout_token_leases SET until = clock_timestamp() + $1 * interval '1 millisecond', room = $2
            WHERE account = $3 AND holder = $4";
        let extended = query(sql).bind(milliseconds(lasting)).bind(room).bind(account).bind(holder).execute(&self.0).await?;
        Ok(extended.rows_affected() > 0)
    }

    async fn end_lease(&self, account: &str, holder: &[u8]) -> sqlx::Result<()> {
        let sql = "DELETE FROM reachout_token_leases WHERE account = $1 AND holder = $2";
        query(sql).bind(account).bind(holder).execute(&self.0).await.map(drop)
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.0.connect_options();
        f.debug_struct("Postgres").field("host", &options.get_host()).field("database", &options.get_database()).finish()
    }
}
