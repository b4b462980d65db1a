//! The documented example as a response: what the request says is echoed, and ids are fresh.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::api::check::Checked;
use crate::api::{Api, Credential, Document, Location, Operation};
use crate::engine::ids;

/// The example response of `operation`, with the fields of the request that the response has too.
pub(crate) fn response(document: &Document, operation: &Operation, checked: &Checked) -> Value {
    let Some((schema, example)) = operation.response() else { return Value::Null };
    let mut said: Map<String, Value> = checked.parameters.clone().into_iter().collect();
    said.extend(checked.body.as_object().cloned().unwrap_or_default());
    let makes = ["create_", "send_", "add_"].iter().any(|verb| operation.id.starts_with(verb));
    let mut value = example.clone();
    overlay(document, schema, &mut value, &said, makes);
    value
}

/// A request that `operation` takes: method, path after the mount point, headers and body, with the documented values.
pub(crate) fn request(api: &Api, operation: &Operation) -> Value {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut path = operation.template.clone();
    for parameter in operation.path_parameters() {
        let value = utf8_percent_encode(&text(&parameter.example), NON_ALPHANUMERIC).to_string();
        path = path.replace(&format!("{{{}}}", parameter.name), &value);
    }
    let required = |location| operation.parameters.iter().filter(move |parameter| parameter.required && parameter.location == location);
    let query = required(Location::Query).map(|parameter| (parameter.name.as_str(), text(&parameter.example)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    let mut headers: Map<String, Value> =
        required(Location::Header).map(|header| (header.name.clone(), text(&header.example).into())).collect();
    match &operation.credential {
        Some(Credential::Bearer) => drop(headers.insert("Authorization".to_owned(), format!("Bearer {}", api.vendor.api_key()).into())),
        Some(Credential::Header(name)) => drop(headers.insert(name.clone(), api.vendor.api_key().into())),
        None => {}
    }
    if let Some(body) = &operation.body {
        headers.insert("Content-Type".to_owned(), body.media.name().into());
    }
    json!({
        "method": operation.method.as_str(), "path": path, "headers": headers,
        "body": operation.body.as_ref().map(|body| &body.example),
    })
}

fn overlay(document: &Document, schema: &Value, value: &mut Value, said: &Map<String, Value>, fresh: bool) {
    let (Some(properties), Some(fields)) = (document.properties(schema), value.as_object_mut()) else { return };
    for (name, property) in properties {
        match said.get(name).filter(|said| fits(document, property, said)) {
            Some(said) => drop(fields.insert(name.clone(), document.project(property, said.clone()))),
            None => match fields.get_mut(name) {
                Some(Value::Object(_)) => overlay(document, property, &mut fields[name.as_str()], said, fresh),
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
