//! The routes: what retry, tracing, sandbox, command line and docs read of each operation.

use super::print::{literal, lower_first};
use crate::{
    model::{Api, Operation, Pagination, Repeat, Style},
    names,
};

/// The routes that are always there, and the list of all.
pub fn write(api: &Api) -> String {
    let title = format!("//! Every operation of {}: method, path, constant headers, effect, pagination, evidence.\n\n", api.name);
    let features = api.features();
    let modules = super::modules(features.iter().copied());
    let always = list(api, None);
    let all = "/// All of them, in the order of the spec.\npub static ALL: &[&rt::Route] = &";
    let lists = if features.is_empty() {
        format!("{all}{always};\n")
    } else {
        let cfg = |feature: &str| format!("#[cfg(feature = {})]\n{}::ALL,\n", literal(feature), names::group_name(feature));
        let others: String = features.iter().copied().map(cfg).collect();
        format!(
            "const LISTS: &[&[&rt::Route]] = &[&{always},\n{others}];\n\n{all}rt::Route::joined::<{{ rt::Route::count(LISTS) }}>(LISTS);\n"
        )
        .replace("in the order of the spec", "those of each feature together")
    };
    format!("{title}use reachout_runtime as rt;\n\n{modules}\n{}\n{lists}", statics(api, None))
}

/// The routes of a feature.
pub fn of_feature(api: &Api, feature: &str) -> String {
    format!(
        "//! Routes of the feature `{feature}`.\n\nuse reachout_runtime as rt;\n\n{}\npub(super) const ALL: &[&rt::Route] = &{};\n",
        statics(api, Some(feature)),
        list(api, Some(feature))
    )
}

fn operations<'a>(api: &'a Api, feature: Option<&'a str>) -> impl Iterator<Item = &'a Operation> {
    api.operations.iter().filter(move |operation| api.feature_of(operation) == feature)
}

fn statics(api: &Api, feature: Option<&str>) -> String {
    operations(api, feature).map(|operation| route(api, operation)).collect()
}

/// `[&GET_CONTACT, …]`
fn list(api: &Api, feature: Option<&str>) -> String {
    let names: String = operations(api, feature).map(|operation| format!("&{},\n", operation.route())).collect();
    format!("[\n{names}]")
}

fn route(api: &Api, operation: &Operation) -> String {
    let Operation { id, group, name, method, path, docs, summary, .. } = operation;
    let evidence = match operation.evidence.0.as_str() {
        "recorded" => "Recorded",
        "full" => "Full",
        "partial" => "Partial",
        "official" => "Official",
        _ => "ClientOnly",
    };
    let [id, group, name, docs, template] = [id, group, name, docs, path].map(|text| literal(text));
    let declared = format!("/// `{method} {path}`: {}.\npub static {}: rt::Route", lower_first(summary), operation.route());
    let documented = format!(".documented(rt::Evidence::{evidence}, {docs});\n\n");
    let headers: Vec<String> =
        operation.constant_headers.iter().map(|(name, value)| format!("({}, {})", literal(name), literal(value))).collect();
    let headers = format!(".headers(&[{}])", headers.join(", "));
    if let Some(platform) = api.base_module().filter(|_| operation.inherited) {
        let of = format!("{platform}::routes::{}", operation.route());
        return format!("{declared} = rt::Route::edition(&{of}, rt::Method::{method}){headers}{documented}");
    }
    let mut route = format!("{declared} = rt::Route::new({id}, {group}, {name}, rt::Method::{method}, {template})");
    if !operation.constant_headers.is_empty() {
        route += &headers;
    }
    if !operation.authenticated {
        route += ".public()";
    }
    if let Some(token) = operation.token {
        route += &format!(".takes(rt::Token::{token:?})");
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
    route + &documented
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
