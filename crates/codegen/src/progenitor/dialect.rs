//! What is rewritten of a bundled document before progenitor takes it.
//!
//! | what | becomes | because progenitor |
//! |---|---|---|
//! | `multipart/form-data` | `application/json` with the same schema | has no forms of several parts |
//! | other JSON, such as `application/merge-patch+json` | `application/json` | knows JSON by this name alone |
//! | bytes of any other media type | `application/octet-stream` | knows bytes by this name alone |
//! | `encoding` of a media type | nothing | panics at it |
//! | a success without a body beside one with a body | nothing | asserts that all successes are of one type |
//! | the least of a `uint64` | nothing | makes another type of each, such as `NonZeroU64` |
//! | properties that have one name in Rust, such as `_id` beside `id` | one is [`Renamed`], and the code has its name again | gives both fields that name, which does not compile |
//! | lengths and patterns of texts | nothing | makes a type of each such text, and takes a component that happens to have the name for it |

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{load::Position, names};

/// The properties that progenitor sees under another name: that name, and the one on the wire.
#[derive(Debug, Default, PartialEq)]
pub struct Renamed(BTreeMap<String, String>);

impl Renamed {
    /// Progenitor's code with the names of the wire.
    pub fn restore(&self, code: String) -> String {
        self.0.iter().fold(code, |code, (name, wire)| code.replace(&format!("{name:?}"), &format!("{wire:?}")))
    }

    /// Gives each of these properties a name that no other has in Rust.
    fn apart(&mut self, schema: &mut Map<String, Value>) {
        let required: Vec<String> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
        // In the order of the model's fields.
        let (first, rest): (Vec<String>, Vec<String>) = properties.keys().cloned().partition(|wire| required.contains(wire));
        let wires = [first, rest].concat();
        let names: BTreeMap<String, String> = wires
            .iter()
            .zip(field_names(&wires.iter().map(String::as_str).collect::<Vec<_>>()))
            .filter(|(wire, name)| names::rust_name(wire) != *name)
            .map(|(wire, name)| (wire.clone(), self.name(wire, &name)))
            .collect();
        let renamed = |wire: String| names.get(&wire).cloned().unwrap_or(wire);
        *properties = std::mem::take(properties).into_iter().map(|(wire, property)| (renamed(wire), property)).collect();
        for required in schema.get_mut("required").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(name) = required.as_str().and_then(|wire| names.get(wire)) {
                *required = name.clone().into();
            }
        }
    }

    /// A name that is read as `name` and that no document has: with a space behind it, or more where another property has that one.
    fn name(&mut self, wire: &str, name: &str) -> String {
        let mut own = format!("{name} ");
        while self.0.get(&own).is_some_and(|other| other != wire) {
            own.push(' ');
        }
        self.0.insert(own.clone(), wire.to_owned());
        own
    }
}

/// What progenitor calls the fields of an object with these properties.
pub fn field_names(wires: &[&str]) -> Vec<String> {
    names::field_names(wires, &[])
}

/// The document as progenitor takes it.
pub fn dialect(document: &Value) -> (Value, Renamed) {
    let mut written = document.clone();
    let mut renamed = Renamed::default();
    let items =
        written.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut);
    let responses = items.flat_map(Map::values_mut).filter_map(|operation| operation.get_mut("responses")?.as_object_mut());
    responses.for_each(|responses| keep_one_success(document, responses));
    rewrite(&mut written, Position::Node, &mut renamed);
    (written, renamed)
}

fn keep_one_success(document: &Value, responses: &mut Map<String, Value>) {
    let has_body = |response: &Value| {
        let target = response["$ref"].as_str().and_then(|reference| document.pointer(reference.strip_prefix('#')?));
        target.unwrap_or(response).get("content").is_some()
    };
    if responses.iter().any(|(status, response)| status.starts_with('2') && has_body(response)) {
        responses.retain(|status, response| !status.starts_with('2') || has_body(response));
    }
}

fn rewrite(node: &mut Value, position: Position, renamed: &mut Renamed) {
    match node {
        Value::Object(map) => {
            if position == Position::Node {
                for key in ["encoding", "minLength", "maxLength", "pattern"] {
                    map.remove(key);
                }
                if map.get("format").is_some_and(|format| format == "uint64") {
                    map.remove("minimum");
                }
                renamed.apart(map);
                if let Some(content) = map.get_mut("content").and_then(Value::as_object_mut) {
                    *content = std::mem::take(content).into_iter().map(|(name, media)| (media_type(name), media)).collect();
                }
            }
            for (key, value) in map {
                let position = position.child(key, value);
                if position != Position::Data {
                    rewrite(value, position, renamed);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, position.item(), renamed)),
        _ => {}
    }
}

fn media_type(name: String) -> String {
    match name.as_str() {
        "application/x-www-form-urlencoded" => name,
        name if name.contains("json") || name == "multipart/form-data" => "application/json".to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Renamed, dialect};

    #[test]
    fn is_what_the_table_says() {
        let schema = json!({ "$ref": "#/components/schemas/Upload" });
        let with = |content: serde_json::Value, responses: serde_json::Value, text: serde_json::Value| {
            json!({
                "paths": { "/a": { "parameters": [], "post": { "requestBody": { "content": content }, "responses": responses } } },
                "components": { "schemas": { "Upload": { "properties": { "pattern": text }, "example": { "pattern": "kept" } } } },
            })
        };
        let (body, plain) = (json!({ "content": { "application/json": { "schema": schema } } }), json!({ "description": "Done." }));
        let cases = [
            ("multipart/form-data", "application/json"),
            ("application/merge-patch+json", "application/json"),
            ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
            ("audio/wav", "application/octet-stream"),
        ];
        for (from, to) in cases {
            let before = with(
                json!({ from: { "schema": schema, "encoding": { "file": {} } } }),
                json!({ "200": body, "204": plain, "4XX": plain }),
                json!({ "type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a" }),
            );
            let after = with(json!({ to: { "schema": schema } }), json!({ "200": body, "4XX": plain }), json!({ "type": "string" }));
            assert_eq!(dialect(&before), (after, Renamed::default()), "{from}");
        }
        let empty = with(json!({}), json!({ "204": plain, "4XX": plain }), json!({ "type": "string" }));
        assert_eq!(dialect(&empty).0, empty);
    }

    #[test]
    fn properties_with_one_name_in_rust_are_told_apart_and_have_their_own_on_the_wire() {
        let object = |names: [&str; 3]| {
            let properties: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
            json!({ "type": "object", "required": names, "properties": properties, "example": { "_id": 1 } })
        };
        let schemas = |objects: [serde_json::Value; 2]| json!({ "components": { "schemas": { "A": objects[0], "B": objects[1] } } });
        let (written, renamed) = dialect(&schemas([object(["id", "_id", "@id"]), object(["id", "__id", "type"])]));
        assert_eq!(written, schemas([object(["id", "underscore_id ", "at_id "]), object(["id", "underscore_id  ", "type"])]));
        let code =
            r#"#[serde(rename = "underscore_id ")] #[serde(rename = "underscore_id  ")] #[serde(rename = "at_id ")] "underscore_id""#;
        let restored = r#"#[serde(rename = "_id")] #[serde(rename = "__id")] #[serde(rename = "@id")] "underscore_id""#;
        assert_eq!(renamed.restore(code.to_owned()), restored);
    }
}
