//! Where in a JSON text a value stands that could not be read.

use std::fmt::Write as _;

/// The offset that an error names by line and column; what was read last ends there.
pub(super) fn offset(text: &[u8], error: &serde_json::Error) -> usize {
    let before = text.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + error.column()
}

/// The path of the value at `offset`, such as `parts[1].kind`; `None` for the root. `fields` are known to lie on it, one below the other;
/// what is between them, such as a place in a list, and below the last, follows from the offset.
pub(super) fn path(text: &[u8], fields: &[&str], offset: usize) -> Option<String> {
    let mut path = String::new();
    let mut fields = fields.iter().peekable();
    let mut at = blank(text, 0);
    loop {
        let children = children(text, at);
        let named =
            fields.peek().and_then(|field| children.iter().find(|child| child.key.is_some_and(|key| unquoted(key) == field.as_bytes())));
        let within = fields.peek().is_some() || (at < offset && offset < end(text, at));
        let begun = || children.iter().rfind(|child| child.start <= offset).filter(|_| within);
        let Some(child) = named.or_else(begun) else { break };
        match child.key {
            Some(key) => {
                let dot = if path.is_empty() { "" } else { "." };
                let key = serde_json::from_slice(key).unwrap_or_else(|_| String::from_utf8_lossy(unquoted(key)).into_owned());
                let _ = write!(path, "{dot}{key}");
            }
            None => {
                let _ = write!(path, "[{}]", child.index);
            }
        }
        if named.is_some() {
            fields.next();
        }
        at = child.start;
    }
    (!path.is_empty()).then_some(path)
}

/// A member of an object or an item of a list.
struct Child<'a> {
    /// As it is spelled, in its quotes.
    key: Option<&'a [u8]>,
    index: usize,
    /// Where its value begins.
    start: usize,
}

fn unquoted(key: &[u8]) -> &[u8] {
    key.get(1..key.len().saturating_sub(1)).unwrap_or_default()
}

/// What the value at `at` holds, as far as it can be read.
fn children(text: &[u8], at: usize) -> Vec<Child<'_>> {
    let mut children = Vec::new();
    let is_object = match text.get(at) {
        Some(b'{') => true,
        Some(b'[') => false,
        _ => return children,
    };
    let mut next = blank(text, at + 1);
    while text.get(next).is_some_and(|byte| !matches!(byte, b'}' | b']')) {
        let mut key = None;
        if is_object {
            let after = end(text, next);
            key = text.get(next..after);
            let colon = blank(text, after);
            if text.get(next) != Some(&b'"') || text.get(colon) != Some(&b':') {
                break;
            }
            next = blank(text, colon + 1);
        }
        if next < text.len() {
            children.push(Child { key, index: children.len(), start: next });
        }
        let comma = blank(text, end(text, next));
        if text.get(comma) != Some(&b',') {
            break;
        }
        next = blank(text, comma + 1);
    }
    children
}

/// Where the value at `at` ends.
fn end(text: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut next = at;
    while let Some(byte) = text.get(next) {
        match byte {
            b'"' => next = string(text, next),
            b'{' | b'[' => {
                depth += 1;
                next += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                next += 1;
            }
            _ if depth > 0 => next += 1,
            _ => {
                return next
                    + text[next..].iter().take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b':') && !is_blank(**byte)).count();
            }
        }
        if depth == 0 {
            break;
        }
    }
    next
}

/// Where the string at `at` ends.
fn string(text: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while let Some(byte) = text.get(next) {
        match byte {
            b'"' => return next + 1,
            b'\\' => next += 2,
            _ => next += 1,
        }
    }
    text.len()
}

/// The first byte from `at` on that is not white space.
fn blank(text: &[u8], at: usize) -> usize {
    at + text.get(at..).unwrap_or_default().iter().take_while(|byte| is_blank(**byte)).count()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
