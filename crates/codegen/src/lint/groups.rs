//! Tags are groups of methods, and every method has a name of its own in its group.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::Document,
    names::{group_name, is_method, is_reserved_group, method_name},
};

/// Features that a client crate has beside those of its groups.
const FEATURES: [&str; 5] = ["default", "full", "oauth", "schemars", "webhooks"];

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    tags(document, findings);
    methods(document, findings);
}

fn tags(document: &Document, findings: &mut Vec<Diagnostic>) {
    let used: BTreeSet<&str> = document.operations().map(|operation| operation.group).collect();
    let mut groups = BTreeMap::new();
    for (index, tag) in document.json()["tags"].as_array().into_iter().flatten().enumerate() {
        let at = format!("/tags/{index}");
        let name = tag["name"].as_str().unwrap_or_default();
        let mut report = |message: String, help: &str| findings.push(document.diagnostic(&at, message, help));
        let group = group_name(name);
        if !is_words(name, '-') && !is_words(name, '_') {
            report(format!("tag `{name}` is not in kebab-case or snake_case"), "write it like `contacts` or `lead-database`");
        } else if is_reserved_group(&group) {
            report(
                format!("tag `{name}` would be `client.{group}()`, which is taken or is not Rust"),
                "name it after the thing its operations act on, such as `contacts`",
            );
        }
        if let Some(feature) = tag["x-feature"].as_str()
            && (!is_words(feature, '-') || FEATURES.contains(&feature))
        {
            report(
                format!("`x-feature: {feature}` cannot be the name of a group's feature"),
                "write one or more words in kebab-case, such as `calendars`; every client has others already",
            );
        }
        if let Some(first) = groups.insert(group, index) {
            let first = document.origin(&format!("/tags/{first}"));
            report(format!("tag `{name}` is declared twice; first at {}:{}", first.file.display(), first.line), "keep one");
        }
        if !used.contains(name) {
            findings.push(document.work(&at, format!("tag `{name}` has no operation"), "use it, or remove it"));
        }
    }
}

/// Words of small letters and digits, the first a letter.
fn is_words(name: &str, separator: char) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit());
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.split(separator).all(is_word)
}

fn methods(document: &Document, findings: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for operation in document.operations() {
        let (id, tag) = (operation.id, operation.group);
        if id.is_empty() || tag.is_empty() {
            continue;
        }
        let by_rule = method_name(id, tag);
        let (name, at) = match operation.node["x-method"].as_str() {
            Some(own) => (own, format!("{}/x-method", operation.pointer())),
            None => (by_rule.as_str(), format!("{}/operationId", operation.pointer())),
        };
        let mut report = |message: String, help: &str| findings.push(document.diagnostic(&at, message, help));
        if operation.node.get("x-method").is_some_and(Value::is_string) {
            if !is_method(name) {
                report(
                    format!("`{name}` cannot be the name of a method"),
                    "write a word in snake_case that is neither a keyword nor `new` or `clone`",
                );
            } else if name == by_rule {
                report(format!("the method is called `{name}` anyway"), "remove `x-method`");
            }
        }
        if let Some((first, first_id)) = seen.insert((group_name(tag), name.to_owned()), (at.clone(), id))
            && first_id != id
        {
            let first = document.origin(&first);
            report(
                format!(
                    "`{id}` and `{first_id}` would both be `client.{}().{name}`; the other is at {}:{}",
                    group_name(tag),
                    first.file.display(),
                    first.line
                ),
                "write `x-method: another_name` on one of them, or give it another operationId",
            );
        }
    }
}
