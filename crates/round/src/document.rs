//! One document: imported in a process of its own, so that neither a panic nor time nor memory of one is in the way of the others.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use reachout_codegen::{Mode, Published};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{manifest::Entry, place, sample};

/// The longest that an import with its generation may take, in a build that is not optimised and on a machine that is shared.
const MOST_TIME: Duration = Duration::from_secs(180);
/// The most memory that it may take, in MiB.
const MOST_MEMORY: u64 = 2_048;
/// Keys of a path item that are operations.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The result of a document.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Its folder and module.
    pub id: String,
    /// Repository and path.
    pub name: String,
    /// How long the import with its generation took.
    pub time: Duration,
    /// What the import found.
    pub imported: Imported,
    /// Why it was not imported.
    pub refused: Option<String>,
    /// Why its client does not compile.
    pub broken: Option<String>,
    /// Samples that went through the types, and what is wrong with those that did not come back whole.
    pub samples: usize,
    pub lost: Vec<String>,
}

impl Outcome {
    /// Whether there is a client to compile.
    pub fn is_imported(&self) -> bool {
        self.refused.is_none()
    }
}

/// What a process prints of the document that it imported.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Imported {
    /// Operations of the published document.
    pub published: usize,
    /// Operations of the draft.
    pub operations: usize,
    /// Places where something was lost or changed.
    pub notes: usize,
    /// Components that no sample could be made for.
    pub unsampled: usize,
    /// The most memory that it took, in MiB.
    pub memory: u64,
}

/// Imports a document in a process of its own.
pub fn run(entry: &Entry, folder: &Path, target: &Path, xtask: &Path) -> anyhow::Result<Outcome> {
    let into = place(target, &entry.id);
    if into.exists() {
        fs::remove_dir_all(&into).with_context(|| into.display().to_string())?;
    }
    let start = Instant::now();
    let mut process = Command::new(xtask)
        .arg("round")
        .arg(entry.file(folder))
        .arg("--into")
        .arg(&into)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| xtask.display().to_string())?;
    let (stdout, stderr) = (process.stdout.take(), process.stderr.take());
    let read = |stream: Option<Box<dyn std::io::Read + Send>>| {
        thread::spawn(move || {
            let mut text = String::new();
            drop(stream.map(|mut stream| stream.read_to_string(&mut text)));
            text
        })
    };
    let (stdout, stderr) = (read(stdout.map(|stream| Box::new(stream) as _)), read(stderr.map(|stream| Box::new(stream) as _)));
    let status = loop {
        if let Some(status) = process.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > MOST_TIME {
            process.kill()?;
            process.wait()?;
            break None;
        }
        thread::sleep(Duration::from_millis(20));
    };
    let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
    let mut outcome = Outcome { id: entry.id.clone(), name: entry.name(), time: start.elapsed(), ..Outcome::default() };
    match status.map(|status| status.success()) {
        None => outcome.refused = Some(format!("took longer than {} seconds", MOST_TIME.as_secs())),
        Some(false) => outcome.refused = Some(stderr.trim().to_owned()),
        Some(true) => outcome.imported = serde_json::from_str(&stdout).with_context(|| format!("{}: {stdout}", entry.name()))?,
    }
    if outcome.imported.memory > MOST_MEMORY {
        outcome.refused = Some(format!("took {} MiB of memory, more than {MOST_MEMORY}", outcome.imported.memory));
    }
    Ok(outcome)
}

/// Imports the document in `file` into the folder `into`, whose name is the vendor's, generates its client there, and writes the samples of its
/// schemas. Returns what [`round`](crate::round) reads.
///
/// # Errors
/// Where the document is refused, cannot be generated from, or a file cannot be written.
pub fn import_one(file: &Path, into: &Path) -> anyhow::Result<String> {
    let id = into.file_name().context("the folder has no name")?.to_string_lossy().into_owned();
    let written = reachout_codegen::import(into, file, &id)?;
    reachout_codegen::regen(into, Mode::Write)?;
    let crate_ = into.join("crates").join(&id);
    let published = reachout_codegen::published(file)?;
    let draft: Value = serde_json::from_str(&fs::read_to_string(crate_.join("openapi.json"))?)?;
    let source = fs::read_to_string(crate_.join("src/generated/types.rs"))?;
    let samples = sample::samples(&published, &draft, &types(&source));
    fs::write(into.join("samples.json"), serde_json::to_string(&samples.made)?)?;
    let imported = Imported {
        published: operations(&published),
        operations: written.operations,
        notes: written.lossy.iter().map(|(_, places)| places).sum(),
        unsampled: samples.unsampled,
        memory: peak_memory(),
    };
    Ok(serde_json::to_string(&imported)?)
}

fn operations(published: &Published) -> usize {
    let items = published.document["paths"].as_object().into_iter().flatten();
    items.filter_map(|(_, item)| item.as_object()).flatten().filter(|(method, _)| METHODS.contains(&method.as_str())).count()
}

/// The names of the types that a client has.
fn types(source: &str) -> Vec<&str> {
    let declared = source
        .lines()
        .filter_map(|line| ["pub struct ", "pub enum ", "pub type "].iter().find_map(|word| line.trim_start().strip_prefix(word)));
    declared.map(|line| line.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default()).collect()
}

/// The most memory that this process had, in MiB; none where the system does not say.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    peak.unwrap_or_default() / 1_024
}
