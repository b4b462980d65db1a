//! What the command line costs beside the vendors' own time: all operations of all vendors are in it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, ensure};

use crate::{
    markdown::grouped,
    measure::{Session, measured},
    report::{Report, Table},
    stats::median,
};

/// The people of a file.
const PEOPLE: usize = 1_000_000;
/// Commands that nothing is sent by.
const COMMANDS: [&[&str]; 5] = [
    &["--version"],
    &["leonar", "contacts", "list", "--help"],
    &["highlevel", "--help"],
    &["highlevel", "opportunities", "list", "--location-id", "l1", "--dry-run"],
    &["send", "--via", "hoop-ai", "--to", "c1", "--channel", "sms", "--dry-run", "Hi"],
];
const COMPLETED: &[&str] = &["reachout", "highlevel", "contacts", ""];

/// Measures the program as it is released.
pub fn program(session: &Session<'_>, report: &mut Report) -> anyhow::Result<()> {
    let build = ["build", "--release", "--quiet", "-p", "reachout", "--config", "profile.release.strip=true"];
    session.runner.run(Command::new("cargo").current_dir(session.root).args(build)).context("the program")?;
    let program = Program { path: session.root.join("target/release/reachout"), home: session.folder.join("home") };
    std::fs::create_dir_all(&program.home)?;
    let rounds = session.rounds(7, 31);
    let mut rows = Vec::new();
    let mut slowest = 0.0_f64;
    for arguments in COMMANDS {
        let milliseconds = program.milliseconds(rounds, arguments, &[])?;
        slowest = slowest.max(milliseconds);
        rows.push(vec![format!("`reachout {}`", arguments.join(" ")), format!("{milliseconds:.0} ms")]);
    }
    report.set("start", Ok(slowest));
    let line = [&["--"], COMPLETED].concat();
    let completion = program.milliseconds(rounds, &line, &[("REACHOUT_COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "3")]);
    report.set("completion", measured(completion));
    report.set("sandbox-start", measured(program.sandbox(rounds)));
    report.set("add-memory", measured(program.add(session)));
    #[expect(clippy::cast_precision_loss, reason = "some ten million bytes")]
    rows.push(vec!["the program, stripped".to_owned(), format!("{} B", grouped(std::fs::metadata(&program.path)?.len() as f64))]);
    report.tables.push(Table {
        title: "The command line",
        note: format!("Release build; from start to end of the process, medians of {rounds} runs."),
        head: ["", ""].map(String::from).into(),
        rows,
    });
    Ok(())
}

/// The program, and where it finds nobody's settings.
struct Program {
    path: PathBuf,
    home: PathBuf,
}

impl Program {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.env_clear().env("HOME", &self.home).env("REACHOUT_KEYRING", "off").current_dir(&self.home).args(arguments);
        command
    }

    /// How long it runs.
    fn milliseconds(&self, rounds: usize, arguments: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<f64> {
        let mut runs = Vec::new();
        for _ in 0..rounds {
            let start = Instant::now();
            let output = self.command(arguments).envs(variables.iter().copied()).output()?;
            runs.push(start.elapsed().as_secs_f64() * 1e3);
            let stderr = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success() && !output.stdout.is_empty(), "reachout {}: {stderr}", arguments.join(" "));
        }
        median(&runs).context("at least one run")
    }

    /// Until it says where it listens.
    fn sandbox(&self, rounds: usize) -> anyhow::Result<f64> {
        let mut runs = Vec::new();
        for _ in 0..rounds {
            let start = Instant::now();
            let mut child = self.command(&["sandbox", "--port", "0", "--json"]).stdout(Stdio::piped()).spawn()?;
            let mut line = String::new();
            let read = child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
            runs.push(start.elapsed().as_secs_f64() * 1e3);
            child.kill()?;
            child.wait()?;
            ensure!(read.transpose()?.is_some_and(|bytes| bytes > 0), "the sandbox does not start");
        }
        median(&runs).context("at least one run")
    }

    /// The largest resident set, in megabytes, while a file of people is queued.
    fn add(&self, session: &Session<'_>) -> anyhow::Result<f64> {
        let (people, template, database) = (self.home.join("people.csv"), self.home.join("hello.md"), self.home.join("outbox.db"));
        write_people(&people)?;
        std::fs::write(&template, "---\nsubject: A role for {{ first_name }}\n---\nHi {{ first_name }}, is now a good time?\n")?;
        for file in ["outbox.db", "outbox.db-wal", "outbox.db-shm"] {
            if let Err(error) = std::fs::remove_file(database.with_file_name(file)) {
                ensure!(error.kind() == std::io::ErrorKind::NotFound, "{file}: {error}");
            }
        }
        let mut command = self.command(&["outbox", "add", "--from", "people.csv", "--template", "hello.md", "--json"]);
        let finished = session.runner.run(command.args(["--via", "hoop-ai", "--channel", "email"]))?;
        let queued: serde_json::Value = serde_json::from_str(&finished.stdout).context("what `outbox add` printed")?;
        ensure!(queued["queued"] == PEOPLE, "{queued}");
        #[expect(clippy::cast_precision_loss, reason = "some million bytes")]
        Ok(finished.peak_bytes as f64 / 1e6)
    }
}

fn write_people(path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "contact_id,first_name,email")?;
    for number in 0..PEOPLE {
        writeln!(file, "contact{number},Person {number},person{number}@example.org")?;
    }
    file.flush()
}
