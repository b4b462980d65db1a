//! The console blocks of every README, run against a sandbox, and the commands of the guide.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};

use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Vendor};
use regex::Regex;
use serde_json::Value;

use crate::{
    CONTACT,
    program::{self, Ran, run},
};

/// A command of a README, and what it prints there; nothing where the README does not show it.
#[derive(Debug)]
struct Step {
    line: usize,
    command: String,
    shown: String,
}

/// Those of the blocks that are sessions: with a `$` before each command.
fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (line, text) in (1..).zip(readme.lines()) {
        match text.strip_prefix("```") {
            Some(fence) => inside = fence == "console",
            None if !inside => {}
            None => match (text.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { line, command: command.to_owned(), shown: String::new() }),
                (None, Some(step)) => step.shown.push_str(&format!("{text}\n")),
                (None, None) => panic!("line {line}: a block `console` begins with `$ `"),
            },
        }
    }
    steps
}

/// A folder with the files that the READMEs speak of, and a sandbox.
struct Session {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    variables: Vec<String>,
    status: i32,
}

impl Session {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
        file("people.csv", &format!("contact_id,first_name\n{CONTACT},Sophie\n"));
        file("hello.md", "---\nsubject: A role in Paris\n---\nHi {{ first_name }}, may I tell you more?\n");
        Self { folder, sandbox: Sandbox::start().await.unwrap(), variables: Vec::new(), status: 0 }
    }

    fn run(&mut self, command: &str) -> Ran {
        if command.split_once('=').is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')) {
            self.variables.push(command.to_owned());
        }
        // Where it is read, the second message meets a connection that breaks.
        if command.contains("--channel whatsapp") && !command.contains("--dry-run") && !command.contains("--curl") {
            self.sandbox.add_fault(FaultRule::new(Fault::new(FaultKind::ResetAfter)).operation("send_message")).unwrap();
        }
        let command = command.replace("cargo run -q -p reachout -- ", "reachout ");
        let serves = command == "reachout sandbox" || command.starts_with("reachout sandbox --");
        let command = if serves { format!("timeout --preserve-status -s INT 10 {command} --port 0 --quiet") } else { command };
        let script = format!("{}\n(exit {})\n{{ {command}\n}} 2>&1", self.variables.join("\n"), self.status);
        let with = program::command();
        let mut shell = assert_cmd::Command::new("/bin/sh");
        shell.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let programs = Path::new(env!("CARGO_BIN_EXE_reachout")).parent().unwrap();
        shell.env("PATH", format!("{}:/usr/bin:/bin", programs.display())).env("HOME", self.folder.path());
        for (variable, vendor) in
            [("LEONAR", Vendor::Leonar), ("SENDPILOT", Vendor::SendPilot), ("HOOP_AI", Vendor::HoopAi), ("LEADWAY", Vendor::Leadway)]
        {
            shell.env(format!("{variable}_BASE_URL"), self.sandbox.base_url(vendor));
        }
        let ran = run(shell.current_dir(self.folder.path()).args(["-c", &script]).write_stdin("leo_sandbox\n"));
        self.status = ran.code;
        ran
    }
}

/// Without what differs from run to run: ids, times, ports, where a login is kept, and the widths of columns.
fn masked(text: &str) -> String {
    let masks = [
        ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
        ("\\bmsg_[a-z0-9]{12}\\b", "ID"),
        ("\\b[A-Za-z0-9]{20}\\b", "ID"),
        ("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z", "TIME"),
        ("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT"),
        ("(?m) \\d+\\.\\d$", " MS"),
        ("(keyring|file \\S+)(, profile \\S+)?", "PLACE"),
        ("(?m)^.*\\(not shown\\): ?\n?", ""),
        ("[ \\t]+", " "),
        ("(?m) $", ""),
    ];
    let text =
        masks.iter().fold(text.to_owned(), |text, (pattern, mask)| Regex::new(pattern).unwrap().replace_all(&text, *mask).into_owned());
    text.trim_end().to_owned()
}

fn readmes() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let crates = std::fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = crates.chain([root]).map(|folder| folder.join("README.md")).filter(|path| path.exists()).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_readme_shows_is_what_the_program_prints() {
    let mut differences = Vec::new();
    let mut shown = 0;
    for readme in readmes() {
        let steps = steps(&std::fs::read_to_string(&readme).unwrap());
        if steps.is_empty() {
            continue;
        }
        let mut session = Session::start().await;
        for Step { line, command, shown: expected } in steps {
            // What others have to do with it: installing it, and leading another shell to a sandbox that runs.
            if command.starts_with("cargo install") || command.contains("sandbox env") {
                continue;
            }
            let mut this = session;
            let (back, ran) = tokio::task::spawn_blocking({
                let command = command.clone();
                move || {
                    let ran = this.run(&command);
                    (this, ran)
                }
            })
            .await
            .unwrap();
            session = back;
            let place = format!("{} line {line}: {command}", readme.display());
            if expected.trim().is_empty() {
                if ran.code != 0 {
                    differences.push(format!("{place} ends with {}:\n{}", ran.code, ran.stdout));
                }
            } else if masked(&expected) != masked(&ran.stdout) {
                differences.push(format!("{place}\nis shown with\n{expected}\nand prints\n{}", ran.stdout));
            }
            shown += 1;
        }
    }
    assert!(differences.is_empty() && shown > 15, "{shown} commands\n{}", differences.join("\n\n"));
}

/// The commands in the shell blocks of a page, and those in the settings of assistants' clients.
fn commands(page: &str) -> Vec<String> {
    let command = Regex::new(r"^([A-Z_]+=\S+ )?reachout ").unwrap();
    let mut found = Vec::new();
    for block in page.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap_or_default();
        match language {
            "sh" => {
                let lines = text.lines().map(|line| line.split("  #").next().unwrap_or_default().trim());
                found.extend(lines.filter(|line| command.is_match(line)).map(str::to_owned));
            }
            "json" if text.contains("mcpServers") => {
                let settings: Value = serde_json::from_str(text).unwrap();
                let server = &settings["mcpServers"]["reachout"];
                let arguments = server["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap());
                found.push([server["command"].as_str().unwrap()].into_iter().chain(arguments).collect::<Vec<_>>().join(" "));
            }
            _ => {}
        }
    }
    found
}

/// With `--help` behind it, a command shows its help if all its arguments before are known, and says what is wrong otherwise.
#[test]
fn the_program_knows_every_command_of_the_guide() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/pages");
    let programs = Path::new(env!("CARGO_BIN_EXE_reachout")).parent().unwrap();
    let mut seen = 0;
    for page in std::fs::read_dir(pages).unwrap() {
        let page = page.unwrap().path();
        for command in commands(&std::fs::read_to_string(&page).unwrap()) {
            let mut shell = assert_cmd::Command::new("/bin/sh");
            shell.env_clear().env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
            let ran = run(shell.args(["-c", &format!("{command} --help")]));
            assert_eq!(ran.code, 0, "{}: {command}: {}", page.display(), ran.stderr);
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen} commands");
}
