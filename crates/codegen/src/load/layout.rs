//! Where a file that is not YAML went wrong. A parser stops at the first token that fits nothing, which stands behind the mistake; the columns of
//! the lines tell where it was made.

use super::pointer;

/// What is wrong with a line's beginning.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// A tab in the indentation.
    Tab,
    /// The line belongs to no level.
    Indentation {
        /// How far it is indented.
        spaces: usize,
        /// Where it would fit.
        expected: Vec<usize>,
    },
}

/// A line, and what is known of it.
#[derive(Debug)]
pub struct Found {
    /// Counted from 1.
    pub line: usize,
    /// Pointer of what the line holds.
    pub pointer: String,
    /// Nothing where the layout is in order.
    pub fault: Option<Fault>,
}

/// Reads the layout up to the line where the parser stopped.
pub fn examine(text: &str, stopped: usize) -> Found {
    let mut layout = Layout::default();
    for (number, line) in text.lines().enumerate().take(stopped) {
        if let Some(fault) = layout.line(number + 1, line) {
            return Found { line: number + 1, pointer: layout.pointer(), fault: Some(fault) };
        }
    }
    // An open bracket or quote is the mistake, wherever the parser noticed.
    let line = match layout.open {
        Open::Flow { since, .. } | Open::Quoted { since, .. } => since,
        Open::Nothing | Open::Block { .. } => stopped,
    };
    Found { line, pointer: layout.pointer(), fault: None }
}

#[derive(Default)]
enum Open {
    #[default]
    Nothing,
    /// `|` and `>`: everything that is indented further.
    Block { indent: usize },
    /// `[` and `{`.
    Flow { since: usize, depth: usize },
    /// `"` and `'`.
    Quoted { since: usize, quote: char },
}

struct Level {
    indent: usize,
    name: Name,
    /// Something stands on the line behind the key: nothing can be below it.
    filled: bool,
}

enum Name {
    Key(String),
    Index(usize),
}

#[derive(Default)]
struct Layout {
    levels: Vec<Level>,
    open: Open,
}

impl Layout {
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for level in &self.levels {
            match &level.name {
                Name::Key(key) => pointer::push(&mut pointer, key),
                Name::Index(index) => pointer::push(&mut pointer, &index.to_string()),
            }
        }
        pointer
    }

    fn line(&mut self, number: usize, line: &str) -> Option<Fault> {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - line.trim_start_matches(' ').len();
        match self.open {
            Open::Flow { .. } | Open::Quoted { .. } => {
                self.value(number, content, indent);
                return None;
            }
            Open::Block { indent: of } if content.is_empty() || indent > of => return None,
            _ => self.open = Open::Nothing,
        }
        if content.is_empty() || content.starts_with('#') || line.starts_with("---") {
            return None;
        }
        if content.len() + indent < line.len() {
            return Some(Fault::Tab);
        }
        let (mut indent, mut content) = (indent, content);
        while let Some(rest) = content.strip_prefix("- ").or((content == "-").then_some("")) {
            if let Some(fault) = self.enter(indent, None) {
                return Some(fault);
            }
            let deeper = rest.trim_start_matches(' ');
            indent += content.len() - deeper.len();
            content = deeper;
        }
        let Some((key, value)) = key(content) else {
            self.value(number, content, indent);
            return None;
        };
        if let Some(fault) = self.enter(indent, Some(key)) {
            return Some(fault);
        }
        let value = value.trim_start();
        if let Some(level) = self.levels.last_mut() {
            level.filled = !value.is_empty() && !value.starts_with(['#', '|', '>', '!']);
        }
        self.value(number, value, indent);
        None
    }

    /// Goes to the level of this column; `None` is an item of a list.
    fn enter(&mut self, indent: usize, key: Option<&str>) -> Option<Fault> {
        let expected: Vec<usize> = self.levels.iter().map(|level| level.indent).collect();
        let mut left = None;
        while self.levels.last().is_some_and(|level| level.indent > indent) {
            left = self.levels.pop();
        }
        let wrong = |mut expected: Vec<usize>| {
            expected.dedup();
            let near = expected.split_off(expected.partition_point(|fits| fits + 4 < indent));
            Some(Fault::Indentation { spaces: indent, expected: if near.is_empty() { expected } else { near } })
        };
        match (self.levels.last_mut(), key) {
            (Some(Level { indent: of, name: Name::Key(name), filled }), Some(key)) if *of == indent => {
                key.clone_into(name);
                *filled = false;
            }
            (Some(Level { indent: of, name: Name::Index(index), .. }), None) if *of == indent => *index += 1,
            // A list ends, and the mapping that holds it goes on in the same column.
            (Some(Level { indent: of, name: Name::Index(_), .. }), Some(_)) if *of == indent => {
                self.levels.pop();
                return self.enter(indent, key);
            }
            (Some(Level { filled: true, indent: of, .. }), _) if *of < indent && left.is_none() => return wrong(expected),
            (Some(Level { indent: of, .. }), _) if *of < indent && left.is_some() => return wrong(expected),
            (None, _) if left.is_some() => return wrong(expected),
            _ => self.levels.push(Level { indent, name: key.map_or(Name::Index(0), |key| Name::Key(key.to_owned())), filled: false }),
        }
        None
    }

    /// Looks for what stays open at the end of the line.
    fn value(&mut self, number: usize, text: &str, indent: usize) {
        if matches!(self.open, Open::Nothing) && text.starts_with(['|', '>']) {
            self.open = Open::Block { indent };
            return;
        }
        let starts = matches!(self.open, Open::Nothing) && text.starts_with(['[', '{', '"', '\'']);
        if !starts && matches!(self.open, Open::Nothing) {
            return;
        }
        let (mut depth, since) = match self.open {
            Open::Flow { depth, since } => (depth, since),
            _ => (0, number),
        };
        let mut quote = match self.open {
            Open::Quoted { quote, since } => Some((quote, since)),
            _ => None,
        };
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match (quote, char) {
                (Some(('"', _)), '\\') => {
                    chars.next();
                }
                (Some((of, _)), char) if char == of => quote = None,
                (None, '"' | '\'') => quote = Some((char, number)),
                (None, '[' | '{') => depth += 1,
                (None, ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.open = match quote {
            _ if depth > 0 => Open::Flow { since, depth },
            Some((quote, since)) => Open::Quoted { since, quote },
            None => Open::Nothing,
        };
    }
}

/// A key and what stands behind its colon.
fn key(content: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some((key, rest)) = content.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return rest.trim_start().strip_prefix(':').map(|value| (key, value));
        }
    }
    if content.starts_with(['{', '[', '#', '&', '*', '?', '|', '>']) {
        return None;
    }
    let (key, value) = content.split_once(": ").or_else(|| content.strip_suffix(':').map(|key| (key, "")))?;
    Some((key.trim_end(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indentation(spaces: usize, expected: &[usize]) -> Fault {
        Fault::Indentation { spaces, expected: expected.to_vec() }
    }

    #[test]
    fn the_line_that_breaks_the_layout_is_found() {
        for (text, stopped, line, pointer, fault) in [
            ("a:\n  b: 1\n c: 2\n", 3, 3, "/a", Some(indentation(1, &[0, 2]))),
            ("a:\n  b: 1\n    c: 2\n", 4, 3, "/a/b", Some(indentation(4, &[0, 2]))),
            ("a:\n\tb: 1\n", 2, 2, "/a", Some(Fault::Tab)),
            ("a:\n  b: [1, 2\nc: 3\n", 3, 2, "/a/b", None),
            ("a:\n  b: \"x\nc: 3\n", 3, 2, "/a/b", None),
            ("a:\n  - b: 1\n    c: 2\n   d: 3\n", 4, 4, "/a/0", Some(indentation(3, &[0, 2, 4]))),
            ("a: |\n  text: [\n   more\nb:\n  c: {x: 1}\n  d: }\n", 6, 6, "/b/d", None),
            ("a:\n- b\n- c: 1\nd: %\n", 4, 4, "/d", None),
        ] {
            let found = examine(text, stopped);
            assert_eq!((found.line, found.pointer.as_str(), found.fault), (line, pointer, fault), "{text}");
        }
    }
}
