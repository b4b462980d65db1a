//! What generating the clients costs maintainers.

use std::{fs, process::Command};

use crate::{
    markdown::number,
    measure::{Session, measured},
    process::Finished,
    report::{Report, Table, Unit},
    stats::median,
    synthetic,
};

const MEGABYTE: f64 = 1_000_000.0;

/// All vendors, and vendors of our making with ever more operations.
pub fn regen(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let build = if cfg!(debug_assertions) { "Development" } else { "Release" };
    let mut rows = Vec::new();
    let all = cost(session, || Command::new(&session.xtask), &["regen", "--check"]);
    rows.push(cells("all vendors", &all));
    report.set("regen", measured(all.map(|(seconds, _)| seconds)));
    for operations in [250, 500, 1000] {
        let root = session.folder.join(format!("synthetic-{operations}"));
        synthetic::write(&root, operations)?;
        let cost = cost(session, || Command::new(&session.xtask), &["regen", "--root", &root.display().to_string()]);
        rows.push(cells(&format!("{operations} operations"), &cost));
        fs::remove_dir_all(&root)?;
        if operations == 1000 {
            let (time, memory) = match cost {
                Ok((seconds, megabytes)) => (Ok(seconds), Ok(megabytes)),
                Err(error) => (Err(anyhow::anyhow!("{error:#}")), Err(error)),
            };
            report.set("regen-1000", measured(time));
            report.set("regen-1000-memory", measured(memory));
        }
    }
    report.tables.push(Table {
        title: "Generating the clients",
        note: format!("`cargo xtask regen`. {build} build; one get operation with a response type of its own after the other."),
        head: ["", "time", "peak memory"].map(String::from).into(),
        rows,
    });
    Ok(())
}

fn cells(name: &str, cost: &anyhow::Result<(f64, f64)>) -> Vec<String> {
    let missing = || "not measured".to_owned();
    let (time, memory) = cost.as_ref().map_or_else(
        |_| (missing(), missing()),
        |(seconds, megabytes)| (number(*seconds, Unit::Seconds), number(*megabytes, Unit::Megabytes)),
    );
    vec![name.to_owned(), time, memory]
}

/// Seconds and megabytes.
fn cost(session: &Session<'_>, program: impl Fn() -> Command, arguments: &[&str]) -> anyhow::Result<(f64, f64)> {
    let mut runs: Vec<Finished> = Vec::new();
    for _ in 0..session.rounds(3, 7) {
        runs.push(session.runner.run(program().args(arguments))?);
    }
    let seconds: Vec<f64> = runs.iter().map(|run| run.seconds).collect();
    let peak = runs.iter().map(|run| run.peak_bytes).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a machine has far less than 2^52 bytes")]
    let peak = peak as f64 / MEGABYTE;
    Ok((median(&seconds).unwrap_or_default(), peak))
}
