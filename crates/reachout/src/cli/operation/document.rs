//! A vendor's OpenAPI document, as the commands read it.

use std::collections::HashSet;

use reachout_runtime::Route;
use serde_json::{Map, Value};

/// References do not go deeper than this in a document that the lint accepts.
const DEPTH: usize = 16;

/// A document that the generator wrote: every reference in it leads somewhere.
pub struct Document {
    json: Value,
    /// The schemas that occur in responses: a vendor may add to their enums.
    open: HashSet<String>,
}

/// What an operation takes as its body.
#[derive(Clone, Copy)]
pub struct Content<'d> {
    pub media_type: &'d str,
    pub schema: &'d Value,
    pub example: Option<&'d Value>,
}

/// What an operation responds with.
#[derive(Clone, Copy)]
pub enum Responds<'d> {
    Nothing,
    Json { schema: &'d Value },
    File,
}

impl Document {
    pub fn read(openapi: &str) -> Self {
        let mut document = Self { json: serde_json::from_str(openapi).unwrap_or_default(), open: HashSet::new() };
        document.open = document.reached_by_responses().into_iter().map(str::to_owned).collect();
        document
    }

    pub fn as_json(&self) -> &Value {
        &self.json
    }

    /// Whether a vendor may add to the enum of this name.
    pub fn is_open(&self, schema: &str) -> bool {
        self.open.contains(schema)
    }

    /// What a reference leads to; the node itself where it is none.
    pub fn follow<'d>(&'d self, node: &'d Value) -> &'d Value {
        let mut node = node;
        for _ in 0..DEPTH {
            let Some(reference) = node["$ref"].as_str() else { break };
            node = self.json.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        }
        node
    }

    /// The description of a group.
    pub fn group(&self, operation: &Value) -> &str {
        let tag = operation["tags"].get(0);
        let tags = self.json["tags"].as_array().into_iter().flatten();
        tags.into_iter().find(|described| Some(&described["name"]) == tag).map_or("", |described| text(described, "description"))
    }

    pub fn operation(&self, route: &Route) -> &Value {
        &self.json["paths"][route.path][route.method.as_str().to_lowercase()]
    }

    /// The parameters of an operation and those of its path, in this order: path, query, headers.
    pub fn parameters(&self, route: &Route) -> Vec<&Value> {
        let both = [&self.json["paths"][route.path]["parameters"], &self.operation(route)["parameters"]];
        let parameters = both.into_iter().filter_map(Value::as_array).flatten().map(|parameter| self.follow(parameter));
        let mut parameters: Vec<_> = parameters.collect();
        parameters.sort_by_key(|parameter| {
            let name = text(parameter, "name");
            match text(parameter, "in") {
                // As they stand in the path.
                "path" => (0, route.path.find(&format!("{{{name}}}"))),
                "query" => (1, None),
                _ => (2, None),
            }
        });
        parameters
    }

    pub fn body(&self, route: &Route) -> Option<Content<'_>> {
        let content = self.follow(&self.operation(route)["requestBody"])["content"].as_object()?;
        let (media_type, content) = content.iter().next()?;
        Some(Content { media_type, schema: &content["schema"], example: content.get("example") })
    }

    pub fn responds(&self, route: &Route) -> Responds<'_> {
        let responses = self.operation(route)["responses"].as_object().into_iter().flatten();
        let success = responses.into_iter().find(|(status, _)| status.starts_with('2')).map(|(_, response)| self.follow(response));
        let content = success.and_then(|response| response["content"].as_object());
        match content.and_then(|content| content.iter().next()) {
            None => Responds::Nothing,
            Some((media_type, content)) if media_type == "application/json" => Responds::Json { schema: &content["schema"] },
            Some(_) => Responds::File,
        }
    }

    fn reached_by_responses(&self) -> HashSet<&str> {
        let mut reached = HashSet::new();
        let operations = self.json["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
        operations.flat_map(Map::values).for_each(|operation| self.reach(&operation["responses"], &mut reached));
        self.reach(&self.json["x-webhook-events"], &mut reached);
        reached
    }

    fn reach<'d>(&'d self, node: &'d Value, reached: &mut HashSet<&'d str>) {
        match node {
            Value::Object(fields) => {
                if let Some(reference) = node["$ref"].as_str() {
                    let is_new = match reference.strip_prefix("#/components/schemas/") {
                        Some(name) => reached.insert(name),
                        None => true,
                    };
                    if is_new {
                        self.reach(self.follow(node), reached);
                    }
                }
                for (key, value) in fields {
                    if key != "example" {
                        self.reach(value, reached);
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.reach(value, reached)),
            _ => {}
        }
    }
}

/// The name of the component that a reference names.
pub fn component(node: &Value) -> Option<&str> {
    node["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

pub fn text<'d>(node: &'d Value, key: &str) -> &'d str {
    node[key].as_str().unwrap_or_default()
}
