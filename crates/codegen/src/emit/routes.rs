//! The routes: what retry, tracing, sandbox, command line and docs read of each operation.

use super::{
    print::{WIDTH, doc, literal, lower_first},
    types::indented,
};
use crate::{
    model::{Api, Operation, Pagination, Style},
    names,
};

/// The routes that are always there, and the list of all.
pub fn write(api: &Api) -> String {
    let title = format!("//! Every operation of {}: method, path, constant headers, effect, pagination, evidence.\n\n", api.name);
    let features = api.features();
    let modules = super::modules(features.iter().copied());
    if features.is_empty() {
        return title + &table(api, None, "/// All of them, in the order of the spec.\n    pub static ALL");
    }
    let cfg = |feature: &str| format!("#[cfg(feature = {})]\n{}::LIST,\n", literal(feature), names::group_name(feature));
    let lists: String = features.iter().copied().map(cfg).collect();
    format!(
        "{title}{}\n{modules}\nconst LISTS: &[&[&rt::Route]] = &[LIST,\n{lists}];\n\n\
         /// All of them, those of each feature together.\npub static ALL: &[&rt::Route] = &rt::Route::joined::<{{ rt::Route::count(LISTS) }}>(LISTS);\n",
        table(api, None, "const LIST")
    )
}

/// The routes of a feature.
pub fn of_feature(api: &Api, feature: &str) -> String {
    format!("//! Routes of the feature `{feature}`.\n\n{}", table(api, Some(feature), "pub(super) const LIST"))
}

/// The routes of a feature, or those that are always there, and their list.
fn table(api: &Api, feature: Option<&str>, list: &str) -> String {
    let operations = api.operations.iter().filter(|operation| api.feature_of(operation) == feature);
    let routes: String = operations.map(|operation| indented(&route(api, operation), 1)).collect();
    format!("use reachout_runtime as rt;\n\nrt::routes! {{\n    {list};\n{routes}}}\n")
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
    let headers: Vec<String> =
        operation.constant_headers.iter().map(|(name, value)| format!("({}, {})", literal(name), literal(value))).collect();
    let headers = format!(".headers(&[{}])", headers.join(", "));
    let documented = format!(".documented(rt::Evidence::{evidence}, {docs})");
    let mut steps = if let Some(platform) = api.base_module().filter(|_| operation.inherited) {
        vec![format!("edition(&{platform}::routes::{}, rt::Method::{method})", operation.route()), headers]
    } else {
        let mut steps = vec![format!("new({id}, {group}, {name}, rt::Method::{method}, {template})")];
        steps.extend((!operation.constant_headers.is_empty()).then_some(headers));
        steps.extend((!operation.authenticated).then(|| ".public()".to_owned()));
        steps.extend(operation.token.map(|token| format!(".takes(rt::Token::{token:?})")));
        steps.push(format!(".does(rt::Effect::{:?})", operation.effect));
        steps.extend(operation.repeat.map(|repeat| format!(".repeated(rt::Repeat::{repeat:?})")));
        steps.extend(operation.guessed.then(|| ".guessed()".to_owned()));
        steps.extend(operation.pagination.as_ref().map(|pagination| format!(".paged({})", paged(pagination))));
        steps
    };
    steps.push(documented);
    let mut lines = vec![format!("{} =", operation.route())];
    for (at, step) in steps.into_iter().enumerate() {
        match lines.last_mut() {
            Some(last) if at == 0 => *last += &format!(" {step}"),
            Some(last) if last.len() + step.len() < WIDTH - 8 => *last += &step,
            _ => lines.push(format!("    {step}")),
        }
    }
    format!("{}{};\n", doc(&format!("`{method} {path}`: {}.", lower_first(summary)), 1), lines.join("\n"))
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
