//! What these programs are given: `name=value`.

use std::collections::HashMap;
use std::num::ParseIntError;
use std::path::Path;

/// The arguments of the command line.
pub struct Arguments(HashMap<String, String>);

impl Arguments {
    /// Reads them; what is no pair is passed over.
    pub fn read() -> Self {
        Self(
            std::env::args()
                .skip(1)
                .filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
                .collect(),
        )
    }

    pub fn number(&self, name: &str, default: u64) -> Result<u64, ParseIntError> {
        self.0.get(name).map_or(Ok(default), |value| value.parse())
    }

    /// The address of the database that is given, or of a file in this folder.
    pub fn database(&self, folder: &Path) -> String {
        self.0.get("database").cloned().unwrap_or_else(|| format!("sqlite:{}", folder.join("outbox.db").display()))
    }
}
