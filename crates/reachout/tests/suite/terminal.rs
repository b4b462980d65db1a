//! What is different on a terminal. `script` of util-linux has one.

use std::process::Command;

use reachout_test_support::installed_or_left_out;

use crate::program;

/// What the terminal shows. Where there is no `script`, the running test is recorded as left out. The program is `$R` of the command.
fn on_terminal(command: &str) -> Option<String> {
    installed_or_left_out(["script"])?;
    let with = program::command();
    let mut script = Command::new("timeout");
    script.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?))));
    script.env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("SHELL", "/bin/sh").env("R", env!("CARGO_BIN_EXE_reachout"));
    let output = script.args(["30", "script", "-qec", command, "/dev/null"]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    assert!(output.status.success(), "{command}: {shown}");
    Some(shown)
}

#[test]
fn json_is_spread_and_headings_are_bold() {
    let Some(json) = on_terminal("$R leonar contacts list --sandbox --json 2>/dev/null") else { return };
    assert!(json.starts_with("{\n  \"data\": [\n"), "{json}");
    let table = on_terminal("stty cols 80 rows 24; $R leonar contacts list --sandbox 2>/dev/null").unwrap();
    assert!(table.starts_with("\u{1b}[1m ID ") && table.contains("EMAILS"), "{table:?}");
    let plain = on_terminal("stty cols 80 rows 24; NO_COLOR=1 $R leonar contacts list --sandbox 2>/dev/null").unwrap();
    assert!(plain.starts_with(" ID ") && !plain.contains('\u{1b}'), "{plain:?}");
}

#[test]
fn tables_are_as_wide_as_the_terminal() {
    for columns in [60, 80, 200] {
        let Some(table) = on_terminal(&format!("stty cols {columns} rows 24; NO_COLOR=1 $R leonar contacts list --sandbox 2>/dev/null"))
        else {
            return;
        };
        assert!(table.lines().count() == 2 && table.lines().all(|line| line.chars().count() <= columns), "{columns}:\n{table}");
        assert_eq!(table.contains("TITLE"), columns == 200, "{columns}:\n{table}");
    }
}

#[test]
fn a_long_list_shows_progress_beside_its_output() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display();
    let Some(shown) = on_terminal(&format!("$R leonar contacts list --sandbox --all --json > {path}")) else { return };
    assert!(shown.contains(" contacts, "), "{shown:?}");
    let written = std::fs::read_to_string(file.path()).unwrap();
    assert!(written.lines().count() == 1 && written.starts_with("{\"id\""), "{written}");
}

#[test]
fn a_key_that_is_typed_is_not_shown() {
    let Some(_) = installed_or_left_out(["script"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let login =
        format!("export XDG_DATA_HOME={0} XDG_CONFIG_HOME={0}; $R auth login leonar && $R auth token leonar", home.path().display());
    // Typed once the prompt is there.
    let typed = format!("(sleep 2; echo leo_typed_by_hand; sleep 1) | script -qec '{login}' /dev/null");
    let mut shell = Command::new("timeout");
    let with = program::command();
    shell.env_clear().envs(with.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("SHELL", "/bin/sh").env("R", env!("CARGO_BIN_EXE_reachout"));
    let output = shell.args(["30", "sh", "-c", &typed]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    assert!(shown.starts_with("Leonar credential (not shown): \n"), "{shown:?}");
    assert_eq!(shown.matches("leo_typed_by_hand").count(), 1, "by `auth token` alone: {shown:?}");
}
