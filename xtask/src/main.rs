//! `cargo xtask`: what maintainers run.
#![forbid(unsafe_code)]

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use reachout_codegen::{Coverage, Mode};

/// What maintainers of Reachout run.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the clients from specs/.
    Regen {
        /// Compare instead of writing: print a unified diff and exit 1 where a file would change.
        #[arg(long)]
        check: bool,
        /// Another folder with specs/ than this workspace.
        #[arg(long)]
        root: Option<PathBuf>,
    },
    /// Print how much of the known API of each vendor its spec describes; exit 1 where a known operation is missing.
    Coverage {
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
    },
    /// Judge specs/ by its conventions, with file, line and what to write instead.
    Lint {
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
    },
    /// Measure what a call and a build cost against other clients, and write docs/benchmarks.md.
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
        Command::Coverage { vendors } => {
            let vendors = reachout_codegen::coverage(&root, &vendors)?;
            println!(
                "{:<12} {:>10} {:>6} {:>8} {:>12} {:>9} {:>10} {:>8}",
                "vendor", "operations", "full", "partial", "client-only", "examples", "paginated", "missing"
            );
            for Coverage { vendor, operations, evidence: [full, partial, client_only], with_examples, paginated, missing } in &vendors {
                println!(
                    "{vendor:<12} {operations:>10} {full:>6} {partial:>8} {client_only:>12} {with_examples:>9} {paginated:>10} {:>8}",
                    missing.len()
                );
            }
            let missing: Vec<String> =
                vendors.iter().flat_map(|of| of.missing.iter().map(move |known| format!("{}: {known}", of.vendor))).collect();
            if !missing.is_empty() {
                eprintln!("known operations that no spec describes:\n{}", missing.join("\n"));
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Bench { quick, only } => {
            print!("{}", reachout_bench::bench(&root, std::env::current_exe()?, &reachout_bench::Options { quick, only })?);
        }
        Command::Lint { vendors } => {
            let vendors = reachout_codegen::lint(&root, &vendors)?;
            println!("{} specs follow the conventions: {}", vendors.len(), vendors.join(", "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The workspace root, wherever the command is run.
fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(PathBuf::from).unwrap_or(manifest)
}
