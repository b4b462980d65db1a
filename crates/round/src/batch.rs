//! Many clients as modules of one program: what does not compile is found by its module, and what compiles reads and writes the samples.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::{compare, document::Outcome, place, sample::Sample};

/// Operations of a program: with more, the compiler's memory is what ends first.
const MOST: usize = 500;

/// Compiles the client of every document, and sends its samples through the types.
pub fn run(root: &Path, target: &Path, outcomes: &mut [Outcome]) -> anyhow::Result<()> {
    let mut batches: Vec<Vec<&mut Outcome>> = Vec::new();
    let mut operations = MOST;
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_imported()) {
        if operations + outcome.imported.operations > MOST {
            batches.push(Vec::new());
            operations = 0;
        }
        operations += outcome.imported.operations;
        if let Some(batch) = batches.last_mut() {
            batch.push(outcome);
        }
    }
    for (number, mut outcomes) in batches.into_iter().enumerate() {
        let batch = Batch { root, target, folder: target.join("batches").join(number.to_string()) };
        if let Some(program) = batch.compile(&mut outcomes)? {
            batch.exchange(&program, &mut outcomes)?;
        }
    }
    Ok(())
}

struct Batch<'a> {
    root: &'a Path,
    target: &'a Path,
    folder: PathBuf,
}

impl Batch<'_> {
    /// Builds the program without the clients that do not compile; none where that is all of them.
    fn compile(&self, outcomes: &mut [&mut Outcome]) -> anyhow::Result<Option<PathBuf>> {
        fs::create_dir_all(self.folder.join("src"))?;
        fs::write(self.folder.join("Cargo.toml"), self.manifest())?;
        fs::copy(self.root.join("Cargo.lock"), self.folder.join("Cargo.lock"))?;
        while outcomes.iter().any(|outcome| outcome.broken.is_none()) {
            fs::write(self.folder.join("src/main.rs"), self.source(outcomes)?)?;
            let output = Command::new("cargo")
                .args(["build", "--quiet", "--offline", "--target-dir"])
                .arg(self.target.join("build"))
                .env("CARGO_INCREMENTAL", "0")
                .current_dir(&self.folder)
                .output()
                .context("cargo")?;
            if output.status.success() {
                return Ok(Some(self.target.join("build/debug").join(self.name())));
            }
            let messages = String::from_utf8_lossy(&output.stderr);
            let errors = errors(&messages);
            let mut found = false;
            for outcome in outcomes.iter_mut().filter(|outcome| outcome.broken.is_none()) {
                if let Some(error) = errors.get(&outcome.id) {
                    outcome.broken = Some(format!("does not compile: {error}"));
                    found = true;
                }
            }
            if !found {
                bail!("{} does not compile, and no client of it is named:\n{messages}", self.folder.display());
            }
        }
        Ok(None)
    }

    fn name(&self) -> String {
        format!("batch{}", self.folder.file_name().unwrap_or_default().display())
    }

    fn manifest(&self) -> String {
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\nschemars = []\n\n[dependencies]\nreachout-runtime = \
             {{ path = {:?} }}\nserde = \"1\"\nserde_json = \"1\"\n\n[profile.dev]\ndebug = false\n\n[workspace]\n",
            self.name(),
            self.root.join("crates/runtime").display().to_string()
        )
    }

    /// The clients as modules, and a table of the types that are sampled.
    fn source(&self, outcomes: &[&mut Outcome]) -> anyhow::Result<String> {
        let mut source = "#![allow(dead_code, deprecated, unused_imports)]\n".to_owned();
        let mut table = String::new();
        for outcome in outcomes.iter().filter(|outcome| outcome.broken.is_none()) {
            let id = &outcome.id;
            let module = place(self.target, id).join("crates").join(id).join("src/generated/mod.rs");
            writeln!(source, "#[path = {:?}]\nmod {id};", module.display().to_string())?;
            let types: BTreeSet<String> = self.samples(id)?.into_iter().map(|sample| sample.ty).collect();
            for ty in types {
                writeln!(table, "        \"{id}::{ty}\" => there_and_back::<{id}::types::{ty}>(value),")?;
            }
        }
        Ok(source + &include_str!("exchange.rs.in").replace("        // TABLE\n", &table))
    }

    fn samples(&self, id: &str) -> anyhow::Result<Vec<Sample>> {
        let file = place(self.target, id).join("samples.json");
        serde_json::from_str(&fs::read_to_string(&file)?).with_context(|| file.display().to_string())
    }

    /// Sends the samples through the program, and notes what did not come back whole.
    fn exchange(&self, program: &Path, outcomes: &mut [&mut Outcome]) -> anyhow::Result<()> {
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.broken.is_none()) {
            let samples = self.samples(&outcome.id)?;
            let file = self.folder.join("sent.json");
            let sent: Vec<Value> = samples.iter().map(|sample| json!([format!("{}::{}", outcome.id, sample.ty), sample.value])).collect();
            fs::write(&file, serde_json::to_string(&sent)?)?;
            let output = Command::new(program).arg(&file).output().with_context(|| program.display().to_string())?;
            if !output.status.success() {
                outcome.broken = Some(format!("the program ended: {}", String::from_utf8_lossy(&output.stderr).trim()));
                continue;
            }
            let returned: Vec<Result<Value, String>> = serde_json::from_slice(&output.stdout)?;
            outcome.samples = samples.len();
            for (sample, returned) in samples.iter().zip(returned) {
                let problem = match returned {
                    Ok(returned) => compare::difference(&sample.value, &returned),
                    Err(error) => Some(format!(" cannot be read: {error}: {}", sample.value)),
                };
                outcome.lost.extend(problem.map(|problem| format!("{}{problem}", sample.ty)));
            }
        }
        Ok(())
    }
}

/// The first error of each client, by its folder.
fn errors(messages: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut error = "";
    for line in messages.lines() {
        if line.starts_with("error") {
            error = line;
        }
        let place = line.trim_start().strip_prefix("--> ").and_then(|place| place.split_once("/src/generated/"));
        if let Some((folder, within)) = place
            && let Some((_, id)) = folder.rsplit_once('/')
        {
            found.entry(id.to_owned()).or_insert_with(|| format!("{error} ({within})"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::errors;

    #[test]
    fn an_error_of_the_compiler_is_that_of_a_client() {
        let messages = "error[E0425]: cannot find type `X` in this scope\n  --> /r/target/round/d007/crates/d007/src/generated/types.rs:5:9\n   |\n5 | X\n\n\
            error[E0599]: no method\n --> src/main.rs:9:1\n  note: \n --> /r/target/round/d009/crates/d009/src/generated/client.rs:1:1\n";
        let errors = errors(messages);
        assert_eq!(errors["d007"], "error[E0425]: cannot find type `X` in this scope (types.rs:5:9)");
        assert_eq!(errors.keys().collect::<Vec<_>>(), ["d007", "d009"]);
    }
}
