//! Writes a document as YAML in the layout of `specs/`.

use serde_json::{Map, Value};

/// How long a line may be.
const WIDTH: usize = 150;

/// The document, with this comment on its first lines.
pub fn write(comment: &str, document: &Value) -> String {
    let mut text: String = comment.lines().map(|line| format!("# {line}\n")).collect();
    node(document, 0, &mut text);
    text
}

/// Writes what stands below a key or a dash, at this indentation.
fn node(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                *text += &format!("{}{}:", " ".repeat(indent), plain(key));
                behind(value, indent + 2, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                *text += &format!("{}-", " ".repeat(indent));
                let mut below = String::new();
                match item {
                    // The first key stands behind the dash.
                    Value::Object(map) if !map.is_empty() => {
                        node(item, indent + 2, &mut below);
                        *text += &format!(" {}", below.trim_start_matches(' '));
                    }
                    _ => behind(item, indent + 2, text),
                }
            }
        }
        scalar => *text += &format!("{}{}\n", " ".repeat(indent), inline(scalar)),
    }
}

/// What stands behind a colon: on its line, or on those below.
fn behind(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() && in_line(map).is_some_and(|line| line.len() + indent < WIDTH) => {
            *text += &format!(" {}\n", in_line(map).unwrap_or_default());
        }
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            node(value, indent, text);
        }
        Value::Array(items) if !items.is_empty() => {
            if items.iter().all(|item| !item.is_object() && !item.is_array()) && flow(items).len() + indent < WIDTH {
                *text += &format!(" {}\n", flow(items));
            } else {
                text.push('\n');
                node(value, indent, text);
            }
        }
        Value::String(block) if block.contains('\n') && is_block(block) => {
            *text += " |-\n";
            for line in block.lines() {
                *text += format!("{}{line}", " ".repeat(indent)).trim_end();
                text.push('\n');
            }
        }
        scalar => *text += &format!(" {}\n", inline(scalar)),
    }
}

/// A mapping of single values on one line.
fn in_line(map: &Map<String, Value>) -> Option<String> {
    let entries: Option<Vec<String>> = map
        .iter()
        .map(|(key, value)| match value {
            Value::Object(_) => None,
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => None,
            Value::Array(items) => Some(format!("{}: {}", in_flow(key), flow(items))),
            Value::String(text) if text.contains('\n') => None,
            Value::String(text) => Some(format!("{}: {}", in_flow(key), in_flow(text))),
            scalar => Some(format!("{}: {scalar}", in_flow(key))),
        })
        .collect();
    Some(format!("{{ {} }}", entries?.join(", ")))
}

fn flow(items: &[Value]) -> String {
    let items: Vec<String> =
        items.iter().map(|item| if let Value::String(text) = item { in_flow(text) } else { item.to_string() }).collect();
    format!("[{}]", items.join(", "))
}

fn in_flow(text: &str) -> String {
    if text.contains([',', '[', ']', '{', '}', '?']) { Value::from(text).to_string() } else { plain(text) }
}

/// JSON is YAML, so what is not plain is written as JSON.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

/// A text without quotes, where nothing else would be read.
fn plain(text: &str) -> String {
    let word = |char: char| char.is_ascii_alphabetic() || char == '_' || char == '/';
    let safe = text.starts_with(word)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text
            .chars()
            .all(|char| !char.is_control() && char != '\u{feff}' && char != '\u{85}' && char != '\u{2028}' && char != '\u{2029}');
    let special = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if safe && !special { text.to_owned() } else { Value::from(text).to_string() }
}

/// Whether a text of several lines can stand as it is.
fn is_block(text: &str) -> bool {
    !text.starts_with([' ', '\n'])
        && !text.ends_with(['\n', ' '])
        && text.chars().all(|char| {
            char == '\n' || !char.is_control() && char != '\u{feff}' && char != '\u{85}' && char != '\u{2028}' && char != '\u{2029}'
        })
        && text.lines().all(|line| !line.ends_with(' '))
}
