//! Ways through a document: its operations, what they refer to, and which nodes are data.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Document, pointer};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The level of evidence of an operation of which a live response was recorded.
pub const RECORDED: &str = "recorded";

/// What the keys of a node are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Words of OpenAPI.
    Node,
    /// Names that the document gives: properties, components, media types.
    Names,
    /// Anything: an example, a default, a value of an enum. A `$ref` in there is data.
    Data,
}

impl Position {
    /// What the keys of a child are.
    pub fn child(self, key: &str, value: &Value) -> Self {
        match (self, key) {
            (Self::Data, _) | (Self::Node, "default" | "enum" | "const" | "example" | "value" | "mapping") => Self::Data,
            (
                Self::Node,
                "callbacks" | "content" | "encoding" | "examples" | "headers" | "links" | "parameters" | "paths" | "patternProperties"
                | "properties" | "requestBodies" | "responses" | "schemas" | "securitySchemes" | "variables" | "x-webhook-events",
            ) if value.is_object() => Self::Names,
            _ => Self::Node,
        }
    }

    /// What the keys of an item of a list are.
    pub fn item(self) -> Self {
        match self {
            Self::Data => Self::Data,
            Self::Node | Self::Names => Self::Node,
        }
    }
}

/// Which way a body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the vendor.
    Request,
    /// The same, as a merge patch (RFC 7396): null removes, and what is absent stays.
    Update,
    /// From the vendor to the client; webhook payloads too.
    Response,
}

/// One operation, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// Path template.
    pub path: &'a str,
    /// In lower case.
    pub method: &'a str,
    /// What holds the operations of this path.
    pub item: &'a Value,
    /// The operation itself.
    pub node: &'a Value,
}

impl<'a> Written<'a> {
    /// Its JSON pointer.
    pub fn pointer(&self) -> String {
        pointer::child(&pointer::child("/paths", self.path), self.method)
    }

    /// Its id, empty where it has none.
    pub fn id(&self) -> &'a str {
        self.node["operationId"].as_str().unwrap_or_default()
    }

    /// Its first tag, empty where it has none.
    pub fn tag(&self) -> &'a str {
        self.node["tags"][0].as_str().unwrap_or_default()
    }
}

impl Document {
    /// Everything under `paths`, in the order of the document.
    pub fn operations(&self) -> impl Iterator<Item = Written<'_>> {
        let paths = self.json["paths"].as_object();
        paths.into_iter().flatten().flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| Some(Written { path, method, item, node: item.get(method)? }))
        })
    }

    /// The parameters of an operation, those of its path item included, references followed.
    pub fn parameters<'a>(&'a self, item: &'a Value, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
        let list = |holder: &'a Value| holder["parameters"].as_array().into_iter().flatten();
        list(item).chain(list(operation)).map(|parameter| self.follow(parameter))
    }

    /// The value of a header that can only have one.
    pub fn constant_header<'a>(&'a self, parameter: &'a Value) -> Option<&'a str> {
        let one = self.follow(&parameter["schema"])["enum"].as_array().filter(|values| values.len() == 1)?;
        (parameter["in"] == "header").then(|| one[0].as_str())?
    }

    /// Media type and content of a body or response, of the one it has.
    pub fn content<'a>(&'a self, body: &'a Value) -> Option<(&'a str, &'a Value)> {
        let (media_type, content) = self.follow(body)["content"].as_object()?.iter().next()?;
        Some((media_type, content))
    }

    /// The success response of an operation: the one with a body, where it has several.
    pub fn success<'a>(&'a self, operation: &'a Value) -> Option<(&'a str, &'a Value)> {
        let mut successes = self.successes(operation);
        successes.find(|(_, response)| self.content(response).is_some()).or_else(|| self.successes(operation).next())
    }

    /// Every success response of an operation.
    pub fn successes<'a>(&'a self, operation: &'a Value) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let responses = operation["responses"].as_object().into_iter().flatten();
        responses.filter(|(status, _)| status.starts_with('2')).map(|(status, response)| (status.as_str(), self.follow(response)))
    }

    /// A property of a schema, looked for in its parts too; references are followed.
    pub fn property<'a>(&'a self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.property_within(schema, name, 0)
    }

    fn property_within<'a>(&'a self, schema: &'a Value, name: &str, depth: usize) -> Option<&'a Value> {
        // Parts that contain themselves are refused elsewhere.
        if depth > 16 {
            return None;
        }
        let schema = self.follow(schema);
        if let Some(property) = schema["properties"].get(name) {
            return Some(self.unwrap(property));
        }
        let parts = ["allOf", "oneOf"].into_iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
        parts.into_iter().find_map(|part| self.property_within(part, name, depth + 1))
    }

    /// The schema at a dot path; an empty one is where it begins.
    pub fn at<'a>(&'a self, schema: &'a Value, path: &str) -> Option<&'a Value> {
        if path.is_empty() {
            return Some(self.unwrap(schema));
        }
        path.split('.').try_fold(schema, |schema, name| self.property(schema, name))
    }

    /// Follows references and the one-part `allOf` that makes a reference nullable.
    pub fn unwrap<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = self.follow(schema);
        for _ in 0..16 {
            match schema["allOf"].as_array().map(Vec::as_slice) {
                Some([one]) => schema = self.follow(one),
                _ => break,
            }
        }
        schema
    }

    /// Names of the schemas that bodies of this direction are made of.
    pub fn reachable(&self, direction: Direction) -> BTreeSet<String> {
        let mut roots = Vec::new();
        for operation in self.operations() {
            let named = |body: Option<(&str, &Value)>| body.and_then(|(_, content)| referenced(&content["schema"]));
            roots.extend(match direction {
                Direction::Request => named(self.request(operation.node)),
                Direction::Update => {
                    named(self.request(operation.node).filter(|(media_type, _)| *media_type == "application/merge-patch+json"))
                }
                Direction::Response => self.response_schema(operation.node),
            });
        }
        if direction == Direction::Response {
            let mut found = Vec::new();
            references(&self.json["x-webhook-events"], Position::Names, &mut found);
            references(&self.json["components"]["responses"], Position::Names, &mut found);
            roots.extend(found.iter().filter_map(|reference| schema_name(reference)));
        }
        self.made_of(roots)
    }

    /// The name of the schema of an operation's success response, where that is JSON.
    pub fn response_schema(&self, operation: &Value) -> Option<String> {
        let (media_type, content) = self.content(self.success(operation)?.1)?;
        if media_type.contains("json") { referenced(&content["schema"]) } else { None }
    }

    /// These schemas, and all that they refer to.
    pub fn made_of(&self, mut roots: Vec<String>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        while let Some(name) = roots.pop() {
            if names.contains(&name) {
                continue;
            }
            let mut found = Vec::new();
            references(&self.json["components"]["schemas"][&name], Position::Node, &mut found);
            roots.extend(found.iter().filter_map(|reference| schema_name(reference)));
            names.insert(name);
        }
        names
    }

    /// Media type and content of a request body that has a type. A multipart body is given part by part, and has none.
    fn request<'a>(&'a self, operation: &'a Value) -> Option<(&'a str, &'a Value)> {
        operation.get("requestBody").filter(|_| operation["x-multipart"] != true).and_then(|body| self.content(body))
    }
}

/// The name of the component that a `$ref` into the schemas names.
pub fn referenced(schema: &Value) -> Option<String> {
    schema_name(schema["$ref"].as_str()?)
}

fn schema_name(reference: &str) -> Option<String> {
    reference.strip_prefix("#/components/schemas/").map(pointer::unescape)
}

/// Every `$ref` in a node, examples and other data left out.
pub fn references<'a>(node: &'a Value, position: Position, found: &mut Vec<&'a str>) {
    match (node, position) {
        (_, Position::Data) => {}
        (Value::Object(map), _) => {
            if position == Position::Node {
                found.extend(map.get("$ref").and_then(Value::as_str));
            }
            map.iter().for_each(|(key, value)| references(value, position.child(key, value), found));
        }
        (Value::Array(items), _) => items.iter().for_each(|item| references(item, position.item(), found)),
        _ => {}
    }
}
