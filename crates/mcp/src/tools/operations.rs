//! Every other operation of the vendors: search, describe, call.

use reachout_messenger::Vendor;
use reachout_runtime::Route;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::cut::{chosen, redacted};
use crate::failure::Failure;
use crate::fence::Fence;
use crate::operations::{described, find, known, refusal, request};
use crate::result::{Done, SpokeTo};
use crate::server::Call;
use crate::stops;

/// How many operations a search returns.
const MOST: usize = 15;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct SearchOperations {
    /// Words, such as: create note
    query: String,
    vendor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct DescribeOperation {
    vendor: Option<String>,
    /// Its id, such as list_contacts
    operation: String,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct CallOperation {
    vendor: Option<String>,
    operation: String,
    /// Of path, query and headers, by name
    #[serde(default)]
    parameters: Map<String, Value>,
    body: Option<Value>,
    /// Dot paths of the fields to return, of each item of a list
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Found {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    operations: Vec<Hit>,
    more: usize,
}

#[derive(Serialize, JsonSchema)]
struct Hit {
    vendor: &'static str,
    operation: &'static str,
    summary: String,
    effect: &'static str,
    callable: bool,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct OneDescribed {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    callable: bool,
    described: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Called {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    effect: &'static str,
    notice: String,
    data: Value,
}

/// The effect in a word; a guess is called one.
fn effect(route: &Route) -> &'static str {
    if route.is_guessed() { "a guess" } else { crate::OperationEffect::from(route.effect()).name() }
}

pub(crate) fn search_operations(call: &Call<'_>, given: &SearchOperations) -> Result<Done, Failure> {
    let words: Vec<_> = given
        .query
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        return Err(Failure::arguments("`query` has no words"));
    }
    let vendors: Vec<Vendor> = match &given.vendor {
        Some(_) => vec![call.server.connection(given.vendor.as_deref())?.account.vendor],
        None => call.server.vendors().collect(),
    };
    let mut hits = Vec::new();
    for vendor in vendors {
        for (_, route, operation) in known(vendor) {
            let score = score(&words, route, operation.summary(), operation.description());
            if score > 0 {
                let callable = refusal(route, &call.server.policy).is_none();
                let hit = Hit {
                    vendor: vendor.id(),
                    operation: route.operation_id,
                    summary: operation.summary().to_owned(),
                    effect: effect(route),
                    callable,
                };
                hits.push((score, hit));
            }
        }
    }
    // Stable, so that equals stay in the order of the documents.
    hits.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let more = hits.len().saturating_sub(MOST);
    let operations = hits.into_iter().take(MOST).map(|(_, hit)| hit).collect();
    Done::new(Found { spoke_to: call.server.outbox_alone(), operations, more })
}

/// How well an operation fits: a word in its id counts most, then one in its group or summary, then one in its description.
fn score(words: &[String], route: &Route, summary: &str, description: &str) -> usize {
    let (summary, description) = (summary.to_lowercase(), description.to_lowercase());
    let of = |word: &String| {
        let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word);
        match () {
            () if route.operation_id.split('_').any(|part| part == word || part == stem) => 8,
            () if route.operation_id.contains(stem) => 5,
            () if route.group.contains(stem) || summary.contains(stem) => 3,
            () if description.contains(stem) => 1,
            () => 0,
        }
    };
    let scores: Vec<usize> = words.iter().map(of).collect();
    let missed = scores.iter().filter(|score| **score == 0).count();
    // An operation that has half of the words is not what is looked for.
    if 2 * missed > words.len() { 0 } else { scores.iter().sum() }
}

pub(crate) fn describe_operation(call: &Call<'_>, given: &DescribeOperation) -> Result<Done, Failure> {
    let connection = call.server.connection(given.vendor.as_deref())?;
    let vendor = connection.account.vendor;
    let (document, route, operation) = find(vendor, &given.operation)?;
    let shown = serde_json::to_value(described(vendor, document, route, &operation));
    let shown = shown.map_err(|error| Failure::refused(error.to_string(), "tell the person"))?;
    Done::new(OneDescribed {
        spoke_to: connection.spoke_to(),
        callable: refusal(route, &call.server.policy).is_none(),
        described: match call.server.rests.documentation(shown) {
            Value::Object(described) => described,
            // It is of a struct.
            _ => Map::new(),
        },
    })
}

pub(crate) async fn call_operation(call: &Call<'_>, given: CallOperation) -> Result<Done, Failure> {
    let connection = call.server.connection(given.vendor.as_deref())?;
    let known = find(connection.account.vendor, &given.operation)?;
    let (_, route, operation) = &known;
    if let Some(refusal) = refusal(route, &call.server.policy) {
        return Err(refusal);
    }
    if let Some(field) = given.body.as_ref().and_then(stops::undone) {
        return Err(Failure::refused(
            format!("{}: `{field}` may undo what a person said who is not to be written to, which only a person does", route.operation_id),
            "nothing was done: leave the field out, or tell the person",
        ));
    }
    let content = operation.success.and_then(|success| success.content);
    if content.is_some_and(|content| !content.is_json()) {
        return Err(Failure::refused(
            "the response is a file, which `reachout` on the command line saves",
            "nothing was done: tell the person",
        ));
    }
    let request = request(&call.server.core(connection).await?, &known, &given.parameters, given.body.as_ref())?;
    let response = match content {
        Some(_) => redacted(request.send::<Value>().await?),
        None => {
            request.send_empty().await?;
            json!("done")
        }
    };
    let fence = Fence::new();
    let data = match route.pagination.as_ref().filter(|_| !given.fields.is_empty()) {
        Some(pagination) => chosen(pagination.items(&response).to_vec().into(), &given.fields),
        None => chosen(response, &given.fields),
    };
    Done::new(Called {
        spoke_to: connection.spoke_to(),
        effect: effect(route),
        notice: fence.notice(),
        data: call.server.rests.shorten(data, &fence),
    })
}
