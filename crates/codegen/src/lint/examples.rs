//! Every example is valid by its schema, and has no property its schema does not know.

use reachout_schema::{Definitions, Unknown};
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
    model,
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let schemas = Definitions::new(&document.json, Unknown::Refused);
    for (path, method, item, operation) in model::operations(document) {
        let at = pointer::child(&pointer::child("/paths", path), method);
        let mut judge = |at: &str, schema: &Value, example: &Value| {
            for problem in schemas.problems(schema, example) {
                findings.push(document.diagnostic(at, format!("the example does not fit its schema: {problem}"), "correct the example by the vendor's page, or the schema"));
            }
        };
        for parameter in model::parameters(document, item, operation) {
            if let Some(example) = parameter.get("example") {
                judge(&at, &parameter["schema"], example);
            }
        }
        if let Some(body) = operation.get("requestBody") {
            contents(document, body, |schema, example| judge(&format!("{at}/requestBody"), schema, example));
        }
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            let at = pointer::child(&format!("{at}/responses"), status);
            contents(document, response, |schema, example| judge(&at, schema, example));
        }
    }
}

/// Schema and every example of a body.
fn contents(document: &Document, body: &Value, mut judge: impl FnMut(&Value, &Value)) {
    for content in document.follow(body)["content"].as_object().into_iter().flat_map(|content| content.values()) {
        if let Some(example) = content.get("example") {
            judge(&content["schema"], example);
        }
        for example in content["examples"].as_object().into_iter().flat_map(|examples| examples.values()) {
            if let Some(value) = document.follow(example).get("value") {
                judge(&content["schema"], value);
            }
        }
    }
}
