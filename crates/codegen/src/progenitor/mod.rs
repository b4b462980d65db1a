//! Progenitor, the reference.
//!
//! Its full generator runs over every bundled document, operations included. What it refuses is refused with its place; its types are
//! [compared](compare) with ours, component by component. Its client is what ours is compared with on the wire, in `tests/reference`.
//! It sees the document that users get, but for what [`dialect`] rewrites.

mod compare;
mod dialect;
#[cfg(test)]
mod tests;

use progenitor_impl::{GenerationSettings, Generator};
use serde_json::{Map, Value, json};

use crate::{
    diagnostic::Diagnostic,
    load::{Document, Operation, Position, component_of, pointer, references},
    model::Api,
    panics,
};

/// Progenitor's stock client of a bundled document, with positional arguments: the text of a module, not formatted. It depends on
/// `progenitor-client` and on what that needs.
///
/// # Errors
/// What progenitor says of a document that it refuses.
pub fn progenitor_client(document: &Value) -> Result<String, String> {
    generate(document).map(|(_, code)| code)
}

/// What progenitor refuses of a document, and where its types are others than ours.
pub fn check(document: &Document, api: &Api) -> Vec<Diagnostic> {
    match generate(document.json()) {
        Ok((generator, _)) => compare::compare(document, api, generator.get_type_space()),
        Err(message) => refused(document, &message),
    }
}

fn generate(document: &Value) -> Result<(Generator, String), String> {
    let (written, renamed) = dialect::dialect(document);
    let spec = serde_json::from_value(written).map_err(|error| format!("openapiv3 cannot read it: {error}"))?;
    panics::catch(|| {
        let mut generator = Generator::new(&GenerationSettings::new());
        let code = generator.generate_tokens(&spec).map_err(|error| error.to_string())?;
        Ok((generator, renamed.restore(code.to_string())))
    })
}

/// Its messages have no place: each component, then each operation is given to it alone, with what it refers to.
fn refused(document: &Document, message: &str) -> Vec<Diagnostic> {
    let finding = |at: &str, message: &str| {
        document.diagnostic(
            at,
            format!("progenitor cannot generate from this: {message}"),
            "write it in a way that every generator takes: with a plain `type` and `format`, or a `$ref` to a component",
        )
    };
    let components = document.json()["components"]["schemas"].as_object();
    let components = components.into_iter().flat_map(|components| components.keys());
    let findings: Vec<Diagnostic> = components
        .filter_map(|component| {
            let message = generate(&part(document, None, vec![component.clone()])).err()?;
            Some(finding(&pointer::child("/components/schemas", component), &message))
        })
        .collect();
    if !findings.is_empty() {
        return findings;
    }
    let findings: Vec<Diagnostic> = document
        .operations()
        .filter_map(|operation| {
            let message = generate(&part(document, Some(&operation), Vec::new())).err()?;
            Some(finding(&operation.pointer(), &message))
        })
        .collect();
    if findings.is_empty() { vec![finding("", message)] } else { findings }
}

/// The document with nothing but one operation, or none, and these schemas, with all that both refer to.
fn part(document: &Document, operation: Option<&Operation<'_>>, mut schemas: Vec<String>) -> Value {
    let mut paths = json!({});
    let mut components = document.json()["components"].clone();
    if let Some(Operation { path, method, item, node, .. }) = operation {
        paths = json!({ *path: { "parameters": item.get("parameters").unwrap_or(&json!([])), method.to_lowercase(): node } });
        components["schemas"].take();
        let mut found = Vec::new();
        references(&paths, Position::Names, &mut found);
        references(&components, Position::Node, &mut found);
        schemas.extend(found.into_iter().filter_map(component_of));
    }
    let all = &document.json()["components"]["schemas"];
    components["schemas"] =
        document.made_of(schemas).into_iter().map(|name| (name.clone(), all[&name].clone())).collect::<Map<_, _>>().into();
    json!({ "openapi": document.json()["openapi"], "info": document.json()["info"], "paths": paths, "components": components })
}
