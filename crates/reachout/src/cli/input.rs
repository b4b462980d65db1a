//! Reading what arguments point at.

use std::{io::Read as _, path::Path};

use anyhow::Context as _;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// The content of a file, or of standard input for `-`.
pub fn text(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        let mut text = String::new();
        return std::io::stdin().read_to_string(&mut text).context("standard input cannot be read").map(|_| text).map_err(Failure::Usage);
    }
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display())).map_err(Failure::Usage)
}

/// The same as JSON.
pub fn json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    serde_json::from_str(&text(path)?).with_context(|| format!("{name} is not the body that the operation takes")).map_err(Failure::Usage)
}
