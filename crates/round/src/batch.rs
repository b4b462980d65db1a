//! Many clients as modules of one program: what does not compile is found by its module, and what compiles reads and writes the samples.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
};

use anyhow::{Context as _, bail};
use reachout_test_support::lost;
use serde_json::{Value, json};

use crate::{document::Outcome, place, sample::Sample};

/// Operations of a program: with more, the compiler's memory is what ends first.
const MOST: usize = 500;

/// Compiles the client of every document, and sends its samples through the types.
pub fn run(root: &Path, target: &Path, outcomes: &mut [Outcome]) -> anyhow::Result<()> {
    let mut batches: Vec<Vec<&mut Outcome>> = Vec::new();
    let mut operations = 0;
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_imported()) {
        if batches.is_empty() || operations + outcome.imported.operations > MOST {
            batches.push(Vec::new());
            operations = 0;
        }
        operations += outcome.imported.operations;
        if let Some(batch) = batches.last_mut() {
            batch.push(outcome);
        }
    }
    let batches: Vec<Batch<'_>> = batches.into_iter().enumerate().map(|(number, outcomes)| Batch { target, number, outcomes }).collect();
    let batches = compile(root, target, batches)?;
    batches.into_iter().try_for_each(Batch::exchange)
}

/// Builds the programs, all of them at once, without the clients that do not compile.
fn compile<'a>(root: &Path, target: &Path, mut batches: Vec<Batch<'a>>) -> anyhow::Result<Vec<Batch<'a>>> {
    let workspace = target.join("batches");
    if workspace.exists() {
        fs::remove_dir_all(&workspace)?;
    }
    fs::create_dir_all(&workspace)?;
    fs::write(workspace.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n\n[profile.dev]\ndebug = false\n")?;
    fs::copy(root.join("Cargo.lock"), workspace.join("Cargo.lock"))?;
    loop {
        for batch in &batches {
            let folder = workspace.join(batch.name());
            fs::create_dir_all(folder.join("src"))?;
            fs::write(folder.join("Cargo.toml"), batch.manifest(root))?;
            fs::write(folder.join("src/main.rs"), batch.source()?)?;
        }
        let output = Command::new("cargo")
            .args(["build", "--quiet", "--workspace", "--keep-going", "--target-dir"])
            .arg(target.join("build"))
            .env("CARGO_INCREMENTAL", "0")
            .current_dir(&workspace)
            .output()
            .context("cargo")?;
        if output.status.success() {
            return Ok(batches);
        }
        let messages = String::from_utf8_lossy(&output.stderr);
        let errors = errors(&messages);
        let mut found = false;
        for outcome in batches.iter_mut().flat_map(Batch::whole) {
            if let Some(error) = errors.get(&outcome.id) {
                outcome.broken = Some(format!("does not compile: {error}"));
                found = true;
            }
        }
        if !found {
            bail!("{} does not compile, and no client of it is named:\n{messages}", workspace.display());
        }
    }
}

/// Clients that are compiled together.
struct Batch<'a> {
    target: &'a Path,
    number: usize,
    outcomes: Vec<&'a mut Outcome>,
}

impl Batch<'_> {
    /// Those of which nothing is known that does not compile.
    fn whole(&mut self) -> impl Iterator<Item = &mut Outcome> {
        self.outcomes.iter_mut().map(|outcome| &mut **outcome).filter(|outcome| outcome.broken.is_none())
    }

    fn name(&self) -> String {
        format!("batch{}", self.number)
    }

    fn manifest(&self, root: &Path) -> String {
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\nschemars = []\n\n[dependencies]\nreachout-runtime = \
             {{ path = {:?} }}\nserde = \"1\"\nserde_json = \"1\"\n",
            self.name(),
            root.join("crates/runtime").display().to_string()
        )
    }

    /// The clients as modules, and a table of the types that are sampled.
    fn source(&self) -> anyhow::Result<String> {
        let mut source = "#![allow(dead_code, deprecated, unused_imports)]\n/// What `OPENAPI` of a client's crate is.\npub const OPENAPI: &[u8] = b\"{}\";\n".to_owned();
        let mut table = String::new();
        for outcome in self.outcomes.iter().filter(|outcome| outcome.broken.is_none()) {
            let id = &outcome.id;
            let module = place(self.target, id).join("crates").join(id).join("src/generated/mod.rs");
            writeln!(source, "#[path = {:?}]\nmod {id};", module.display().to_string())?;
            let types: BTreeSet<String> = samples(self.target, id)?.into_iter().map(|sample| sample.ty).collect();
            for ty in types {
                writeln!(table, "        \"{id}::{ty}\" => there_and_back::<{id}::types::{ty}>(value),")?;
            }
        }
        Ok(source + &include_str!("exchange.rs.in").replace("        // TABLE\n", &table))
    }

    /// Sends the samples through the program, and notes what did not come back whole.
    fn exchange(mut self) -> anyhow::Result<()> {
        let program = self.target.join("build/debug").join(self.name());
        let target = self.target;
        for outcome in self.whole() {
            let samples = samples(target, &outcome.id)?;
            let file = place(target, &outcome.id).join("sent.json");
            let sent: Vec<Value> = samples.iter().map(|sample| json!([format!("{}::{}", outcome.id, sample.ty), sample.value])).collect();
            fs::write(&file, serde_json::to_string(&sent)?)?;
            let output = Command::new(&program).arg(&file).output().with_context(|| program.display().to_string())?;
            if !output.status.success() {
                outcome.broken = Some(format!("the program ended: {}", String::from_utf8_lossy(&output.stderr).trim()));
                continue;
            }
            let returned: Vec<Result<Value, String>> = serde_json::from_slice(&output.stdout)?;
            outcome.samples = samples.len();
            for (sample, returned) in samples.iter().zip(returned) {
                let problem = match returned {
                    // In an object null and absence are one: an optional field has both.
                    Ok(returned) => lost(&sample.value, &returned).into_iter().chain(lost(&returned, &sample.value)).next(),
                    Err(error) => Some(format!(" cannot be read: {error}: {}", sample.value)),
                };
                outcome.lost.extend(problem.map(|problem| format!("{}{problem}", sample.ty)));
            }
        }
        Ok(())
    }
}

fn samples(target: &Path, id: &str) -> anyhow::Result<Vec<Sample>> {
    let file = place(target, id).join("samples.json");
    serde_json::from_str(&fs::read_to_string(&file)?).with_context(|| file.display().to_string())
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
