//! Regeneration: the same bytes every time, compared or written.

use std::fs;

use reachout_codegen::{Error, Mode, lint, regen};

use crate::bad_specs::{GOOD, workspace};

#[test]
fn two_runs_give_the_same_bytes() {
    let root = workspace(GOOD);
    let first = regen(root.path(), Mode::Write).unwrap();
    assert!(first.iter().any(|change| change.path.ends_with("crates/demo/src/generated/operations.rs")));
    assert_eq!(regen(root.path(), Mode::Write).unwrap(), []);
    assert_eq!(regen(root.path(), Mode::Check).unwrap(), []);
}

#[test]
fn check_shows_a_diff_and_writes_nothing() {
    let root = workspace(GOOD);
    regen(root.path(), Mode::Write).unwrap();
    fs::write(root.path().join("specs/demo/openapi.yaml"), GOOD.replace("Send a message", "Send a short message")).unwrap();

    let changes = regen(root.path(), Mode::Check).unwrap();
    let client = changes.iter().find(|change| change.path.ends_with("generated/operations.rs")).unwrap();
    assert!(client.diff.contains("-    /// Send a message."), "{}", client.diff);
    assert!(client.diff.contains("+    /// Send a short message."), "{}", client.diff);
    let written = fs::read_to_string(root.path().join("crates/demo/src/generated/operations.rs")).unwrap();
    assert!(written.contains("/// Send a message.") && !written.contains("short"));
}

#[test]
fn an_unknown_vendor_is_named() {
    let root = workspace(GOOD);
    let error = lint(root.path(), &["dmeo".into()]).unwrap_err();
    assert!(matches!(&error, Error::UnknownVendor(..)) && error.to_string() == "no vendor called `dmeo`: specs/ has demo", "{error}");
}

#[test]
fn the_demo_client_is_as_reviewed() {
    let root = workspace(GOOD);
    let changes = regen(root.path(), Mode::Write).unwrap();
    for change in changes.iter().filter(|change| change.path.extension().is_some_and(|extension| extension == "rs")) {
        let name = change.path.with_extension("").display().to_string().replace('/', "__");
        insta::assert_snapshot!(name, fs::read_to_string(root.path().join(&change.path)).unwrap());
    }
}
