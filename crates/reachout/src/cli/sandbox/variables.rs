//! `reachout sandbox env`: the variables that lead clients to the running sandbox.

use std::collections::BTreeMap;

use clap::ValueEnum;
use reachout_messenger::Vendor;
use reachout_sandbox::{HIGHLEVEL_WEBHOOK_KEY, Running, Sandbox, WEBHOOK_SECRET};

use crate::cli::{
    failure::Failure,
    output::{Output, line},
};

/// How a shell sets a variable.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Shell {
    /// sh, bash, zsh and their like
    #[default]
    Sh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

impl Shell {
    fn set(self, name: &str, value: &str) -> String {
        match self {
            Self::Sh => format!("export {name}='{}'", value.replace('\'', r"'\''")),
            Self::Fish => format!("set -gx {name} '{}'", value.replace('\\', r"\\").replace('\'', r"\'")),
            Self::Powershell => format!("$env:{name} = '{}'", value.replace('\'', "''")),
        }
    }
}

pub async fn print(shell: Shell, output: &mut Output) -> Result<(), Failure> {
    let found = Running::find().await.map_err(|error| Failure::Usage(error.into()))?;
    let running = found.ok_or_else(|| Failure::usage("no sandbox is running; start one with `reachout sandbox`"))?;
    let mut variables = BTreeMap::from([("REACHOUT_SANDBOX_URL".to_owned(), running.url().to_owned())]);
    for api in Vendor::ALL.into_iter().filter_map(Vendor::api) {
        variables.insert(format!("{}_BASE_URL", api.vendor.env), running.base_url(api.id).to_owned());
        variables.insert(api.id.credential_env().to_owned(), Sandbox::api_key(api.id).to_owned());
    }
    for (name, key) in [
        ("SENDPILOT_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("HOOP_AI_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("HIGHLEVEL_WEBHOOK_KEY", HIGHLEVEL_WEBHOOK_KEY),
    ] {
        variables.insert(name.to_owned(), key.to_owned());
    }
    if output.is_json() {
        return output.object(&variables);
    }
    variables.iter().try_for_each(|(name, value)| line(&shell.set(name, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_word_in_every_shell() {
        let hostile = r"a'b\c $(d) `e`";
        for (shell, expected) in [
            (Shell::Sh, r"export NAME='a'\''b\c $(d) `e`'"),
            (Shell::Fish, r"set -gx NAME 'a\'b\\c $(d) `e`'"),
            (Shell::Powershell, r"$env:NAME = 'a''b\c $(d) `e`'"),
        ] {
            assert_eq!(shell.set("NAME", hostile), expected);
        }
    }
}
