//! Swagger 2.0 in the words of OpenAPI 3. What cannot be read is left out, with its place.

use serde_json::{Map, Value, json};

use super::notes::Notes;
use crate::load::{Position, pointer};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Words of a parameter or header that belong to its schema.
const OF_SCHEMA: [&str; 19] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
    "x-nullable",
    "readOnly",
    "title",
];

/// Raises a document.
pub fn raise(document: &Value, notes: &mut Notes) -> Value {
    let mut raise = Raise { document, notes };
    let mut raised = Map::from_iter([("openapi".to_owned(), Value::from("3.0.3"))]);
    for key in ["info", "tags", "externalDocs", "security"] {
        raised.extend(document.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    raised.insert("servers".into(), raise.servers());
    let mut paths = Map::new();
    for (path, item) in raise.named(&document["paths"], "/paths") {
        let at = pointer::child("/paths", &path);
        let item = raise.item(&item, &at);
        paths.insert(path, item);
    }
    raised.insert("paths".into(), paths.into());
    let mut schemas = Map::new();
    for (name, schema) in raise.named(&document["definitions"], "/definitions") {
        schemas.insert(name, of_schema(&schema));
    }
    let authentication: Map<String, Value> =
        raise.named(&document["securityDefinitions"], "/securityDefinitions").into_iter().map(|(name, one)| (name, scheme(&one))).collect();
    raised.insert("components".into(), json!({ "schemas": schemas, "securitySchemes": authentication }));
    raised.into()
}

struct Raise<'a, 'n> {
    document: &'a Value,
    notes: &'n mut Notes,
}

impl Raise<'_, '_> {
    fn unreadable(&mut self, at: &str) {
        self.notes.add("What Swagger does not know was left out", at);
    }

    /// The entries of a mapping that are mappings themselves.
    fn named(&mut self, holder: &Value, at: &str) -> Vec<(String, Value)> {
        let mut named = Vec::new();
        match holder {
            Value::Null => {}
            Value::Object(map) => {
                for (name, value) in map {
                    if value.is_object() {
                        named.push((name.clone(), value.clone()));
                    } else if !name.starts_with("x-") {
                        self.unreadable(&pointer::child(at, name));
                    }
                }
            }
            _ => self.unreadable(at),
        }
        named
    }

    fn servers(&self) -> Value {
        let text = |key: &str| self.document[key].as_str().unwrap_or_default().trim();
        let path = text("basePath");
        let path = if path.is_empty() || path == "/" { String::new() } else { format!("/{}", path.trim_matches('/')) };
        if text("host").is_empty() {
            return if path.is_empty() { json!([]) } else { json!([{ "url": path }]) };
        }
        let mut schemes: Vec<&str> = self.document["schemes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if schemes.is_empty() {
            schemes.push("https");
        }
        schemes.into_iter().map(|scheme| json!({ "url": format!("{scheme}://{}{path}", text("host")) })).collect()
    }

    /// A node, or what it refers to.
    fn follow(&self, node: &Value) -> Value {
        let mut node = node;
        for _ in 0..8 {
            match node["$ref"].as_str().and_then(|reference| self.document.pointer(reference.strip_prefix('#')?)) {
                Some(target) => node = target,
                None => break,
            }
        }
        node.clone()
    }

    fn item(&mut self, item: &Value, at: &str) -> Value {
        let item = self.follow(item);
        let mut raised = Map::new();
        for method in METHODS {
            match item.get(method) {
                Some(operation @ Value::Object(_)) => {
                    let own = self.operation(&item, operation, (at, &pointer::child(at, method)));
                    raised.insert(method.to_owned(), own);
                }
                Some(_) => self.unreadable(&pointer::child(at, method)),
                None => {}
            }
        }
        raised.into()
    }

    fn operation(&mut self, item: &Value, operation: &Value, (item_at, at): (&str, &str)) -> Value {
        let mut raised = Map::new();
        for key in ["operationId", "tags", "summary", "description", "externalDocs", "deprecated", "security"] {
            raised.extend(operation.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        let (mut parameters, mut bodies, mut fields) = (Vec::<Value>::new(), Vec::new(), Vec::new());
        for (holder, at) in [(item, item_at), (operation, at)] {
            for (index, written) in holder["parameters"].as_array().into_iter().flatten().enumerate() {
                let parameter = self.follow(written);
                let at = format!("{at}/parameters/{index}");
                match parameter["in"].as_str() {
                    Some("body") => bodies = vec![parameter],
                    Some("formData") => fields.push(parameter),
                    Some(_) if parameter["name"].is_string() => {
                        parameters.retain(|known| known["name"] != parameter["name"] || known["in"] != parameter["in"]);
                        parameters.push(self.parameter(&parameter, &at));
                    }
                    _ => self.unreadable(&at),
                }
            }
        }
        raised.insert("parameters".into(), parameters.into());
        if let Some(body) = bodies.pop() {
            raised.insert("requestBody".into(), self.body(&body, operation));
        } else if !fields.is_empty() {
            raised.insert("requestBody".into(), self.form(&fields, operation));
        }
        let mut responses = Map::new();
        for (status, response) in self.named(&operation["responses"], &pointer::child(at, "responses")) {
            let response = self.follow(&response);
            responses.insert(status, self.response(&response, operation));
        }
        raised.insert("responses".into(), responses.into());
        raised.into()
    }

    /// `consumes` or `produces`, of the operation or of the document.
    fn media_types(&self, operation: &Value, key: &str) -> Vec<String> {
        let own = operation[key].as_array().or(self.document[key].as_array());
        own.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn parameter(&mut self, written: &Value, at: &str) -> Value {
        let mut parameter = Map::new();
        for key in ["name", "in", "description", "required", "deprecated", "example"] {
            parameter.extend(written.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        parameter.extend(written.get("x-example").map(|value| ("example".to_owned(), value.clone())));
        if written["type"] == "array" {
            let query = written["in"] == "query";
            // Where nothing is said, Swagger means commas.
            let (style, explode) = match written["collectionFormat"].as_str().unwrap_or("csv") {
                "multi" => ("form", true),
                "ssv" => ("spaceDelimited", false),
                "pipes" => ("pipeDelimited", false),
                "tsv" => ("tabDelimited", false),
                other => {
                    if other != "csv" {
                        self.unreadable(&format!("{at}/collectionFormat"));
                    }
                    (if query { "form" } else { "simple" }, false)
                }
            };
            parameter.insert("style".into(), style.into());
            parameter.insert("explode".into(), explode.into());
        }
        parameter.insert("schema".into(), inline_schema(written));
        parameter.into()
    }

    fn body(&self, body: &Value, operation: &Value) -> Value {
        let mut types = self.media_types(operation, "consumes");
        if types.is_empty() {
            types.push("application/json".into());
        }
        let schema = body.get("schema").map_or_else(|| json!({}), of_schema);
        let content: Map<String, Value> = types.into_iter().map(|media_type| (media_type, json!({ "schema": schema }))).collect();
        json!({ "description": body["description"].as_str().unwrap_or_default(), "required": body["required"] == true, "content": content })
    }

    fn form(&self, fields: &[Value], operation: &Value) -> Value {
        let types = self.media_types(operation, "consumes");
        let file = fields.iter().any(|field| field["type"] == "file");
        let multipart = file || types.iter().any(|media_type| media_type == "multipart/form-data");
        let media_type = if multipart { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
        let named = |field: &Value| Some((field["name"].as_str()?.to_owned(), field.clone()));
        let properties: Map<String, Value> = fields
            .iter()
            .filter_map(named)
            .map(|(name, field)| {
                let mut schema = inline_schema(&field);
                schema["description"] = field["description"].as_str().unwrap_or_default().into();
                (name, schema)
            })
            .collect();
        let required: Vec<&Value> = fields.iter().filter(|field| field["required"] == true).map(|field| &field["name"]).collect();
        json!({ "required": true, "content": { media_type: { "schema": { "type": "object", "required": required, "properties": properties } } } })
    }

    fn response(&self, response: &Value, operation: &Value) -> Value {
        let mut raised = Map::from_iter([("description".to_owned(), Value::from(response["description"].as_str().unwrap_or_default()))]);
        let Some(schema) = response.get("schema") else { return raised.into() };
        let file = schema["type"] == "file";
        let mut types = self.media_types(operation, "produces");
        if types.is_empty() {
            types.push(if file { "application/octet-stream" } else { "application/json" }.into());
        }
        let schema = of_schema(schema);
        let content = types.into_iter().map(|media_type| {
            let mut media = json!({ "schema": schema });
            if let Some(example) = response["examples"].get(&media_type) {
                media["example"] = example.clone();
            }
            (media_type, media)
        });
        raised.insert("content".into(), content.collect::<Map<_, _>>().into());
        raised.into()
    }
}

/// The schema that a parameter is by itself.
fn inline_schema(written: &Value) -> Value {
    let own = written.as_object().into_iter().flatten().filter(|(key, _)| OF_SCHEMA.contains(&key.as_str()));
    of_schema(&own.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>().into())
}

/// A schema of Swagger 2.0 in the words of OpenAPI 3.
fn of_schema(schema: &Value) -> Value {
    let mut schema = schema.clone();
    rewrite(&mut schema, Position::Node);
    schema
}

fn rewrite(node: &mut Value, position: Position) {
    match node {
        Value::Object(map) if position != Position::Data => {
            if position == Position::Node {
                if let Some(Value::String(reference)) = map.get_mut("$ref") {
                    *reference = reference.replace("#/definitions/", "#/components/schemas/");
                }
                if map.get("type").is_some_and(|kind| kind == "file") {
                    map.insert("type".into(), "string".into());
                    map.insert("format".into(), "binary".into());
                }
                if let Some(nullable) = map.shift_remove("x-nullable") {
                    map.insert("nullable".into(), nullable);
                }
                if let Some(Value::String(property)) = map.get("discriminator").cloned() {
                    map.insert("discriminator".into(), json!({ "propertyName": property }));
                }
            }
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                rewrite(value, below);
            }
        }
        Value::Array(items) if position != Position::Data => items.iter_mut().for_each(|item| rewrite(item, position.item())),
        _ => {}
    }
}

fn scheme(written: &Value) -> Value {
    match written["type"].as_str() {
        Some("basic") => json!({ "type": "http", "scheme": "basic" }),
        _ => written.clone(),
    }
}
