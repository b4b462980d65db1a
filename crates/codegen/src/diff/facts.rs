//! What programs rely on beyond names and types: where requests go and how, what the vendor takes, and what comes in.

use std::collections::BTreeMap;

use super::Change;
use crate::model::{Api, Field, Limits, Operation, Pagination, Shape, Style};

/// The changes of facts, each of which breaks programs but what only allows more.
pub fn changes(old: &Api, new: &Api) -> Vec<Change> {
    let mut changes = Vec::new();
    let breaking = |what: String| Change { breaking: true, what };
    let (before, after) = (of_vendor(old), of_vendor(new));
    for (fact, is) in &before {
        if let Some(other) = after.get(fact).filter(|other| *other != is) {
            changes.push(breaking(format!("the {fact} was {is} and is {other}")));
        }
    }
    for operation in &old.operations {
        // An operation keeps its name for code, whatever its id became.
        let Some(now) = new.operations.iter().find(|other| other.group == operation.group && other.name == operation.name) else {
            continue;
        };
        let name = format!("`{}().{}`", operation.group, operation.name);
        let (before, after) = (of_operation(operation), of_operation(now));
        for ((fact, is), (_, other)) in before.iter().zip(&after).filter(|((_, is), (_, other))| is != other) {
            changes.push(breaking(format!("{fact} of {name} was {is} and is {other}")));
        }
        match (operation.deprecated, now.deprecated) {
            (false, true) => changes.push(breaking(format!("{name} is deprecated, and code that calls it is warned"))),
            (true, false) => changes.push(Change { breaking: false, what: format!("{name} is deprecated no more") }),
            _ => {}
        }
        for parameter in &operation.parameters {
            if let Some(other) = now.parameters.iter().find(|other| other.name == parameter.name) {
                changes.extend(of_limits(&format!("`{}` of {name}", parameter.name), &parameter.limits, &other.limits));
            }
        }
    }
    for (component, schema) in old.schemas.iter().filter(|(_, schema)| schema.sent) {
        let now = new.schemas.get(component).map(|schema| &schema.shape);
        if let (Shape::Struct { fields, .. }, Some(Shape::Struct { fields: now, .. })) = (&schema.shape, now) {
            changes.extend(fields.iter().flat_map(|field| of_field(&schema.name, field, now)));
        }
    }
    for event in &old.events {
        if let Some(now) = new.events.iter().find(|now| now.name == event.name) {
            let gone = event.aliases.iter().filter(|alias| !now.aliases.contains(alias) && now.name != **alias);
            changes.extend(gone.map(|alias| breaking(format!("webhook event `{}` is not called `{alias}` any more", event.name))));
        }
    }
    changes
}

fn of_vendor(api: &Api) -> BTreeMap<&'static str, String> {
    let path = |path: &Option<String>| path.as_ref().map_or_else(|| "none".to_owned(), |path| format!("`{path}`"));
    let limit = api.rate_limit.as_ref();
    let headers = limit.map(|limit| {
        let headers = &limit.headers;
        [&headers.limit, &headers.remaining, &headers.interval_milliseconds, &headers.daily_limit, &headers.daily_remaining]
            .map(path)
            .join(", ")
    });
    let none = || "none".to_owned();
    BTreeMap::from_iter([
        ("base URL", format!("`{}`", api.base_url)),
        ("way to authenticate", format!("`{}`", api.auth)),
        ("environment variable of the credential", format!("`{}`", api.credential_env)),
        ("prefix of environment variables", format!("`{}`", api.env)),
        ("path of an error's code", path(&api.error[0])),
        ("path of an error's message", path(&api.error[1])),
        ("path of an error's request id", path(&api.error[2])),
        ("rate limit", limit.map_or_else(none, |limit| format!("{} requests in {} s", limit.requests, limit.seconds))),
        ("headers of the rate limit", headers.unwrap_or_else(none)),
        ("count of the rate limit", path(&api.counted_by)),
        ("event name in a webhook", format!("`{}`", api.envelope.0)),
        ("payload in a webhook", path(&api.envelope.1)),
    ])
}

fn of_operation(operation: &Operation) -> Vec<(&'static str, String)> {
    let headers: Vec<String> = operation.constant_headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    vec![
        ("the request", format!("`{} {}`", operation.method, operation.path)),
        ("the credential", if operation.authenticated { "sent" } else { "not sent" }.to_owned()),
        ("what is sent always", format!("`{}`", headers.join(", "))),
        ("the pages", operation.pagination.as_ref().map_or_else(|| "none".to_owned(), pages)),
    ]
}

fn pages(pagination: &Pagination) -> String {
    let Pagination { style, items, more, total, total_pages } = pagination;
    let next = |values: &[(String, String)]| values.iter().map(|(to, from)| format!("{to} = {from}")).collect::<Vec<_>>().join(", ");
    let style = match style {
        Style::Offset(parameter) => format!("by offset {parameter}"),
        Style::Page(parameter) => format!("by page {parameter}"),
        Style::Token(values) => format!("by token {}", next(values)),
        Style::Cursor(values) => format!("by cursor {}", next(values)),
    };
    let paths = [("more", more), ("total", total), ("total pages", total_pages)];
    let paths: String = paths.iter().filter_map(|(name, path)| Some(format!(", {name} {}", path.as_ref()?))).collect();
    format!("`{style}, items {items}{paths}`")
}

fn of_field(component: &str, field: &Field, now: &[Field]) -> Vec<Change> {
    let other = now.iter().find(|other| other.name == field.name);
    other.map(|other| of_limits(&format!("`{component}.{}`", field.name), &field.limits, &other.limits)).unwrap_or_default()
}

/// A limit that refuses what was taken breaks; one that takes more does not.
fn of_limits(what: &str, old: &Limits, new: &Limits) -> Vec<Change> {
    let wide = |range: (Option<u64>, Option<u64>)| (range.0.map(i128::from), range.1.map(i128::from));
    let long = |range: (Option<i64>, Option<i64>)| (range.0.map(i128::from), range.1.map(i128::from));
    let all = [
        ("length", wide(old.length), wide(new.length)),
        ("number of items", wide(old.items), wide(new.items)),
        ("length of each item", wide(old.item_length), wide(new.item_length)),
        ("value", long(old.bounds), long(new.bounds)),
        ("value of each item", long(old.item_bounds), long(new.item_bounds)),
    ];
    let text = |(least, most): (Option<i128>, Option<i128>)| {
        let text = |bound: Option<i128>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        format!("{}..={}", text(least), text(most))
    };
    let mut changes: Vec<Change> = all
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(of, old, new)| {
            let narrower = |old: Option<i128>, new: Option<i128>, sign: i128| match (old, new) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(old), Some(new)) => new * sign < old * sign,
            };
            let breaking = narrower(old.0, new.0, -1) || narrower(old.1, new.1, 1);
            Change { breaking, what: format!("the {of} of {what} was `{}` and is `{}`", text(old), text(new)) }
        })
        .collect();
    if old.fractions != new.fractions {
        changes.push(Change { breaking: new.fractions.is_some(), what: format!("the bounds of {what} changed") });
    }
    changes
}
