//! The specs of a revision, and versions of crates.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;
use toml_edit::DocumentMut;

use crate::diagnostic::Error;

/// The specs and the manifests of a revision, in a folder of their own.
pub fn checkout(root: &Path, revision: &str) -> Result<TempDir, Error> {
    let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
    let failed = |what: &str| {
        Error::Name(format!("git has no specs at `{revision}`: {what}"), "name a commit, a branch or a tag: `--base origin/main`".into())
    };
    let verified = git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    let commit = String::from_utf8_lossy(&verified.stdout).trim().to_owned();
    if !verified.status.success() || commit.is_empty() {
        return Err(failed("there is no such revision"));
    }
    let files = git(root, &["ls-tree", "-r", "--name-only", "-z", &commit, "--", "specs", "crates", "Cargo.toml"])?;
    let listed = String::from_utf8_lossy(&files.stdout).into_owned();
    let wanted: Vec<&str> = listed.split('\0').filter(|path| path.starts_with("specs/") || path.ends_with("Cargo.toml")).collect();
    if !wanted.iter().any(|path| path.starts_with("specs/")) {
        return Err(failed("it has no folder specs/"));
    }
    for path in wanted {
        let file = git(root, &["show", &format!("{commit}:{path}")])?;
        // The workspace's manifest would make a workspace of the folder.
        let path = if path == "Cargo.toml" { PathBuf::from("workspace.toml") } else { PathBuf::from(path) };
        let full = folder.path().join(&path);
        if let Some(parent) = full.parent() {
            std::fs::create_dir_all(parent).map_err(Error::io(parent))?;
        }
        std::fs::write(&full, &file.stdout).map_err(Error::io(full))?;
    }
    Ok(folder)
}

fn git(root: &Path, arguments: &[&str]) -> Result<std::process::Output, Error> {
    Command::new("git").arg("-C").arg(root).args(arguments).stderr(Stdio::null()).output().map_err(Error::io("git"))
}

/// The version of a vendor's crate: its own, or that of the workspace.
pub fn version(root: &Path, vendor: &str) -> Option<String> {
    let read = |path: PathBuf| std::fs::read_to_string(root.join(path)).ok()?.parse::<DocumentMut>().ok();
    let own = read(Path::new("crates").join(vendor).join("Cargo.toml"))?;
    let version = own.get("package")?.get("version")?;
    if let Some(version) = version.as_str() {
        return Some(version.to_owned());
    }
    let workspace = read("workspace.toml".into()).or_else(|| read("Cargo.toml".into()))?;
    Some(workspace.get("workspace")?.get("package")?.get("version")?.as_str()?.to_owned())
}
