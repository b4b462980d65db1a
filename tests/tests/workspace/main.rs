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

/// What cargo prints, without a network and without touching the lock file.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).args(["--offline", "--locked"]).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// `cargo metadata`: the crates of the workspace, or all that they depend on.
fn metadata(whole: bool) -> Vec<Value> {
    let mut arguments = vec!["metadata", "--format-version", "1"];
    arguments.extend((!whole).then_some("--no-deps"));
    let mut metadata: Value = serde_json::from_str(&cargo(&arguments)).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

/// The crates of the workspace that go to crates.io.
fn published() -> Vec<Value> {
    metadata(false).into_iter().filter(|package| package["publish"].is_null()).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
