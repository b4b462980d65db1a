//! A database of Postgres for each test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reachout_token_store::{Keys, PgPool, PostgresStore, StoreError, TokenStore as _};

use reachout_test_support::Server;

use crate::{keys, tokens};

pub struct Fixture {
    server: Arc<Server>,
    database: String,
}

impl Fixture {
    pub async fn new() -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let server = Server::get()?;
        let database = format!("test_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let pool = PgPool::connect(&server.url("postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&pool).await.unwrap();
        pool.close().await;
        Some(Self { server, database })
    }

    pub fn address(&self) -> String {
        self.server.url(&self.database)
    }

    pub async fn open(&self, keys: Keys) -> PostgresStore {
        open(&self.address(), keys).await.unwrap()
    }

    pub async fn pool(&self) -> PgPool {
        PgPool::connect(&self.address()).await.unwrap()
    }

    /// All that the tables hold.
    pub async fn bytes(&self) -> Vec<u8> {
        let pool = self.pool().await;
        let rows: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT account || key_id, sealed FROM reachout_tokens").fetch_all(&pool).await.unwrap();
        let leases: Vec<Option<Vec<u8>>> = sqlx::query_scalar("SELECT room FROM reachout_token_leases").fetch_all(&pool).await.unwrap();
        let rows = rows.into_iter().map(|(text, sealed)| [text.into_bytes(), sealed].concat());
        rows.chain(leases.into_iter().flatten()).collect::<Vec<_>>().concat()
    }
}

pub async fn open(address: &str, keys: Keys) -> Result<PostgresStore, StoreError> {
    PostgresStore::connect(address, keys).await
}

crate::suite::suite!();

#[tokio::test]
async fn a_server_that_is_not_there() {
    let error = open("postgres://tester:MARKED-password@127.0.0.1:1/none", keys()).await.unwrap_err().to_string();
    assert!(error.contains("Connection refused"), "{error}");
    let error = open("postgres://tester:MARKED-password@127.0.0.1:port/none", keys()).await.unwrap_err().to_string();
    assert!(!error.contains("MARKED"), "{error}");
}

/// A standby, or a server whose disk is full, takes no writes.
#[tokio::test]
async fn a_server_that_only_reads_says_so_before_a_refresh_token_is_spent() {
    let Some(fixture) = Fixture::new().await else { return };
    let store = fixture.open(keys()).await;
    store.save("acme", &tokens("access-0", "refresh-0")).await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("ALTER DATABASE {} SET default_transaction_read_only = on", fixture.database));
    sqlx::raw_sql(sql).execute(&fixture.pool().await).await.unwrap();
    let later = PostgresStore::with_pool(fixture.pool().await, keys()).await;
    let error = match later {
        Ok(later) => later.lock("acme").await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.to_string().contains("read-only transaction"), "{error}");
    let shown = format!("{store:?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("MARKED"), "{shown}");
}

#[tokio::test]
async fn a_name_that_postgres_cannot_hold() {
    let Some(fixture) = Fixture::new().await else { return };
    let error = fixture.open(keys()).await.save("a\0b", &tokens("MARKED", "MARKED")).await.unwrap_err();
    assert_eq!(error.to_string(), "the database refused a value (SQLSTATE 22021)");
}
