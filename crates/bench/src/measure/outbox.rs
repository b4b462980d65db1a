//! What the outbox does on one machine, beside the vendors' own time.

use std::process::Command;

use anyhow::Context as _;
use reachout_test_support::Server;
use serde_json::Value;

use crate::{
    markdown::grouped,
    measure::{Session, measured, ratio},
    report::{Report, Series, Table},
    stats::median,
};

/// On the first server the disk is waited for, and statements are counted.
const SETTINGS: [&str; 2] = ["fsync=on", "shared_preload_libraries=pg_stat_statements"];
const ACCOUNTS: [usize; 3] = [1, 100, 10_000];
const ROWS: [usize; 3] = [10_000, 100_000, 1_000_000];
/// The maximum number of accounts, of one message each.
const MESSAGES: usize = 10_000;

/// Sends with a vendor that takes a millisecond, so that the outbox itself is measured, and looks at what was sent.
pub fn outbox(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start_with(&SETTINGS);
    memory(session, report)?;
    accounts(session, report, server.as_ref())?;
    rows(session, report)
}

/// Many messages of one account.
fn memory(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let messages = session.rounds(20_000, 100_000).to_string();
    let line = example(session, "drain", &[format!("messages={messages}")])?;
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

/// The same number of messages, spread over ever more accounts.
fn accounts(session: &Session<'_>, report: &mut Report, server: Option<&Server>) -> anyhow::Result<()> {
    let rounds = session.rounds(1, 3);
    let mut table = Vec::new();
    let mut databases = vec![("SQLite", "accounts")];
    databases.extend(server.map(|_| ("Postgres", "accounts-postgres")));
    for (name, row) in databases {
        let mut rates = Vec::new();
        for accounts in ACCOUNTS {
            let mut runs = Vec::new();
            for _ in 0..rounds {
                let mut arguments = vec![format!("messages={MESSAGES}"), format!("accounts={accounts}"), "workers=16".to_owned()];
                if let Some(server) = server.filter(|_| name == "Postgres") {
                    arguments.push(format!("database={}", server.new_database()));
                }
                let line = example(session, "drain", &arguments)?;
                runs.push(line["drain_per_second"].as_f64().context("the rate that the example printed")?);
                if accounts == 1 && name == "Postgres" {
                    let statements = line["statements"].as_f64().context("the statements that the example printed")?;
                    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
                    report.set("statements", Ok(statements / MESSAGES as f64));
                }
            }
            rates.push(median(&runs).unwrap_or_default());
        }
        let first = rates.first().copied().unwrap_or_default();
        report.set(row, ratio(&Ok(rates.last().copied().unwrap_or_default()), &Ok(first)));
        report.accounts.push(Series { name, points: ACCOUNTS.into_iter().zip(rates.iter().map(|rate| rate / first)).collect() });
        table.push([vec![name.to_owned()], rates.iter().map(|rate| grouped(*rate)).collect()].concat());
    }
    for missing in ["accounts-postgres", "statements"].iter().filter(|_| server.is_none()) {
        report.set(missing, Err("Postgres is not installed".to_owned()));
    }
    report.tables.push(Table {
        title: "Messages a second by accounts",
        note: format!(
            "{MESSAGES} messages, 16 workers, a vendor that takes a millisecond; each message waits for the disk before it is sent."
        ),
        head: [vec![String::new()], ACCOUNTS.map(|accounts| format!("{} accounts", grouped_count(accounts))).into()].concat(),
        rows: table,
    });
    Ok(())
}

/// What looks at an outbox of ever more messages.
fn rows(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let mut table = Vec::new();
    for (rows, accounts) in ROWS.map(|rows| (rows, 1)).into_iter().chain([(10_000, 10_000)]) {
        let line = example(session, "rows", &[format!("rows={rows}"), format!("accounts={accounts}")])?;
        let value = |name: &str| line[name].as_f64().with_context(|| format!("{name}, which the example printed"));
        let looks = [("rows-list", "list"), ("rows-purge", "purge"), ("rows-status", "status"), ("rows-idle", "idle_percent")];
        if rows == 1_000_000 {
            for (row, name) in looks {
                report.set(row, measured(value(name)));
            }
        }
        if accounts > 1 {
            report.set("accounts-idle", measured(value("idle_percent")));
        }
        let cells = looks.iter().map(|(_, name)| line[name].to_string());
        table.push([vec![grouped_count(rows), grouped_count(accounts)], cells.collect()].concat());
    }
    report.tables.push(Table {
        title: "Looking at an outbox by its messages",
        note: "SQLite; all messages are settled but one. Milliseconds, the shortest of five, and the share of a core of workers with nothing to do."
            .to_owned(),
        head: ["messages", "accounts", "one in a rare state", "purge of nothing", "status", "idle, %"].map(String::from).into(),
        rows: table,
    });
    Ok(())
}

/// The line of JSON that an example of the outbox prints.
fn example(session: &Session<'_>, name: &str, arguments: &[String]) -> anyhow::Result<Value> {
    let build = ["build", "--release", "--quiet", "-p", "reachout-outbox", "--example", name];
    session.runner.run(Command::new("cargo").current_dir(session.root).args(build)).context("the outbox's example")?;
    let target = session.root.join("target");
    let finished = session.runner.run(Command::new(target.join("release/examples").join(name)).args(arguments))?;
    serde_json::from_str(finished.stdout.trim()).context("what the example printed")
}

#[expect(clippy::cast_precision_loss, reason = "a million at most")]
fn grouped_count(count: usize) -> String {
    grouped(count as f64)
}
