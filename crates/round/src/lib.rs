//! The generator on documents that nobody here wrote: each is imported, its client is compiled, and samples of its schemas go through the client's
//! types and back.
//!
//! `manifest` names the documents, `document` imports one in a process of its own, `sample` makes values of its schemas, `batch` compiles
//! many clients as modules of one program and sends the samples through it, `report` prints the table.
#![forbid(unsafe_code)]

mod batch;
mod document;
mod manifest;
mod report;
mod sample;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context as _, anyhow, bail};

pub use document::import_one;
use manifest::{Entry, Manifest};
pub use report::Report;

/// Processes that import at the same time.
const WORKERS: usize = 2;

/// Takes every document of `tests/round/manifest.toml` that lies in `folder`, or those whose repository and path contain `only`. `xtask` is the
/// program that [`import_one`] is run by.
///
/// # Errors
/// Where a document is not in the folder or is another one, with the commands that fetch it, and where the round itself cannot be set up.
pub fn round(root: &Path, folder: &Path, only: Option<&str>, xtask: &Path) -> anyhow::Result<Report> {
    let manifest = Manifest::read(&root.join("tests/round/manifest.toml"))?;
    let entries: Vec<Entry> = manifest.entries().filter(|entry| only.is_none_or(|only| entry.name().contains(only))).collect();
    if entries.is_empty() {
        bail!("the manifest has no document whose repository and path contain `{}`", only.unwrap_or_default());
    }
    let missing: Vec<String> = manifest.files().filter_map(|file| file.problem(folder)).collect();
    if !missing.is_empty() {
        bail!(
            "{} document(s) are missing or are not those of the manifest; these commands fetch them:\n{}",
            missing.len(),
            missing.join("\n")
        );
    }
    let target = root.join("target/round");
    fs::create_dir_all(&target).with_context(|| target.display().to_string())?;
    let mut outcomes = import_all(&entries, folder, &target, xtask)?;
    batch::run(root, &target, &mut outcomes)?;
    Ok(Report { outcomes })
}

fn import_all(entries: &[Entry], folder: &Path, target: &Path, xtask: &Path) -> anyhow::Result<Vec<document::Outcome>> {
    let share = entries.len().div_ceil(WORKERS);
    thread::scope(|scope| {
        let import =
            |entries: &[Entry]| entries.iter().map(|entry| document::run(entry, folder, target, xtask)).collect::<anyhow::Result<Vec<_>>>();
        let workers: Vec<_> = entries.chunks(share).map(|entries| scope.spawn(move || import(entries))).collect();
        let mut outcomes = Vec::new();
        for worker in workers {
            outcomes.extend(worker.join().map_err(|_| anyhow!("a thread that imports panicked"))??);
        }
        Ok(outcomes)
    })
}

/// Where a document's draft, client and samples are.
fn place(target: &Path, id: &str) -> PathBuf {
    target.join(id)
}
