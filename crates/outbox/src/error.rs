//! [`Error`]: why the outbox cannot do what it is asked.

use std::fmt;

use crate::{AddressError, RulesError, State};

/// Why the outbox cannot do what it is asked. No message's content and no address is part of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one of SQLite or Postgres, or has parameters without effect.
    #[error("an outbox is at `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`: {problem}")]
    Address {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Others can read the file, and with it every message and address.
    #[error("{path} can be read by others; `chmod 600 {path}`")]
    Readable {
        /// The file.
        path: String,
    },
    /// The file of an SQLite database cannot be made or opened.
    #[error("cannot open {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("{0}")]
    Database(DatabaseError),
    /// The tables cannot be brought up to date.
    #[error("the tables cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Another message was queued under the key.
    #[error("message {number} of the batch: its key was used for another message, which is number {id} of the outbox; take another key")]
    KeyTaken {
        /// The message's place in what was queued, from 1.
        number: usize,
        /// The message that has the key.
        id: i64,
    },
    /// The key is empty, longer than 500 bytes, or holds a line break or another control character.
    #[error("message {number} of the batch: a key is 1 to 500 bytes without line breaks or other control characters")]
    Key {
        /// The message's place in what was queued, from 1.
        number: usize,
    },
    /// The vendor cannot send the message. Nothing was queued.
    #[error("message {number} of the batch: {source}")]
    Message {
        /// The message's place in what was queued, from 1.
        number: usize,
        /// What the vendor cannot do.
        source: reachout_messenger::Unsupported,
    },
    /// One of the message's addresses is none. Nothing was queued.
    #[error("message {number} of the batch: its {field} is {source}")]
    Recipient {
        /// The message's place in what was queued, from 1.
        number: usize,
        /// Which address.
        field: &'static str,
        /// Why it is none.
        source: AddressError,
    },
    /// What was given as an address is none.
    #[error("the address is {0}")]
    NotAnAddress(#[from] AddressError),
    /// A time zone that is not in the database of time zones.
    #[error("message {number} of the batch: the recipient's time zone is not known; write one such as `Europe/Paris`")]
    TimeZone {
        /// The message's place in what was queued, from 1.
        number: usize,
    },
    /// A transaction of another database than the outbox's.
    #[error("the transaction is of another kind of database than the outbox")]
    OtherDatabase,
    /// There is no such message.
    #[error("the outbox has no message {0}")]
    NotFound(i64),
    /// What was asked cannot be done to a message in its state.
    #[error("message {id} is {state}: {wanted}")]
    State {
        /// The message.
        id: i64,
        /// Its state.
        state: State,
        /// What can be done.
        wanted: &'static str,
    },
    /// Messages in that state may be with the vendor, or are on their way.
    #[error("messages that are {0} are not sent again by this; those that are rejected, failed, cancelled or suppressed can be")]
    NotRetried(State),
    /// The settings of an account.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A client cannot be made for an account.
    #[error(transparent)]
    Client(#[from] reachout_runtime::Error),
    /// The facade has no such vendor.
    #[error(transparent)]
    Vendor(#[from] reachout_messenger::Unsupported),
    /// The table holds what this version cannot read: a later one wrote it, or a person.
    #[error("message {id} cannot be read: its {field} is not of a form that this version knows")]
    Unreadable {
        /// The message.
        id: i64,
        /// Which column.
        field: &'static str,
    },
    /// The engine that runs the workers failed.
    #[error("the worker ended: {0}")]
    Worker(String),
    /// A hook or an account failed, in its own words.
    #[error("{0}")]
    Other(String),
}

/// What a database said, without the values of the statement.
pub struct DatabaseError(sqlx::Error);

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            // A database's message may quote a value: its code tells enough.
            sqlx::Error::Database(error) => match (error.try_downcast_ref::<sqlx::sqlite::SqliteError>(), error.code()) {
                (Some(sqlite), _) => write!(f, "the database failed: {sqlite}"),
                (None, Some(code)) => write!(f, "the database failed (SQLSTATE {code})"),
                (None, None) => f.write_str("the database failed"),
            },
            other => write!(f, "the database failed: {other}"),
        }
    }
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseError({self})")
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(DatabaseError(error))
    }
}
