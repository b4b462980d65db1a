//! Which requests a mock matches.

use std::collections::BTreeSet;

use reachout_runtime::{
    Method, Preview, Route, Value, Vendor,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, USER_AGENT},
};

use crate::body::{self, Body};
use crate::credential;
use crate::path::Path;
use crate::received::Received;

/// What a request must be.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// The operation, if the document has it.
    pub(crate) operation: Option<&'static str>,
    pub(crate) method: Method,
    pub(crate) path: Path,
    /// As people read it.
    template: String,
    /// Values of parameters; none: it must be absent.
    pub(crate) query: Vec<(String, Vec<String>)>,
    /// No other parameters.
    exact: bool,
    /// Values of headers; none: it must be absent.
    pub(crate) headers: Vec<(String, Option<String>)>,
    body: Option<Body>,
    /// Values of fields of the body.
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) credential: Option<String>,
    /// Parameters and fields of the body that are not compared.
    pub(crate) ignored: Vec<String>,
}

impl Expectation {
    /// Exactly what a call sends.
    pub(crate) fn of(preview: Preview) -> Self {
        let (path, route) = (preview.path.clone(), preview.route);
        let sent = Received::from(preview);
        let names: BTreeSet<&String> = sent.query.iter().map(|(name, _)| name).collect();
        let query = names.into_iter().map(|name| (name.clone(), sent.values(name).into_iter().map(str::to_owned).collect())).collect();
        Self {
            operation: route.map(|route| route.operation_id),
            method: sent.method.clone(),
            path: Path::exact(&path),
            template: route.map_or_else(|| path.clone(), |route| route.path.to_owned()),
            query,
            exact: true,
            headers: of_the_operation(&sent.headers),
            body: Some(sent.body),
            fields: Vec::new(),
            credential: None,
            ignored: Vec::new(),
        }
    }

    /// Every request of an operation.
    pub(crate) fn any(route: &'static Route) -> Self {
        Self {
            operation: Some(route.operation_id),
            method: route.method.clone(),
            path: Path::template(route.path),
            template: route.path.to_owned(),
            query: Vec::new(),
            exact: false,
            headers: Vec::new(),
            body: None,
            fields: Vec::new(),
            credential: None,
            ignored: Vec::new(),
        }
    }

    /// Whether a request is of the same operation, whatever it carries.
    pub(crate) fn is_operation_of(&self, received: &Received) -> bool {
        self.method == received.method && Path::template(&self.template).mismatches(&received.path).is_empty()
    }

    /// What of a request is not as it must be; nothing where it matches.
    pub(crate) fn mismatches(&self, vendor: &Vendor, received: &Received) -> Vec<String> {
        let mut found = Vec::new();
        if self.method != received.method {
            found.push(format!("the method is {}, expected {}", received.method, self.method));
        }
        found.extend(self.path.mismatches(&received.path));
        for (name, values) in self.query.iter().filter(|(name, _)| !self.ignored.contains(name)) {
            let actual = received.values(name);
            if actual != *values {
                found.push(format!("query parameter `{name}` is {}, expected {}", spelled(&actual), spelled(values)));
            }
        }
        if self.exact {
            let known = |name: &String| self.ignored.contains(name) || self.query.iter().any(|(known, _)| known == name);
            let names: BTreeSet<&String> = received.query.iter().map(|(name, _)| name).collect();
            let more = names.into_iter().filter(|name| !known(name) && !credential::is_in_query(vendor.auth, name));
            found.extend(more.map(|name| format!("query parameter `{name}` is {}, expected absent", spelled(&received.values(name)))));
        }
        for (name, expected) in &self.headers {
            let actual = received.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            if actual != *expected {
                let [actual, expected] = [actual, expected.clone()].map(|value| spelled(value.as_slice()));
                found.push(format!("header `{name}` is {actual}, expected {expected}"));
            }
        }
        if let Some(expected) = &self.body {
            found.extend(expected.without(&self.ignored).differences(&received.body.without(&self.ignored)));
        }
        for (path, expected) in &self.fields {
            let actual = received.body.field(path);
            let is_same = |actual: &Value| {
                body::is_same(expected, actual) || received.body.is_text() && actual.as_str() == Some(&expected.to_string())
            };
            if !actual.as_ref().is_some_and(is_same) {
                let actual = actual.map_or_else(|| "absent".to_owned(), |actual| actual.to_string());
                found.push(format!("field `{path}` of the body is {actual}, expected {expected}"));
            }
        }
        if let Some(credential) = &self.credential {
            found.extend(credential::mismatches(vendor.auth, credential, received));
        }
        found
    }
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.operation {
            Some(operation) => write!(f, "{operation} ({} {})", self.method, self.template),
            None => write!(f, "{} {}", self.method, self.template),
        }
    }
}

/// The headers that an operation and its caller set: not those that every request has, and not the boundary of a form.
fn of_the_operation(headers: &HeaderMap) -> Vec<(String, Option<String>)> {
    let multipart = |value: &str| value.starts_with("multipart/");
    let text = headers.iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?)));
    let own =
        text.filter(|(name, value)| !([USER_AGENT, ACCEPT, CONTENT_LENGTH].contains(*name) || **name == CONTENT_TYPE && multipart(value)));
    own.map(|(name, value)| (name.to_string(), Some(value.to_owned()))).collect()
}

fn spelled(values: &[impl AsRef<str>]) -> String {
    match values {
        [] => "absent".to_owned(),
        [one] => format!("{:?}", one.as_ref()),
        several => format!("{:?}", several.iter().map(AsRef::as_ref).collect::<Vec<_>>()),
    }
}
