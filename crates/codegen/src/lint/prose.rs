//! Descriptions become rustdoc: what it would run, warn of or swallow is refused.

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag};
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, Position, pointer},
};

/// What rustdoc takes for Rust, and runs as a test unless told otherwise.
const RUST: [&str; 7] = ["rust", "should_panic", "no_run", "compile_fail", "ignore", "test_harness", "standalone_crate"];

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    walk(document, document.json(), "", Position::Node, findings);
}

fn walk(document: &Document, node: &Value, at: &str, position: Position, findings: &mut Vec<Diagnostic>) {
    match (node, position) {
        (_, Position::Data) => {}
        (Value::Object(map), _) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(text) if position == Position::Node && ["description", "summary", "note"].contains(&key.as_str()) => {
                        let mut report = |message: String, help: &str| {
                            findings.push(document.diagnostic(&pointer::child(at, key), message, help));
                        };
                        markdown(text, &mut report);
                    }
                    Some(_) => {}
                    None => walk(document, value, &pointer::child(at, key), position.child(key, value), findings),
                }
            }
        }
        (Value::Array(items), _) => {
            items.iter().enumerate().for_each(|(index, item)| walk(document, item, &format!("{at}/{index}"), position.item(), findings));
        }
        _ => {}
    }
}

/// Reads a text as rustdoc does.
fn markdown(text: &str, report: &mut dyn FnMut(String, &str)) {
    // Most texts have none of the characters that could mean anything here.
    if !text.contains(['`', '~', '<', '[']) && !text.contains("    ") && !text.contains('\t') {
        return;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut links = Vec::new();
    let mut broken = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        links.push(link.reference.to_string());
        None
    };
    let events: Vec<_> = Parser::new_with_broken_link_callback(text, options, Some(&mut broken)).into_offset_iter().collect();
    for (event, range) in events {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => report(
                "a line is indented by four spaces: rustdoc takes it for Rust code and runs it".into(),
                "indent less, or write a fence that opens with ```text or ```json",
            ),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                let words: Vec<&str> = language.split([',', ' ']).filter(|word| !word.is_empty()).collect();
                if words.iter().all(|word| RUST.contains(word) || word.starts_with("edition")) || words.contains(&"rust") {
                    report("a code block without a language: rustdoc takes it for Rust and runs it".into(), "write ```text or ```json");
                }
                let block = text[range].trim_end();
                let fence = block.chars().next().unwrap_or('`');
                if block.lines().count() < 2
                    || !block.lines().last().is_some_and(|line| line.trim().starts_with(&fence.to_string().repeat(3)))
                {
                    report("a code block is not closed".into(), "end it with a line of three backticks");
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                report(format!("`{}` is HTML in rustdoc", html.trim()), "put it into backticks");
            }
            _ => {}
        }
    }
    for link in links {
        report(format!("`[{link}]` is a link to nothing in rustdoc"), "put it into backticks, or write `[text](https://…)`");
    }
}
