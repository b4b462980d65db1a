//! Where a database is.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use crate::Error;

/// The address of an outbox.
pub(super) enum Address {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// The parameters of a Postgres address that sqlx knows. It takes no notice of any other.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

impl Address {
    /// Reads an address. What would have no effect is refused.
    pub(super) fn parse(address: &str) -> Result<Self, Error> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" | ":memory:" => Err(Error::Address { problem: "a file is needed: what is only in memory is lost with the program" }),
                path if path.contains('?') => {
                    Err(Error::Address { problem: "SQLite's address takes no parameters; a file's name does not hold a `?`" })
                }
                path if path.starts_with("file:") => Err(Error::Address { problem: "the file is named by its path, not by a `file:` URI" }),
                path => Ok(Self::Sqlite(Path::new(path).to_owned())),
            };
        }
        if !address.starts_with("postgres://") && !address.starts_with("postgresql://") {
            return Err(Error::Address { problem: "this names neither SQLite nor Postgres" });
        }
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let names = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or(pair));
        if names.into_iter().any(|name| !PARAMETERS.contains(&name) && !name.starts_with("options[")) {
            return Err(Error::Address { problem: "its parameters after `?` are not all known" });
        }
        Ok(Self::Postgres(Box::new(PgConnectOptions::from_str(address)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn what_would_have_no_effect_is_refused() {
        for good in [
            "sqlite:outbox.db",
            "sqlite:///var/lib/outbox.db",
            "postgres://u:p@h/d",
            "postgresql://h/d?sslmode=require&options[search_path]=x",
        ] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "sqlite:",
            "sqlite::memory:",
            "sqlite://",
            "sqlite:outbox.db?mode=ro",
            "sqlite:outbox.db?",
            "sqlite:file:outbox.db",
            "mysql://h/d",
            "outbox.db",
            "postgres://h/d?synchronous_commit=off",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
