//! `reachout completions`: scripts for shells.

use std::fmt::Write as _;

use clap::{Arg, Command};
use clap_complete::Shell;

/// The script for a shell.
pub fn script(mut command: Command, shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "reachout", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::PowerShell {
        // The generator for PowerShell leaves out the values of flags.
        let completions = "    $completions = @(switch ($command) {";
        script = script.replacen(completions, &format!("{}{completions}", powershell_values(&command)), 1);
    }
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

/// Offers the known values after a flag. `$command` is the path of commands, with `;` between them.
fn powershell_values(root: &Command) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut table = String::new();
    for (path, argument) in valued("reachout", root) {
        let Some(flag) = argument.get_long() else { continue };
        let values: Vec<_> = argument.get_possible_values().iter().map(|value| quoted(value.get_name())).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(table, "        {} = @({})", quoted(&format!("{path} --{flag}")), values.join(", "));
    }
    format!(
        r#"    $values = @{{
{table}    }}
    $before = @($commandElements | Where-Object {{ $_.Extent.EndOffset -lt $cursorPosition }})[-1].Extent.Text
    foreach ($key in "$command $before", "reachout $before") {{
        if ($values.ContainsKey($key)) {{
            return $values[$key].Where{{ $_ -like "$wordToComplete*" }} |
                ForEach-Object {{ [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_) }}
        }}
    }}

"#
    )
}

/// The arguments with known values, each with the path of its command; global ones once.
fn valued<'c>(path: &str, command: &'c Command) -> Vec<(String, &'c Arg)> {
    let is_root = path == "reachout";
    let own = command.get_arguments().filter(move |argument| is_root || !argument.is_global_set());
    let own: Vec<_> = own.filter(|argument| takes_values(argument) && !argument.get_possible_values().is_empty()).collect();
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    let below: Vec<_> = below.flat_map(|below| valued(&format!("{path};{}", below.get_name()), below)).collect();
    own.into_iter().map(|argument| (path.to_owned(), argument)).chain(below).collect()
}

fn takes_values(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|count| count.takes_values())
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
    let values = match (values.is_empty(), takes_values(argument)) {
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
