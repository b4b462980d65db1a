//! Bodies, compared by what they mean.

use reachout_runtime::{
    Bytes, Value,
    header::{CONTENT_TYPE, HeaderMap},
};

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Json(Value),
    Form(Vec<(String, String)>),
    Multipart(Vec<Part>),
    Bytes(Bytes),
}

/// A part of a multipart body, without the boundary around it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    name: String,
    headers: String,
    content: Bytes,
}

impl Body {
    /// Reads a body by its media type.
    pub(crate) fn read(headers: &HeaderMap, bytes: &Bytes) -> Self {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let json = || serde_json::from_slice(bytes).ok().filter(|_| media_type.contains("json"));
        let form = || url::form_urlencoded::parse(bytes).into_owned().collect();
        match media_type.split_once("boundary=") {
            Some((kind, boundary)) if kind.starts_with("multipart/") => Self::Multipart(parts(boundary.trim_matches('"'), bytes)),
            _ if media_type.starts_with("application/x-www-form-urlencoded") => Self::Form(form()),
            _ => json().map_or_else(|| Self::Bytes(bytes.clone()), Self::Json),
        }
    }

    /// How another body differs from this one.
    pub(crate) fn differences(&self, actual: &Self) -> Vec<String> {
        let mut found = Vec::new();
        match (self, actual) {
            (Self::Json(expected), Self::Json(actual)) => compare(expected, actual, "", &mut found),
            (Self::Form(expected), Self::Form(actual)) => {
                let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
                let mut all = [names(expected), names(actual)].concat();
                all.sort();
                all.dedup();
                let of = |pairs: &[(String, String)], name: &str| {
                    pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| value.clone()).collect::<Vec<_>>()
                };
                let differ =
                    all.into_iter().map(|name| (of(expected, &name), of(actual, &name), name)).filter(|(one, other, _)| one != other);
                found.extend(differ.map(|(expected, actual, name)| format!("field `{name}` is {actual:?}, expected {expected:?}")));
            }
            (Self::Multipart(expected), Self::Multipart(actual)) => {
                for (expected, actual) in expected.iter().zip(actual).filter(|(expected, actual)| expected != actual) {
                    found.push(format!("part `{}` is {actual}, expected `{}` to be {expected}", actual.name, expected.name));
                }
                if expected.len() != actual.len() {
                    found.push(format!("the form has {} parts, expected {}", actual.len(), expected.len()));
                }
            }
            (Self::Bytes(expected), Self::Bytes(actual)) if expected == actual => {}
            (expected, actual) => found.push(format!("the body is {}, expected {}", actual.kind(), expected.kind())),
        }
        found
    }

    /// The value of a field: of JSON by its dot path, of a form by its name.
    pub(crate) fn field(&self, path: &str) -> Option<Value> {
        match self {
            Self::Json(value) => {
                let step = |value: &'_ Value, step: &str| match value {
                    Value::Array(items) => items.get(step.parse::<usize>().ok()?).cloned(),
                    value => value.get(step).cloned(),
                };
                path.split('.').try_fold(value.clone(), |value, name| step(&value, name))
            }
            Self::Form(pairs) => pairs.iter().find(|(name, _)| name == path).map(|(_, value)| value.clone().into()),
            Self::Multipart(parts) => {
                let part = parts.iter().find(|part| part.name == path)?;
                Some(String::from_utf8_lossy(&part.content).into())
            }
            Self::Bytes(_) => None,
        }
    }

    /// Whether its fields are texts, whatever their types are.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Form(_) | Self::Multipart(_))
    }

    /// Leaves out fields of a JSON object.
    pub(crate) fn without(&self, names: &[String]) -> Self {
        match self {
            Self::Json(Value::Object(fields)) => Self::Json(
                fields.iter().filter(|(name, _)| !names.contains(name)).map(|(name, value)| (name.clone(), value.clone())).collect(),
            ),
            other => other.clone(),
        }
    }

    fn kind(&self) -> String {
        match self {
            Self::Json(_) => "JSON".to_owned(),
            Self::Form(_) => "a URL-encoded form".to_owned(),
            Self::Multipart(_) => "a multipart form".to_owned(),
            Self::Bytes(bytes) if bytes.is_empty() => "empty".to_owned(),
            Self::Bytes(bytes) => format!("{} bytes, {:?}", bytes.len(), String::from_utf8_lossy(&bytes[..bytes.len().min(40)])),
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = String::from_utf8_lossy(&self.content[..self.content.len().min(40)]);
        write!(f, "{} bytes with the headers {:?}, {start:?}", self.content.len(), self.headers)
    }
}

/// Whether two texts of JSON have one value: 3 is 3.0.
pub(crate) fn is_same(expected: &Value, actual: &Value) -> bool {
    let mut found = Vec::new();
    compare(expected, actual, "", &mut found);
    found.is_empty()
}

fn compare(expected: &Value, actual: &Value, at: &str, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, value) in expected {
                match actual.get(name) {
                    Some(actual) => compare(value, actual, &format!("{at}.{name}"), found),
                    None => found.push(format!("body `{at}.{name}` is missing, expected {value}")),
                }
            }
            let more = actual.iter().filter(|(name, _)| !expected.contains_key(*name));
            found.extend(more.map(|(name, value)| format!("body `{at}.{name}` is {value}, expected to be absent")));
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(expected, actual, &format!("{at}[{index}]"), found);
            }
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() && one.is_f64() != other.is_f64() => {}
        (expected, actual) if expected == actual => {}
        (expected, actual) => found.push(format!("body `{at}` is {actual}, expected {expected}")),
    }
}

/// The parts between the boundaries of a body.
fn parts(boundary: &str, body: &[u8]) -> Vec<Part> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let starts: Vec<usize> = positions(body, &delimiter);
    let between = starts.windows(2).map(|pair| &body[pair[0] + delimiter.len()..pair[1]]);
    let part = |part: &[u8]| {
        let end = positions(part, b"\r\n\r\n").first().copied()?;
        let headers = String::from_utf8_lossy(&part[2..end]).into_owned();
        let name = headers.split_once("name=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(name, _)| name).to_owned();
        let content = part.get(end + 4..part.len().checked_sub(2)?)?;
        Some(Part { name, headers, content: Bytes::copy_from_slice(content) })
    };
    between.filter_map(part).collect()
}

fn positions(text: &[u8], pattern: &[u8]) -> Vec<usize> {
    (0..=text.len().saturating_sub(pattern.len())).filter(|at| text[*at..].starts_with(pattern)).collect()
}
