//! `reachout completions`: what shells offer. Their script is a few lines that ask the program at each key, because it knows hundreds of operations.

use std::process::ExitCode;

use clap_complete::{CompleteEnv, Shell, env::Shells};

use super::failure::Failure;

/// The environment variable by which a script asks.
const VARIABLE: &str = "REACHOUT_COMPLETE";
const PROGRAM: &str = "reachout";

/// The script for a shell.
pub fn script(shell: Shell) -> Result<String, Failure> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let completer = shells.completer(&shell.to_string()).ok_or_else(|| Failure::usage(format!("{shell} is not known")))?;
    completer.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script).map_err(Failure::from)?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// Prints what can follow, if it is a script that runs the program.
pub fn answer() -> Option<ExitCode> {
    std::env::var_os(VARIABLE)?;
    let line = std::env::args_os().skip_while(|argument| argument != "--").skip(1);
    let typed = line.map(|word| word.to_string_lossy().into_owned()).collect();
    let shells = CompleteEnv::with_factory(|| super::command(Some(&typed))).var(VARIABLE).completer(PROGRAM);
    match shells.try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref()) {
        Ok(true) => Some(ExitCode::SUCCESS),
        Ok(false) => None,
        Err(error) => error.exit(),
    }
}

/// Where the scripts go. A file would be that of another version one day.
pub const INSTALLATION: &str = "Examples:
  echo 'source <(reachout completions bash)' >> ~/.bashrc
  echo 'source <(reachout completions zsh)' >> ~/.zshrc
  echo 'reachout completions fish | source' >> ~/.config/fish/config.fish
  reachout completions powershell | Out-String | Invoke-Expression";
