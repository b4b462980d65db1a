//! A database of SQLite or Postgres for each test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reachout_outbox::{Outbox, PgPool, SqlitePool};
use reachout_test_support::Server;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

pub enum Database {
    Sqlite(TempDir),
    Postgres(Arc<Server>, String),
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().unwrap())
    }

    pub async fn postgres() -> Option<Self> {
        Self::on(Server::get()?).await
    }

    /// On a server of its own, which may be restarted.
    pub async fn postgres_alone() -> Option<Self> {
        Self::on(Arc::new(Server::start()?)).await
    }

    async fn on(server: Arc<Server>) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("outbox_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let pool = PgPool::connect(&server.url("postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
        pool.close().await;
        Some(Self::Postgres(server, name))
    }

    pub fn address(&self) -> String {
        match self {
            Self::Sqlite(directory) => format!("sqlite:{}", directory.path().join("outbox.db").display()),
            Self::Postgres(server, name) => server.url(name),
        }
    }

    pub async fn open(&self) -> Outbox {
        Outbox::open(self.address()).await.unwrap()
    }

    pub async fn sqlite_pool(&self) -> SqlitePool {
        SqlitePool::connect(&self.address()).await.unwrap()
    }

    pub async fn postgres_pool(&self) -> PgPool {
        PgPool::connect(&self.address()).await.unwrap()
    }

    /// A number from the tables, for what the interface does not tell.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match self {
            Self::Sqlite(_) => sqlx::query_scalar(sql).fetch_one(&self.sqlite_pool().await).await.unwrap(),
            Self::Postgres(..) => sqlx::query_scalar(sql).fetch_one(&self.postgres_pool().await).await.unwrap(),
        }
    }

    /// Changes the tables behind the outbox's back: how many rows.
    pub async fn change(&self, sql: &'static str) -> u64 {
        match self {
            Self::Sqlite(_) => sqlx::query(sql).execute(&self.sqlite_pool().await).await.unwrap().rows_affected(),
            Self::Postgres(..) => sqlx::query(sql).execute(&self.postgres_pool().await).await.unwrap().rows_affected(),
        }
    }

    /// Whether somebody keeps the others from writing.
    pub async fn is_locked(&self) -> bool {
        let Self::Sqlite(directory) = self else { return false };
        let options = SqliteConnectOptions::new().filename(directory.path().join("outbox.db")).busy_timeout(Duration::from_millis(50));
        let pool = SqlitePool::connect_with(options).await.unwrap();
        pool.begin_with("BEGIN IMMEDIATE").await.is_err()
    }
}

/// A test ends by itself.
pub fn in_time<T>(test: impl Future<Output = T>) -> impl Future<Output = T> {
    let test = Box::pin(test);
    async { tokio::time::timeout(Duration::from_mins(2), test).await.expect("the test takes too long") }
}
