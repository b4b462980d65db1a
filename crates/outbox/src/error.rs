//! [`Error`]: why the outbox cannot do what it is asked.

use std::fmt;

use reachout_runtime::{Advice, Delivery};

use crate::{AddressError, RulesError, SequenceError, State};

/// Why the outbox cannot do what it is asked. No message's content and no address is part of it. `Display` is one sentence, and so is `{:?}`.
#[derive(thiserror::Error)]
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
    /// The file of an SQLite database is not what others see any more: it was deleted, replaced or cut while it was open.
    #[error(
        "{path} was {how} while it was in use, so nothing more is sent: nobody else would know of it. Restore the file that it was, or \
             compare with the vendor before another is used"
    )]
    FileChanged {
        /// The file.
        path: String,
        /// What was done to it.
        how: &'static str,
    },
    /// A server of Postgres cannot be connected to.
    #[error("cannot connect to Postgres at {server}: {source}")]
    Connect {
        /// Its host and port.
        server: String,
        /// Why.
        source: DatabaseError,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
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
    /// Somebody cannot be written to by a campaign. Nothing was queued.
    #[error("person {number}: {why}")]
    Person {
        /// Their place among those who were added, from 1.
        number: usize,
        /// Why, and what to change.
        why: String,
    },
    /// A sequence cannot be sent, or its campaign is not what was expected.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// What was given as an address is none.
    #[error("the address is {0}")]
    NotAnAddress(#[from] AddressError),
    /// A time zone that is not in the database of time zones.
    #[error("message {number} of the batch: the recipient's time zone is not known; write one such as `Europe/Paris`")]
    TimeZone {
        /// The message's place in what was queued, from 1.
        number: usize,
    },
    /// The outbox goes by a clock that a test moved, and this is no test.
    #[error(
        "the outbox's clock was moved for a test, so nothing is sent; `Outbox::reset_clock`, or `reachout outbox run --clock own`, puts it back"
    )]
    ClockMoved,
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
    /// A message was sent again since the attempt that is to be settled.
    #[error("message {id} was sent again since: attempt {latest} is its last, and what is known is about attempt {attempt}; look again")]
    Attempt {
        /// The message.
        id: i64,
        /// The attempt that is to be settled.
        attempt: u32,
        /// Its last attempt.
        latest: u32,
    },
    /// What the vendor has by that id is another message of the outbox.
    #[error("message {id} is not what the vendor has by this id: that is message {other}")]
    AnothersId {
        /// The message that is to be settled.
        id: i64,
        /// The message whose id it is.
        other: i64,
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
    /// A hook or an account failed, in its own words.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// Whether what was to be sent was delivered, as far as this error says. After a failure of the database, the outbox itself says it:
    /// [`Outbox::get`](crate::Outbox::get).
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Client(error) => error.delivery(),
            Self::Database(_) | Self::FileChanged { .. } | Self::Unreadable { .. } | Self::Other(_) => Delivery::Unknown,
            _ => Delivery::NotSent,
        }
    }

    /// What to do now.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Client(error) => error.advice(),
            error if error.delivery() == Delivery::Unknown => Advice::Verify,
            _ => Advice::FixRequest,
        }
    }

    /// What a client said, with status, code, request id and how long to wait.
    pub fn client(&self) -> Option<&reachout_runtime::Error> {
        match self {
            Self::Client(error) => Some(error),
            _ => None,
        }
    }

    /// The place, from 1, of what is wrong among those that were given.
    pub fn number(&self) -> Option<usize> {
        match self {
            Self::KeyTaken { number, .. }
            | Self::Key { number }
            | Self::Message { number, .. }
            | Self::Recipient { number, .. }
            | Self::Person { number, .. }
            | Self::TimeZone { number } => Some(*number),
            _ => None,
        }
    }

    /// Whether the database ended the transaction because it and another waited for each other: the same again may succeed.
    pub(crate) fn is_deadlock(&self) -> bool {
        let Self::Database(DatabaseError(sqlx::Error::Database(error))) = self else { return false };
        error.code().is_some_and(|code| code == "40P01" || code == "40001")
    }

    /// Whether it stays as it is, however often it is tried again.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::FileChanged { .. })
    }
}

/// Of what the vendor refused in a success, sentence and delivery stay.
impl From<reachout_messenger::Error> for Error {
    fn from(error: reachout_messenger::Error) -> Self {
        match error {
            reachout_messenger::Error::Unsupported(unsupported) => Self::Vendor(unsupported),
            error => Self::Client(error.into()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a database said, without the values of the statement.
pub struct DatabaseError(sqlx::Error);

impl std::error::Error for DatabaseError {}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            // A database's message may quote a value: its code is enough.
            sqlx::Error::Database(error) => match (error.try_downcast_ref::<sqlx::sqlite::SqliteError>(), error.code()) {
                // The low byte of an extended code: an error of the disk, which it is in places also where the disk is full.
                (Some(sqlite), Some(code)) if code.parse::<u32>().is_ok_and(|code| code & 0xff == 10) => {
                    write!(f, "{sqlite}; the disk may be full")
                }
                (Some(sqlite), _) => write!(f, "{sqlite}"),
                (None, Some(code)) => match meaning(&code) {
                    Some(meaning) => write!(f, "{meaning} (SQLSTATE {code})"),
                    None => write!(f, "SQLSTATE {code}"),
                },
                (None, None) => f.write_str("it did not say why"),
            },
            sqlx::Error::Io(error) => write!(f, "{error}"),
            sqlx::Error::PoolTimedOut => f.write_str("no connection was free, or could be made, for half a minute"),
            other => write!(f, "{other}"),
        }
    }
}

/// What a person can do something about: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn meaning(sqlstate: &str) -> Option<&'static str> {
    Some(match sqlstate {
        "53300" => "it has no connection left for this role or database; end another process, or raise CONNECTION LIMIT or max_connections",
        "53100" => "its disk is full",
        "53200" => "it is out of memory",
        "28P01" | "28000" => "it does not accept this user or password",
        "3D000" => "it does not have this database",
        "42501" => "this role may not do that; grant it CREATE on the schema, or have its owner make the tables",
        "25006" => "it does not accept changes: it is a replica, or read-only",
        "57P01" | "57P02" => "it was shut down",
        "57P03" => "it starts up or shuts down",
        "25P03" => "it ended a transaction in which nothing was done for five seconds",
        _ => return None,
    })
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseError({self})")
    }
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(DatabaseError(error))
    }
}

#[cfg(test)]
mod tests {
    use reachout_runtime::{Advice, Delivery};

    use super::Error;
    use crate::Vendor;

    #[test]
    fn an_error_says_what_is_known_of_the_message() {
        let refused = reachout_messenger::Error::Refused { vendor: Vendor::SendPilot, reason: "no credits".to_owned() };
        let unsupported = reachout_messenger::Unsupported::NoContacts { vendor: Vendor::Leonar };
        let rows: [(Error, Delivery, Advice); 4] = [
            (refused.into(), Delivery::Rejected, Advice::FixRequest),
            (reachout_messenger::Error::from(unsupported).into(), Delivery::NotSent, Advice::FixRequest),
            (Error::Key { number: 1 }, Delivery::NotSent, Advice::FixRequest),
            (sqlx::Error::PoolTimedOut.into(), Delivery::Unknown, Advice::Verify),
        ];
        for (error, delivery, advice) in rows {
            assert_eq!((error.delivery(), error.advice()), (delivery, advice), "{error}");
            // What `main` prints.
            assert_eq!(format!("{error:?}"), error.to_string());
        }
    }
}
