//! The commands of a vendor, one for each operation, made of its OpenAPI document and its routes.

mod argument;
mod check;
mod columns;
mod declare;
mod draft;
mod help;
mod kind;

use clap::ArgMatches;
use reachout_document::{Content, Document, Operation};
use reachout_messenger::Api;
use reachout_runtime::{Core, Delivery, Effect, Method, Pager, Pagination, Route, Turn};
use serde_json::Value;

pub use self::declare::{Typed, command};
use self::{argument::Arguments, draft::Draft};
use super::{
    call::{Access, download},
    failure::Failure,
    output::Output,
};

/// `list_contacts` as it is typed.
fn words(name: &str) -> String {
    name.replace('_', "-")
}

/// What is known of the vendor of this name, and its document.
pub fn documented(id: &str) -> Option<(Api, &'static Document)> {
    reachout_mcp::documented(id.parse().ok()?)
}

/// Calls the operation that was asked for.
pub async fn run(
    (api, document): (Api, &'static Document),
    matches: &ArgMatches,
    access: &Access<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let asked = matches.subcommand().and_then(|(group, matches)| Some((group, matches.subcommand()?)));
    let (group, (name, matches)) = asked.ok_or_else(|| Failure::usage("no operation was given"))?;
    let route = api.vendor.routes.iter().find(|route| words(route.group) == group && words(route.name) == name);
    let known = route.and_then(|route| Some((*route, document.operation(route.operation_id)?)));
    let (route, operation) = known.ok_or_else(|| Failure::usage(format!("{} has no operation {group} {name}", api.vendor.name)))?;
    if let Some(Content { schema, .. }) = operation.response() {
        output.expect_columns(columns::known(document, schema, route.pagination.map(|pagination| pagination.items)))?;
    }
    let draft = checked(document, (route, &operation), matches, output)?;
    if may_reach_a_person(route) {
        access.consent(&format!("call {} of {}", route.operation_id, api.vendor.name))?;
    }
    let core: Core = access.client(api, route.authenticated).await?;
    access.exchange.set_parts(draft.parts());
    if route.method == Method::GET {
        access.calls.set_read_only();
    }
    match call(document, (route, &operation), (core, draft), matches, (access, output)).await {
        // Some lists are asked for by POST. Whoever closes the output of one has seen enough of it.
        Err(Failure::OutputClosed) if route.pagination.is_some() => Ok(()),
        shown => shown,
    }
}

/// It does, or what it does is a guess that nobody has reviewed.
fn may_reach_a_person(route: &Route) -> bool {
    route.effect() == Effect::ReachesAPerson || (route.is_guessed() && route.method != Method::GET)
}

/// The request, if it fits what the operation takes.
fn checked(
    document: &'static Document,
    (route, operation): (&'static Route, &Operation<'static>),
    matches: &ArgMatches,
    output: &mut Output,
) -> Result<Draft, Failure> {
    let arguments = Arguments::of(document, operation);
    let draft = Draft::new(route, operation, &arguments, matches)?;
    let mut problems = check::request(document, operation, &arguments.list, matches, &draft);
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
    document: &'static Document,
    (route, operation): (&'static Route, &Operation<'static>),
    (core, draft): (Core, Draft),
    matches: &ArgMatches,
    (access, output): (&Access<'_>, &mut Output),
) -> Result<(), Failure> {
    let vendor = core.vendor().name;
    match (operation.success.and_then(|success| success.content), route.pagination.as_ref()) {
        (None, _) => output.done(draft.request(&core).send_empty().response().await?.status.as_u16()),
        (Some(file), _) if !file.is_json() => {
            let destination = download::Destination::open(matches, &access.calls)?;
            download::save(draft.request(&core).send_stream().await?, destination, output).await
        }
        (Some(Content { schema, .. }), Some(pagination)) if matches.get_flag("all") => {
            output.begin(&words(route.group).replace('-', " "));
            let deviation = all(pagination, (&core, draft), |response| check::deviation(document, schema, response), output).await?;
            output.end()?;
            as_documented(vendor, route, deviation)
        }
        (Some(Content { schema, .. }), pagination) => {
            let response = draft.request(&core).send::<Value>().await?;
            let more =
                pagination.is_some_and(|pagination| Pager::new(pagination, |name| draft.position(name)).turn(&response) != Turn::Last);
            output.response(&response, pagination.map(|pagination| pagination.items))?;
            if more {
                output.hint("One page; --all fetches every page.");
            }
            as_documented(vendor, route, check::deviation(document, schema, &response))
        }
    }
}

/// Shows the items of all pages from the draft's on, and returns how the first page that is not as documented differs.
async fn all(
    pagination: &'static Pagination,
    (core, draft): (&Core, Draft),
    deviation: impl Fn(&Value) -> Option<String>,
    output: &mut Output,
) -> Result<Option<String>, Failure> {
    let mut pager = Pager::new(pagination, |name| draft.position(name));
    let (mut next, mut differs) = (Some(draft), None);
    while let Some(draft) = next.take() {
        let response = match draft.request(core).send::<Value>().await {
            Ok(response) => response,
            Err(error) => {
                output.break_off()?;
                return Err(error.into());
            }
        };
        differs = differs.or_else(|| deviation(&response));
        match pager.turn(&response) {
            Turn::Repeated => break,
            Turn::Last => {}
            Turn::Next(position) => {
                next = Some(position.into_iter().fold(draft, |draft, (name, value)| draft.set(name, value)));
            }
        }
        for item in pagination.items(&response) {
            output.item(item.clone())?;
        }
    }
    Ok(differs)
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
