//! The commands of a vendor: one for each operation.

use std::fmt::Write as _;

use clap::{ArgMatches, Command};
use futures_util::StreamExt as _;
use reachout_runtime::{Core, Method, Route, Vendor};

use super::{
    access::Access,
    calls::Calls,
    declare::{Content, Prepared},
    download,
    failure::Failure,
    output::Output,
    spec::Spec,
};

/// One operation, as the generated modules list them.
pub struct Operation<C: 'static> {
    pub route: &'static Route,
    pub declare: fn(Command) -> Command,
    pub prepare: for<'c> fn(&'c C, &ArgMatches) -> Result<Prepared<'c>, Failure>,
    pub items: fn() -> Option<&'static str>,
}

impl<C> Operation<C> {
    /// `list-contacts`
    fn name(&self) -> String {
        self.route.operation_id.replace('_', "-")
    }
}

macro_rules! operation {
    ($route:expr, $call:ident) => {
        Operation {
            route: &$route,
            declare: |command| $call().declare(command),
            prepare: |client, matches| $call().prepare(client, matches),
            items: || $call().items,
        }
    };
}
pub(super) use operation;

/// A client, and the table of its operations.
pub trait Api: From<Core> + Sized + 'static {
    const VENDOR: &'static Vendor;
    const OPENAPI: &'static str;
    const OPERATIONS: &'static [Operation<Self>];
}

macro_rules! api {
    ($($client:ident),*) => {
        $(impl Api for $client::Client {
            const VENDOR: &'static Vendor = &$client::VENDOR;
            const OPENAPI: &'static str = $client::OPENAPI;
            const OPERATIONS: &'static [Operation<Self>] = &super::$client::OPERATIONS;
        })*
    };
}
api!(leonar, sendpilot, hoop_ai, leadway);

/// The command of a vendor. Its operations are declared when it is the one that is called.
pub fn command<C: Api>() -> Command {
    let Vendor { id, name, .. } = C::VENDOR;
    Command::new(*id)
        .about(format!("The {} operations of {name}", C::OPERATIONS.len()))
        .long_about(None)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name("OPERATION")
        .defer(operations::<C>)
}

fn operations<C: Api>(command: Command) -> Command {
    let spec = Spec::read(C::OPENAPI);
    let listing = listing::<C>(&spec);
    let commands = C::OPERATIONS.iter().map(|operation| {
        let mut command = Command::new(operation.name()).about(spec.summary(operation.route.operation_id).to_owned());
        command = command.long_about(spec.long_about(operation.route)).defer(operation.declare);
        match spec.example_body(operation.route.operation_id) {
            Some(example) => command.after_long_help(format!("Example for --json-body:\n{example}")),
            None => command,
        }
    });
    // Clap lists subcommands in one heap; the tags of the spec are the headings here.
    command
        .subcommands(commands)
        .help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}Options:\n{options}")
        .before_help(listing)
}

/// The operations under the headings of their tags.
fn listing<C: Api>(spec: &Spec) -> String {
    let mut listing = String::new();
    let width = C::OPERATIONS.iter().map(|operation| operation.name().len()).max().unwrap_or(0);
    let mut tags: Vec<&str> = Vec::new();
    for operation in C::OPERATIONS {
        if !tags.contains(&operation.route.tag) {
            tags.push(operation.route.tag);
        }
    }
    for tag in tags {
        // Writing to a string cannot fail.
        let _ = writeln!(listing, "{tag}:");
        for operation in C::OPERATIONS.iter().filter(|operation| operation.route.tag == tag) {
            let _ = writeln!(listing, "  {:width$}  {}", operation.name(), spec.summary(operation.route.operation_id));
        }
        listing.push('\n');
    }
    listing
}

/// Calls the operation that was asked for.
pub async fn run<C: Api>(matches: &ArgMatches, access: &Access, output: &mut Output) -> Result<(), Failure> {
    let asked =
        matches.subcommand().and_then(|(name, matches)| Some((C::OPERATIONS.iter().find(|operation| operation.name() == name)?, matches)));
    let (operation, matches) = asked.ok_or_else(|| Failure::usage("no operation was given"))?;
    let client: C = access.client(C::VENDOR, operation.route.authenticated)?;
    if operation.route.method == Method::GET {
        access.calls.set_read_only();
    }
    match call(operation, &client, matches, (&access.calls, output)).await {
        // Some lists are asked for by POST. Whoever closes the output of one has seen enough of it.
        Err(Failure::OutputClosed) if operation.route.pagination.is_some() => Ok(()),
        shown => shown,
    }
}

async fn call<C>(
    operation: &Operation<C>,
    client: &C,
    matches: &ArgMatches,
    (calls, output): (&Calls, &mut Output),
) -> Result<(), Failure> {
    match (operation.prepare)(client, matches)? {
        Prepared::One(reply) => {
            let file = download::Destination::open(matches, calls)?;
            let reply = reply.await?;
            match reply.content {
                Content::Nothing => output.done(reply.status),
                Content::Json(value) => output.response(&value, (operation.items)()),
                Content::File(stream) => download::save(stream, file, output).await,
            }
        }
        Prepared::All(mut items) => {
            while let Some(item) = items.next().await {
                match item {
                    Ok(item) => output.item(item)?,
                    Err(error) => {
                        output.end()?;
                        return Err(error.into());
                    }
                }
            }
            output.end()
        }
    }
}
