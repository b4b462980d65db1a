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
//! | lengths and patterns of texts | nothing | makes a type of each such text, and takes a component that happens to have the name for it |

use serde_json::{Map, Value};

use crate::load::Position;

/// The document as progenitor takes it.
pub fn dialect(document: &Value) -> Value {
    let mut written = document.clone();
    let items =
        written.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut);
    let responses = items.flat_map(Map::values_mut).filter_map(|operation| operation.get_mut("responses")?.as_object_mut());
    responses.for_each(|responses| keep_one_success(document, responses));
    rewrite(&mut written, Position::Node);
    written
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

fn rewrite(node: &mut Value, position: Position) {
    match node {
        Value::Object(map) => {
            if position == Position::Node {
                for key in ["encoding", "minLength", "maxLength", "pattern"] {
                    map.remove(key);
                }
                if map.get("format").is_some_and(|format| format == "uint64") {
                    map.remove("minimum");
                }
                if let Some(content) = map.get_mut("content").and_then(Value::as_object_mut) {
                    *content = std::mem::take(content).into_iter().map(|(name, media)| (media_type(name), media)).collect();
                }
            }
            for (key, value) in map {
                let position = position.child(key, value);
                if position != Position::Data {
                    rewrite(value, position);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, position.item())),
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

    use super::dialect;

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
            assert_eq!(dialect(&before), after, "{from}");
        }
        let empty = with(json!({}), json!({ "204": plain, "4XX": plain }), json!({ "type": "string" }));
        assert_eq!(dialect(&empty), empty);
    }
}
