//! How a list pages, by its parameters and what its response holds.

use reachout_document::{Document, Location, Operation};
use serde_json::{Map, Value, json};

/// Parameters that say how many items to pass over, and those that number pages.
const OFFSETS: [&str; 2] = ["skip", "offset"];
const PAGES: [&str; 2] = ["page", "pageNumber"];

/// Parameters that count, which some files type as texts.
const COUNTS: [&str; 7] = ["limit", "skip", "offset", "page", "pageNumber", "pageSize", "count"];

/// Names of the number of all items.
const TOTALS: [&str; 3] = ["total", "totalCount", "totalItems"];

/// Whether a parameter is a whole number, though its type is another: it counts, and its example does too.
pub fn counts(parameter: &Value) -> bool {
    let schema = &parameter["schema"];
    let example = parameter.get("example").or_else(|| schema.get("example"));
    let is_number =
        schema["type"] == "number" || example.is_some_and(|example| example.as_str().is_some_and(|text| text.parse::<u64>().is_ok()));
    parameter["in"] == "query" && parameter["name"].as_str().is_some_and(|name| COUNTS.contains(&name)) && is_number
}

/// Writes `x-pagination` on every GET that pages by a number and returns one list.
pub fn find(document: &mut Value) {
    let known = Document::new(document.clone());
    for operation in known.operations().filter(|operation| operation.method == "GET") {
        if let Some(pagination) = of(&known, &operation)
            && let Some(Value::Object(node)) = document.pointer_mut(&operation.pointer())
        {
            node.insert("x-pagination".into(), pagination);
        }
    }
}

fn of(document: &Document, operation: &Operation<'_>) -> Option<Value> {
    let param = |names: &[&'static str]| names.iter().copied().find(|name| operation.parameter(Location::Query, name).is_some());
    let (style, param) = match (param(&OFFSETS), param(&PAGES)) {
        (Some(offset), _) => ("offset", offset),
        (None, Some(page)) => ("page", page),
        (None, None) => return None,
    };
    let schema = operation.parameter(Location::Query, param).map(|parameter| document.resolve(parameter.schema));
    schema.filter(|schema| schema["type"] == "integer")?;
    let response = operation.response()?.schema;
    let holder = document.resolve(response);
    let nested: Vec<(String, &Value)> = properties(document, holder)
        .filter(|(_, property)| property["type"] == "object")
        .flat_map(|(name, property)| properties(document, property).map(move |(below, property)| (format!("{name}.{below}"), property)))
        .collect();
    let own: Vec<(String, &Value)> = properties(document, holder).map(|(name, property)| (name.to_owned(), property)).collect();
    // The one list of the response; of an object in it where the response has none itself.
    let items = [&own, &nested].into_iter().find_map(|fields| {
        let lists = fields.iter().filter(|(_, field)| field["type"] == "array").map(|(name, _)| name);
        let lists: Vec<&String> = lists.filter(|name| !TOTALS.contains(&name.as_str())).collect();
        match lists.as_slice() {
            [] => None,
            lists => Some((lists.len() == 1).then(|| lists[0].clone())),
        }
    });
    let items = match items {
        Some(items) => items?,
        None if holder["type"] == "array" => String::new(),
        None => return None,
    };
    let number = |names: &[&str]| {
        let all = own.iter().chain(&nested).filter(|(_, field)| ["integer", "number"].iter().any(|kind| field["type"] == *kind));
        all.map(|(name, _)| name).find(|name| names.contains(&name.rsplit('.').next().unwrap_or_default())).cloned()
    };
    let mut pagination =
        Map::from_iter([("style".to_owned(), json!(style)), ("items".to_owned(), items.into()), ("param".to_owned(), json!(param))]);
    pagination.extend(number(&TOTALS).map(|total| ("total".to_owned(), total.into())));
    if style == "page" {
        pagination.extend(number(&["totalPages"]).map(|pages| ("total-pages".to_owned(), pages.into())));
    }
    Some(pagination.into())
}

fn properties<'a>(document: &'a Document, schema: &'a Value) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, property)| (name.as_str(), document.resolve(property)))
}
