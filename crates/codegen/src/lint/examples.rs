//! Every example is valid by its schema, and has no property its schema does not know.

use std::collections::{HashMap, hash_map::Entry};

use reachout_document::Strictness;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let mut check = Check { document, findings, known: HashMap::new(), is_official: false };
    // What operations share is a component, and is checked once.
    let components = &document.json()["components"];
    for (name, parameter) in components["parameters"].as_object().into_iter().flatten() {
        check.parameter(parameter, &pointer::child("/components/parameters", name));
    }
    for section in ["requestBodies", "responses"] {
        for (name, body) in components[section].as_object().into_iter().flatten() {
            check.contents(body, &pointer::child(&format!("/components/{section}"), name));
        }
    }
    for operation in document.operations() {
        check.is_official = operation.is_official();
        let at = operation.pointer();
        let item_at = pointer::parent(&at).unwrap_or_default();
        for (holder, at) in [(operation.item, item_at), (operation.node, at.as_str())] {
            for (index, parameter) in holder["parameters"].as_array().into_iter().flatten().enumerate() {
                check.parameter(parameter, &format!("{at}/parameters/{index}"));
            }
        }
        if let Some(body) = operation.node.get("requestBody") {
            check.contents(body, &format!("{at}/requestBody"));
        }
        for (status, response) in operation.node["responses"].as_object().into_iter().flatten() {
            check.contents(response, &pointer::child(&format!("{at}/responses"), status));
        }
    }
}

struct Check<'a> {
    document: &'a Document,
    findings: &'a mut Vec<Diagnostic>,
    /// What was found of a schema and an example already: many operations have the same.
    known: HashMap<String, Vec<String>>,
    /// What is checked belongs to an operation that nobody reviews.
    is_official: bool,
}

impl Check<'_> {
    fn parameter(&mut self, parameter: &Value, at: &str) {
        self.mark(parameter, at);
        if let Some(example) = parameter.get("example") {
            self.example(&format!("{at}/example"), &parameter["schema"], example);
        }
    }

    /// An example that an import made up waits for a documented one.
    fn mark(&mut self, holder: &Value, at: &str) {
        if holder["x-synthesised"] == true && !self.is_official {
            let message = "this example was made up by an import";
            self.findings.push(self.document.work(at, message, "write a documented one, and remove `x-synthesised`"));
        }
    }

    /// Every example of a body or a response that is written here.
    fn contents(&mut self, body: &Value, at: &str) {
        let document = self.document;
        for (media_type, content) in body["content"].as_object().into_iter().flatten() {
            let at = pointer::child(&format!("{at}/content"), media_type);
            self.mark(content, &at);
            if let Some(example) = content.get("example") {
                self.example(&format!("{at}/example"), &content["schema"], example);
            }
            for (name, example) in content["examples"].as_object().into_iter().flatten() {
                if let Some(value) = document.follow(example).get("value") {
                    self.example(&pointer::child(&format!("{at}/examples"), name), &content["schema"], value);
                }
            }
        }
    }

    fn example(&mut self, at: &str, schema: &Value, example: &Value) {
        let key = format!("{schema}{example}");
        let problems = match self.known.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                new.insert(self.document.problems(schema, example, Strictness::Exact).iter().map(ToString::to_string).collect())
            }
        };
        for problem in problems.iter() {
            self.findings.push(self.document.diagnostic(
                at,
                format!("the example does not fit its schema: {problem}"),
                "correct the example by the vendor's page, or the schema",
            ));
        }
    }
}
