//! Completions and manual pages, in the shells that are installed.

use std::{path::Path, process::Command};

use reachout_test_support::installed_or_left_out;

use crate::program::reachout;

/// What a command printed. Where it is not installed, the running test is recorded as left out.
fn runs(program: &str, arguments: &[&str]) -> Option<String> {
    installed_or_left_out([program])?;
    // Each ends by itself, and none reads the settings of whoever runs the tests.
    let mut command = Command::new(program);
    let folder = Path::new(env!("CARGO_BIN_EXE_reachout")).parent().unwrap();
    let path = std::env::join_paths([folder.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    command.args(arguments).env("HOME", "/nonexistent").env("TERM", "dumb").env("PATH", path.unwrap());
    let output = command.output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn script(shell: &str, folder: &Path) -> String {
    let script = reachout(&["completions", shell]);
    assert_eq!(script.code, 0);
    let path = folder.join(format!("_reachout.{shell}"));
    std::fs::write(&path, script.stdout).unwrap();
    path.display().to_string()
}

/// What is typed, and some of what is offered: commands, flags, and values of enums.
const CASES: [(&str, &[&str]); 6] = [
    ("reachout ", &["leonar", "send", "auth"]),
    ("reachout leonar ", &["contacts", "projects"]),
    ("reachout leonar contacts ", &["list", "create-note"]),
    ("reachout leonar contacts list --global-st", &["--global-status"]),
    ("reachout leonar contacts list --output ", &["jsonl", "yaml"]),
    ("reachout hoop-ai oauth create-token --grant-type ", &["authorization_code", "refresh_token"]),
];

#[test]
fn bash_completes() {
    let folder = tempfile::tempdir().unwrap();
    let script = script("bash", folder.path());
    for (typed, offered) in CASES {
        let words: Vec<_> = typed.split(' ').map(|word| format!("'{word}'")).collect();
        let (current, last) = (words.len() - 1, words[words.len() - 1].clone());
        let previous = &words[words.len() - 2];
        let program = format!(
            "source {script}; COMP_WORDS=({}); COMP_CWORD={current}; _clap_complete_reachout reachout {last} {previous}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" ")
        );
        let Some(printed) = runs("bash", &["--noprofile", "--norc", "-c", &program]) else { return };
        for word in offered {
            assert!(printed.lines().any(|line| line == *word), "{typed}: {word}: {printed}");
        }
    }
}

#[test]
fn fish_completes() {
    let folder = tempfile::tempdir().unwrap();
    let script = script("fish", folder.path());
    for (typed, offered) in CASES {
        let Some(printed) = runs("fish", &["--no-config", "-c", &format!("source {script}; complete -C '{typed}'")]) else { return };
        for word in offered {
            assert!(printed.lines().any(|line| line.split('\t').next() == Some(word)), "{typed}: {word}: {printed}");
        }
    }
}

#[test]
fn zsh_completes() {
    let Some(_) = installed_or_left_out(["zsh"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = script("zsh", folder.path());
    for (typed, offered) in CASES {
        // zsh completes at a prompt only, so one is made in a terminal of its own, with a list instead of a menu.
        let program = format!(
            r#"zmodload zsh/zpty; zpty z zsh -f -i
            w() {{ zpty -w z "$1"; }}
            w 'PS1=; stty -echo; autoload -U compinit; compinit -u -d {folder}/dump; source {script}; LISTMAX=10000; zstyle ":completion:*" list-prompt ""; setopt nolistpacked; bindkey "^I" list-choices; print READY'
            while zpty -r z line; do [[ $line == *READY* ]] && break; done
            zpty -w -n z $'{typed}\t'; sleep 8
            zpty -w -n z $'\x15print DONE\n'
            while zpty -r z line; do print -r -- $line; [[ $line == *DONE* ]] && break; done; zpty -d z"#,
            folder = folder.path().display(),
        );
        let Some(printed) = runs("timeout", &["60", "zsh", "-f", "-c", &program]) else { return };
        for word in offered {
            assert!(printed.contains(word), "{typed}: {word}: {printed}");
        }
    }
}

#[test]
fn powershell_completes() {
    let folder = tempfile::tempdir().unwrap();
    let path = script("powershell", folder.path());
    assert!(std::fs::read_to_string(&path).unwrap().contains("Register-ArgumentCompleter"));
    for (typed, offered) in CASES {
        let program = format!(". {path}; (TabExpansion2 '{typed}' {}).CompletionMatches.CompletionText", typed.len());
        let Some(printed) = runs("pwsh", &["-NoProfile", "-Command", &program]) else { return };
        for word in offered {
            assert!(printed.lines().any(|line| line == *word), "{typed}: {word}: {printed}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let written = reachout(&["man", "--dir", folder.path().to_str().unwrap()]);
    assert_eq!((written.code, written.stderr.as_str()), (0, ""), "{written:?}");
    let operations: usize =
        reachout_messenger::Vendor::ALL.into_iter().filter_map(reachout_messenger::Vendor::api).map(|api| api.vendor.routes.len()).sum();
    let pages = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(pages > operations, "{pages} pages of {operations} operations and the commands above them");
    let page = std::fs::read_to_string(folder.path().join("reachout-leonar-contacts-list.1")).unwrap();
    assert_eq!(reachout(&["man", "leonar", "contacts", "list"]).stdout.trim_end(), page.trim_end());
    assert!(page.contains(".TH reachout\\-leonar\\-contacts\\-list 1") || page.contains(".TH reachout-leonar-contacts-list 1"), "{page}");
    assert!(page.contains("global\\-status"), "{page}");
    let wrong = reachout(&["man", "leonar", "contcats"]);
    assert!(wrong.refused().contains("did you mean `contacts`?"));
    let path = folder.path().join("reachout.1");
    let Some(shown) = runs("man", &["--warnings", "-E", "UTF-8", "-l", "-Tutf8", path.to_str().unwrap()]) else { return };
    assert!(shown.contains("Exit codes") && !shown.contains("warning"), "{shown}");
}
