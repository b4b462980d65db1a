//! Which operations a [`Match`] is about, and what is wrong with one that is about none.

use reachout_messenger::Vendor;

use super::rule::Match;
use crate::api::{Api, Operation, Route};

/// The operations whose requests may be met. The error names the field and what comes nearest.
pub(crate) fn operations<'a>(apis: impl Iterator<Item = &'a Api>, wanted: &Match) -> Result<Vec<(Vendor, &'a Operation)>, String> {
    let apis: Vec<&Api> = apis.filter(|api| wanted.vendor.is_none_or(|vendor| api.vendor == vendor)).collect();
    let all = || apis.iter().flat_map(|api| api.operations.iter().map(|operation| (api.vendor, operation)));
    let whose = wanted.vendor.map_or_else(|| "any vendor".to_owned(), |vendor| vendor.to_string());
    if let Some(name) = &wanted.operation
        && all().all(|(_, operation)| operation.id != *name)
    {
        return Err(unknown("operation", name, &format!("an operation of {whose}"), all().map(|(_, operation)| operation.id)));
    }
    if let Some(method) = &wanted.method
        && all().all(|(_, operation)| !operation.method.eq_ignore_ascii_case(method))
    {
        let methods = all().map(|(_, operation)| operation.method);
        return Err(unknown("method", method, &format!("a method of {whose}"), methods));
    }
    if let Some(path) = &wanted.path
        && apis.iter().all(|api| matches!(api.route("GET", path), Route::Unknown))
    {
        return Err(unknown("path", path, &format!("a path of {whose}"), all().map(|(_, operation)| operation.path)));
    }
    let meets = |(vendor, operation): &(Vendor, &Operation)| {
        let is_method = |method: &String| operation.method.eq_ignore_ascii_case(method);
        let api = apis.iter().find(|api| api.vendor == *vendor);
        let is_at = |path: &String| match api.map(|api| api.route(operation.method, path)) {
            Some(Route::Operation(found, _)) => found.id == operation.id,
            _ => false,
        };
        wanted.operation.as_ref().is_none_or(|name| operation.id == *name)
            && wanted.method.as_ref().is_none_or(is_method)
            && wanted.path.as_ref().is_none_or(is_at)
    };
    let met: Vec<_> = all().filter(meets).collect();
    if met.is_empty() { Err("match: no operation is at this method and path".to_owned()) } else { Ok(met) }
}

/// Says that `name` is not what `field` takes, and what comes nearest.
pub(crate) fn unknown<'a>(field: &str, name: &str, what: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|known| (strsim::jaro_winkler(known, name), known)).max_by(|(a, _), (b, _)| a.total_cmp(b));
    // Two names that have little in common would only puzzle.
    let nearest = nearest.filter(|(likeness, _)| *likeness > 0.7);
    let hint = nearest.map(|(_, known)| format!("; the nearest is {known:?}")).unwrap_or_default();
    format!("{field}: {name:?} is not {what}{hint}")
}
