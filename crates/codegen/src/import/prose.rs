//! Descriptions as rustdoc takes them: no HTML, no links to nothing, no code that it would run.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag};
use serde_json::Value;

/// What rustdoc takes for Rust, and runs as a test unless told otherwise.
const LANGUAGES: [&str; 8] = ["json", "text", "xml", "html", "bash", "sh", "yaml", "javascript"];

/// The text, cleaned. The second pass is for what only shows once the first has removed something.
pub fn clean(text: &str) -> String {
    let mut text = text
        .replace('\t', "  ")
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace("<br>", "\n")
        .replace("<br/>", "\n")
        .replace("<br />", "\n");
    for _ in 0..4 {
        let cleaned = once(&text);
        if cleaned == text {
            break;
        }
        text = cleaned;
    }
    if once(&text) != text {
        // What no rule mends stands as plain words.
        text = text.replace(['<', '>', '[', ']', '`', '~'], " ");
        text = text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    }
    text.trim().to_owned()
}

const DEFAULT: &str = "Default: `";

/// What is used where nothing is given, as a sentence of its own; nothing of an object, or of what cannot stand in one line.
pub fn default_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null | Value::Object(_) => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_shown = !text.is_empty() && !text.contains(['`', '\n']);
    is_shown.then(|| format!("{DEFAULT}{text}`."))
}

/// The sentence of [`default_of`] at the end of a description.
pub fn stated_default(description: &str) -> Option<&str> {
    description.lines().next_back().filter(|line| line.starts_with(DEFAULT) && line.ends_with("`."))
}

/// A description with one more sentence in a paragraph of its own.
pub fn with_sentence(description: &str, sentence: &str) -> String {
    format!("{description}{}{sentence}", if description.is_empty() { "" } else { "\n\n" })
}

/// A summary: one line without a full stop.
pub fn summary(text: &str) -> String {
    let text = clean(text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.trim_start_matches(['#', '*', '-', ' ']).trim_end_matches(['.', ' ', ':']).to_owned()
}

fn once(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut broken_links = Vec::new();
    let mut broken = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        broken_links.push(link.span.clone());
        None
    };
    for (event, range) in Parser::new_with_broken_link_callback(text, options, Some(&mut broken)).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
                let lines = text[start..range.end].lines().map(str::trim).collect::<Vec<_>>().join("\n");
                edits.push((start..range.end, lines + "\n"));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                let block = &text[range.clone()];
                let closed = block.trim_end().lines().count() > 1
                    && block.trim_end().lines().last().is_some_and(|line| line.trim().starts_with("```"));
                if !block.starts_with("```") || !closed {
                    edits.push((
                        range.clone(),
                        block.lines().filter(|line| !line.trim().starts_with(['`', '~'])).collect::<Vec<_>>().join("\n"),
                    ));
                } else if !LANGUAGES.contains(&language.as_ref()) {
                    let end = block.find('\n').unwrap_or(block.len());
                    edits.push((range.start..range.start + end, "```text".to_owned()));
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                // Markup goes, and what looks like it and means a placeholder is code.
                let inner = html.trim().trim_matches(['<', '>', '/']);
                let name: &str = inner.split([' ', '\n', '>']).next().unwrap_or_default();
                let known = is_markup(name) || inner.starts_with('!');
                edits.push((range, if known { " ".to_owned() } else { format!("`{}` ", inner.replace('`', "")) }));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !dest_url.contains("://") && !dest_url.starts_with("mailto:") =>
            {
                let block = &text[range.clone()];
                let words = block.trim_start_matches('!').trim_start_matches('[').split(']').next().unwrap_or_default();
                edits.push((range, words.to_owned()));
            }
            _ => {}
        }
    }
    edits.extend(broken_links.into_iter().map(|span| (span.clone(), text[span].replace('[', "\\[").replace(']', "\\]"))));
    edits.sort_by_key(|(range, _)| range.start);
    let mut cleaned = String::with_capacity(text.len());
    let mut at = 0;
    for (range, by) in edits {
        if range.start < at {
            continue;
        }
        cleaned += &text[at..range.start];
        cleaned += &by;
        at = range.end;
    }
    cleaned + &text[at..]
}

fn is_markup(name: &str) -> bool {
    const TAGS: [&str; 44] = [
        "a",
        "abbr",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    TAGS.contains(&name.to_lowercase().as_str())
}
