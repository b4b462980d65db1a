//! `cargo xtask`: what maintainers run.
#![forbid(unsafe_code)]

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use reachout_codegen::Mode;

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
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
    },
    /// Judge specs/ by its conventions, with file, line and what to write instead.
    Lint {
        /// Folders in specs/; all of them where none is named.
        vendors: Vec<String>,
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
        Command::Regen { check, vendors } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            let changes = reachout_codegen::regen(&root, &vendors, mode)?;
            for change in &changes {
                match mode {
                    Mode::Check => print!("{}", change.diff),
                    Mode::Write => println!("wrote {}", change.path.display()),
                }
            }
            if changes.is_empty() {
                println!("everything is as generated");
            } else if check {
                eprintln!("{} file(s) differ from what specs/ generates; run `cargo xtask regen`", changes.len());
                return Ok(ExitCode::FAILURE);
            }
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
