//! What the workspace says of itself, in manifests and documents, against what it is.

mod documents;
mod manifests;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What cargo prints, by the lock file as it is.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).arg("--locked").output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages that `cargo metadata` lists.
fn metadata(arguments: &[&str]) -> Vec<Value> {
    let mut metadata: Value = serde_json::from_str(&cargo(&[&["metadata", "--format-version", "1"], arguments].concat())).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

/// The crates of the workspace: their manifests alone, and nothing of a registry.
fn members() -> Vec<Value> {
    metadata(&["--no-deps"])
}

/// The crates of the workspace that go to crates.io.
fn published() -> Vec<Value> {
    members().into_iter().filter(|package| package["publish"].is_null()).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
