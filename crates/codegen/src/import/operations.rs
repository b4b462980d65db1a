//! Operations in our conventions: names, one tag each, parameters, bodies.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{bodies, document::Security, ids, parameters::Shared, prose, schemas::Schemas};
use crate::{
    lint::paths,
    load::pointer,
    names::{group_name, is_method, method_name, type_name},
};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];

/// An operation as it is published.
struct Written {
    method: &'static str,
    path: String,
    node: Value,
    /// With their places.
    parameters: Vec<(Value, String)>,
    at: String,
    tag: String,
    id: String,
}

/// Everything under `paths`.
pub struct Operations {
    pub paths: Map<String, Value>,
    /// The tags in the order of their first use.
    pub tags: Vec<String>,
}

/// Converts every operation.
pub fn convert(source: &Value, schemas: &mut Schemas<'_>, security: &Security) -> Operations {
    let mut written = gather(source, schemas);
    name(&mut written, schemas);
    let parameters: Vec<Value> = written.iter().flat_map(|one| one.parameters.iter().map(|(parameter, _)| parameter.clone())).collect();
    let shared = Shared::find(parameters.iter(), &security.carriers());
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<String> = Vec::new();
    let mut methods: BTreeSet<(String, String)> = BTreeSet::new();
    for one in &written {
        let Some(mut node) = operation(one, schemas, &shared, security) else { continue };
        let by_rule = method_name(&one.id, &one.tag);
        let group = group_name(&one.tag);
        if !methods.insert((group.clone(), by_rule.clone())) {
            let own = [one.id.clone(), format!("{}_{}", one.id, one.method)]
                .into_iter()
                .find(|name| is_method(name) && *name != by_rule && methods.insert((group.clone(), name.clone())));
            if let (Some(own), Some(map)) = (own, node.as_object_mut()) {
                map.shift_insert(1, "x-method".into(), own.into());
            }
        }
        if !tags.contains(&one.tag) {
            tags.push(one.tag.clone());
        }
        let item = paths.entry(one.path.clone()).or_insert_with(|| json!({}));
        item[one.method] = node;
    }
    Operations { paths, tags }
}

/// Every operation with the parameters of its path. Paths that are the same but for the names of their parameters are operations of their own, as
/// the vendor has them.
fn gather(source: &Value, schemas: &mut Schemas<'_>) -> Vec<Written> {
    let mut gathered: Vec<Written> = Vec::new();
    for (published, item) in source["paths"].as_object().into_iter().flatten() {
        let item_at = pointer::child("/paths", published);
        let item = schemas.follow(item);
        let (path, query) = template(published);
        if path != *published {
            schemas.notes.add("Paths were corrected", format!("`{published}` is `{path}`"));
        }
        if paths::parameters(&path).is_none_or(|names| names.iter().collect::<BTreeSet<_>>().len() < names.len() || names.contains(&"")) {
            schemas.notes.add("Paths whose parameters cannot be read were left out", format!("`{published}`"));
            continue;
        }
        if item.get("servers").is_some() {
            schemas.notes.add("Servers of single paths were left out: requests go to the document's own", format!("{item_at}/servers"));
        }
        for method in METHODS {
            let Some(node) = item.get(method) else { continue };
            let at = pointer::child(&item_at, method);
            if ["options", "trace"].contains(&method) {
                schemas.notes.add("Operations that no client needs were left out", format!("{} `{path}`", method.to_uppercase()));
                continue;
            }
            let parameters = parameters(schemas, (&item, &item_at), (node, &at));
            let path = styled(&path, &parameters, schemas);
            if gathered.iter().any(|other| other.path == path && other.method == method) {
                schemas.notes.add("Operations that are published twice: the first was kept", at);
                continue;
            }
            let mut parameters = parameters;
            for (name, value) in &query {
                let parameter = json!({ "name": name, "in": "query", "required": true, "schema": { "type": "string" }, "example": value });
                parameters.push((parameter, at.clone()));
            }
            gathered.push(Written { method, path, node: node.clone(), parameters, at, tag: String::new(), id: String::new() });
        }
    }
    gathered
}

/// The parameters of an operation; one of its own stands for that of the path.
fn parameters(schemas: &Schemas<'_>, (item, item_at): (&Value, &str), (node, at): (&Value, &str)) -> Vec<(Value, String)> {
    let mut parameters: Vec<(Value, String)> = Vec::new();
    for (holder, at) in [(item, item_at), (node, at)] {
        for (index, parameter) in holder["parameters"].as_array().into_iter().flatten().enumerate() {
            let parameter = schemas.follow(parameter);
            parameters.retain(|(known, _)| known["name"] != parameter["name"] || known["in"] != parameter["in"]);
            parameters.push((parameter, format!("{at}/parameters/{index}")));
        }
    }
    parameters
}

/// The path with what the styles of its parameters write before a value: `;name=` and a full stop.
fn styled(path: &str, parameters: &[(Value, String)], schemas: &mut Schemas<'_>) -> String {
    let mut styled = path.to_owned();
    for (parameter, at) in parameters.iter().filter(|(parameter, _)| parameter["in"] == "path") {
        let name = parameter["name"].as_str().unwrap_or_default();
        let before = match parameter["style"].as_str() {
            Some("matrix") => format!(";{name}="),
            Some("label") => ".".to_owned(),
            _ => continue,
        };
        schemas.notes.add("Styles of path parameters stand in the path (`matrix`, `label`)", format!("{at}: `{name}`"));
        styled = styled.replace(&format!("{{{name}}}"), &format!("{before}{{{name}}}"));
    }
    styled
}

/// A path as a template, and what stood behind its `?`.
fn template(published: &str) -> (String, Vec<(String, String)>) {
    let published = published.split('#').next().unwrap_or(published).trim();
    let (path, query) = published.split_once('?').unwrap_or((published, ""));
    let mut path = format!("/{}", path.trim_start_matches('/'));
    // `:id` and `<id>` are other people's braces.
    path = path
        .split('/')
        .map(|part| match part.strip_prefix(':') {
            Some(name) if !name.is_empty() && !name.contains(['{', ':']) => format!("{{{name}}}"),
            _ => part.replace('<', "{").replace('>', "}"),
        })
        .collect::<Vec<_>>()
        .join("/");
    let known = |char: char| char.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%/{}".contains(char);
    path = path
        .chars()
        .map(|char| {
            if known(char) {
                char.to_string()
            } else {
                percent_encoding::utf8_percent_encode(&char.to_string(), percent_encoding::NON_ALPHANUMERIC).to_string()
            }
        })
        .collect();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(_, value)| !value.contains('{'));
    (path, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Tags and ids, each id once.
fn name(written: &mut [Written], schemas: &mut Schemas<'_>) {
    let mut taken = BTreeSet::new();
    for one in written {
        let tags = one.node["tags"].as_array();
        if tags.is_some_and(|tags| tags.len() > 1) {
            schemas.notes.add("The first of several tags was kept", &*one.at);
        }
        one.tag = ids::tag(tags.and_then(|tags| tags.first()).and_then(Value::as_str), &one.path);
        let published = one.node["operationId"].as_str();
        let wanted = ids::id(published, &one.tag, one.method, &one.path);
        let last = paths::parameters(&one.path).into_iter().flatten().next_back().map(crate::names::rust_name);
        let by_path = last.map(|name| format!("{wanted}_by_{}", name.trim_matches('_')));
        let mut candidates = std::iter::once(wanted.clone()).chain(by_path).chain((2..).map(|number| format!("{wanted}_{number}")));
        // Rust names are made from the id.
        one.id = candidates.find(|id| taken.insert(type_name(id))).unwrap_or_default();
        if published != Some(one.id.as_str()) {
            schemas.notes.add(
                "Operations were renamed",
                format!("`{}` is `{}`", published.unwrap_or(&format!("{} {}", one.method, one.path)), one.id),
            );
        }
    }
}

fn operation(one: &Written, schemas: &mut Schemas<'_>, shared: &Shared, security: &Security) -> Option<Value> {
    let type_of = type_name(&one.id);
    let mut responses = schemas.success(&one.node["responses"], &type_of, &format!("{}/responses", one.at))?;
    let text = |key: &str| one.node[key].as_str().unwrap_or_default();
    let (summary, description) = (prose::summary(text("summary")), prose::clean(text("description")));
    let summary = if summary.is_empty() { prose::summary(description.split(". ").next().unwrap_or_default()) } else { summary };
    let summary = if summary.is_empty() { crate::names::sentence(&one.id) } else { summary };
    let mut node = Map::from_iter([
        ("operationId".to_owned(), Value::from(one.id.clone())),
        ("tags".to_owned(), json!([one.tag])),
        ("summary".to_owned(), summary.into()),
    ]);
    if !description.is_empty() {
        node.insert("description".into(), description.into());
    }
    if let Some(url) = one.node["externalDocs"]["url"].as_str().filter(|url| url.starts_with("https://") && !url.contains([' ', '<', '>']))
    {
        node.insert("externalDocs".into(), json!({ "url": url }));
    }
    node.insert("x-evidence".into(), json!({ "level": "partial", "note": EVIDENCE }));
    node.insert("x-effect".into(), guess(one).into());
    node.insert("x-guess".into(), true.into());
    if one.node["deprecated"] == true {
        node.insert("deprecated".into(), true.into());
    }
    for (key, step) in [
        ("callbacks", "Callbacks were left out"),
        ("servers", "Servers of single operations were left out: requests go to the document's own"),
    ] {
        if one.node.get(key).is_some() {
            schemas.notes.add(step, &*one.at);
        }
    }
    let parameters = schemas.parameters(&one.parameters, &type_of, &one.path, shared);
    let body = one.node.get("requestBody").and_then(|body| {
        let at = format!("{}/requestBody", one.at);
        if ["get", "head"].contains(&one.method) {
            schemas.notes.add("Bodies of GET and HEAD were left out", at);
            return None;
        }
        schemas.request(body, &type_of, &at)
    });
    if body.as_ref().is_some_and(|body| body.multipart) {
        node.insert("x-multipart".into(), true.into());
    }
    if security.is_public(&one.node) {
        node.insert("security".into(), json!([]));
    }
    if !parameters.is_empty() {
        node.insert("parameters".into(), parameters.into());
    }
    node.extend(body.map(|body| ("requestBody".to_owned(), body.node)));
    responses.insert("4XX".into(), bodies::shared_error());
    responses.insert("5XX".into(), bodies::shared_error());
    node.insert("responses".into(), responses.into());
    Some(node.into())
}

/// What an operation seems to do, by its method and its name. `x-guess` says that nobody has looked at it.
fn guess(one: &Written) -> &'static str {
    let verb = one.id.split('_').next().unwrap_or_default();
    match one.method {
        "get" | "head" => "reads",
        "delete" => "deletes",
        "post" if ["search", "list", "get", "find", "query"].contains(&verb) => "reads",
        _ if ["send", "invite", "notify", "reply", "enroll"].contains(&verb) => "reaches-a-person",
        _ => "changes",
    }
}

/// What is known of an operation that nobody has looked at yet.
const EVIDENCE: &str = "From the vendor's published OpenAPI document; not compared with its pages yet";
