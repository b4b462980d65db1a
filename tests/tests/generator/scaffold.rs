//! A new vendor: nothing is edited by hand.

use std::{fs, path::Path, process::Command};

use reachout_codegen::{Mode, new, regen};

use crate::bad_specs::{GOOD, workspace};

/// The files of the workspace that cargo and the generator read.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let name = entry.file_name();
        if kind.is_dir() && !["target", ".git", "snapshots", "fuzz"].contains(&name.to_str().unwrap()) {
            copy(&path, &to.join(&name));
        } else if kind.is_file() {
            fs::copy(&path, to.join(&name)).unwrap();
        }
    }
}

fn check(root: &Path, packages: &[&str]) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--target-dir"])
        .arg(workspace.join("target/odd-specs"))
        .args(packages.iter().flat_map(|package| ["-p", package]))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_new_vendor_is_generated_and_compiles_without_an_edit() {
    let root = tempfile::tempdir().unwrap();
    copy(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap(), root.path());
    // A folder that somebody left behind.
    fs::create_dir_all(root.path().join("crates/left-behind")).unwrap();

    let written = new(root.path(), "trial-crm", None).unwrap();
    assert_eq!((written.operations, written.work), (6, 0), "the example follows every convention");
    let written = regen(root.path(), Mode::Write).unwrap();
    let changed = |path: &str| written.iter().any(|change| change.path.ends_with(path));
    assert!(changed("crates/trial-crm/src/generated/operations.rs") && changed("crates/reachout/Cargo.toml") && changed("README.md"));
    // A vendor from a document that it publishes, beside it.
    let published = root.path().join("small.json");
    fs::write(&published, r#"{ "openapi": "3.1.0", "info": { "title": "Small", "version": "1" }, "paths": { "/ping": { "get": { "responses": { "200": { "description": "Pong." } } } } } }"#).unwrap();
    new(root.path(), "trial-small", Some(&published)).unwrap();
    regen(root.path(), Mode::Write).unwrap();

    // The crates themselves, and what names every vendor by hand.
    check(root.path(), &["trial-crm", "trial-small", "reachout-messenger", "reachout-sandbox"]);
    let error = new(root.path(), "trial-crm", None).unwrap_err().to_string();
    assert!(error.contains("vendor `trial-crm` exists already"), "{error}");
}

#[test]
fn a_vendor_without_a_crate_is_named_with_the_command_that_writes_it() {
    let root = workspace(GOOD);
    fs::rename(root.path().join("specs/demo"), root.path().join("specs/shop")).unwrap();
    fs::write(root.path().join("Cargo.toml"), "[workspace]\nmembers = []\n# @generated vendors clients\n# @end clients\n").unwrap();
    let error = regen(root.path(), Mode::Write).unwrap_err().to_string();
    assert!(error.contains("vendor `shop` has no crate") && error.contains("cargo xtask new shop"), "{error}");
    assert!(!root.path().join("crates").exists(), "nothing was written");
    // The command writes what is missing, and leaves the document alone.
    new(root.path(), "shop", None).unwrap();
    regen(root.path(), Mode::Write).unwrap();
    assert_eq!(fs::read_to_string(root.path().join("specs/shop/openapi.yaml")).unwrap(), GOOD);
    assert!(fs::read_to_string(root.path().join("Cargo.toml")).unwrap().contains("shop = { path = \"crates/shop\""));
}

#[test]
fn names_that_no_vendor_can_have_are_refused_with_what_to_write() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("specs/family")).unwrap();
    fs::create_dir_all(root.path().join("crates/bench")).unwrap();
    fs::write(root.path().join("crates/bench/Cargo.toml"), "").unwrap();
    let lock = "[[package]]\nname = \"serde_json\"\nversion = \"1.0.0\"\nsource = \"registry\"\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
    fs::write(root.path().join("Cargo.lock"), lock).unwrap();
    for (name, message, help) in [
        ("Acme CRM", "not a name in kebab-case", "`acme-crm`"),
        ("acme_crm", "not a name in kebab-case", "`acme-crm`"),
        ("3com", "not a name in kebab-case", "`com`"),
        ("", "not a name in kebab-case", "`acme-crm`"),
        ("a--b", "not a name in kebab-case", "`a-b`"),
        ("../x", "not a name in kebab-case", "a letter first: `x`"),
        ("match", "a keyword of Rust", "`match-crm`"),
        ("test", "a name of this workspace or of Rust", "`test-crm`"),
        ("reachout", "a name of this workspace or of Rust", "`reachout-crm`"),
        ("reachout-acme", "a name of this workspace or of Rust", "`acme-crm`"),
        ("family", "specs/family is shared by other vendors", "another name"),
        ("bench", "crates/bench is a crate of this workspace", "`bench-crm`"),
        ("serde-json", "a crate that this workspace depends on", "`serde-json-api`"),
    ] {
        let error = new(root.path(), name, None).unwrap_err().to_string();
        assert!(error.contains(message) && error.contains(help), "{name}: {error}");
    }
    new(root.path(), "ours", None).unwrap();
    assert_eq!(fs::read_dir(root.path().join("specs")).unwrap().count(), 2, "only the good name was written");
}
