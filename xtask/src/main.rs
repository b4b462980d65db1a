//! `cargo xtask`: what maintainers run.
#![forbid(unsafe_code)]

mod ci;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use reachout_codegen::{Coverage, List, Mode, Written};

/// What maintainers of Reachout run.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a new vendor: its folder in specs/ and its crate, with an example of every convention, or from a published document.
    #[command(
        after_help = "Examples:\n  cargo xtask new acme\n  cargo xtask new acme --from acme-openapi.json\n\nThen `cargo xtask regen` and `cargo test --workspace`."
    )]
    New {
        /// Its name in kebab-case: a folder, a crate and a command.
        vendor: String,
        /// The vendor's published OpenAPI 3.0, 3.1 or Swagger 2 document, in JSON or YAML.
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Draft a vendor's document from the one it publishes; again, when the vendor publishes a newer one. overlay.yaml stays as it is.
    #[command(
        after_help = "Examples:\n  cargo xtask import acme-openapi.json --vendor acme\n  cargo xtask import ~/highlevel-api-docs --vendor highlevel\n\nA vendor with specs/VENDOR/official/groups.yaml takes the groups named there from a folder. What was lost or changed is listed in specs/acme/import.md, what the conventions ask for by `cargo xtask lint acme`."
    )]
    Import {
        /// The published OpenAPI 3.0, 3.1 or Swagger 2 document, in JSON or YAML; or a folder of them.
        file: PathBuf,
        /// Its folder in specs/.
        #[arg(long)]
        vendor: String,
        /// Another folder with specs/ than this workspace.
        #[arg(long)]
        root: Option<PathBuf>,
    },
    /// Generate the clients from specs/.
    #[command(after_help = "Examples:\n  cargo xtask regen\n  cargo xtask regen --check")]
    Regen {
        /// Compare instead of writing: print a unified diff and exit 1 where a file would change.
        #[arg(long)]
        check: bool,
        /// Another folder with specs/ than this workspace.
        #[arg(long)]
        root: Option<PathBuf>,
    },
    #[command(after_help = "Example:\n  cargo xtask coverage leonar")]
    /// Print how much of the known API of each vendor its spec describes; exit 1 where a known operation is missing.
    Coverage {
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
    },
    /// Check specs/ against its conventions, with file, line and what to write instead. What a draft waits for is listed, and no error.
    #[command(after_help = "Examples:\n  cargo xtask lint\n  cargo xtask lint leonar")]
    Lint {
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
    },
    /// Tell what changed per vendor, and whether it breaks users, as Markdown for a pull request.
    ///
    /// Exits with 1 where something breaks users and the version of the crate does not say so: by its minor number before 1.0, by its major number
    /// after.
    #[command(after_help = "Examples:\n  cargo xtask diff --base origin/main\n  cargo xtask diff --against acme-openapi.json acme")]
    Diff {
        /// A commit, a branch or a tag to compare specs/ with.
        #[arg(long, default_value = "HEAD", conflicts_with = "against")]
        base: String,
        /// A document that the vendor publishes, to compare its spec with.
        #[arg(long)]
        against: Option<PathBuf>,
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
    },
    /// Run everything that must hold, step by step with times, the cheapest first; stop at the first that fails.
    #[command(
        after_help = "Examples:\n  cargo xtask ci\n  cargo xtask ci --list\n  cargo xtask ci lint regen\n\n.ci/run installs what the tests use and then runs this."
    )]
    Ci {
        /// Print the steps and run none.
        #[arg(long)]
        list: bool,
        /// Go on after a step that failed.
        #[arg(long)]
        keep_going: bool,
        /// Steps to run; all of them where none is named.
        steps: Vec<String>,
    },
    /// Try the generator on public documents: import each, compile its client, and send samples of its schemas through the types and back.
    ///
    /// tests/round/manifest.toml names the documents; FOLDER has each at OWNER/NAME/PATH, and the commands that fetch a missing one are printed. Fails
    /// where fewer than 99.5 % of the samples come back whole.
    #[command(after_help = "Examples:\n  cargo xtask round ~/documents\n  cargo xtask round ~/documents --only twilio")]
    Round {
        /// The folder of the documents.
        folder: PathBuf,
        /// A part of repository and path; only these documents are taken.
        #[arg(long)]
        only: Option<String>,
        /// Import the one document that FOLDER is into this folder, and print the result: a round does so in a process for each.
        #[arg(long, hide = true, conflicts_with = "only")]
        into: Option<PathBuf>,
    },
    /// Measure what a call and a build cost against other clients, and write docs/benchmarks.md.
    #[command(after_help = "Example:\n  cargo xtask bench --quick")]
    Bench {
        /// Few rounds and short runs: under ten minutes on two cores.
        #[arg(long)]
        quick: bool,
        /// Sections to measure, which are printed and not written; all of them where none is named.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let root = root();
    match command {
        Command::Regen { check, root: other } => {
            let root = other.unwrap_or(root);
            let mode = if check { Mode::Check } else { Mode::Write };
            let changes = reachout_codegen::regen(&root, mode)?;
            for change in &changes {
                match mode {
                    Mode::Check if change.stale => println!("{}: nothing generates this file any more", change.path.display()),
                    Mode::Check => print!("{}", change.diff),
                    Mode::Write => println!("{} {}", if change.stale { "removed" } else { "wrote" }, change.path.display()),
                }
            }
            if changes.is_empty() {
                println!("everything is as generated");
            } else if check {
                eprintln!("{} file(s) differ from what specs/ generates; run `cargo xtask regen`", changes.len());
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Coverage { vendors } => return Ok(print_coverage(&reachout_codegen::coverage(&root, &vendors)?)),
        Command::Bench { quick, only } => {
            print!("{}", reachout_bench::bench(&root, std::env::current_exe()?, &reachout_bench::Options { quick, only })?);
        }
        Command::Round { folder, into: Some(into), .. } => println!("{}", reachout_round::import_one(&folder, &into)?),
        Command::Round { folder, only, into: None } => {
            let report = reachout_round::round(&root, &folder, only.as_deref(), &std::env::current_exe()?)?;
            print!("{report}");
            if !report.is_good() {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Lint { vendors } => {
            let linted = reachout_codegen::lint(&root, &vendors)?;
            for finding in &linted.work {
                println!("{finding}");
            }
            println!("{} specs can be generated from: {}", linted.vendors.len(), linted.vendors.join(", "));
            match linted.work.len() {
                0 => println!("they follow the conventions"),
                work => println!("drafts wait for {work} thing(s), listed above"),
            }
        }
        Command::Diff { base, against, vendors } => {
            let report = match (against, vendors.as_slice()) {
                (None, vendors) => reachout_codegen::diff_base(&root, &base, vendors)?,
                (Some(file), [vendor]) => reachout_codegen::diff_against(&root, &file, vendor)?,
                (Some(_), _) => anyhow::bail!("name the one vendor whose document it is: cargo xtask diff --against FILE VENDOR"),
            };
            print!("{report}");
            if report.is_refused() {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Ci { list, keep_going, steps } => return ci::run(&root, list, keep_going, &steps),
        Command::New { vendor, from } => {
            let written = reachout_codegen::new(&root, &vendor, from.as_deref())?;
            report(&written);
            println!("next: cargo xtask regen && cargo test --workspace");
        }
        Command::Import { file, vendor, root: other } => {
            let root = other.unwrap_or(root);
            let written = reachout_codegen::import(&root, &file, &vendor)?;
            report(&written);
            let scaffolded = root.join("crates").join(&vendor).join("Cargo.toml").is_file();
            println!(
                "next: {}",
                if scaffolded { "cargo xtask regen".to_owned() } else { format!("cargo xtask new {vendor}, which writes its crate") }
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a command wrote, and what it left to do.
fn report(written: &Written) {
    for file in &written.files {
        println!("wrote {}", file.display());
    }
    if written.files.is_empty() {
        println!("everything was written already");
    }
    for (step, places) in &written.lossy {
        println!("{places:>6}  {step}");
    }
    println!("{} operations; the conventions ask for {} more thing(s): `cargo xtask lint` lists them", written.operations, written.work);
}

/// One line a vendor, one a list of what is known of it, and a failure where something known is missing.
fn print_coverage(vendors: &[Coverage]) -> ExitCode {
    println!(
        "{:<12} {:>10} {:>8} {:>6} {:>8} {:>8} {:>12} {:>9} {:>10}",
        "vendor", "operations", "recorded", "full", "partial", "official", "client-only", "examples", "paginated"
    );
    for Coverage { vendor, operations, evidence, with_examples, paginated, .. } in vendors {
        let [recorded, full, partial, official, client_only] = evidence;
        println!(
            "{vendor:<12} {operations:>10} {recorded:>8} {full:>6} {partial:>8} {official:>8} {client_only:>12} {with_examples:>9} \
             {paginated:>10}"
        );
    }
    println!(
        "\n{:<16} {:>11} {:>8} {:>8} {:>7} {:>12} {:>7}",
        "known", "done", "reviewed", "official", "not yet", "no page seen", "missing"
    );
    for Coverage { vendor, lists, .. } in vendors {
        for List { version, known, reviewed, official, planned, unseen, missing } in lists {
            let name = version.as_ref().map_or_else(|| vendor.clone(), |version| format!("{vendor} {version}"));
            let done = format!("{} of {known}", reviewed + official);
            println!("{name:<16} {done:>11} {reviewed:>8} {official:>8} {planned:>7} {unseen:>12} {:>7}", missing.len());
        }
    }
    let missing = vendors.iter().flat_map(|of| of.lists.iter().flat_map(move |list| list.missing.iter().map(move |known| (of, known))));
    let missing: Vec<String> = missing.map(|(of, known)| format!("{}: {known}", of.vendor)).collect();
    if !missing.is_empty() {
        eprintln!("known operations that no spec describes:\n{}", missing.join("\n"));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The workspace root, wherever the command is run.
fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(PathBuf::from).unwrap_or(manifest)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_shows_an_example() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("cargo xtask {}", command.get_name())), "{} shows none: {help:?}", command.get_name());
        }
    }

    #[test]
    fn a_step_that_is_not_there_is_named_with_those_that_are() {
        let error = ci::run(&root(), false, false, &["tset".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("no step is called `tset`") && error.contains("lint, regen"), "{error}");
    }

    #[test]
    fn ci_fails_where_a_step_does() {
        // A folder without a workspace: formatting fails.
        let empty = std::env::temp_dir().join(format!("xtask-ci-{}", std::process::id()));
        std::fs::create_dir_all(&empty).unwrap();
        let steps = ["templates", "fmt"].map(ToOwned::to_owned);
        assert_eq!(ci::run(&empty, false, false, &steps).unwrap(), ExitCode::FAILURE);
        std::fs::remove_dir_all(&empty).unwrap();
    }
}
