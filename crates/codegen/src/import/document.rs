//! The head of a draft: who the vendor is, where it is, and how a client proves who it is.

use serde_json::{Map, Value, json};

use super::{notes::Notes, prose};

/// Name of the security scheme in a draft.
const SCHEME: &str = "credential";

/// The keys before `paths`, in our order.
pub fn head(source: &Value, vendor: &str, security: &Security, notes: &mut Notes) -> Map<String, Value> {
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
    let suffix = security.suffix();
    let required: Map<String, Value> = security.schemes.keys().map(|name| (name.clone(), json!([]))).collect();
    let client = json!({ "name": people(vendor), "home": home, "env": env, "credential": format!("{env}_{suffix}") });
    Map::from_iter([
        ("openapi".to_owned(), "3.0.3".into()),
        ("info".to_owned(), own.into()),
        ("x-draft".to_owned(), true.into()),
        ("x-client".to_owned(), client),
        ("servers".to_owned(), json!([{ "url": server }])),
        ("security".to_owned(), json!([required])),
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

/// What follows `http://` in the address of another machine.
fn plain(url: &str) -> Option<&str> {
    url.strip_prefix("http://").filter(|rest| !rest.starts_with("localhost") && !rest.starts_with("127."))
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
    let sound = |url: &str| url.len() > "https://".len() && !url.contains(['{', '?', '#', ' ']);
    let filled: Vec<(String, bool)> = filled.collect();
    if let Some((url, variables)) = filled.iter().find(|(url, _)| url.starts_with("https://") && sound(url)) {
        if *variables {
            notes.add("The server's variables have their defaults", format!("`{url}`"));
        }
        if servers.len() > 1 {
            notes.add("One server of several was kept", format!("`{url}`"));
        }
        return url.trim_end_matches('/').to_owned();
    }
    if let Some((url, rest)) = filled.iter().filter(|(url, _)| sound(url)).find_map(|(url, _)| Some((url, plain(url)?))) {
        let url = (url, format!("https://{}", rest.trim_end_matches('/')));
        notes.add(
            "A server of plain http is asked by https: a credential is not shown to the network",
            format!("`{}` is `{}`", url.0, url.1),
        );
        return url.1;
    }
    // Relative to where the document is published, which nobody said.
    let path = filled.iter().map(|(url, _)| url.trim_matches('/')).find(|url| !url.is_empty() && !url.contains([':', '{', '?', '#', ' ']));
    let url = format!("https://api.{vendor}.example{}", path.map(|path| format!("/{path}")).unwrap_or_default());
    notes.add("No https server is documented: write its URL", format!("`{url}` stands for it"));
    url
}

/// How the draft's clients authenticate.
pub struct Security {
    /// The schemes, by their names in the draft; all of them are applied together.
    pub schemes: Map<String, Value>,
    /// What the document requires of operations that say nothing themselves.
    root: Option<Value>,
    /// The document requires nothing anywhere: what it declares is taken for what it requires.
    silent: bool,
    /// No scheme of the document's is one that clients have.
    unknown: bool,
}

impl Security {
    /// Chooses a way of the document's, and says which.
    pub fn of(source: &Value, notes: &mut Notes) -> Self {
        let declared = source["components"]["securitySchemes"].as_object();
        let operations = source["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object().into_iter().flatten());
        let own: Vec<&Value> = operations.filter_map(|(_, operation)| operation.get("security")).collect();
        let root = source.get("security").cloned();
        let silent = root.is_none() && own.is_empty();
        // What the root requires comes first, then what operations do, then what is only declared.
        let required = root.iter().chain(own).filter_map(Value::as_array).flatten().filter_map(Value::as_object);
        let mut ways: Vec<Vec<&str>> = required.map(|one| one.keys().map(String::as_str).collect()).collect();
        ways.retain(|way| !way.is_empty());
        ways.dedup();
        let declared_ways: Vec<Vec<&str>> = declared.into_iter().flatten().map(|(name, _)| vec![name.as_str()]).collect();
        let schemes_of = |way: &Vec<&str>| {
            let schemes = way.iter().map(|name| scheme(&source["components"]["securitySchemes"][*name]));
            schemes.collect::<Option<Vec<Value>>>()
        };
        let by_token = |way: &&Vec<&str>| way.iter().any(|name| is_token(&source["components"]["securitySchemes"][*name]));
        let fits = |way: &&Vec<&str>| schemes_of(way).is_some();
        // A key that is at hand before a token that has to be fetched.
        let chosen = [&ways, &declared_ways].into_iter().find_map(|ways| {
            let ready = ways.iter().filter(fits).find(|way| !by_token(way));
            ready.or_else(|| ways.iter().find(fits)).cloned()
        });
        let Some((chosen, schemes)) = chosen.and_then(|way| Some((schemes_of(&way)?, way)).map(|(schemes, way)| (way, schemes))) else {
            let known: Vec<&Value> = declared.into_iter().flatten().map(|(_, scheme)| &scheme["type"]).collect();
            notes.add(
                "No security scheme that clients have: requests are sent without a credential",
                format!("the document has {known:?}; where it needs one, write its scheme and remove `security: []` in overlay.yaml"),
            );
            let bearer = json!({ "type": "http", "scheme": "bearer" });
            return Self { schemes: Map::from_iter([(SCHEME.to_owned(), bearer)]), root, silent, unknown: true };
        };
        let carried: Vec<String> = schemes.iter().map(carried).collect();
        notes.add("How requests authenticate", format!("`{}`: {}", chosen.join("` and `"), carried.join(", and ")));
        if declared.map_or(0, Map::len) > chosen.len() {
            notes.add("One way to authenticate of several was kept", format!("`{}`", chosen.join("` and `")));
        }
        let names = (1..).map(|number| if number == 1 { SCHEME.to_owned() } else { format!("{SCHEME}{number}") });
        Self { schemes: names.zip(schemes).collect(), root, silent, unknown: false }
    }

    /// An operation is sent without the credential.
    pub fn is_public(&self, operation: &Value) -> bool {
        let required = operation.get("security").or(self.root.as_ref());
        self.unknown || !self.silent && required.is_none_or(|ways| ways.as_array().is_none_or(|ways| ways.iter().all(is_empty)))
    }

    /// Names of the headers and query parameters that carry the credential.
    pub fn carriers(&self) -> Vec<String> {
        self.schemes.values().filter_map(|scheme| scheme["name"].as_str().map(str::to_owned)).collect()
    }

    /// What the environment variable of the credential ends with.
    fn suffix(&self) -> &'static str {
        match self.schemes.values().next() {
            Some(scheme) if scheme["scheme"] == "basic" => "LOGIN",
            Some(scheme) if scheme["type"] == "apiKey" => "API_KEY",
            _ => "TOKEN",
        }
    }
}

fn is_empty(way: &Value) -> bool {
    way.as_object().is_none_or(Map::is_empty)
}

/// A token that somebody has to fetch first.
fn is_token(scheme: &Value) -> bool {
    ["oauth2", "openIdConnect"].contains(&scheme["type"].as_str().unwrap_or_default())
}

/// A scheme in our words, where clients have it.
fn scheme(written: &Value) -> Option<Value> {
    let named = || written["name"].as_str().filter(|name| !name.is_empty());
    match (written["type"].as_str()?, written["in"].as_str()) {
        ("apiKey", Some("header")) => named()
            .filter(|name| crate::lint::document::is_header_name(name))
            .map(|name| json!({ "type": "apiKey", "in": "header", "name": name })),
        ("apiKey", Some("query")) => named().map(|name| json!({ "type": "apiKey", "in": "query", "name": name })),
        ("http", _) => match written["scheme"].as_str()?.to_lowercase().as_str() {
            known @ ("bearer" | "basic") => Some(json!({ "type": "http", "scheme": known })),
            _ => None,
        },
        _ => is_token(written).then(|| json!({ "type": "http", "scheme": "bearer" })),
    }
}

/// A scheme in words.
fn carried(scheme: &Value) -> String {
    let name = scheme["name"].as_str().unwrap_or_default();
    match (scheme["scheme"].as_str(), scheme["in"].as_str()) {
        (Some("basic"), _) => "`Authorization: Basic …` of `user:password`".to_owned(),
        (Some(_), _) => "`Authorization: Bearer …`".to_owned(),
        (None, Some("query")) => format!("`{name}` in the query"),
        (None, _) if name.eq_ignore_ascii_case("authorization") => {
            "the credential alone in `Authorization`; where the vendor wants a word before it, it belongs to the credential".to_owned()
        }
        _ => format!("the credential alone in `{name}`"),
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
