//! The commands around the operations.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::program::{command, reachout, run};

#[test]
fn the_demo_makes_five_calls() {
    let table = reachout(&["demo"]);
    assert_eq!((table.code, table.stderr.as_str()), (0, ""), "{table:?}");
    let lines: Vec<Vec<&str>> = table.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["VENDOR", "OPERATION", "HTTP_STATUS", "ID", "TIME_MS"]);
    let calls: Vec<_> = lines[1..].iter().map(|line| (line[0], line[1], &line[2][..1])).collect();
    let expected = [
        ("leonar", "create_contact", "2"),
        ("leonar", "send_message", "2"),
        ("sendpilot", "send_message", "2"),
        ("hoop-ai", "send_message", "2"),
        ("leadway", "send_message", "2"),
    ];
    assert_eq!(calls, expected);
    let rows = reachout(&["demo", "--json"]).json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["http_status"].is_u64() && !row["id"].as_str().unwrap().is_empty()), "{rows}");
}

#[test]
fn credentials_are_masked() {
    let status = run(command().env("LEONAR_API_KEY", "leo_0123456789abcdef").env("SENDPILOT_API_KEY", "short").args(["auth", "status"]));
    assert_eq!(status.code, 0);
    assert!(status.stdout.contains("********cdef") && !status.stdout.contains("bcdef") && !status.stdout.contains("hort"), "{status:?}");
    let rows = reachout(&["auth", "status", "--json"]).json();
    assert_eq!(rows[0]["variable"], "LEONAR_API_KEY");
    assert_eq!(rows[0]["found"], false);
    assert_eq!(rows[0]["base_url"], "http://127.0.0.1:9");
}

/// What a shell is offered for a line.
fn offered(line: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reachout"));
    command.env_clear().env("REACHOUT_COMPLETE", "bash").env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_INDEX", (line.len() - 1).to_string());
    let output = command.arg("--").args(line).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn completions_know_the_operations() {
    let cases: [(&[&str], &[&str]); 5] = [
        (&["reachout", ""], &["leonar", "highlevel", "send", "outbox"]),
        (&["reachout", "--profile", "x", "leonar", "con"], &["contacts"]),
        (&["reachout", "leonar", "contacts", ""], &["list", "create-note"]),
        (&["reachout", "leonar", "contacts", "list", "--global-st"], &["--global-status"]),
        (&["reachout", "outbox", "list", "--state", ""], &["queued", "sending"]),
    ];
    for (line, some) in cases {
        let all = offered(line);
        assert!(some.iter().all(|word| all.iter().any(|other| other == word)), "{line:?}: {all:?}");
    }
    assert!(!offered(&["reachout", "leonar", ""]).contains(&"create-note".to_owned()), "operations come below their group");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = reachout(&["completions", shell]);
        assert_eq!(script.code, 0);
        assert!(script.stdout.contains("REACHOUT_COMPLETE") && script.stdout.len() < 4096, "{shell}: {}", script.stdout);
    }
    assert_eq!(reachout(&["completions", "tcl"]).code, 2);
}

#[test]
fn help_is_a_command_too() {
    let (command, flag) = (reachout(&["help", "leonar", "contacts", "list"]), reachout(&["leonar", "contacts", "list", "--help"]));
    assert_eq!((command.code, command.stdout), (0, flag.stdout));
}

#[test]
fn a_misspelt_word_gets_the_nearest_one() {
    let cases: [(&[&str], &str); 5] = [
        (&["leonr"], "similar subcommand exists: 'leonar'"),
        (&["leonar", "contcats", "list"], "similar subcommand exists: 'contacts'"),
        (&["leonar", "projects", "list-file"], "similar subcommand exists: 'list-files'"),
        (&["leonar", "contacts", "list", "--serch", "x"], "similar argument exists: '--search'"),
        (&["send", "--via", "leonard", "--to", "x"], "did you mean `leonar`?"),
    ];
    for (arguments, suggestion) in cases {
        let ran = reachout(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(suggestion), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn output_that_nobody_reads_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_reachout"))
        .args(["operations", "highlevel", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed after the first line, long before the end of the list.
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_sandbox_serves_other_programs() {
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_reachout"))
        .env_clear()
        .env("HOME", home.path())
        .args(["sandbox", "--port", "0", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut json = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut json).unwrap();
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    let (url, key) = (rows[0]["base_url"].as_str().unwrap(), rows[0]["credential"].as_str().unwrap());
    let listed = run(command().env("LEONAR_BASE_URL", url).env("LEONAR_API_KEY", key).args(["leonar", "contacts", "list"]));
    let taken = reachout(&["sandbox", "--port", url.split([':', '/']).nth(4).unwrap()]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(listed.code, 0, "{listed:?}");
    assert_eq!(taken.code, 2, "{taken:?}");
    assert!(taken.stderr.contains("cannot listen at port"), "{taken:?}");
}
