//! `tests/src/calls/generated`: every operation called with the values of its examples, one row an operation.

use serde_json::Value;

use super::{Crate, File, example::Example, print::WIDTH};
use crate::model::{Api, Content, Family, Operation, Schema, Shape, TypeRef, is_alike};

const FOLDER: &str = "tests/src/calls/generated";

/// A table for each vendor, one for what the editions of a platform share, and the list of them.
pub fn files(apis: &[&Api], families: &[Family]) -> Vec<File> {
    let mut files = Vec::new();
    let mut modules = Vec::new();
    let mut vendors = String::new();
    for api in apis {
        let editions: Vec<&Api> =
            apis.iter().copied().filter(|other| other.id == api.id || api.family.is_some() && other.family == api.family).collect();
        let own: Vec<&Operation> = api.operations.iter().filter(|operation| !in_family(&editions, operation)).collect();
        let rows: String = own.iter().map(|operation| row(api, operation, "")).collect();
        files.push(file(
            &api.module(),
            format!("specs/{}/openapi.yaml", api.id),
            &table(&[api], &rows, api.schemas.values().filter(|schema| !schema.shared)),
        ));
        modules.push(api.module());
        let shared = if own.len() < api.operations.len() { api.family.as_deref() } else { None };
        let shared = shared.map(|family| format!(" + {}", family.replace('-', "_"))).unwrap_or_default();
        vendors += &format!("    {}{shared};\n", api.module());
    }
    for family in families {
        let editions: Vec<&Api> = apis.iter().copied().filter(|api| api.family.as_deref() == Some(family.id.as_str())).collect();
        let [first, ..] = editions.as_slice() else { continue };
        let rows = first.operations.iter().filter(|operation| in_family(&editions, operation)).map(|operation| {
            let same = found(&editions, operation).all(|other| is_alike(operation, other));
            row(first, operation, if same { " once" } else { "" })
        });
        let module = family.id.replace('-', "_");
        files.push(file(&module, format!("specs/{}", family.id), &table(&editions, &rows.collect::<String>(), family.schemas.values())));
        modules.push(module);
    }
    modules.sort();
    let modules: String = modules.iter().map(|module| format!("mod {module};\n")).collect();
    files.push(file("mod", "the folders of specs".to_owned(), &format!("{modules}\nuse super::vendors;\n\nvendors! {{\n{vendors}}}\n")));
    files
}

/// One call of all editions: written in the family's folder, with the same values in every edition.
fn in_family(editions: &[&Api], operation: &Operation) -> bool {
    let values = |operation: &Operation| operation.parameters.iter().map(|parameter| parameter.example.clone()).collect::<Vec<_>>();
    operation.shared && found(editions, operation).all(|other| values(other) == values(operation))
}

fn found<'a>(editions: &'a [&'a Api], operation: &'a Operation) -> impl Iterator<Item = &'a Operation> {
    editions.iter().flat_map(|edition| edition.operations.iter()).filter(|other| other.id == operation.id)
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
