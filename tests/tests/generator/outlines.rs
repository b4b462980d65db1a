//! The public interface of each client: what a pull request changes for users is what changes here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reachout_codegen::{breaking, may_break, outlines, with_platform};

/// The version whose interface [`RELEASED`] holds. It counts where git knows no later tag, as in a packed copy or a shallow clone.
const BASELINE: &str = "0.1.0";

/// Outlines of the crates at [`BASELINE`].
const RELEASED: &str = "tests/tests/generator/released";

const SNAPSHOTS: &str = "tests/tests/generator/snapshots";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_clients_are_as_reviewed() {
    for (name, outline) in outlines(&root()).unwrap() {
        insta::assert_snapshot!(name, outline);
    }
}

/// A crate that loses something its users may have has another version than its last release, one that Cargo does not update to by itself.
#[test]
fn no_release_breaks_its_users() {
    let (version, released) = last_release();
    let mut broken = Vec::new();
    let outlines = outlines(&root()).unwrap();
    for (name, outline) in &outlines {
        let Some(mut before) = released(name) else { continue };
        let mut outline = outline.clone();
        if let Some(platform) = outline.lines().find_map(|line| line.strip_prefix("edition of: ")) {
            let now = &outlines.iter().find(|(name, _)| *name == platform.replace('-', "_")).unwrap().1;
            before = with_platform(&before, &released(platform).unwrap_or_default());
            outline = with_platform(&outline, now);
        }
        broken.extend(breaking(&before, &outline).into_iter().map(|breach| format!("{name}: {breach}")));
    }
    assert!(
        broken.is_empty() || may_break(&version, env!("CARGO_PKG_VERSION")),
        "since {version}, users of the clients lose what follows. Keep it, or raise `version` in Cargo.toml so that Cargo does not update them to it:\n{}",
        broken.join("\n")
    );
}

/// The outlines of a release, by the names of the crates.
type Outlines = Box<dyn Fn(&str) -> Option<String>>;

/// Version of the last release, and where the outlines of its crates are: in its tag, or in the stored copy.
fn last_release() -> (String, Outlines) {
    let tag = git(&["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]).map(|tag| tag.trim().to_owned());
    match tag.filter(|tag| git(&["cat-file", "-e", &format!("{tag}:{SNAPSHOTS}")]).is_some()) {
        Some(tag) => {
            let version = tag.trim_start_matches('v').to_owned();
            (version, Box::new(move |name| git(&["show", &format!("{tag}:{SNAPSHOTS}/generator__outlines__{name}.snap")])))
        }
        None => (BASELINE.to_owned(), Box::new(|name| fs::read_to_string(root().join(RELEASED).join(format!("{name}.txt"))).ok())),
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(root()).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
#[ignore = "writes the outlines of a release: see CONTRIBUTING"]
fn record_the_release() {
    for (name, outline) in outlines(&root()).unwrap() {
        fs::write(root().join(RELEASED).join(format!("{name}.txt")), outline).unwrap();
    }
}
