//! Names that a vendor can have.

use std::path::Path;

use heck::ToKebabCase as _;

use crate::{diagnostic::Error, names};

/// Taken by Rust's own crates, by features and commands of ours, or by folders of the workspace.
const RESERVED: [&str; 26] = [
    "all",
    "alloc",
    "auth",
    "cli",
    "completions",
    "config",
    "core",
    "default",
    "demo",
    "generated",
    "help",
    "mock",
    "mocks",
    "outbox",
    "proc-macro",
    "reachout",
    "sandbox",
    "send",
    "std",
    "test",
    "tests",
    "types",
    "vendor",
    "vendors",
    "xtask",
    "operations",
];

/// A name that people type.
const MOST: usize = 40;

/// Refuses what is no name of a folder and a crate.
pub fn spelling(vendor: &str) -> Result<(), Error> {
    let wrong = |message: String, help: String| Err(Error::Name(message, help));
    let words =
        vendor.split('-').all(|word| !word.is_empty() && word.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit()));
    if words && vendor.len() > MOST {
        return wrong(
            format!("`{vendor}` has {} characters, and a vendor's name at most {MOST}", vendor.len()),
            "write a shorter name: it is a folder, a crate and a command".to_owned(),
        );
    }
    if !words || !vendor.starts_with(|first: char| first.is_ascii_lowercase()) {
        let near = vendor.to_kebab_case();
        let near: String = near.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect();
        let near = near.trim_matches(|char: char| char == '-' || char.is_ascii_digit());
        let example = if near.is_empty() { "acme-crm" } else { near };
        return wrong(
            format!("`{vendor}` is not a name in kebab-case"),
            format!("write lower-case letters, digits and single hyphens, a letter first: `{example}`"),
        );
    }
    Ok(())
}

/// Refuses what cannot be a folder, a crate, a feature, a command and a name in Rust at once.
pub fn check(root: &Path, vendor: &str) -> Result<(), Error> {
    spelling(vendor)?;
    let wrong = |message: String, help: String| Err(Error::Name(message, help));
    let module = vendor.replace('-', "_");
    if !names::is_identifier(&module) {
        return wrong(format!("`{vendor}` is a keyword of Rust"), format!("write the vendor's whole name, such as `{vendor}-crm`"));
    }
    if RESERVED.contains(&vendor) || vendor.starts_with("reachout-") {
        return wrong(
            format!("`{vendor}` is a name of this workspace or of Rust"),
            format!("write the vendor's whole name, such as `{}-crm`", vendor.trim_start_matches("reachout-").trim_end_matches("-crm")),
        );
    }
    let spec = root.join("specs").join(vendor);
    if spec.is_dir() && !spec.join("openapi.yaml").is_file() {
        return wrong(format!("specs/{vendor} is shared by other vendors"), "choose another name".into());
    }
    let folder = root.join("crates").join(vendor);
    if folder.join("Cargo.toml").is_file() && !spec.is_dir() {
        return wrong(
            format!("crates/{vendor} is a crate of this workspace"),
            format!("write the vendor's whole name, such as `{vendor}-crm`"),
        );
    }
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    // A package of ours has no source.
    let others = lock.split("[[package]]").filter(|package| package.contains("\nsource = "));
    let mut names = others.filter_map(|package| package.lines().find_map(|line| line.strip_prefix("name = ")));
    if names.any(|name| name.trim_matches('"').replace('_', "-") == vendor) {
        return wrong(
            format!("`{vendor}` is a crate that this workspace depends on"),
            format!("write the vendor's whole name, such as `{vendor}-api`"),
        );
    }
    Ok(())
}
