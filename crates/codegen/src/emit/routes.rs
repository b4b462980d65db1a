//! The routes: what retry, tracing, sandbox, command line and docs read of each operation.

use super::print::{literal, lower_first};
use crate::model::{Api, Operation, Pagination, Repeat, Style};

/// The file `routes.rs` of a vendor.
pub fn write(api: &Api) -> String {
    let statics: String = api.operations.iter().map(route).collect();
    let names: String = api.operations.iter().map(|operation| format!("&{},\n", operation.route())).collect();
    let shared = shared(api);
    format!(
        "//! Every operation of {}: method, path, constant headers, effect, pagination, evidence.\n\nuse reachout_runtime as rt;\n\n{statics}\n{shared}\n\
         /// All of them, in the order of the spec.\npub static ALL: &[&rt::Route] = &[\n{names}];\n",
        api.name
    )
}

fn route(operation: &Operation) -> String {
    let Operation { id, group, name, method, path, docs, summary, .. } = operation;
    let evidence = match operation.evidence.0.as_str() {
        "recorded" => "Recorded",
        "full" => "Full",
        "partial" => "Partial",
        "official" => "Official",
        _ => "ClientOnly",
    };
    let [id, group, name, docs, template] = [id, group, name, docs, path].map(|text| literal(text));
    let mut route = format!(
        "/// `{method} {path}`: {}.\npub static {}: rt::Route = rt::Route::new({id}, {group}, {name}, rt::Method::{method}, {template})",
        lower_first(summary),
        operation.route()
    );
    if !operation.constant_headers.is_empty() {
        let headers: Vec<String> =
            operation.constant_headers.iter().map(|(name, value)| format!("({}, {})", literal(name), literal(value))).collect();
        route += &format!(".headers(&[{}])", headers.join(", "));
    }
    if !operation.authenticated {
        route += ".public()";
    }
    route += &format!(".does(rt::Effect::{:?})", operation.effect);
    match operation.repeat {
        Some(Repeat::Same) => route += ".repeated(rt::Repeat::Same)",
        Some(Repeat::Twice) => route += ".repeated(rt::Repeat::Twice)",
        None => {}
    }
    if operation.guessed {
        route += ".guessed()";
    }
    if let Some(pagination) = &operation.pagination {
        route += &format!(".paged({})", paged(pagination));
    }
    route + &format!(".documented(rt::Evidence::{evidence}, {docs});\n\n")
}

fn paged(Pagination { style, items, more, total, total_pages }: &Pagination) -> String {
    let next = |values: &[(String, String)]| {
        let values: Vec<String> = values.iter().map(|(parameter, from)| format!("({}, {})", literal(parameter), literal(from))).collect();
        values.join(", ")
    };
    let style = match style {
        Style::Offset(parameter) => format!("Offset({})", literal(parameter)),
        Style::Page(parameter) => format!("Page({})", literal(parameter)),
        Style::Token(values) => format!("Token(&[{}])", next(values)),
        Style::Cursor(values) => format!("Cursor(&[{}])", next(values)),
    };
    let paths = [("more", more), ("total", total), ("total_pages", total_pages)];
    let paths: String = paths.iter().filter_map(|(name, path)| Some(format!(".{name}({})", literal(path.as_ref()?)))).collect();
    format!("rt::Pagination::new(rt::PageStyle::{style}, {}){paths}", literal(items))
}

/// The routes of the shared operations, for the crate that has their code.
fn shared(api: &Api) -> String {
    let Some(family) = &api.family else { return String::new() };
    let fields: String = api
        .operations
        .iter()
        .filter(|operation| operation.shared)
        .map(|operation| format!("{}: &{},\n", operation.id, operation.route()))
        .collect();
    let module = family.replace('-', "_");
    format!(
        "/// The routes of the operations that the editions share.\npub static SHARED: {module}::operations::Routes = {module}::operations::Routes {{\n{fields}}};\n\n"
    )
}
