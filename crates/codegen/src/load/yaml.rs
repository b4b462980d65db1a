//! YAML into JSON values, with the line of every node.

use std::path::Path;

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScanError, Span};
use serde_json::{Map, Number, Value};

use super::{
    layout::{self, Fault},
    pointer,
};
use crate::diagnostic::{Diagnostic, Origin};

/// No document nests like this; the stack of whoever walks it would end first.
const MAX_DEPTH: usize = 100;

const NESTED: &str = "the nodes are nested too deep";

/// One parsed file.
#[derive(Debug)]
pub struct Source {
    /// Its content.
    pub value: Value,
    lines: Lines,
}

/// The line of a node, and those of its children in their order.
#[derive(Debug)]
struct Lines {
    line: usize,
    children: Vec<Lines>,
}

impl Source {
    /// The line of the node at this pointer and the pointer itself; of the nearest node above it where there is none.
    pub fn nearest<'a>(&self, pointer: &'a str) -> (usize, &'a str) {
        let (mut value, mut lines, mut end) = (&self.value, &self.lines, 0);
        for segment in pointer.split('/').skip(1) {
            let key = pointer::unescape(segment);
            let found = match value {
                Value::Object(map) => map.iter().position(|(known, _)| *known == key).zip(map.get(&key)),
                Value::Array(items) => key.parse().ok().and_then(|index: usize| Some((index, items.get(index)?))),
                _ => None,
            };
            let Some((index, child)) = found else { break };
            let Some(below) = lines.children.get(index) else { break };
            (value, lines) = (child, below);
            end += 1 + segment.len();
        }
        (lines.line, &pointer[..end])
    }
}

/// Parses one file; `path` is only for messages.
pub fn parse(path: &Path, text: &str) -> Result<Source, Diagnostic> {
    // Some editors write a byte order mark in front; it says nothing in UTF-8.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A checkout of Windows gives what any other gives.
    let unix = text.contains("\r\n").then(|| text.replace("\r\n", "\n"));
    let text = unix.as_deref().unwrap_or(text);
    let mut reader = Reader { path, text, events: Parser::new_from_str(text), at: Vec::new() };
    let (event, span) = loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd | Event::DocumentEnd, _) => {
                let help = "write an OpenAPI document".to_owned();
                return Err(Diagnostic::new(reader.origin(1), "the file is empty", help));
            }
            node => break node,
        }
    };
    let (value, lines) = reader.node(event, span)?;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(Source { value, lines }),
            (Event::DocumentStart(_), span) => {
                return Err(reader.error(span, "a second YAML document begins here", "keep one document a file: remove the `---`"));
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// The keys above the node that is being read.
    at: Vec<String>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.invalid(&error)),
            None => Err(Diagnostic::new(self.origin(1), "the file ends in the middle of a node", "complete the document")),
        }
    }

    /// The parser says where it could not go on; the layout of the lines says where it went wrong.
    fn invalid(&self, error: &ScanError) -> Diagnostic {
        let found = layout::examine(self.text, error.marker().line());
        let (message, help) = match found.fault {
            Some(Fault::Tab) => ("a tab stands in the indentation".to_owned(), "indent with spaces".to_owned()),
            Some(Fault::Indentation { spaces, expected }) => {
                let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
                let message = format!("not valid YAML: this line is indented by {spaces} spaces, where {} fit", expected.join(" or "));
                (message, "mind the indentation: siblings begin in the same column".to_owned())
            }
            None if error.info().contains("invalid Unicode character escape") => (
                "not valid YAML: two escapes for one character, as JSON writes them".to_owned(),
                "write the character itself, or one escape of eight digits such as `\\U0001F600`".to_owned(),
            ),
            None if error.info().contains("recursion limit") => (NESTED.to_owned(), "write components and `$ref` them".to_owned()),
            None => (
                format!("not valid YAML: {}", error.info()),
                "mind the indentation, and quote scalars that contain `: `, `#` or braces".to_owned(),
            ),
        };
        Diagnostic::new(Origin { file: self.path.to_owned(), line: found.line, pointer: found.pointer }, message, help)
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<(Value, Lines), Diagnostic> {
        if self.at.len() > MAX_DEPTH {
            return Err(self.error(span, NESTED, "write components and `$ref` them"));
        }
        let mut lines = Lines { line: span.start.line(), children: Vec::new() };
        let value = match event {
            Event::Scalar(text, style, 0, tag) => {
                let Some(scalar) = Scalar::parse_from_cow_and_metadata(text, style, tag.as_ref()) else {
                    return Err(self.error(span, "this scalar does not fit its tag", "leave the tag out"));
                };
                match scalar {
                    Scalar::Null => Value::Null,
                    Scalar::Boolean(value) => value.into(),
                    Scalar::Integer(value) => value.into(),
                    Scalar::FloatingPoint(value) => match Number::from_f64(value.into_inner()) {
                        Some(number) => Value::Number(number),
                        None => return Err(self.error(span, "JSON has no such number", "write a finite one, or quote it")),
                    },
                    Scalar::String(value) => value.into_owned().into(),
                }
            }
            Event::SequenceStart(0, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        break items.into();
                    }
                    self.at.push(items.len().to_string());
                    let (item, below) = self.node(event, span)?;
                    self.at.pop();
                    items.push(item);
                    lines.children.push(below);
                }
            }
            Event::MappingStart(0, _) => self.mapping(&mut lines)?,
            _ => {
                return Err(self.error(
                    span,
                    "anchors and aliases are not used in specs",
                    "write the node out, or make it a component and `$ref` it",
                ));
            }
        };
        Ok((value, lines))
    }

    fn mapping(&mut self, lines: &mut Lines) -> Result<Value, Diagnostic> {
        let mut map = Map::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(map.into()),
                Event::Scalar(key, ..) => key.into_owned(),
                _ => return Err(self.error(span, "a key must be a plain word", "quote the key")),
            };
            self.at.push(key);
            let key = &self.at[self.at.len() - 1];
            if map.contains_key(key) {
                return Err(self.error(span, &format!("`{key}` is given twice"), "keep one of them"));
            }
            let line = span.start.line();
            let (event, span) = self.next()?;
            let (value, below) = self.node(event, span)?;
            // A node begins where its key stands.
            lines.children.push(Lines { line, ..below });
            map.insert(self.at.pop().unwrap_or_default(), value);
        }
    }

    fn error(&self, span: Span, message: &str, help: &str) -> Diagnostic {
        Diagnostic::new(self.origin(span.start.line()), message, help)
    }

    fn origin(&self, line: usize) -> Origin {
        let mut pointer = String::new();
        self.at.iter().for_each(|key| pointer::push(&mut pointer, key));
        Origin { file: self.path.to_owned(), line, pointer }
    }
}
