//! The commands of a vendor: groups, operations and arguments, each declared when it is needed. A vendor has hundreds of operations, and a line
//! names one.

use std::{collections::HashMap, sync::Arc};

use clap::{Command, builder::CommandExt};
use reachout_document::Document;
use reachout_messenger::Api;
use reachout_runtime::Route;

use super::{argument::Arguments, help, words};

/// The words of a line that a shell completes.
pub type Typed = Arc<[String]>;

/// What a command stands for.
#[derive(Clone, Debug)]
struct Place {
    api: Api,
    /// The group, and the operation.
    route: Option<&'static Route>,
    /// The commands that can be needed, where all are declared at once.
    typed: Option<Typed>,
}

impl CommandExt for Place {}

/// The command of a vendor.
pub fn command(api: Api, typed: Option<&Typed>) -> Command {
    let reachout_runtime::Vendor { id, name, routes, .. } = api.vendor;
    let command = above(id, format!("The {} operations of {name}", routes.len())).long_about(None);
    let place = Place { api, route: None, typed: typed.cloned() };
    declared(command.subcommand_value_name("GROUP> <OPERATION"), place, groups)
}

/// A command that only has others below it.
fn above(name: impl Into<clap::builder::Str>, about: String) -> Command {
    Command::new(name).about(about).subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
}

/// With what is below it, once the parser comes to it. A completion has no such moment: there it is done for the commands of the line.
fn declared(command: Command, place: Place, below: fn(Command) -> Command) -> Command {
    let is_typed = place.typed.as_ref().map(|words| words.iter().any(|word| word == command.get_name()));
    let command = command.add(place);
    match is_typed {
        None => command.defer(below),
        Some(true) => below(command),
        Some(false) => command,
    }
}

fn groups(command: Command) -> Command {
    let Some(place @ Place { api, .. }) = command.get::<Place>().cloned() else { return command };
    let document = Document::embedded(api.openapi);
    let summaries: HashMap<_, _> = document.summaries().collect();
    let operations: Vec<_> = api.vendor.routes.iter().filter_map(|route| Some((*route, *summaries.get(route.operation_id)?))).collect();
    let group = |first: &'static Route| {
        let tag = document.operation(first.operation_id).map_or("", |operation| operation.group);
        let command = above(words(first.group), document.group_description(tag).to_owned()).subcommand_value_name("OPERATION");
        declared(command, Place { route: Some(first), ..place.clone() }, self::operations)
    };
    let groups: Vec<_> = help::groups(&operations).into_iter().map(group).collect();
    // Clap lists subcommands in one heap; the groups are the headings here.
    command
        .subcommands(groups)
        .help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}Options:\n{options}")
        .before_help(help::listing(&operations))
}

fn operations(command: Command) -> Command {
    let Some(place @ Place { api, route: Some(first), .. }) = command.get::<Place>().cloned() else { return command };
    let document = Document::embedded(api.openapi);
    let members = api.vendor.routes.iter().copied().filter(|route| route.group == first.group);
    command.subcommands(members.filter_map(|route| {
        let summary = document.operation(route.operation_id)?.summary();
        Some(declared(Command::new(words(route.name)).about(summary), Place { route: Some(route), ..place.clone() }, arguments))
    }))
}

fn arguments(command: Command) -> Command {
    let Some(Place { api, route: Some(route), .. }) = command.get::<Place>() else { return command };
    let document = Document::embedded(api.openapi);
    let Some(operation) = document.operation(route.operation_id) else { return command };
    let about = help::long_about(route, &operation);
    let command = command.long_about(about).args(Arguments::of(document, &operation).declare());
    match help::example_body(&operation) {
        Some(example) => command.after_long_help(format!("Example for --json-body:\n{example}")),
        None => command,
    }
}
