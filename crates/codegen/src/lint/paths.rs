//! Path templates.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let mut templates = BTreeMap::new();
    for path in document.json()["paths"].as_object().into_iter().flatten().map(|(path, _)| path) {
        let at = pointer::child("/paths", path);
        if let Some(other) = templates.insert(shape(path), path) {
            let first = document.origin(&pointer::child("/paths", other));
            // Some vendors publish such paths with operations of their own: a draft has both.
            findings.push(document.work(
                &at,
                format!("paths `{other}` and `{path}` are the same; the other is at {}:{}", first.file.display(), first.line),
                "keep one, with the operations of both",
            ));
        }
        let mut report = |message: String, help: String| findings.push(document.diagnostic(&at, message, help));
        if !path.starts_with('/') || path.starts_with("//") {
            report(format!("path `{path}` does not begin with one slash"), format!("write `/{}`", path.trim_start_matches('/')));
        }
        if path.contains('?') {
            report(format!("path `{path}` has a query"), "write what stands behind the `?` as parameters with `in: query`".into());
        }
        if let Some(char) = path.chars().find(|char| !is_path_character(*char)) {
            report(format!("path `{path}` has the character {char:?}"), "write it percent-encoded".into());
        }
        let Some(names) = parameters(path) else {
            report(format!("the braces of path `{path}` do not match"), "write each parameter as `{name}`".into());
            continue;
        };
        if names.iter().any(|name| name.is_empty()) {
            report(format!("path `{path}` has a parameter without a name"), "write `{name}`".into());
        }
        if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
            report(format!("path `{path}` has a parameter twice"), "give each its own name".into());
        }
    }
}

/// The names in braces, in their order; nothing where the braces do not match.
pub fn parameters(path: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find(['{', '}']) {
        let after = rest[at..].strip_prefix('{')?;
        let end = after.find(['{', '}']).filter(|end| after[*end..].starts_with('}'))?;
        names.push(&after[..end]);
        rest = &after[end + 1..];
    }
    Some(names)
}

/// The template without the names of its parameters.
fn shape(path: &str) -> String {
    let mut shape = path.to_owned();
    for name in parameters(path).into_iter().flatten() {
        shape = shape.replacen(&format!("{{{name}}}"), "{}", 1);
    }
    shape
}

/// What a path is made of (RFC 3986), and the braces and the query that have messages of their own.
fn is_path_character(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%/{}?".contains(char)
}
