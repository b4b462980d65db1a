//! Running the program.

use assert_cmd::Command;
use serde_json::Value;

/// What it printed, and its exit code.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Nothing on standard output, one line on standard error, code 2.
    pub fn refused(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.lines().count()), (2, "", 1), "{self:?}");
        self.stderr.trim_end()
    }
}

/// Without credentials, and with base URLs where nobody listens: what connects fails.
pub fn reachout(arguments: &[&str]) -> Ran {
    run(command().args(arguments))
}

pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reachout"));
    command.env_clear();
    // Neither the keyring nor the settings nor the sandbox of whoever runs the tests.
    command.env("REACHOUT_KEYRING", "off").env("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-home"));
    for vendor in ["LEONAR", "SENDPILOT", "HOOP_AI", "LEADWAY"] {
        command.env(format!("{vendor}_BASE_URL"), "http://127.0.0.1:9");
    }
    command
}

/// The same with credentials.
pub fn with_credentials() -> Command {
    let mut command = command();
    for variable in ["LEONAR_API_KEY", "SENDPILOT_API_KEY", "HIGHLEVEL_TOKEN", "HOOP_AI_TOKEN", "LEADWAY_TOKEN"] {
        command.env(variable, "leo_0123456789abcdef");
    }
    command
}

pub fn run(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap() }
}
