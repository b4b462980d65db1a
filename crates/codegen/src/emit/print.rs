//! How types, texts and docs are printed.

use serde_json::Value;

use super::Crate;
use crate::model::{Schema, Shape, TypeRef};

/// Columns that a line may fill, its indentation included.
pub const WIDTH: usize = 140;

/// A text as a Rust literal.
pub fn literal(text: &str) -> String {
    Value::from(text).to_string()
}

/// `Some("…")` or `None`.
pub fn optional_literal(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", literal(text)))
}

/// Docs, with their lines wrapped; `indent` is the number of levels they stand at.
pub fn doc(text: &str, indent: usize) -> String {
    prefixed("///", text, indent)
}

/// Docs of the file or module they stand in.
pub fn inner_doc(text: &str) -> String {
    prefixed("//!", text, 0)
}

fn prefixed(prefix: &str, text: &str, indent: usize) -> String {
    let width = WIDTH - indent * 4 - prefix.len() - 1;
    let mut printed = String::new();
    for line in flowing(text) {
        let as_it_is = line.code || line.text.starts_with('|');
        for line in if as_it_is { vec![line.text] } else { wrapped(&line.text, width) } {
            printed += format!("{prefix} {line}").trim_end();
            printed.push('\n');
        }
    }
    printed
}

struct Line {
    text: String,
    code: bool,
}

/// The lines of a Markdown text, with those of a paragraph joined.
fn flowing(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut fenced = false;
    for text in text.trim().lines() {
        let fence = text.trim_start().starts_with("```");
        let code = fence || fenced;
        fenced ^= fence;
        match lines.last_mut() {
            Some(last) if !code && !last.code && continues(&last.text, text) => last.text = format!("{} {}", last.text, text.trim()),
            _ => lines.push(Line { text: text.trim_end().to_owned(), code }),
        }
    }
    lines
}

/// A line goes on with a paragraph or list item, unless it is empty or begins something of its own.
fn continues(before: &str, line: &str) -> bool {
    let begins = |line: &str| {
        line.trim_start().starts_with(['-', '*', '#', '|', '>']) || line.trim_start().starts_with(|char: char| char.is_ascii_digit())
    };
    !before.is_empty() && !before.starts_with(['#', '|']) && !line.trim().is_empty() && !begins(line)
}

/// Breaks a line at its spaces; what belongs to a list item stays in it.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let line = line.trim_end();
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let start = line.len() - line.trim_start().len();
    let hanging = start + if line.trim_start().starts_with(['-', '*']) { 2 } else { 0 };
    let mut lines = vec![" ".repeat(start)];
    for word in line.split_whitespace() {
        let last = lines.last_mut().map(|last| (last.chars().count(), last));
        let Some((length, last)) = last else { continue };
        let empty = last.trim().is_empty();
        if !empty && length + 1 + word.chars().count() > width {
            lines.push(" ".repeat(hanging) + word);
        } else {
            if !empty {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

impl<'s> Crate<'s> {
    /// A type as it is written in `types`.
    pub fn own(&self, ty: &TypeRef) -> String {
        self.print(ty, "")
    }

    /// A type as it is written elsewhere in the crate.
    pub fn ty(&self, ty: &TypeRef) -> String {
        self.print(ty, "types::")
    }

    fn print(&self, ty: &TypeRef, types: &str) -> String {
        match ty {
            TypeRef::String => "String".to_owned(),
            TypeRef::Bool => "bool".to_owned(),
            TypeRef::Integer(name) => name.clone(),
            TypeRef::Number => "rt::Number".to_owned(),
            TypeRef::Uuid => "rt::Uuid".to_owned(),
            TypeRef::Date => "rt::NaiveDate".to_owned(),
            TypeRef::DateTime => "rt::DateTime<rt::Utc>".to_owned(),
            TypeRef::Json => "rt::Value".to_owned(),
            TypeRef::Object => "rt::Object".to_owned(),
            TypeRef::Map(value) => format!("std::collections::BTreeMap<String, {}>", self.print(value, types)),
            TypeRef::List(item) => format!("Vec<{}>", self.print(item, types)),
            TypeRef::Nullable(inner) => format!("Option<{}>", self.print(inner, types)),
            TypeRef::Boxed(inner) => format!("Box<{}>", self.print(inner, types)),
            TypeRef::Component(name) => match self.schemas.get(name) {
                Some(schema) => match &schema.shape {
                    Shape::Alias(ty) => self.print(ty, types),
                    _ => format!("{types}{}", schema.name),
                },
                None => format!("{types}{name}"),
            },
        }
    }

    /// A type with names of types looked up: never an alias.
    pub fn resolve<'a>(&'a self, ty: &'a TypeRef) -> &'a TypeRef {
        match ty {
            TypeRef::Component(name) => match self.schemas.get(name).map(|schema| &schema.shape) {
                Some(Shape::Alias(ty)) => self.resolve(ty),
                _ => ty,
            },
            ty => ty,
        }
    }

    /// What a component is, where the type is one.
    pub fn shape(&self, ty: &TypeRef) -> Option<&'s Shape> {
        match ty {
            TypeRef::Component(name) => match &self.schemas.get(name)?.shape {
                Shape::Alias(ty) => self.shape(ty),
                shape => Some(shape),
            },
            TypeRef::Boxed(ty) => self.shape(ty),
            _ => None,
        }
    }

    /// Whether a value holds whole numbers, by itself or in lists and maps.
    pub fn is_whole(&self, ty: &TypeRef) -> bool {
        match self.resolve(ty) {
            TypeRef::Integer(_) => true,
            TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) | TypeRef::Boxed(inner) => self.is_whole(inner),
            _ => false,
        }
    }

    /// Names of the objects that a value is, or that its items are.
    pub fn objects(&self, ty: &TypeRef, found: &mut Vec<String>) {
        match ty {
            TypeRef::Component(name) => match self.schemas.get(name) {
                Some(Schema { shape: Shape::Struct { .. }, name, .. }) if !found.contains(name) => found.push(name.clone()),
                Some(Schema { shape: Shape::Alias(ty), .. }) => self.objects(ty, found),
                Some(Schema { shape: Shape::OneOf { alternatives, .. }, .. }) if found.len() < 64 => {
                    for one in alternatives {
                        self.objects(&one.ty, found);
                    }
                }
                _ => {}
            },
            TypeRef::List(inner) | TypeRef::Nullable(inner) | TypeRef::Boxed(inner) => self.objects(inner, found),
            _ => {}
        }
    }

    /// What an argument of this type is taken as.
    pub fn argument(&self, ty: &TypeRef) -> String {
        match self.resolve(ty) {
            TypeRef::List(item) => format!("impl IntoIterator<Item = impl Into<{}>>", self.ty(item)),
            ty => format!("impl Into<{}>", self.ty(ty)),
        }
    }
}

/// A summary as the middle of a sentence.
pub fn lower_first(text: &str) -> String {
    // An abbreviation or a name keeps its capital.
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => first.to_lowercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::doc;

    #[test]
    fn long_lines_are_wrapped_and_code_is_not() {
        let word = "word ".repeat(40);
        let printed = doc(&format!("{word}\n\n- {word}\n```json\n{word}\n```"), 1);
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines.len(), 8, "{printed}");
        assert!(lines[..5].iter().all(|line| line.len() <= 136), "{printed}");
        assert!(lines[4].starts_with("///   word"), "{printed}");
        assert_eq!(lines[6].trim_end().len(), 4 + 199);
    }
}
