//! Texts of a document.

use serde_json::Value;

/// A description, or the name where a draft has none yet.
pub fn described(description: &Value, name: &str) -> String {
    let text = text(description);
    if text.is_empty() { format!("`{name}`.") } else { text }
}

/// A text without the white space around it; empty where there is none. A line ends with a line feed, whatever the document has.
pub fn text(value: &Value) -> String {
    trimmed(value.as_str().unwrap_or_default())
}

/// The same of a text that was read.
pub fn trimmed(text: &str) -> String {
    let text = text.trim();
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
