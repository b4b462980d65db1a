//! Every example is valid by its schema, and has no property its schema does not know.

use reachout_schema::{Definitions, Unknown};
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let schemas = Definitions::new(&document.json, Unknown::Refused);
    for operation in document.operations() {
        let at = operation.pointer();
        let mut judge = |at: &str, schema: &Value, example: &Value| {
            for problem in schemas.problems(schema, example) {
                findings.push(document.diagnostic(
                    at,
                    format!("the example does not fit its schema: {problem}"),
                    "correct the example by the vendor's page, or the schema",
                ));
            }
        };
        for parameter in document.parameters(operation.item, operation.node) {
            if let Some(example) = parameter.get("example") {
                judge(&at, &parameter["schema"], example);
            }
        }
        if let Some(body) = operation.node.get("requestBody") {
            contents(document, body, &format!("{at}/requestBody"), &mut judge);
        }
        for (status, response) in operation.node["responses"].as_object().into_iter().flatten() {
            contents(document, response, &pointer::child(&format!("{at}/responses"), status), &mut judge);
        }
    }
}

/// Judges every example of a body.
fn contents(document: &Document, body: &Value, at: &str, judge: &mut impl FnMut(&str, &Value, &Value)) {
    for (media_type, content) in document.follow(body)["content"].as_object().into_iter().flatten() {
        let at = pointer::child(&format!("{at}/content"), media_type);
        if let Some(example) = content.get("example") {
            judge(&format!("{at}/example"), &content["schema"], example);
        }
        for (name, example) in content["examples"].as_object().into_iter().flatten() {
            if let Some(value) = document.follow(example).get("value") {
                judge(&pointer::child(&format!("{at}/examples"), name), &content["schema"], value);
            }
        }
    }
}
