//! The command line.

mod api;
mod arguments;
mod auth;
mod call;
mod completions;
mod consent;
mod demo;
mod failure;
mod globals;
mod man;
mod mcp;
mod operation;
mod operations;
mod outbox;
mod output;
mod print;
mod profile;
mod sandbox;
mod send;
mod unsupported;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{Args as _, FromArgMatches as _, Subcommand};
use opentelemetry_sdk::trace::SdkTracer;
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::filter_fn, fmt::format::FmtSpan, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use call::{Access, Calls, Exchange};
use failure::Failure;
use globals::Globals;
use output::{Filter, Output, note};
use profile::Settings;
use reachout_messenger::Vendor;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the vendor refused the request and did not carry it out
  2  wrong usage or configuration; nothing was sent
  3  not sent; may be tried again
  4  unknown whether the vendor carried it out; look before sending again
  5  the vendor accepted it, but the response cannot be read or shown; do not send again

Try: reachout demo";

const TEXTS: &str = "A text may be given as @FILE, or as - for standard input; @@ begins one with @.";

#[derive(Subcommand)]
enum Program {
    Send(Box<send::Send>),
    Api(api::Raw),
    Demo(demo::Demo),
    Outbox(Box<outbox::Commands>),
    Operations(operations::Operations),
    Mcp(Box<mcp::Mcp>),
    Sandbox(sandbox::Serve),
    #[command(subcommand)]
    Auth(auth::Auth),
    /// Print a completion script for a shell
    #[command(after_long_help = completions::INSTALLATION)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    Man(man::Pages),
}

/// Reads the arguments and does what they say.
pub async fn run() -> ExitCode {
    if let Some(code) = completions::answer() {
        return code;
    }
    let json = globals::ask_for_json(std::env::args().skip(1));
    let calls = Calls::default();
    if json {
        calls.set_json();
    }
    // A text from standard input is waited for while the arguments are read.
    if std::env::args().any(|argument| argument == "-" || argument.ends_with("=-")) {
        calls.report_on_signal();
    }
    let matches = command(None).try_get_matches().unwrap_or_else(|mut error| {
        arguments::keep_nearest(&mut error);
        if json && error.use_stderr() { failure::wrong_arguments(&error) } else { error.exit() }
    });
    let mut notes = Vec::new();
    let result = dispatch(&matches, &calls, &mut notes).await;
    calls.finish();
    match result {
        Ok(()) => {
            for text in &notes {
                note(&format!("note: {text}"));
            }
            ExitCode::SUCCESS
        }
        Err(failure) => failure.report(&calls, &notes),
    }
}

/// All commands; of a line that a shell completes, those that it can be about.
fn command(typed: Option<&operation::Typed>) -> clap::Command {
    let vendors: Vec<_> = Vendor::ALL.into_iter().filter_map(Vendor::api).map(|api| api.vendor).collect();
    let names: Vec<_> = vendors.iter().map(|vendor| vendor.name).collect();
    let variables: Vec<_> = vendors.iter().map(|vendor| vendor.credential_env).collect();
    let example = vendors.first().map_or("", |vendor| vendor.env);
    let command = clap::Command::new("reachout")
        .version(env!("CARGO_PKG_VERSION"))
        .about(format!("Send messages through {}, and call every operation of their APIs", print::listed(&names)))
        .after_help(format!(
            "Credentials come from the environment ({}) or from `reachout auth login`. {example}_BASE_URL and the like change where calls go.\n{TEXTS}\n\n{EXIT_CODES}",
            variables.join(", ")
        ))
        .subcommand_required(true)
        .arg_required_else_help(true);
    Program::augment_subcommands(Globals::augment_args(command))
        .subcommands(Vendor::ALL.into_iter().filter_map(Vendor::api).map(|api| operation::command(api, typed)))
}

async fn dispatch(matches: &clap::ArgMatches, calls: &Calls, notes: &mut Vec<String>) -> Result<(), Failure> {
    let globals = Globals::from_arg_matches(matches).map_err(Failure::usage)?;
    if !matches.subcommand_matches("outbox").is_some_and(outbox::is_collected) {
        trace(None);
    }
    let settings = Settings::load(globals.profile.as_deref())?;
    let filter = globals.jq.as_deref().map(Filter::new).transpose()?;
    let mut output = Output::new(globals.format(&settings)?, globals.columns.clone(), filter)?;
    if output.is_json() {
        calls.set_json();
    }
    let exchange = Exchange::new(&globals);
    if matches
        .subcommand_name()
        .is_some_and(|name| !["sandbox", "auth", "outbox", "mcp", "operations", "completions", "man"].contains(&name))
    {
        calls.report_on_signal();
    }
    let result = Box::pin(execute(matches, &globals, &settings, &exchange, calls, &mut output)).await;
    notes.extend(output.take_notes());
    // A request that is shown instead of sent ends its call, and showing it is what was asked for.
    exchange.show(&mut output).unwrap_or(result)
}

async fn execute(
    matches: &clap::ArgMatches,
    globals: &Globals,
    settings: &Settings,
    exchange: &Exchange,
    calls: &Calls,
    output: &mut Output,
) -> Result<(), Failure> {
    let access = async |globals: &Globals, output: &mut Output| {
        let access = Access::open(globals, settings, exchange, calls.clone()).await?;
        access.describe_sandbox().into_iter().for_each(|text| output.note(text));
        Ok::<_, Failure>(access)
    };
    if let Some((name, matches)) = matches.subcommand()
        && let Some(documented) = operation::documented(name)
    {
        return operation::run(documented, matches, &access(globals, output).await?, output).await;
    }
    match Program::from_arg_matches(matches).map_err(Failure::usage)? {
        Program::Send(send) => send.run(&access(globals, output).await?, output).await,
        Program::Api(raw) => raw.run(&access(globals, output).await?, output).await,
        Program::Demo(_) if exchange.is_preview() => Err(Failure::usage("`reachout demo` makes several requests; it has none to show")),
        Program::Demo(_) => {
            let globals = Globals { sandbox: true, base_url: None, ..globals.clone() };
            demo::run(&access(&globals, output).await?, output).await
        }
        Program::Outbox(outbox) => outbox.run(&access(globals, output).await?, output).await,
        Program::Operations(operations) => operations.run(output),
        Program::Mcp(mcp) => mcp.run(&access(globals, output).await?).await,
        Program::Sandbox(serve) => serve.run(output).await,
        Program::Auth(auth) => auth.run(&access(globals, output).await?, output).await,
        Program::Completions { shell } => output::line(completions::script(shell)?.trim()),
        Program::Man(pages) => pages.run(command(None), output),
    }
}

/// What `RUST_LOG` asks for, on standard error; and the spans of calls to a tracer.
fn trace(tracer: Option<SdkTracer>) {
    let asked = std::env::var_os(EnvFilter::DEFAULT_ENV).is_some_and(|value| !value.is_empty());
    if !asked && tracer.is_none() {
        return;
    }
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = asked.then(|| {
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
        lines.with_span_events(FmtSpan::CLOSE).compact().with_filter(EnvFilter::from_default_env())
    });
    let spans = tracer.map(|tracer| {
        let ours = filter_fn(|metadata| metadata.target().starts_with("reachout"));
        tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours)
    });
    // Fails where a subscriber is there already, which nobody installs here.
    let _ = tracing_subscriber::registry().with(lines).with(spans).try_init();
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_commands_are_consistent() {
        super::command(None).debug_assert();
    }
}
