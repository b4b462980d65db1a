//! Reading what arguments point at.

use std::{io::Read as _, path::Path};

use anyhow::Context as _;
use serde_json::Value;

use super::failure::Failure;

/// The content of a file, or of standard input for `-`.
pub fn text(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        let mut text = String::new();
        return std::io::stdin().read_to_string(&mut text).context("standard input cannot be read").map(|_| text).map_err(Failure::Usage);
    }
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display())).map_err(Failure::Usage)
}

/// A body: JSON itself, `@FILE`, or `-` for standard input.
pub fn json(argument: &str) -> Result<Value, Failure> {
    let (name, text) = match (argument, argument.strip_prefix('@')) {
        ("-", _) => ("standard input", text(Path::new("-"))?),
        (_, Some(file)) => (file, text(Path::new(file))?),
        (_, None) => ("--json-body", argument.to_owned()),
    };
    let value = serde_json::from_str(&text).with_context(|| {
        let hint = if name == "--json-body" && !text.trim_start().starts_with(['{', '[']) { " (a file is given as @FILE)" } else { "" };
        format!("{name} is not the body that the operation takes{hint}")
    });
    value.map_err(Failure::Usage)
}
