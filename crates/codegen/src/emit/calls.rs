//! `tests/src/calls/generated`: every operation called with the values of its examples, one row an operation.

use serde_json::Value;

use super::{Crate, File, example::Example, print::WIDTH};
use crate::model::{Api, Content, Operation, Schema, Shape, TypeRef, is_alike, shows_the_same};

const FOLDER: &str = "tests/src/calls/generated";

/// A table for each set of vendors that have the same calls, which are a platform and its editions, and the list of them.
pub fn files(apis: &[&Api]) -> Vec<File> {
    let mut tables: Vec<(Vec<&Api>, String)> = Vec::new();
    for api in apis {
        for operation in api.operations.iter().filter(|operation| !is_the_platforms(apis, api, operation)) {
            let editions = apis.iter().copied().filter(|other| other.base.as_ref() == Some(&api.id));
            let same = |edition: &Api| found(edition, operation).is_some_and(|own| own.shared && shows_the_same(own, operation));
            let callers: Vec<&Api> = [*api].into_iter().chain(editions.filter(|edition| same(edition))).collect();
            let alike = callers.iter().filter_map(|caller| found(caller, operation)).all(|own| is_alike(own, operation));
            let row = row(api, operation, if callers.len() > 1 && alike { " once" } else { "" });
            let ids = |apis: &[&Api]| apis.iter().map(|api| api.id.clone()).collect::<Vec<_>>();
            match tables.iter_mut().find(|(others, _)| ids(others) == ids(&callers)) {
                Some((_, rows)) => *rows += &row,
                None => tables.push((callers, row)),
            }
        }
    }
    let module = |callers: &[&Api]| callers.iter().map(|api| api.module()).collect::<Vec<_>>().join("_");
    let mut files: Vec<File> =
        tables.iter().map(|(callers, rows)| file(&module(callers), source(callers), &table(callers, rows, types(callers)))).collect();
    let mut modules: Vec<String> = tables.iter().map(|(callers, _)| format!("mod {};\n", module(callers))).collect();
    modules.sort();
    let vendors = apis.iter().map(|api| {
        let tables: Vec<String> = tables
            .iter()
            .filter(|(callers, _)| callers.iter().any(|caller| caller.id == api.id))
            .map(|(callers, _)| module(callers))
            .collect();
        format!("    {}: {};\n", api.module(), tables.join(" + "))
    });
    let content = format!("{}\nuse super::vendors;\n\nvendors! {{\n{}}}\n", modules.concat(), vendors.collect::<String>());
    files.push(file("mod", "the folders of specs".to_owned(), &content));
    files
}

/// The call is in the table of the edition's platform, with the same values.
fn is_the_platforms(apis: &[&Api], api: &Api, operation: &Operation) -> bool {
    let platform = apis.iter().find(|other| api.base.as_ref() == Some(&other.id));
    let platforms = platform.and_then(|platform| found(platform, operation)).filter(|_| operation.shared);
    platforms.is_some_and(|platforms| shows_the_same(operation, platforms))
}

fn found<'a>(api: &'a Api, operation: &Operation) -> Option<&'a Operation> {
    api.operations.iter().find(|other| other.id == operation.id)
}

/// The types that only this vendor has; those that an edition shares are its platform's.
fn types<'a>(callers: &[&'a Api]) -> impl Iterator<Item = &'a Schema> {
    let own = if let [api] = callers { Some(api) } else { None };
    own.into_iter().flat_map(|api| api.schemas.values()).filter(|schema| !schema.shared)
}

fn source(callers: &[&Api]) -> String {
    callers.iter().map(|api| format!("specs/{}/openapi.yaml", api.id)).collect::<Vec<_>>().join(" and ")
}

fn file(module: &str, source: String, content: &str) -> File {
    File { path: format!("{FOLDER}/{module}.rs").into(), source, content: content.to_owned() }
}

fn table<'a>(editions: &[&Api], rows: &str, schemas: impl Iterator<Item = &'a Schema>) -> String {
    let modules: Vec<String> = editions.iter().map(|api| api.module()).collect();
    let types: Vec<&str> = schemas.filter(|schema| !matches!(schema.shape, Shape::Alias(_))).map(|schema| schema.name.as_str()).collect();
    let import = match modules.first().filter(|_| rows.contains("types::")) {
        Some(module) => format!("use {module}::types;\n\n"),
        None => String::new(),
    };
    let kinds: Vec<&str> = ["bytes", "empty", "json"].into_iter().filter(|kind| rows.contains(&format!(": {kind}("))).collect();
    format!(
        "use crate::calls::{{calls, {}}};\n{import}calls! {{ [{}] |client, documented| {{\n{rows}}} types {{\n{}}} }}\n",
        kinds.join(", "),
        modules.join(" "),
        filled(&types),
    )
}

/// Words in lines, each indented.
fn filled(words: &[&str]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < WIDTH => *line += &format!(" {word}"),
            _ => lines.push(format!("    {word}")),
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// `    list_leads: json(client.leads().list("camp_xyz789").page(1));`
fn row(api: &Api, operation: &Operation, once: &str) -> String {
    let module = api.module();
    let of = Crate { module: &module, title: &api.name, schemas: &api.schemas };
    let kind = match operation.success.content {
        Content::Json(_) => "json",
        Content::Bytes => "bytes",
        Content::Empty => "empty",
    };
    let deprecated =
        if operation.deprecated { "    #[expect(deprecated, reason = \"deprecated by the vendor, and still there\")]\n" } else { "" };
    let mut lines = vec![format!("    {}{once}: {kind}(client.{}()", operation.id, operation.group)];
    let body = |ty: &TypeRef| format!("documented.body::<{}>()?", of.ty(ty).replace("rt::", &format!("{module}::")));
    let file = |name: &Value| format!("documented.file({name})?");
    for step in (Example { of: &of, width: WIDTH - 30 }).steps(operation, body, file) {
        match lines.last_mut() {
            Some(line) if line.len() + step.len() + 2 <= WIDTH => *line += &step,
            _ => lines.push(format!("        {step}")),
        }
    }
    format!("{deprecated}{});\n", lines.join("\n"))
}
