//! The documented example as a response: what the request says is echoed, and ids are fresh.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reachout_document::{Content, Document, Location, Parameter};
use reachout_runtime::Auth;
use serde_json::{Map, Value, json};

use crate::api::check::Checked;
use crate::api::{Api, Operation, project};
use crate::credentials;
use crate::engine::ids;

/// The example response of `operation`, with the fields of the request that the response has too.
pub(crate) fn response(document: &Document, operation: &Operation, checked: &Checked) -> Value {
    let Some(Content { schema, example, .. }) = operation.response() else { return Value::Null };
    let mut given: Map<String, Value> = checked.parameters.clone().into_iter().collect();
    given.extend(checked.body.as_object().cloned().unwrap_or_default());
    let makes = ["create_", "send_", "add_"].iter().any(|verb| operation.id.starts_with(verb));
    let mut value = example.cloned().unwrap_or_default();
    overlay(document, schema, &mut value, &given, makes);
    value
}

/// A request that `operation` takes: method, path after the mount point, headers and body, with the documented values.
pub(crate) fn request(api: &Api, operation: &Operation) -> Value {
    let text = |parameter: &Parameter<'_>| {
        let value = parameter.example.unwrap_or(&Value::Null);
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut path = operation.path.to_owned();
    for parameter in operation.parameters_in(Location::Path) {
        let value = utf8_percent_encode(&text(parameter), NON_ALPHANUMERIC).to_string();
        path = path.replace(&format!("{{{}}}", parameter.name), &value);
    }
    let required = |location| operation.parameters_in(location).filter(|parameter| parameter.required);
    let query = required(Location::Query).map(|parameter| (parameter.name, text(parameter)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    let mut headers: Map<String, Value> = required(Location::Header).map(|header| (header.name.to_owned(), text(header).into())).collect();
    if operation.is_authenticated() {
        let key = credentials::api_key(api.vendor);
        match api.client.auth {
            Auth::Header(name) => headers.insert(name.to_owned(), key.into()),
            _ => headers.insert("Authorization".to_owned(), format!("Bearer {key}").into()),
        };
    }
    let body = operation.body.map(|body| body.content);
    if let Some(body) = body {
        headers.insert("Content-Type".to_owned(), body.media_type.into());
    }
    json!({
        "method": operation.method, "path": path, "headers": headers, "body": body.and_then(|body| body.example),
    })
}

fn overlay(document: &Document, schema: &Value, value: &mut Value, given: &Map<String, Value>, fresh: bool) {
    let schema = document.alternative(schema, value);
    let Some(fields) = value.as_object_mut() else { return };
    for (name, property) in document.properties(schema) {
        match given.get(name).filter(|given| fits(document, property, given)) {
            Some(given) => drop(fields.insert(name.to_owned(), project(document, property, given.clone()))),
            None => match fields.get_mut(name) {
                Some(Value::Object(_)) => overlay(document, property, &mut fields[name], given, fresh),
                Some(Value::String(id)) if fresh && (name == "id" || name.ends_with("Id") || name.ends_with("_id")) => {
                    *id = ids::like(&Value::String(std::mem::take(id)));
                }
                _ => {}
            },
        }
    }
}

/// Whether a value of the request may stand in the response: of the same type, and one of the values where these are listed.
pub(crate) fn fits(document: &Document, schema: &Value, value: &Value) -> bool {
    let schema = document.resolve(schema);
    let same_type = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.as_array().is_some_and(|items| items.iter().all(|item| fits(document, &schema["items"], item))),
        Some("object") => value.is_object(),
        _ => true,
    };
    same_type && schema["enum"].as_array().is_none_or(|values| values.contains(value))
}
