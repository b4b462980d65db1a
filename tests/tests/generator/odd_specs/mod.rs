//! Odd specs: each is refused with its line and a remedy, or accepted. None panics, none hangs.

mod bodies;
mod documents;
mod extensions;
mod keys;
mod names;
mod operations;
mod parameters;
mod prose;
mod references;
mod scale;
mod schemas;
mod yaml;

use std::{sync::mpsc, thread, time::Duration};

use reachout_codegen::lint;

use crate::bad_specs::{GOOD, workspace};

/// A spec that differs from the good one, and what should come of it.
pub struct Odd {
    pub name: String,
    pub spec: String,
    pub expected: Expected,
}

/// What the lint should do.
pub enum Expected {
    Accepted,
    /// A finding at the first line that holds `at`, with these words in it or in its remedy.
    Refused {
        at: String,
        words: String,
    },
}

/// Every odd spec. Those that are accepted are for the generator.
pub fn all() -> impl Iterator<Item = Odd> {
    [
        bodies::cases(),
        documents::cases(),
        keys::cases(),
        names::cases(),
        operations::cases(),
        parameters::cases(),
        prose::cases(),
        references::cases(),
        schemas::cases(),
        yaml::cases(),
    ]
    .into_iter()
    .flatten()
}

/// The good spec with every occurrence of some texts replaced.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_owned(), |spec, (from, to)| {
        assert!(spec.contains(from), "`{from}` is not in the spec");
        spec.replace(from, to)
    })
}

fn refused(name: impl Into<String>, changes: &[(&str, &str)], at: impl Into<String>, words: impl Into<String>) -> Odd {
    Odd { name: name.into(), spec: changed(changes), expected: refusal(at, words) }
}

fn refusal(at: impl Into<String>, words: impl Into<String>) -> Expected {
    Expected::Refused { at: at.into(), words: words.into() }
}

fn accepted(name: impl Into<String>, changes: &[(&str, &str)]) -> Odd {
    Odd { name: name.into(), spec: changed(changes), expected: Expected::Accepted }
}

// Where the good spec takes more: lines to replace by themselves and what comes behind.
/// Parameters of the operation, from column 8.
const PARAMETER: &str = "          example: c1\n";
/// Properties of the request, from column 8.
const FIELD: &str = "          maxLength: 100\n";
/// Properties of the response, from column 8.
const RESULT: &str = "          description: Identifier.\n";
/// Keys of the operation, from column 6.
const OPERATION: &str = "      x-evidence:\n        level: full\n";
/// Paths, from column 2; comes before this.
const PATH: &str = "components:\n  securitySchemes:\n";
/// Schemas, from column 4; comes before this.
const SCHEMA: &str = "    Status:\n";
/// Keys of the root; comes before this.
const ROOT: &str = "x-client:\n";

fn after(anchor: &str, text: &str) -> String {
    format!("{anchor}{text}\n")
}

fn before(anchor: &str, text: &str) -> String {
    format!("{text}\n{anchor}")
}

/// A sound operation without a body, with more keys.
fn operation(path: &str, method: &str, id: &str, more: &str) -> String {
    let names: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    let parameters = names.iter().fold(String::new(), |list, name| {
        list + &format!(
            "\n        - {{ name: {name}, in: path, required: true, description: An id., schema: {{ type: string }}, example: x }}"
        )
    });
    let effect = if ["get", "head"].contains(&method) { "reads" } else { "changes" };
    let parameters = if parameters.is_empty() { String::new() } else { format!("\n      parameters:{parameters}") };
    format!(
        "  {path}:
    {method}:
      operationId: {id}
      tags: [messages]
      summary: Do something else
      description: Does something else.
      externalDocs: {{ url: https://demo.example/docs }}
      x-evidence: {{ level: full }}
      x-effect: {effect}{parameters}{more}
      responses:
        2XX: {{ description: Done. }}
        4XX: {{ $ref: \"#/components/responses/Error\" }}
        5XX: {{ $ref: \"#/components/responses/Error\" }}"
    )
}

/// What the lint says of a spec, or nothing where it did not end.
fn verdict(spec: &str) -> Option<Result<(), String>> {
    let root = workspace(spec);
    let (sender, receiver) = mpsc::channel();
    let path = root.path().to_owned();
    thread::spawn(move || sender.send(lint(&path, &[]).map(drop).map_err(|error| error.to_string())));
    receiver.recv_timeout(Duration::from_secs(20)).ok()
}

/// Why the verdict is not the expected one.
fn objection(odd: &Odd) -> Option<String> {
    let Some(verdict) = verdict(&odd.spec) else {
        return Some("it panicked, or did not end".to_owned());
    };
    match (&odd.expected, verdict) {
        (Expected::Accepted, Ok(())) => None,
        (Expected::Accepted, Err(text)) => Some(format!("should be accepted:\n{text}")),
        (Expected::Refused { .. }, Ok(())) => Some("should be refused".to_owned()),
        (Expected::Refused { at, words }, Err(text)) => {
            let line = odd.spec.lines().position(|line| line.contains(at.as_str())).map_or(1, |line| line + 1);
            let place = format!("specs/demo/openapi.yaml:{line}: ");
            let findings: Vec<&str> = text.split("\nspecs/").collect();
            let found = findings.iter().any(|finding| {
                let finding = format!("specs/{}", finding.trim_start_matches("specs/"));
                finding.starts_with(&place) && finding.contains(words.as_str()) && finding.contains("help: ")
            });
            (!found).then(|| format!("expected line {line} with `{words}` in:\n{text}"))
        }
    }
}

#[test]
fn odd_specs_are_refused_with_place_and_remedy_or_accepted() {
    let all: Vec<Odd> = all().collect();
    assert!(all.len() >= 193, "{} odd specs", all.len());
    let wrong: Vec<String> = all.iter().filter_map(|odd| objection(odd).map(|why| format!("{}: {why}", odd.name))).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n\n"));
}

#[test]
fn odd_specs_have_names_of_their_own() {
    let mut names: Vec<String> = all().map(|odd| odd.name).collect();
    names.sort();
    let twice: Vec<&[String]> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
