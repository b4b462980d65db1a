//! Request bodies and responses: one media type, one success, one error.

use serde_json::{Map, Value, json};

use super::{flat::Shape, prose, schemas::Schemas, words};

/// A request body, and whether it is multipart.
pub struct Body {
    pub node: Value,
    pub multipart: bool,
}

impl Schemas<'_> {
    /// The request body of an operation whose type is called `operation`.
    pub fn request(&mut self, written: &Value, operation: &str, at: &str) -> Option<Body> {
        let written = self.follow(written);
        let content = written["content"].as_object().filter(|content| !content.is_empty())?;
        let is = |media_type: &str, wanted: &str| bare(media_type) == wanted;
        let order = ["application/json", "multipart/form-data", "application/x-www-form-urlencoded"];
        let found = order.iter().find_map(|wanted| content.iter().find(|(media_type, _)| is(media_type, wanted)));
        let json = || content.iter().find(|(media_type, _)| is_json(media_type));
        let any = || content.iter().find(|(media_type, media)| bare(media_type) == "*/*" && !is_binary(media));
        let (media_type, media) = found.or_else(json).or_else(any).or_else(|| content.iter().next())?;
        if content.len() > 1 {
            self.notes.add("One media type of several was kept for requests", format!("{at}: `{media_type}` of {}", content.len()));
        }
        let forms = ["multipart/form-data", "application/x-www-form-urlencoded"];
        let media_type = match bare(media_type) {
            kept if forms.contains(&kept) || is_json(kept) => kept.to_lowercase(),
            "*/*" if !is_binary(media) => "application/json".to_owned(),
            kept => {
                self.notes.add("Request bodies that are neither JSON nor a form are bytes", format!("{at}: `{kept}`"));
                let media_type = if kept.contains('*') { "application/octet-stream" } else { kept };
                return Some(Body {
                    node: json!({ "required": true, "content": { media_type: { "schema": { "type": "string", "format": "binary" } } } }),
                    multipart: false,
                });
            }
        };
        if media.get("encoding").is_some() {
            self.notes.add("How single fields of a form are encoded is not kept (`encoding`)", at);
        }
        if written["required"] != true {
            self.notes.add("Request bodies that may be left out are always sent", at);
        }
        let name = format!("{operation}Request");
        let empty = json!({});
        let schema = media.get("schema").unwrap_or(&empty);
        let multipart = media_type == "multipart/form-data";
        let schema = if is_json(&media_type) {
            self.named(schema, &name, at)
        } else {
            let form = self.form(schema, &name, at, multipart);
            // A form that says nothing of its fields is no body that a client could give.
            form.or_else(|| {
                self.notes.add("Forms without fields were left out", at);
                None
            })?
        };
        let mut content = Map::from_iter([("schema".to_owned(), schema)]);
        if !multipart {
            content.extend(example(media).map(|example| ("example".to_owned(), example)));
        }
        let mut node = Map::new();
        let description = prose::clean(written["description"].as_str().unwrap_or_default());
        if !description.is_empty() {
            node.insert("description".into(), description.into());
        }
        node.insert("required".into(), true.into());
        node.insert("content".into(), json!({ media_type: content }));
        Some(Body { node: node.into(), multipart })
    }

    /// The component of a form: scalars and lists of them, and files where it is multipart.
    fn form(&mut self, schema: &Value, name: &str, at: &str, multipart: bool) -> Option<Value> {
        let mut flat = self.resolved(schema, at);
        if flat.shape() == Shape::OneOf {
            let first = flat.map["oneOf"][0].clone();
            self.notes.add("The first of a form's alternatives was kept", at);
            flat = self.resolved(&first, at);
        }
        let properties = flat.map.get_mut("properties").and_then(Value::as_object_mut).filter(|own| !own.is_empty())?;
        let mut fields = std::mem::take(properties);
        for (field, property) in &mut fields {
            let own = self.resolved(property, at);
            let items = own.map.get("items").cloned().map(|items| self.resolved(&items, at));
            let simple = |shape: Shape| matches!(shape, Shape::Scalar | Shape::Enum);
            let bytes = |own: &super::flat::Flat| !multipart && own.map.get("format").is_some_and(|format| format == "binary");
            let fits = simple(own.shape()) && !bytes(&own)
                || own.shape() == Shape::Array && items.is_some_and(|items| simple(items.shape()) && !bytes(&items));
            if !fits && own.shape() != Shape::Any {
                self.notes.add("Fields that do not fit into a form became texts", format!("{at}: `{field}`"));
            }
            *property = match own.shape() {
                _ if !fits => json!({ "type": "string", "description": own.description.unwrap_or_default() }),
                Shape::Enum | Shape::Scalar => {
                    let mut map = own.map;
                    map.extend(own.description.map(|text| ("description".to_owned(), text.into())));
                    map.into()
                }
                _ => property.take(),
            };
        }
        flat.map.insert("properties".into(), fields.into());
        flat.map.shift_remove("x-extra");
        flat.map.insert("additionalProperties".into(), false.into());
        flat.nullable = false;
        Some(self.named_flat(&flat, name, at))
    }

    /// The success responses by their status, at most one of them with a body; nothing where the operation has none a client could use.
    pub fn success(&mut self, responses: &Value, operation: &str, at: &str) -> Option<Map<String, Value>> {
        let successes: Vec<(&String, &Value)> =
            responses.as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2')).collect();
        if successes.is_empty() {
            let others: Vec<&String> = responses.as_object().into_iter().flatten().map(|(status, _)| status).collect();
            if others.iter().any(|status| *status == "101") {
                self.notes.add("Operations that change the protocol were left out", at);
                return None;
            }
            if let Some(default) = responses.get("default").filter(|_| others.len() == 1) {
                self.notes.add("`default` was taken for the success", at);
                return Some(Map::from_iter([("2XX".to_owned(), self.response(default, operation, at))]));
            }
            self.notes.add("Operations that document no success have one without a body", format!("{at}: {others:?}"));
            return Some(Map::from_iter([("2XX".to_owned(), json!({ "description": "Success." }))]));
        }
        if successes.len() > 1 {
            return Some(self.successes(&successes, operation, at));
        }
        let (code, node) = successes[0];
        let node = self.response(node, operation, at);
        let code = if is_status(code) { code.clone() } else { "2XX".to_owned() };
        let code = if code == "204" && node.get("content").is_some() { "2XX".to_owned() } else { code };
        Some(Map::from_iter([(code, node)]))
    }

    /// Several successes: one body that is each of theirs, and beside it one that is none.
    fn successes(&mut self, successes: &[(&String, &Value)], operation: &str, at: &str) -> Map<String, Value> {
        let (mut with_body, mut without) = (Vec::new(), Vec::new());
        for (code, node) in successes {
            let published = self.follow(node);
            let filled = published["content"].as_object().is_some_and(|content| !content.is_empty()) && *code != "204";
            if filled { with_body.push((*code, published)) } else { without.push((*code, published)) }
        }
        let single = with_body.len() == 1 || with_body.iter().all(|(_, node)| node["content"] == with_body[0].1["content"]);
        let mut nodes: Vec<Value> = Vec::new();
        for (code, node) in &with_body {
            let name = if single { operation.to_owned() } else { format!("{operation}{code}") };
            let node = self.response(node, &name, at);
            if !nodes.iter().any(|known| known["content"] == node["content"]) {
                nodes.push(node);
            }
        }
        let schemas: Vec<Value> = nodes.iter().map(|node| json_schema(&node["content"])).filter(|schema| !schema.is_null()).collect();
        let mut responses = Map::new();
        match nodes.len() {
            0 => {}
            1 => {
                let code = if with_body.len() == 1 && is_status(with_body[0].0) { with_body[0].0.clone() } else { "2XX".to_owned() };
                responses.insert(code, nodes.swap_remove(0));
            }
            _ if schemas.len() == nodes.len() => {
                let codes: Vec<&String> = with_body.iter().map(|(code, _)| *code).collect();
                self.notes.add("Several successes have one type that is each of theirs", format!("{at}: {codes:?}"));
                let one_of = json!({ "description": "What each of the successes returns.", "oneOf": schemas });
                let schema = self.hoist(&format!("{operation}Response"), one_of);
                responses
                    .insert("2XX".into(), json!({ "description": "Success.", "content": { "application/json": { "schema": schema } } }));
            }
            _ => {
                let codes: Vec<&String> = with_body.iter().map(|(code, _)| *code).collect();
                self.notes.add("One success of several was kept: a file and JSON cannot be one type", format!("{at}: {codes:?}"));
                let kept = nodes.iter().position(|node| !json_schema(&node["content"]).is_null()).unwrap_or_default();
                responses.insert("2XX".into(), nodes.swap_remove(kept));
            }
        }
        // A client reads one without a body as none, whatever its code.
        if let Some((code, node)) = without.into_iter().next() {
            let code = if !is_status(code) || responses.contains_key(code) { "204".to_owned() } else { code.clone() };
            let description = prose::clean(node["description"].as_str().unwrap_or_default());
            let description = if description.is_empty() { "Success.".to_owned() } else { description };
            responses.insert(code, json!({ "description": description }));
        }
        responses
    }

    fn response(&mut self, written: &Value, operation: &str, at: &str) -> Value {
        let written = self.follow(written);
        let description = prose::clean(written["description"].as_str().unwrap_or_default());
        let description = if description.is_empty() { "Success.".to_owned() } else { description };
        let mut node = Map::from_iter([("description".to_owned(), Value::from(description))]);
        let Some(content) = written["content"].as_object().filter(|content| !content.is_empty()) else { return node.into() };
        let json = content.iter().find(|(media_type, _)| bare(media_type) == "application/json");
        let like = || content.iter().find(|(media_type, _)| is_json(media_type));
        let any = || content.iter().find(|(media_type, media)| bare(media_type) == "*/*" && !is_binary(media));
        if content.len() > 1 {
            let all: Vec<&String> = content.keys().collect();
            self.notes.add("One media type of several was kept for responses", format!("{at}: {all:?}"));
        }
        if let Some((media_type, media)) = json.or_else(like).or_else(any) {
            let plain = bare(media_type).to_lowercase();
            // Of what any media type can be, and of what the client cannot ask for by name, plain JSON is asked for.
            let json = if plain.ends_with("+json") { plain.as_str() } else { "application/json" };
            if plain == "*/*" {
                self.notes.add("Responses of any media type are JSON", format!("{at}: `{media_type}`"));
            }
            let Some(schema) = media.get("schema") else {
                self.notes.add("JSON without a schema is a value of any type", at);
                let schema = self.any();
                node.insert("content".into(), json!({ json: { "schema": schema } }));
                return node.into();
            };
            let schema = self.named(schema, &format!("{operation}Response"), at);
            let mut media_node = Map::from_iter([("schema".to_owned(), schema)]);
            media_node.extend(example(media).map(|example| ("example".to_owned(), example)));
            node.insert("content".into(), json!({ json: media_node }));
            return node.into();
        }
        let Some((media_type, media)) = content.iter().next() else { return node.into() };
        if !is_binary(media) {
            self.notes.add("Responses that are no JSON are files", format!("{at}: `{media_type}`"));
        }
        let media_type = if bare(media_type).contains('*') { "application/octet-stream" } else { bare(media_type) };
        node.insert("content".into(), json!({ media_type: { "schema": { "type": "string", "format": "binary" } } }));
        node.into()
    }

    /// The error that most operations share.
    pub fn error(&mut self, errors: &[Value]) -> Value {
        let mut counted: Vec<(Value, usize)> = Vec::new();
        for error in errors {
            let error = self.follow(error);
            let Some((_, media)) = error["content"].as_object().and_then(|content| {
                let json = content.iter().find(|(media_type, _)| is_json(media_type));
                json.or_else(|| content.iter().find(|(media_type, _)| bare(media_type) == "*/*"))
            }) else {
                continue;
            };
            let Some(schema) = media.get("schema") else { continue };
            match counted.iter_mut().find(|(known, _)| known == schema) {
                Some((_, count)) => *count += 1,
                None => counted.push((schema.clone(), 1)),
            }
        }
        // The first of those that are used most.
        let most = counted.iter().map(|(_, count)| *count).max().unwrap_or_default();
        let chosen = counted.iter().find(|(_, count)| *count == most).map(|(schema, _)| schema.clone());
        if counted.len() > 1 {
            self.notes.add("One error of several was kept for all operations", format!("used {most} times, of {} forms", counted.len()));
        }
        match chosen {
            Some(schema) => self.named(&schema, "ErrorResponse", "/components/responses"),
            None => {
                self.notes.add("No error is documented: a free-form object stands for it", "/components/responses");
                let body = json!({ "type": "object", "description": "Why a request failed.", "additionalProperties": true });
                self.hoist("ErrorResponse", body)
            }
        }
    }

    /// A node, or what it refers to.
    pub fn follow(&self, node: &Value) -> Value {
        let mut node = node.clone();
        for _ in 0..8 {
            let Some(target) = node["$ref"].as_str().and_then(|reference| self.target(reference)) else { break };
            node = target.clone();
        }
        node
    }
}

/// Where in an error's body the code, the message and the request's id stand.
pub fn error_paths(schema: &Value, schemas: &std::collections::BTreeMap<String, Value>) -> Map<String, Value> {
    let follow = |node: &Value| -> Value {
        let node = node["allOf"].as_array().and_then(|parts| parts.first()).unwrap_or(node).clone();
        let name = node["$ref"].as_str().and_then(|reference| reference.rsplit('/').next().map(str::to_owned));
        name.and_then(|name| schemas.get(&name).cloned()).unwrap_or(node)
    };
    let body = follow(schema);
    let holders = [("", body.clone()), ("error.", follow(&body["properties"]["error"]))];
    let mut paths = Map::new();
    for (key, names) in [
        ("code", ["code", "error_code", "errorCode", "name", "type"].as_slice()),
        ("message", &["message", "detail", "error_description", "error"]),
        ("request-id", &["request_id", "requestId", "traceId", "trace_id"]),
    ] {
        let found = holders.iter().find_map(|(prefix, holder)| {
            let is_text = |name: &&&str| {
                let kind = &follow(&holder["properties"][**name])["type"];
                kind == "string" || (key == "code" && kind == "integer")
            };
            names.iter().find(is_text).map(|name| format!("{prefix}{name}"))
        });
        paths.extend(found.map(|path| (key.to_owned(), path.into())));
    }
    paths
}

/// The response that every operation refers to.
pub fn shared_error() -> Value {
    json!({ "$ref": "#/components/responses/Error" })
}

/// The published example of a body.
fn example(media: &Value) -> Option<Value> {
    let first = || media["examples"].as_object()?.values().find_map(|example| example.get("value"));
    media.get("example").or_else(first).or_else(|| words::example(media["schema"].as_object()?)).cloned()
}

/// The schema of what is JSON; null where nothing is.
fn json_schema(content: &Value) -> Value {
    let json = content.as_object().into_iter().flatten().find(|(media_type, _)| is_json(media_type));
    json.map(|(_, media)| media["schema"].clone()).unwrap_or_default()
}

fn is_binary(media: &Value) -> bool {
    media["schema"].as_object().is_some_and(words::is_binary)
}

/// The media type without parameters.
fn bare(media_type: &str) -> &str {
    media_type.split([';', ',']).next().unwrap_or(media_type).trim()
}

fn is_json(media_type: &str) -> bool {
    let media_type = bare(media_type).to_lowercase();
    media_type == "application/json" || media_type.ends_with("+json") || media_type == "text/json"
}

/// Three digits, or the range of a class.
fn is_status(code: &str) -> bool {
    code.len() == 3 && (code[1..].chars().all(|char| char.is_ascii_digit()) || &code[1..] == "XX")
}
