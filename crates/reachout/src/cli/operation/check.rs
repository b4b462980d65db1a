//! What is wrong with a request before it is sent, and with a response that came.

use reachout_runtime::Route;
use reachout_schema::{Definitions, Problem, Unknown, Validator};
use serde_json::{Map, Value, json};

use super::argument::{Argument, Place};
use super::document::{Document, component};
use super::draft::Draft;
use crate::cli::arguments::with_nearest;

/// Everything that does not fit, each with its place: `emails[0].mail: …`.
pub fn request(document: &Document, route: &Route, arguments: &[Argument<'_>], given: &clap::ArgMatches, draft: &Draft) -> Vec<String> {
    let definitions = Definitions::new(&open(document), Unknown::Refused);
    let mut problems = Vec::new();
    for argument in arguments.iter().filter(|argument| argument.place != Place::Field && argument.place != Place::Part) {
        let mut values: Vec<Value> = argument.values(given).cloned().collect();
        let value = match (argument.many, values.pop()) {
            (_, None) => continue,
            (false, Some(value)) => value,
            (true, Some(last)) => values.into_iter().chain([last]).collect(),
        };
        let found = definitions.problems(&opened(document, argument.schema), &value);
        problems.extend(found.into_iter().map(|problem| format!("{}: {}", argument.shown(), problem.message)));
    }
    if let (Some(body), Some(content)) = (draft.body(), document.body(route)) {
        for problem in definitions.problems(content.schema, body) {
            describe(document, content.schema, &problem, &mut problems);
        }
    }
    problems
}

/// What a vendor documents of a response.
#[derive(Debug)]
pub struct Response(Option<Validator>);

impl Response {
    pub fn of(document: &Document, schema: &Value) -> Self {
        let schemas: Map<String, Value> = schemas(document).map(|(name, schema)| (name.clone(), relax(schema))).collect();
        let definitions = Definitions::new(&json!({ "components": { "schemas": schemas } }), Unknown::Ignored);
        Self(definitions.validator(&relax(schema)).ok())
    }

    /// How a response differs from it, if it does. Only what a program relies on counts: the fields that are always there, and the types.
    pub fn deviation(&self, response: &Value) -> Option<String> {
        let problem = reachout_schema::problems(self.0.as_ref()?, response).into_iter().next()?;
        Some(Problem { path: indexed(&problem.path), ..problem }.to_string())
    }
}

/// One line for each field that is too much; one for every other problem.
fn describe(document: &Document, schema: &Value, problem: &Problem, problems: &mut Vec<String>) {
    let path = indexed(&problem.path);
    let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    if problem.unexpected.is_empty() {
        problems.push(Problem { path, ..problem.clone() }.to_string());
        return;
    }
    let segments: Vec<_> = problem.path.split('.').filter(|segment| !segment.is_empty()).collect();
    let known = known(document, schema, &segments);
    for name in &problem.unexpected {
        problems.push(with_nearest(format!("{}: unknown field", within(name)), name, known.iter().copied()));
    }
}

/// `emails.0.mail` as `emails[0].mail`.
fn indexed(path: &str) -> String {
    let mut text = String::new();
    for segment in path.split('.') {
        if segment.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            text.push_str(&format!("[{segment}]"));
        } else {
            let dot = if text.is_empty() { "" } else { "." };
            text.push_str(&format!("{dot}{segment}"));
        }
    }
    text
}

/// The fields that a schema has at a path, in any of its alternatives.
fn known<'d>(document: &'d Document, schema: &'d Value, path: &[&str]) -> Vec<&'d str> {
    let schema = document.follow(schema);
    let parts = ["allOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    let mut names: Vec<_> = parts.flat_map(|part| known(document, part, path)).collect();
    match path.split_first() {
        None => names.extend(schema["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str)),
        Some((first, rest)) => {
            let inner = if schema["type"] == "array" { &schema["items"] } else { &schema["properties"][first] };
            names.extend(if inner.is_null() { Vec::new() } else { known(document, inner, rest) });
        }
    }
    names
}

fn schemas(document: &Document) -> impl Iterator<Item = (&String, &Value)> {
    document.as_json()["components"]["schemas"].as_object().into_iter().flatten()
}

/// The document's schemas with the enums that a vendor may add to as plain texts.
fn open(document: &Document) -> Value {
    let schemas: Map<String, Value> = schemas(document)
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            if let Some(fields) = schema.as_object_mut().filter(|_| document.is_open(name)) {
                fields.remove("enum");
            }
            (name.clone(), schema)
        })
        .collect();
    json!({ "components": { "schemas": schemas } })
}

/// A parameter's schema: its enum is a component, or closed.
fn opened(document: &Document, schema: &Value) -> Value {
    match component(schema) {
        Some(name) if document.is_open(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
        _ => document.follow(schema).clone(),
    }
}

/// A schema of a response without what gives no reason to distrust it: values of enums, and the forms of texts.
fn relax(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let relaxed =
                fields.iter().filter(|(key, value)| !(*key == "enum" && value.is_array() || *key == "format" && value.is_string()));
            let relaxed = relaxed.map(|(key, value)| {
                // Of alternatives that all fit, a client takes the first.
                let key = if key == "oneOf" { "anyOf" } else { key };
                (key.to_owned(), if key == "example" { Value::Null } else { relax(value) })
            });
            relaxed.collect::<Map<_, _>>().into()
        }
        Value::Array(values) => values.iter().map(relax).collect(),
        scalar => scalar.clone(),
    }
}
