//! The options that every command has.

use clap::{ArgAction, Args, ValueEnum as _};

use super::{
    failure::Failure,
    output::Format,
    profile::{Settings, variable_value},
};

const OUTPUT: &str = "REACHOUT_OUTPUT";

// Not a doc comment, which would describe the program in its help.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Everywhere")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Globals {
    /// Form of the output; json is one line where it is not on a terminal. With --all, json and jsonl print one line an item
    #[arg(long, short, global = true, value_enum, value_name = "FORMAT")]
    pub output: Option<Format>,
    /// The same as --output json; an error is then one JSON object on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Columns of a table or of CSV, separated by commas; fields within others by dots
    #[arg(long, global = true, value_delimiter = ',', value_name = "NAMES")]
    pub columns: Vec<String>,
    /// Filter the JSON output by a jq expression; texts are printed without quotes
    #[arg(long, global = true, value_name = "EXPR")]
    pub jq: Option<String>,
    /// Call a sandbox instead of the vendor: the one that `reachout sandbox` runs, or else one in this process
    #[arg(long, global = true)]
    pub sandbox: bool,
    /// Print the request instead of sending it
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Print the request as a curl command instead of sending it, with the credential as a variable
    #[arg(long, global = true, conflicts_with = "dry_run")]
    pub curl: bool,
    /// Consent to what reaches a person, where `REACHOUT_CONSENT=ask` or the profile asks for that
    #[arg(long, global = true)]
    pub yes: bool,
    /// Take credentials and settings of this profile, whatever the environment has
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Where the vendor's API is, such as a sandbox or a proxy
    #[arg(long, global = true, value_name = "URL", conflicts_with = "sandbox")]
    pub base_url: Option<String>,
    /// Tell on standard error what is sent and what came back; twice: with headers and bodies, secrets masked
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

impl Globals {
    /// The form of the output: by flag, environment, or profile.
    pub fn format(&self, settings: &Settings) -> Result<Format, Failure> {
        let json = self.json || self.jq.is_some();
        match self.output {
            Some(format) if json && format != Format::Json => {
                let flag = if self.json { "--json" } else { "--jq" };
                Err(Failure::usage(format!("{flag} prints JSON, and --output asks for something else")))
            }
            _ if json => Ok(Format::Json),
            Some(format) => Ok(format),
            None => match variable_value(OUTPUT)? {
                Some(name) => Format::from_str(&name, true).map_err(|_| {
                    let known = Format::value_variants()
                        .iter()
                        .filter_map(clap::ValueEnum::to_possible_value)
                        .map(|value| value.get_name().to_owned());
                    Failure::usage(format!(
                        "{OUTPUT} is `{}`, and one of {} is expected",
                        name.escape_debug(),
                        known.collect::<Vec<_>>().join(", ")
                    ))
                }),
                None => Ok(settings.output().unwrap_or_default()),
            },
        }
    }
}

/// Whether the arguments ask for JSON, before they are known to be right.
pub fn ask_for_json(arguments: impl IntoIterator<Item = String>) -> bool {
    let mut output = std::env::var(OUTPUT).ok();
    let mut before = String::new();
    for argument in arguments.into_iter().take_while(|argument| argument != "--") {
        let value = match argument.split_once('=') {
            Some(("--output" | "-o", value)) => Some(value),
            _ if before == "--output" || before == "-o" => Some(argument.as_str()),
            _ if argument == "--json" => Some("json"),
            // The value of a short option may stand right after it.
            _ => argument.strip_prefix("-o").filter(|value| !value.is_empty()),
        };
        output = value.map(str::to_owned).or(output);
        before = argument;
    }
    output.is_some_and(|output| output == "json" || output == "jsonl")
}

#[cfg(test)]
mod tests {
    use super::ask_for_json;

    #[test]
    fn json_is_asked_for_in_several_ways() {
        let cases: [(&[&str], bool); 9] = [
            (&["x", "--json"], true),
            (&["--output", "json", "x"], true),
            (&["--output=jsonl"], true),
            (&["-o", "json"], true),
            (&["-ojson"], true),
            (&["-o=jsonl"], true),
            (&["-o", "table"], false),
            (&["--", "--json"], false),
            (&[], false),
        ];
        for (arguments, expected) in cases {
            assert_eq!(ask_for_json(arguments.iter().map(|&argument| argument.to_owned())), expected, "{arguments:?}");
        }
    }
}
