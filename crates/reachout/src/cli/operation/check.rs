//! What is wrong with a request before it is sent, and with a response that came.

use reachout_document::{Document, Operation, Problem, Strictness};
use serde_json::Value;

use super::argument::{Argument, Place};
use super::draft::Draft;

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
        problems.extend(document.mistakes(body.content.schema, value));
    }
    problems
}

/// How a response differs from what the vendor documents, if it does. Only what a program relies on counts: the fields that are always there, and
/// the types.
pub fn deviation(document: &Document, schema: &Value, response: &Value) -> Option<String> {
    let problem = document.problems(schema, response, Strictness::Response).into_iter().next()?;
    Some(Problem { path: problem.place(), ..problem }.to_string())
}
