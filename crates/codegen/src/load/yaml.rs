//! YAML into JSON values, with the line of every node.

use std::{collections::HashMap, path::Path};

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, Span};
use serde_json::{Map, Number, Value};

use super::pointer;
use crate::diagnostic::{Diagnostic, Origin};

/// One parsed file.
#[derive(Debug)]
pub struct Source {
    /// Its content.
    pub value: Value,
    /// JSON pointer to line.
    pub lines: HashMap<String, usize>,
}

/// Parses one file; `path` is only for messages.
pub fn parse(path: &Path, text: &str) -> Result<Source, Diagnostic> {
    let mut reader = Reader { path, events: Parser::new_from_str(text), lines: HashMap::new() };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd | Event::DocumentEnd => {
                return Err(reader.error(span, "", "the file is empty", "write an OpenAPI document"));
            }
            event => {
                let value = reader.node(event, span, "")?;
                return Ok(Source { value, lines: reader.lines });
            }
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    lines: HashMap<String, usize>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(Diagnostic {
                origin: self.origin(error.marker().line(), ""),
                message: format!("not valid YAML: {}", error.info()),
                help: "mind the indentation, and quote scalars that contain `: `, `#` or braces".into(),
            }),
            None => Err(Diagnostic {
                origin: self.origin(1, ""),
                message: "the file ends in the middle of a node".into(),
                help: "complete the document".into(),
            }),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, at: &str) -> Result<Value, Diagnostic> {
        self.lines.entry(at.to_owned()).or_insert(span.start.line());
        match event {
            Event::Scalar(text, style, _, tag) => {
                let Some(scalar) = Scalar::parse_from_cow_and_metadata(text, style, tag.as_ref()) else {
                    return Err(self.error(span, at, "this scalar does not fit its tag", "leave the tag out"));
                };
                Ok(match scalar {
                    Scalar::Null => Value::Null,
                    Scalar::Boolean(value) => value.into(),
                    Scalar::Integer(value) => value.into(),
                    Scalar::FloatingPoint(value) => Number::from_f64(value.into_inner()).map_or(Value::Null, Value::Number),
                    Scalar::String(value) => value.into_owned().into(),
                })
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        return Ok(items.into());
                    }
                    items.push(self.node(event, span, &pointer::child(at, &items.len().to_string()))?);
                }
            }
            Event::MappingStart(..) => self.mapping(at),
            _ => Err(self.error(
                span,
                at,
                "anchors and aliases are not used in specs",
                "write the node out, or make it a component and `$ref` it",
            )),
        }
    }

    fn mapping(&mut self, at: &str) -> Result<Value, Diagnostic> {
        let mut map = Map::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(map.into()),
                Event::Scalar(key, ..) => key.into_owned(),
                _ => return Err(self.error(span, at, "a key must be a plain word", "quote the key")),
            };
            let place = pointer::child(at, &key);
            if map.contains_key(&key) {
                return Err(self.error(span, &place, &format!("`{key}` is given twice"), "keep one of them"));
            }
            self.lines.insert(place.clone(), span.start.line());
            let (event, span) = self.next()?;
            let value = self.node(event, span, &place)?;
            map.insert(key, value);
        }
    }

    fn error(&self, span: Span, at: &str, message: &str, help: &str) -> Diagnostic {
        Diagnostic { origin: self.origin(span.start.line(), at), message: message.into(), help: help.into() }
    }

    fn origin(&self, line: usize, at: &str) -> Origin {
        Origin { file: self.path.to_owned(), line, pointer: at.to_owned() }
    }
}
