//! `reachout completions`: scripts for shells.

use std::fmt::Write as _;

use clap::{Arg, Command};
use clap_complete::Shell;

/// The script for a shell.
pub fn script(mut command: Command, shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "reachout", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        // The generator for fish goes two commands deep; the operations of the vendors are the third.
        for (vendor, group, operation) in operations(&command) {
            let condition =
                [vendor, group, operation].map(|command| format!("__fish_seen_subcommand_from {}", command.get_name())).join("; and ");
            for argument in operation.get_arguments().filter(|argument| !argument.is_global_set()) {
                fish(&mut script, &condition, argument);
            }
        }
    }
    script
}

fn operations(command: &Command) -> impl Iterator<Item = (&Command, &Command, &Command)> {
    let groups = command.get_subcommands().flat_map(|vendor| vendor.get_subcommands().map(move |group| (vendor, group)));
    groups.flat_map(|(vendor, group)| group.get_subcommands().map(move |operation| (vendor, group, operation)))
}

/// One argument, with its known values.
fn fish(script: &mut String, condition: &str, argument: &Arg) {
    let Some(flag) = argument.get_long() else { return };
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', " "));
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let values = match (values.is_empty(), argument.get_num_args().is_some_and(|count| count.takes_values())) {
        (false, _) => format!(" -x -a {}", quoted(&values.join(" "))),
        (true, true) => " -r".to_owned(),
        (true, false) => String::new(),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(script, "complete -c reachout -n {} -l {flag} -d {}{values}", quoted(condition), quoted(&help));
}

/// Where the scripts go.
pub const INSTALLATION: &str = "Examples:
  reachout completions bash > ~/.local/share/bash-completion/completions/reachout
  reachout completions zsh > \"${fpath[1]}/_reachout\"
  reachout completions fish > ~/.config/fish/completions/reachout.fish
  reachout completions powershell | Out-String | Invoke-Expression";
