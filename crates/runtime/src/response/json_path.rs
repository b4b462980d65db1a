//! Where in a JSON text a value stands that could not be read.
//!
//! A text is the vendor's, and may be as deep or as long as it likes: what is looked through is a few times its length at most, and a path
//! has an end.

use std::fmt::Write as _;

/// A path has at most this many steps; decoding itself ends at a depth of 128.
const STEPS: usize = 128;

/// The text is looked through at most this often.
const PASSES: usize = 8;

/// The offset that an error names by line and column; what was read last ends there.
pub(super) fn offset(text: &[u8], error: &serde_json::Error) -> usize {
    let before = text.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + error.column()
}

/// The path of the value at `offset`, such as `parts[1].kind`; `None` for the root. `fields` are known to lie on it, one below the other;
/// what is between them, such as a place in a list, and below the last, follows from the offset.
pub(super) fn path(text: &[u8], fields: &[&str], offset: usize) -> Option<String> {
    let text = Text::until(text, offset);
    let mut path = String::new();
    let mut fields = fields.iter().peekable();
    let mut at = blank(text.bytes, 0);
    let mut work = 0;
    for _ in 0..STEPS {
        let within = fields.peek().is_some() || (at < offset && offset < text.end(at));
        let Some((child, named, seen)) = text.child(at, fields.peek().map(|field| field.as_bytes())).filter(|_| within) else { break };
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
        if named {
            fields.next();
        }
        work += seen - at;
        if work > PASSES * text.bytes.len() {
            break;
        }
        at = child.start;
    }
    (!path.is_empty()).then_some(path)
}

/// A text as far as it was read.
struct Text<'a> {
    bytes: &'a [u8],
    /// Where the lists and objects begin that have no end in it, the outermost first.
    open: Vec<usize>,
}

/// A member of an object or an item of a list.
#[derive(Clone, Copy)]
struct Child<'a> {
    /// As it is spelled, in its quotes.
    key: Option<&'a [u8]>,
    index: usize,
    /// Where its value begins.
    start: usize,
}

impl<'a> Text<'a> {
    fn until(text: &'a [u8], offset: usize) -> Self {
        let bytes = &text[..text.len().min(offset.saturating_add(1))];
        let (mut open, mut depth, mut next) = (Vec::new(), 0_usize, 0);
        while let Some(byte) = bytes.get(next) {
            match byte {
                b'"' => next = string(bytes, next) - 1,
                b'{' | b'[' => {
                    if depth < STEPS {
                        open.push(next);
                    }
                    depth += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    open.truncate(depth);
                }
                _ => {}
            }
            next += 1;
        }
        Self { bytes, open }
    }

    /// Of what the value at `at` holds: the member of this name, and whether there is one; otherwise what begins last. Beside it, how far
    /// the text was looked through.
    fn child(&self, at: usize, name: Option<&[u8]>) -> Option<(Child<'a>, bool, usize)> {
        let text = self.bytes;
        let is_object = match text.get(at)? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        let mut last: Option<Child<'a>> = None;
        let mut next = blank(text, at + 1);
        while text.get(next).is_some_and(|byte| !matches!(byte, b'}' | b']')) {
            let mut key = None;
            if is_object {
                let after = self.end(next);
                key = text.get(next..after);
                let colon = blank(text, after);
                if text.get(next) != Some(&b'"') || text.get(colon) != Some(&b':') {
                    break;
                }
                next = blank(text, colon + 1);
            }
            if next < text.len() {
                let child = Child { key, index: last.map_or(0, |last| last.index + 1), start: next };
                if name.is_some() && key.map(unquoted) == name {
                    return Some((child, true, next));
                }
                last = Some(child);
            }
            if self.open.binary_search(&next).is_ok() {
                break;
            }
            let comma = blank(text, self.end(next));
            if text.get(comma) != Some(&b',') {
                break;
            }
            next = blank(text, comma + 1);
        }
        last.map(|last| (last, false, next))
    }

    /// Where the value at `at` ends.
    fn end(&self, at: usize) -> usize {
        let text = self.bytes;
        if self.open.binary_search(&at).is_ok() {
            return text.len();
        }
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
}

fn unquoted(key: &[u8]) -> &[u8] {
    key.get(1..key.len().saturating_sub(1)).unwrap_or_default()
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
