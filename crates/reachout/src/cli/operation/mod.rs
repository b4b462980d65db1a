//! The commands of a vendor, one for each operation, made of its OpenAPI document and its routes.

mod argument;
mod check;
mod columns;
pub mod document;
mod draft;
mod help;
mod kind;
mod page;

use clap::{ArgMatches, Command};
use futures_util::StreamExt as _;
use reachout_messenger::{Api, Vendor};
use reachout_runtime::{Core, Delivery, Method, Route};
use serde_json::Value;

use self::{
    argument::Arguments,
    document::{Document, Responds},
    draft::Draft,
    page::Pagination,
};
use super::{
    call::{Access, download},
    failure::Failure,
    output::Output,
};

/// `list_contacts` as it is typed.
fn words(name: &str) -> String {
    name.replace('_', "-")
}

/// The command of a vendor. Its operations are declared when it is the one that is called.
pub fn command(api: Api) -> Command {
    let reachout_runtime::Vendor { id, name, routes, .. } = api.vendor;
    Command::new(*id)
        .about(format!("The {} operations of {name}", routes.len()))
        .long_about(None)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand_value_name("GROUP> <OPERATION")
        .defer(declared)
}

/// With its groups and their operations.
fn declared(command: Command) -> Command {
    // A command of this name was made from what the vendor's client knows.
    let Some(Api { vendor, openapi, .. }) = command.get_name().parse().ok().and_then(Vendor::api) else { return command };
    let document = Document::read(openapi);
    let groups = help::groups(vendor.routes).into_iter().map(|name| group(&document, name, vendor.routes));
    // Clap lists subcommands in one heap; the groups are the headings here.
    command
        .subcommands(groups)
        .help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}Options:\n{options}")
        .before_help(help::listing(&document, vendor.routes))
}

fn group(document: &Document, name: &str, routes: &[&'static Route]) -> Command {
    let routes = || routes.iter().filter(|route| route.group == name);
    let about = routes().next().map_or("", |route| document.group(document.operation(route)));
    Command::new(words(name))
        .about(about.to_owned())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand_value_name("OPERATION")
        .subcommands(routes().map(|route| operation(document, route)))
}

fn operation(document: &Document, route: &Route) -> Command {
    let command = Command::new(words(route.name))
        .about(help::summary(document, route).to_owned())
        .long_about(help::long_about(document, route))
        .args(Arguments::of(document, route).declare());
    match help::example_body(document, route) {
        Some(example) => command.after_long_help(format!("Example for --json-body:\n{example}")),
        None => command,
    }
}

/// Calls the operation that was asked for.
pub async fn run(api: Api, matches: &ArgMatches, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
    let asked = matches.subcommand().and_then(|(group, matches)| Some((group, matches.subcommand()?)));
    let (group, (name, matches)) = asked.ok_or_else(|| Failure::usage("no operation was given"))?;
    let route = api.vendor.routes.iter().find(|route| words(route.group) == group && words(route.name) == name);
    let route = *route.ok_or_else(|| Failure::usage(format!("{} has no operation {group} {name}", api.vendor.name)))?;
    let document = Document::read(api.openapi);
    if let Responds::Json { schema } = document.responds(route) {
        let items = Pagination::of(document.operation(route)).map(|pagination| pagination.items);
        output.expect_columns(columns::known(&document, schema, items.as_deref()))?;
    }
    let draft = checked(&document, route, matches, output)?;
    let core: Core = access.client(api.vendor, route.authenticated).await?;
    access.exchange.set_parts(draft.parts());
    if route.method == Method::GET {
        access.calls.set_read_only();
    }
    match call(&document, route, (core, draft), matches, (access, output)).await {
        // Some lists are asked for by POST. Whoever closes the output of one has seen enough of it.
        Err(Failure::OutputClosed) if route.pagination.is_some() => Ok(()),
        shown => shown,
    }
}

/// The request, if it fits what the operation takes.
fn checked(document: &Document, route: &'static Route, matches: &ArgMatches, output: &mut Output) -> Result<Draft, Failure> {
    let arguments = Arguments::of(document, route);
    let draft = Draft::new(document, route, &arguments, matches)?;
    let mut problems = check::request(document, route, &arguments.list, matches, &draft);
    for argument in &arguments.list {
        for warning in argument.values(matches).filter_map(|value| argument.kind.warning(value)) {
            output.note(format!("{}: {warning}", argument.shown()));
        }
    }
    match problems.len() {
        0 => Ok(draft),
        1 => Err(Failure::usage(problems.remove(0))),
        count => Err(Failure::usage(format!("the request has {count} errors:\n  {}", problems.join("\n  ")))),
    }
}

async fn call(
    document: &Document,
    route: &'static Route,
    (core, draft): (Core, Draft),
    matches: &ArgMatches,
    (access, output): (&Access<'_>, &mut Output),
) -> Result<(), Failure> {
    let vendor = core.vendor().name;
    let pagination = Pagination::of(document.operation(route));
    match (document.responds(route), pagination) {
        (Responds::Nothing, _) => output.done(draft.request(&core).send_empty().await?.status().as_u16()),
        (Responds::File, _) => {
            let file = download::Destination::open(matches, &access.calls)?;
            download::save(draft.request(&core).send_stream().await?.into_inner(), file, output).await
        }
        (Responds::Json { schema }, Some(pagination)) if matches.get_flag("all") => {
            output.begin(&words(route.group).replace('-', " "));
            let (mut items, deviation) = pagination.stream(&core, draft, check::Response::of(document, schema));
            while let Some(item) = items.next().await {
                match item {
                    Ok(item) => output.item(item)?,
                    Err(error) => {
                        output.break_off()?;
                        return Err(error.into());
                    }
                }
            }
            output.end()?;
            let deviation = deviation.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            as_documented(vendor, route, deviation)
        }
        (Responds::Json { schema }, pagination) => {
            let response = draft.request(&core).send::<Value>().await?.into_inner();
            let more = pagination.as_ref().is_some_and(|pagination| pagination.may_go_on(&response));
            output.response(&response, pagination.as_ref().map(|pagination| pagination.items.as_str()))?;
            if more {
                output.hint("One page; --all fetches every page.");
            }
            as_documented(vendor, route, check::Response::of(document, schema).deviation(&response))
        }
    }
}

/// A response that is not what the vendor documents does not say that the operation is done.
fn as_documented(vendor: &str, route: &Route, deviation: Option<String>) -> Result<(), Failure> {
    match deviation {
        None => Ok(()),
        Some(problem) => {
            let sentence = format!("{vendor} accepted {}, but its response is not as documented: {problem}", route.operation_id);
            Err(Failure::call(Delivery::Accepted, anyhow::Error::msg(sentence)))
        }
    }
}
