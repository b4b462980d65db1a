//! A text with some layers of escapes undone, which knows where each of its bytes comes from.

use std::iter::{repeat_n, successors};
use std::ops::Range;

use super::clean;

/// The maximum number of layers of escapes that are undone. A bound is needed: `%2525…41` has as many as a sender likes.
const DEPTH: usize = 8;

/// The longest escape, such as `&#x0010FFFF;`; a text may be cut off within one.
const LONGEST_ESCAPE: usize = 12;

/// One reading of a text.
pub(super) struct Layer {
    pub(super) bytes: Vec<u8>,
    /// Where in the text each byte comes from: the whole escape, if it was escaped.
    origins: Vec<Range<usize>>,
    /// Without white space and invisible characters: UTF-16, folded lines, and keys with a gap have them.
    pub(super) squeezed: bool,
}

impl Layer {
    /// The text as it is, then with one layer of escapes undone, then with two, until there are no more.
    pub(super) fn of(text: &[u8]) -> impl Iterator<Item = Self> {
        let plain = Self { bytes: text.to_vec(), origins: (0..text.len()).map(|at| at..at + 1).collect(), squeezed: false };
        successors(Some(plain), Self::unescaped).take(DEPTH + 1)
    }

    /// Where in the text a part of this reading comes from.
    pub(super) fn origin(&self, part: Range<usize>) -> Range<usize> {
        let start = self.origins.get(part.start).map_or(0, |origin| origin.start);
        let end = part.end.checked_sub(1).and_then(|last| self.origins.get(last)).map_or(start, |origin| origin.end);
        start..end
    }

    /// Where the reading may end: there, or before an escape that was cut off.
    pub(super) fn ends(&self) -> impl Iterator<Item = usize> {
        let tail = self.bytes.len().saturating_sub(LONGEST_ESCAPE);
        let cut_off = |at: &usize| match &self.bytes[*at..] {
            whole if escape(whole).is_some() => false,
            [b'\\' | b'%' | b'&', rest @ ..] => rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'{')),
            _ => false,
        };
        (tail..self.bytes.len()).filter(cut_off).chain([self.bytes.len()])
    }

    /// With one layer of escapes undone; `None` if there is none.
    fn unescaped(&self) -> Option<Self> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut origins = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        while let Some(byte) = self.bytes.get(at) {
            let (meaning, length) = escape(&self.bytes[at..]).unwrap_or((Meaning::Byte(*byte), 1));
            let origin = self.origin(at..at + length);
            let before = bytes.len();
            match meaning {
                Meaning::Byte(byte) => bytes.push(byte),
                Meaning::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
            origins.extend(repeat_n(origin, bytes.len() - before));
            at += length;
        }
        // Every escape is longer than what it means.
        (bytes.len() < self.bytes.len()).then_some(Self { bytes, origins, squeezed: false })
    }

    /// Without gaps; `None` if there are none.
    pub(super) fn without_gaps(&self) -> Option<Self> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut origins = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        let mut keep = |length: usize, at: &mut usize, kept: bool| {
            if kept {
                bytes.extend_from_slice(&self.bytes[*at..*at + length]);
                origins.extend_from_slice(&self.origins[*at..*at + length]);
            }
            *at += length;
        };
        for chunk in self.bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                keep(c.len_utf8(), &mut at, !clean::is_gap(c));
            }
            keep(chunk.invalid().len(), &mut at, true);
        }
        (bytes.len() < self.bytes.len()).then_some(Self { bytes, origins, squeezed: true })
    }
}

/// What an escape stands for.
enum Meaning {
    Byte(u8),
    Char(char),
}

/// The escape that a text begins with, and its length.
fn escape(text: &[u8]) -> Option<(Meaning, usize)> {
    match text {
        [b'\\', rest @ ..] => backslash(rest).map(|(meaning, length)| (meaning, length + 1)),
        [b'%', b'u' | b'U', rest @ ..] => {
            hex(rest, 4, 4).and_then(|(code, length)| Some((Meaning::Char(char::from_u32(code)?), length + 2)))
        }
        [b'%', rest @ ..] => hex(rest, 2, 2).and_then(|(code, length)| Some((Meaning::Byte(u8::try_from(code).ok()?), length + 1))),
        [b'&', rest @ ..] => entity(rest).map(|(c, length)| (Meaning::Char(c), length + 1)),
        _ => None,
    }
}

/// The escapes of JSON (RFC 8259, section 7), and those of Rust, JavaScript and Python that JSON does not have.
fn backslash(rest: &[u8]) -> Option<(Meaning, usize)> {
    let plain = |byte| Some((Meaning::Byte(byte), 1));
    match rest.first()? {
        byte @ (b'"' | b'\'' | b'\\' | b'/') => plain(*byte),
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        b'b' => plain(8),
        b'f' => plain(12),
        b'x' => hex(&rest[1..], 2, 2).and_then(|(code, length)| Some((Meaning::Byte(u8::try_from(code).ok()?), length + 1))),
        b'u' if rest.get(1) == Some(&b'{') => {
            let (code, length) = hex(&rest[2..], 1, 6)?;
            let closed = rest.get(2 + length) == Some(&b'}');
            closed.then_some((Meaning::Char(char::from_u32(code)?), length + 3))
        }
        b'u' => {
            let (high, length) = hex(&rest[1..], 4, 4)?;
            if let Some(c) = char::from_u32(high) {
                return Some((Meaning::Char(c), length + 1));
            }
            let low = rest[5..].strip_prefix(br"\u").and_then(|rest| hex(rest, 4, 4));
            let pair = low.and_then(|(low, _)| char::decode_utf16([u16::try_from(high).ok()?, u16::try_from(low).ok()?]).next()?.ok());
            Some(pair.map_or((Meaning::Char(char::REPLACEMENT_CHARACTER), 5), |c| (Meaning::Char(c), 11)))
        }
        _ => None,
    }
}

/// The character references of HTML that stand for ASCII or for nothing visible, without the `&`.
fn entity(rest: &[u8]) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 45] = [
        ("amp;", '&'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("apos;", '\''),
        ("AMP;", '&'),
        ("LT;", '<'),
        ("GT;", '>'),
        ("QUOT;", '"'),
        ("Tab;", '\t'),
        ("NewLine;", '\n'),
        ("excl;", '!'),
        ("num;", '#'),
        ("dollar;", '$'),
        ("percnt;", '%'),
        ("lpar;", '('),
        ("rpar;", ')'),
        ("ast;", '*'),
        ("midast;", '*'),
        ("plus;", '+'),
        ("comma;", ','),
        ("period;", '.'),
        ("sol;", '/'),
        ("colon;", ':'),
        ("semi;", ';'),
        ("equals;", '='),
        ("quest;", '?'),
        ("commat;", '@'),
        ("lsqb;", '['),
        ("lbrack;", '['),
        ("bsol;", '\\'),
        ("rsqb;", ']'),
        ("rbrack;", ']'),
        ("Hat;", '^'),
        ("lowbar;", '_'),
        ("UnderBar;", '_'),
        ("grave;", '`'),
        ("lcub;", '{'),
        ("verbar;", '|'),
        ("vert;", '|'),
        ("rcub;", '}'),
        ("nbsp;", '\u{a0}'),
        ("shy;", '\u{ad}'),
        ("zwnj;", '\u{200c}'),
        ("zwj;", '\u{200d}'),
    ];
    let Some(number) = rest.strip_prefix(b"#") else {
        return NAMED.iter().find(|(name, _)| rest.starts_with(name.as_bytes())).map(|(name, c)| (*c, name.len()));
    };
    let (code, length) = match number {
        [b'x' | b'X', digits @ ..] => hex(digits, 1, 8).map(|(code, length)| (code, length + 1))?,
        digits => {
            let length = digits.iter().take(8).take_while(|digit| digit.is_ascii_digit()).count();
            (std::str::from_utf8(&digits[..length]).ok()?.parse().ok()?, length)
        }
    };
    // Browsers do without the semicolon, unless another layer of escapes hides it or one more digit.
    let after = &number[length..];
    let closed = usize::from(after.first() == Some(&b';'));
    let hidden = matches!(after.first(), Some(b'\\' | b'%')) && escape(after).is_some();
    if hidden { None } else { Some((char::from_u32(code)?, 1 + length + closed)) }
}

/// At least `least` and at most `most` hexadecimal digits, and how many they are.
fn hex(text: &[u8], least: usize, most: usize) -> Option<(u32, usize)> {
    let length = text.iter().take(most).take_while(|digit| digit.is_ascii_hexdigit()).count();
    let digits = (length >= least).then(|| std::str::from_utf8(&text[..length]).ok()).flatten()?;
    Some((u32::from_str_radix(digits, 16).ok()?, length))
}
