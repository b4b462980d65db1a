//! The head of a draft: who the vendor is, where it is, and how a client proves who it is.

use serde_json::{Map, Value, json};

use super::{notes::Notes, prose};

/// Name of the security scheme in a draft.
pub const SCHEME: &str = "credential";

/// The keys before `paths`, in our order.
pub fn head(source: &Value, vendor: &str, scheme: &Value, notes: &mut Notes) -> Map<String, Value> {
    let info = &source["info"];
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let title = text(&info["title"]);
    let title = if title.is_empty() { format!("{} API", people(vendor)) } else { title };
    let version = match &info["version"] {
        Value::String(version) if !version.trim().is_empty() => version.trim().to_owned(),
        Value::Number(version) => version.to_string(),
        _ => "1".to_owned(),
    };
    let mut own = Map::from_iter([("title".to_owned(), Value::from(title)), ("version".to_owned(), version.into())]);
    let description = prose::clean(info["description"].as_str().unwrap_or_default());
    if !description.is_empty() {
        own.insert("description".into(), description.into());
    }
    let server = server(source, vendor, notes);
    let home = [&info["contact"]["url"], &source["externalDocs"]["url"], &info["termsOfService"]];
    let home = home.into_iter().filter_map(Value::as_str).find(|url| url.starts_with("https://")).map(str::to_owned);
    let home = home.unwrap_or_else(|| server.splitn(4, '/').take(3).collect::<Vec<_>>().join("/"));
    let env = vendor.to_uppercase().replace('-', "_");
    let suffix = if scheme["type"] == "apiKey" { "API_KEY" } else { "TOKEN" };
    let client = json!({ "name": people(vendor), "home": home, "env": env, "credential": format!("{env}_{suffix}") });
    Map::from_iter([
        ("openapi".to_owned(), "3.0.3".into()),
        ("info".to_owned(), own.into()),
        ("x-draft".to_owned(), true.into()),
        ("x-client".to_owned(), client),
        ("servers".to_owned(), json!([{ "url": server }])),
        ("security".to_owned(), json!([{ SCHEME: [] }])),
    ])
}

/// A folder's name as people may write it: `hoop-ai` is `Hoop Ai`.
pub fn people(vendor: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>()
    };
    vendor.split('-').map(capital).collect::<Vec<_>>().join(" ")
}

/// The first https server, its variables filled in.
fn server(source: &Value, vendor: &str, notes: &mut Notes) -> String {
    let servers = source["servers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let filled = servers.iter().map(|server| {
        let mut url = server["url"].as_str().unwrap_or_default().trim().to_owned();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            url = url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default());
        }
        (url, server.get("variables").is_some())
    });
    let https = |url: &str| url.starts_with("https://") && url.len() > "https://".len() && !url.contains(['{', '?', '#', ' ']);
    match filled.into_iter().find(|(url, _)| https(url)) {
        Some((url, variables)) => {
            if variables {
                notes.add("The server's variables have their defaults", format!("`{url}`"));
            }
            if servers.len() > 1 {
                notes.add("One server of several was kept", format!("`{url}`"));
            }
            url.trim_end_matches('/').to_owned()
        }
        None => {
            let url = format!("https://api.{vendor}.example");
            notes.add("No https server is documented: write its URL", format!("`{url}` stands for it"));
            url
        }
    }
}

/// The one security scheme of the draft.
pub fn scheme(source: &Value, notes: &mut Notes) -> Value {
    let bearer = || json!({ "type": "http", "scheme": "bearer" });
    let schemes = source["components"]["securitySchemes"].as_object();
    let all: Vec<(&String, &Value)> = schemes.into_iter().flatten().collect();
    let header = |scheme: &Value| scheme["type"] == "apiKey" && scheme["in"] == "header";
    let ours = |scheme: &Value| {
        if header(scheme) && !scheme["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("authorization")) {
            return Some(json!({ "type": "apiKey", "in": "header", "name": scheme["name"] }));
        }
        let bears = scheme["type"] == "http" && scheme["scheme"].as_str().is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
        (bears || header(scheme)).then(bearer)
    };
    let by_oauth = |scheme: &Value| ["oauth2", "openIdConnect"].contains(&scheme["type"].as_str().unwrap_or_default()).then(bearer);
    // What the root applies comes first.
    let applied: Vec<&str> = source["security"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|one| one.keys())
        .map(String::as_str)
        .collect();
    let mut order = all.clone();
    order.sort_by_key(|(name, _)| !applied.contains(&name.as_str()));
    let found = order.iter().find_map(|(name, scheme)| Some((*name, ours(scheme)?)));
    let found = found.or_else(|| order.iter().find_map(|(name, scheme)| Some((*name, by_oauth(scheme)?))));
    match found {
        Some((name, scheme)) => {
            if all.len() > 1 {
                notes.add("One security scheme of several was kept", format!("`{name}`"));
            }
            scheme
        }
        None => {
            let known: Vec<&str> = all.iter().map(|(_, scheme)| scheme["type"].as_str().unwrap_or_default()).collect();
            notes.add("No security scheme that clients have: a bearer token stands for it", format!("the document has {known:?}"));
            bearer()
        }
    }
}

/// The declared tags, with the vendor's descriptions.
pub fn tags(source: &Value, used: &[String]) -> Value {
    let declared = source["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let described = |tag: &String| {
        let own = declared.iter().find(|one| super::ids::tag(one["name"].as_str(), "/") == *tag);
        let description = own.map(|one| prose::clean(one["description"].as_str().unwrap_or_default())).unwrap_or_default();
        let mut node = Map::from_iter([("name".to_owned(), Value::from(tag.clone()))]);
        if !description.is_empty() {
            node.insert("description".into(), description.into());
        }
        Value::Object(node)
    };
    used.iter().map(described).collect()
}
