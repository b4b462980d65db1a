//! Databases of SQLite, each in a directory of its own, and what only SQLite does.

use std::sync::Arc;

use reachout_oauth::{App, OAuthCredentials};
use reachout_token_store::{Keys, SqlitePool, SqliteStore, StoreError, TokenStore as _};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tempfile::TempDir;

use crate::endpoint::Endpoint;
use crate::{access, keys, tokens};

pub struct Fixture(TempDir);

#[expect(clippy::unused_async, reason = "as Postgres's")]
impl Fixture {
    pub async fn new() -> Option<Self> {
        Some(Self(TempDir::new().unwrap()))
    }

    pub fn address(&self) -> String {
        self.0.path().join("tokens.db").to_str().unwrap().to_owned()
    }

    pub async fn open(&self, keys: Keys) -> SqliteStore {
        open(&self.address(), keys).await.unwrap()
    }

    pub async fn pool(&self) -> SqlitePool {
        SqlitePool::connect_with(SqliteConnectOptions::new().filename(self.address()).create_if_missing(true)).await.unwrap()
    }

    /// All that is on disk.
    pub async fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.0.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

pub async fn open(address: &str, keys: Keys) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(address, keys).await
}

crate::suite::suite!();

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let fixture = Fixture::new().await.unwrap();
    let store = fixture.open(keys()).await;
    store.save("acme", &tokens("a", "r")).await.unwrap();
    let mut names = Vec::new();
    for file in std::fs::read_dir(fixture.0.path()).unwrap().map(Result::unwrap) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    assert!(names.contains(&"tokens.db-wal".to_owned()), "{names:?}");
}

#[tokio::test]
async fn what_is_saved_is_on_disk() {
    let fixture = Fixture::new().await.unwrap();
    let store = fixture.open(keys()).await;
    drop(store);
    // The journal mode is the file's, as whoever opens it finds it.
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&fixture.pool().await).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened() {
    let error = open("/nowhere/at/all.db", keys()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open /nowhere/at/all.db: No such file or directory (os error 2)");
}

/// As on a full disk: the database may not grow any more.
#[tokio::test]
async fn a_full_database_keeps_the_refresh_token_from_being_spent() {
    let fixture = Fixture::new().await.unwrap();
    fixture.open(keys()).await.save("acme", &tokens("access-0", "refresh-0")).await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&fixture.pool().await).await.unwrap();
    let full = SqlitePoolOptions::new().after_connect(move |connection, _| {
        Box::pin(async move {
            let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
            sqlx::raw_sql(limit).execute(connection).await.map(drop)
        })
    });
    let pool = full.connect_with(SqliteConnectOptions::new().filename(fixture.address())).await.unwrap();
    let store = Arc::new(SqliteStore::with_pool(pool, keys()).await.unwrap());

    let endpoint = Endpoint::start().await;
    let app = App::builder("id", "secret").base_url(&endpoint.url).build().unwrap();
    let credentials = OAuthCredentials::new(app, store.clone(), "acme");
    let error = credentials.tokens().await.unwrap_err().to_string();
    assert!(error.contains("database or disk is full; the refresh token was not spent"), "{error}");
    assert_eq!(endpoint.counts(), (0, 0));
    assert_eq!(access(&store.load("acme").await.unwrap().unwrap()), "access-0");
}
