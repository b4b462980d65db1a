//! What is wrong with a request before it is sent, and with a response that came.

use reachout_document::{Document, Operation, Problem, Strictness};
use serde_json::Value;

use super::argument::{Argument, Place};
use super::draft::Draft;
use crate::cli::arguments::with_nearest;

/// Everything that does not fit, each with its place: `emails[0].mail: …`.
pub fn request(
    document: &Document,
    operation: &Operation<'_>,
    arguments: &[Argument<'_>],
    given: &clap::ArgMatches,
    draft: &Draft,
) -> Vec<String> {
    let mut problems = Vec::new();
    for argument in arguments.iter().filter(|argument| argument.place != Place::Field && argument.place != Place::Part) {
        let mut values: Vec<Value> = argument.values(given).cloned().collect();
        let value = match (argument.many, values.pop()) {
            (_, None) => continue,
            (false, Some(value)) => value,
            (true, Some(last)) => values.into_iter().chain([last]).collect(),
        };
        let found = document.problems(argument.schema, &value, Strictness::Request);
        problems.extend(found.into_iter().map(|problem| format!("{}: {}", argument.shown(), problem.message)));
    }
    if let (Some(value), Some(body)) = (draft.body(), operation.body) {
        for problem in document.problems(body.content.schema, value, Strictness::Request) {
            describe(document, body.content.schema, &problem, &mut problems);
        }
    }
    problems
}

/// How a response differs from what the vendor documents, if it does. Only what a program relies on counts: the fields that are always there, and
/// the types.
pub fn deviation(document: &Document, schema: &Value, response: &Value) -> Option<String> {
    let problem = document.problems(schema, response, Strictness::Response).into_iter().next()?;
    Some(Problem { path: indexed(&problem.path), ..problem }.to_string())
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
    let inner = path.iter().try_fold(schema, |schema, step| document.items(schema).or_else(|| document.property(schema, step)));
    inner.into_iter().flat_map(|schema| document.properties(schema)).map(|(name, _)| name).collect()
}
