//! Which database the outbox is in.

use std::path::Path;
use std::sync::OnceLock;

use reachout_outbox::{Error, Outbox, Region};

use super::failed;
use crate::cli::failure::Failure;

/// The database as `--db` names it, of which country its phone numbers are, and the outbox in it once it is open.
pub struct Database {
    name: String,
    region: Option<Region>,
    open: OnceLock<Outbox>,
}

impl Database {
    pub fn new(name: String, region: Option<Region>) -> Self {
        Self { name, region, open: OnceLock::new() }
    }

    pub fn region(&self) -> Option<Region> {
        self.region
    }

    fn file(&self) -> Option<&str> {
        match self.name.split_once(':') {
            Some(("sqlite", file)) => Some(file.trim_start_matches("//")),
            // A letter alone is a drive.
            Some((scheme, _)) if scheme.len() > 1 => None,
            _ => Some(&self.name),
        }
    }

    /// Its name, without a password.
    pub fn name(&self) -> &str {
        self.file().unwrap_or("postgres")
    }

    /// Makes the file if it is missing.
    pub async fn open(&self) -> Result<Outbox, Failure> {
        if let Some(outbox) = self.open.get() {
            return Ok(outbox.clone());
        }
        let address = match self.file() {
            Some(_) if self.name.starts_with("sqlite:") => self.name.clone(),
            Some(file) => format!("sqlite:{file}"),
            None => self.name.clone(),
        };
        let outbox = Outbox::open(address).await.map_err(|error| match error {
            error @ (Error::Address { .. } | Error::Readable { .. } | Error::File { .. }) => Failure::usage(format!("--db: {error}")),
            error => failed(error),
        })?;
        let outbox = match self.region {
            Some(region) => outbox.region(region),
            None => outbox,
        };
        Ok(self.open.get_or_init(|| outbox).clone())
    }

    /// Closes the connections: the database's file alone is complete then, and can be copied.
    pub async fn close(&self) {
        if let Some(outbox) = self.open.get() {
            outbox.close().await;
        }
    }

    /// For what needs something to be in it.
    pub async fn existing(&self) -> Result<Outbox, Failure> {
        if let Some(file) = self.file().filter(|file| !file.contains('?') && !Path::new(file).exists()) {
            return Err(Failure::usage(format!("there is no outbox {file}; `reachout outbox add` makes one, and --db names another")));
        }
        self.open().await
    }
}

#[cfg(test)]
mod tests {
    use super::Database;

    #[test]
    fn names_of_databases() {
        for (given, file) in [
            ("outbox.db", Some("outbox.db")),
            ("sqlite:a/b.db", Some("a/b.db")),
            ("sqlite://b.db", Some("b.db")),
            ("C:/b.db", Some("C:/b.db")),
            ("postgres://u:p@h/d", None),
        ] {
            assert_eq!(Database::new(given.to_owned(), None).file(), file, "{given}");
        }
        assert_eq!(Database::new("postgres://u:p@h/d".to_owned(), None).name(), "postgres");
    }
}
