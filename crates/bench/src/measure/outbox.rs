//! What the outbox does on one machine, beside the vendors' own time.

use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::{
    measure::Session,
    report::{Report, Table},
};

/// Queues and sends with a vendor that takes a millisecond, so that the outbox itself is measured.
pub fn outbox(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let messages = session.rounds(20_000, 100_000).to_string();
    let build = ["build", "--release", "--quiet", "-p", "reachout-outbox", "--example", "drain"];
    session.runner.run(Command::new("cargo").current_dir(session.root).args(build)).context("the outbox's example")?;
    let program = session.root.join("target/release/examples/drain");
    let finished = session.runner.run(Command::new(program).arg(format!("messages={messages}")))?;
    let line: Value = serde_json::from_str(finished.stdout.trim()).context("what the example printed")?;
    let cell = |pointer: &str, unit: &str| format!("{}{unit}", line.pointer(pointer).unwrap_or(&Value::Null));
    report.tables.push(Table {
        title: "The outbox",
        note: format!(
            "{messages} messages in a file of SQLite, sent by 32 workers through a vendor that takes a millisecond: \
             `--example drain` of `reachout-outbox`. Resident memory before the first is sent, at most, and after the last."
        ),
        head: ["", "queued a second", "sent a second", "memory before", "at most", "after"].map(String::from).into(),
        rows: vec![vec![
            "SQLite".to_owned(),
            cell("/enqueue_per_second", ""),
            cell("/drain_per_second", ""),
            cell("/resident_kib/start", " KiB"),
            cell("/resident_kib/most", " KiB"),
            cell("/resident_kib/end", " KiB"),
        ]],
    });
    Ok(())
}
