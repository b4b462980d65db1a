//! [`StoreError`], and what becomes one.

use std::{fmt, io, str};

use super::InvalidTokens;

/// Why tokens could not be loaded or stored. The message holds no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(String);

impl StoreError {
    /// An error with a message of your own, which must not contain a token.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What was being done, and why it failed. Neither text may contain a token.
    pub fn because(doing: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self(format!("{doing}: {cause}"))
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Line and column alone: the error's own text quotes the value that does not fit, which may be a token.
impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("the stored JSON is not what was expected at line {} column {}", error.line(), error.column()))
    }
}

impl From<InvalidTokens> for StoreError {
    fn from(error: InvalidTokens) -> Self {
        Self(error.to_string())
    }
}

impl From<str::Utf8Error> for StoreError {
    fn from(error: str::Utf8Error) -> Self {
        Self(error.to_string())
    }
}

/// With the database's words, except where they quote a value (class 22 of SQLSTATE).
#[cfg(feature = "sqlx")]
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match code {
            Some(code) if code.len() == 5 && code.starts_with("22") => Self(format!("the database refused a value (SQLSTATE {code})")),
            _ => Self(error.to_string()),
        }
    }
}
