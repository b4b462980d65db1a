#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(clippy::doc_markdown, reason = "the names of databases are not code")]
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code, reason = "it needs a database"))]

mod database;
mod keys;
mod lease;
mod migrate;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;

pub use keys::{Key, KeyError, Keys};
#[cfg(feature = "postgres")]
pub use postgres::{Postgres, PostgresStore};
#[cfg(feature = "sqlite")]
pub use sqlite::{Sqlite, SqliteStore};
pub use store::DatabaseStore;

pub use reachout_oauth::{StoreError, StoreLock, TokenStore, Tokens};
pub use secrecy::SecretString;
#[cfg(feature = "postgres")]
pub use sqlx::PgPool;
#[cfg(feature = "sqlite")]
pub use sqlx::SqlitePool;
