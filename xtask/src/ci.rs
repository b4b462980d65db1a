//! Everything that must hold, in the order in which it is cheapest to learn that it does not.

use std::{
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::Context as _;

/// One step: its name, what it is for, and the command.
struct Step {
    name: &'static str,
    about: &'static str,
    run: Run,
}

enum Run {
    /// Program and arguments.
    Command(&'static [&'static str]),
    /// A script for `bash`.
    Script(&'static str),
    /// Another command of this program.
    Xtask(&'static [&'static str]),
}

/// What cargo does not know are templates.
const TEMPLATES: &str = r#"find crates/bench/peers -name "*.rs" -exec rustfmt --check --edition 2024 {} +"#;

/// Nobody who depends on a client builds the generator, a command line or a test tool.
const TREES: &str = r#"
for spec in specs/*/openapi.yaml; do
    client=$(basename "$(dirname "$spec")")
    if cargo tree -p "$client" -e normal --prefix none | grep -E '^(progenitor|typify|openapiv3|axum|clap|httpmock|insta)'; then
        echo "$client depends on the above"
        exit 1
    fi
done"#;

/// Each choice of TLS compiles, and brings no other library than its own.
const TLS: &str = r#"
check() {
    cargo check -q -p reachout-messenger --no-default-features --features "vendors $1"
    if cargo tree -p reachout-messenger --no-default-features --features "vendors $1" -e normal --prefix none | grep -E "^($2) "; then
        echo "reachout-messenger with the features \"$1\" depends on the above"
        exit 1
    fi
}
check rustls 'ring|native-tls|openssl'
check rustls-ring 'aws-lc-rs|native-tls|openssl'
check native-tls 'aws-lc-rs|ring|rustls'
check "" 'aws-lc-rs|ring|rustls|native-tls|openssl'"#;

const STEPS: [Step; 11] = [
    Step { name: "fmt", about: "the code is formatted", run: Run::Command(&["cargo", "fmt", "--check"]) },
    Step { name: "templates", about: "so are the templates of the benchmarks", run: Run::Script(TEMPLATES) },
    Step { name: "lint", about: "specs/ follow the conventions", run: Run::Xtask(&["lint"]) },
    Step { name: "regen", about: "the generated files are those of specs/", run: Run::Xtask(&["regen", "--check"]) },
    Step { name: "coverage", about: "the specs describe every known operation", run: Run::Xtask(&["coverage"]) },
    Step { name: "test", about: "the tests of every crate", run: Run::Command(&["cargo", "test", "--workspace", "--no-fail-fast"]) },
    Step {
        name: "rust",
        about: "each crate declares the Rust that its dependencies need",
        run: Run::Command(&["cargo", "test", "--workspace", "--test", "workspace", "--", "--ignored"]),
    },
    Step {
        name: "clippy",
        about: "nothing to warn of",
        run: Run::Command(&["cargo", "clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning",
        run: Run::Script(r#"RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features"#),
    },
    Step { name: "tls", about: "each choice of TLS compiles", run: Run::Script(TLS) },
    Step { name: "trees", about: "clients depend on no tool of ours", run: Run::Script(TREES) },
];

/// Runs the steps, and prints how long each took.
pub fn run(root: &Path, list: bool, keep_going: bool, wanted: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(unknown) = wanted.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        anyhow::bail!("no step is called `{unknown}`: write one of {}", names.join(", "));
    }
    let steps: Vec<&Step> = STEPS.iter().filter(|step| wanted.is_empty() || wanted.iter().any(|name| name == step.name)).collect();
    if list {
        for step in steps {
            println!("{:<10} {}", step.name, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut results: Vec<(&str, Duration, bool)> = Vec::new();
    for step in &steps {
        println!("== {}: {}", step.name, step.about);
        let start = Instant::now();
        let passed = step.run.status(root).with_context(|| format!("step `{}` could not be started", step.name))?;
        results.push((step.name, start.elapsed(), passed));
        if !passed && !keep_going {
            break;
        }
    }
    println!();
    for (name, took, passed) in &results {
        println!("{name:<10} {:>7.1} s  {}", took.as_secs_f64(), if *passed { "passed" } else { "FAILED" });
    }
    let total: Duration = results.iter().map(|(_, took, _)| *took).sum();
    println!("{:<10} {:>7.1} s", "total", total.as_secs_f64());
    let failed: Vec<&str> = results.iter().filter(|(_, _, passed)| !passed).map(|(name, ..)| *name).collect();
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("failed: {}; run it alone with `cargo xtask ci {}`", failed.join(", "), failed.join(" "));
    Ok(ExitCode::FAILURE)
}

impl Run {
    fn status(&self, root: &Path) -> anyhow::Result<bool> {
        let mut command = match self {
            Self::Command(words) => {
                let mut command = Command::new(words[0]);
                command.args(&words[1..]);
                command
            }
            Self::Script(script) => {
                let mut command = Command::new("bash");
                command.args(["-euo", "pipefail", "-c", script]);
                command
            }
            Self::Xtask(arguments) => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(*arguments);
                command
            }
        };
        // As everywhere in CI: no snapshot is accepted, and nothing is built for a second build.
        command.current_dir(root).env("INSTA_UPDATE", "no").env("CARGO_INCREMENTAL", "0");
        Ok(command.status()?.success())
    }
}
