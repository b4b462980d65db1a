//! Stores in SQLite and in Postgres: the same tests for both.
#![expect(clippy::doc_markdown, reason = "the names of databases are not code")]

mod endpoint;
mod keys;
mod postgres;
mod processes;
mod sqlite;
mod suite;

use chrono::DateTime;
use reachout_oauth::ExposeSecret as _;
use reachout_token_store::{Key, Keys, Tokens};

/// Base64 of 32 bytes that count up from `from`: a key for tests.
fn key(id: &str, from: u8) -> Key {
    let bytes: Vec<u8> = (from..from + 32).collect();
    Key::new(id, data_encoding::BASE64.encode(&bytes)).unwrap()
}

fn keys() -> Keys {
    Keys::new(key("2026-01", 1))
}

/// Tokens whose access token has ended.
fn tokens(access: &str, refresh: &str) -> Tokens {
    let mut tokens = Tokens::new(access);
    tokens.refresh_token = Some(refresh.into());
    tokens.expires_at = DateTime::from_timestamp(1_708_770_600, 0);
    tokens.user_type = Some("Company".to_owned());
    tokens
}

fn access(tokens: &Tokens) -> &str {
    tokens.access_token.expose_secret()
}
