//! The command line.

mod access;
mod auth;
mod calls;
mod choice;
mod completions;
mod demo;
mod download;
mod failure;
mod input;
mod operation;
mod output;
mod sandbox;
mod send;
mod shape;
mod suggest;
mod table;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{Args, FromArgMatches as _, Subcommand};
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    fmt::format::FmtSpan,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use access::Access;
use calls::Calls;
use failure::Failure;
use output::Output;
use reachout::Vendor;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the vendor refused the request and did not carry it out
  2  wrong usage or configuration; nothing was sent
  3  not sent; may be tried again
  4  unknown whether the vendor carried it out; look before sending again
  5  the vendor accepted it, but the response cannot be read or shown; do not send again

Try: reachout demo";

#[derive(Args)]
#[command(next_help_heading = "Everywhere")]
struct Globals {
    /// Print JSON, for programs: the response, or one line an item with --all
    #[arg(long, global = true)]
    json: bool,
    /// Call a sandbox in this process instead of the vendor: no account, no key, no network
    #[arg(long, global = true)]
    sandbox: bool,
    /// Tell on standard error what is called
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Subcommand)]
enum Own {
    Send(Box<send::Send>),
    Demo(demo::Demo),
    Sandbox(sandbox::Serve),
    #[command(subcommand)]
    Auth(auth::Auth),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Reads the arguments and does what they say.
pub async fn run() -> ExitCode {
    let matches = command().try_get_matches().unwrap_or_else(|mut error| {
        suggest::keep_nearest(&mut error);
        error.exit()
    });
    let calls = Calls::default();
    let result = dispatch(&matches, &calls).await;
    calls.finish();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&calls),
    }
}

fn command() -> clap::Command {
    let vendors: Vec<_> = Vendor::ALL.into_iter().filter_map(Vendor::api).map(|api| api.vendor).collect();
    let (last, others) =
        vendors.split_last().map_or(("", Vec::new()), |(last, others)| (last.name, others.iter().map(|vendor| vendor.name).collect()));
    let variables: Vec<_> = vendors.iter().map(|vendor| vendor.credential_env).collect();
    let example = vendors.first().map_or("", |vendor| vendor.env);
    let command = clap::Command::new("reachout")
        .version(env!("CARGO_PKG_VERSION"))
        .about(format!("Send messages through {} and {last}, and call every operation of their APIs", others.join(", ")))
        .after_help(format!(
            "Credentials come from the environment: {}. {example}_BASE_URL and the like change where calls go.\n\n{EXIT_CODES}",
            variables.join(", ")
        ))
        .subcommand_required(true)
        .arg_required_else_help(true);
    Own::augment_subcommands(Globals::augment_args(command))
        .subcommands(Vendor::ALL.into_iter().filter_map(Vendor::api).map(operation::command))
}

async fn dispatch(matches: &clap::ArgMatches, calls: &Calls) -> Result<(), Failure> {
    let globals = Globals::from_arg_matches(matches).map_err(Failure::usage)?;
    if globals.verbose {
        trace();
    }
    let mut output = Output::new(globals.json);
    if matches.subcommand_name().is_some_and(|name| !["sandbox", "auth", "completions"].contains(&name)) {
        calls.tell_on_signal();
    }
    if let Some((name, matches)) = matches.subcommand()
        && let Some(api) = name.parse().ok().and_then(Vendor::api)
    {
        return operation::run(api, matches, &Access::open(globals.sandbox, calls.clone()).await?, &mut output).await;
    }
    match Own::from_arg_matches(matches).map_err(Failure::usage)? {
        Own::Send(send) => send.run(globals.sandbox, calls.clone(), &mut output).await,
        Own::Demo(_) => demo::run(calls.clone(), &mut output).await,
        Own::Sandbox(serve) => serve.run(&mut output).await,
        Own::Auth(auth::Auth::Status) => auth::status(&mut output),
        Own::Completions { shell } => output::line(completions::script(command(), shell).trim_end()),
    }
}

/// The spans of our own calls, on standard error when they end; those of the HTTP library tell an operator nothing.
fn trace() {
    let ours = Targets::new().with_target("reachout_runtime", LevelFilter::DEBUG);
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_span_events(FmtSpan::CLOSE).compact();
    tracing_subscriber::registry().with(lines.with_filter(ours)).init();
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_commands_are_consistent() {
        super::command().debug_assert();
    }
}
