//! Separated values by RFC 4180, and nothing that only looks like them.
//!
//! The `csv` crate reads on where a quote is not closed, and takes text around a quoted value as part of it: then the people of a hundred lines
//! are one text, which is sent to the first of them. Here both end the file.

use std::io::{self, Read};

/// How much is read at once, at least.
const PIECE: usize = 64 * 1024;

/// A line of a table; one with a line break in a value is several lines of the file.
#[derive(Debug)]
pub struct Record {
    /// Where it begins, from 1.
    pub line: u64,
    pub values: Vec<String>,
}

/// Why a file is not a table.
#[derive(Debug)]
pub struct Fault {
    /// Where it is, or where a value begins that does not end.
    pub line: u64,
    pub why: String,
}

/// Reads records one by one, as much of the text as they need at a time. Lines end with LF, CRLF or CR, and blank ones are passed over.
pub struct Records<R> {
    source: R,
    /// What was read, in UTF-8 but for a character that may have begun at its end.
    read: Vec<u8>,
    /// How much of it was returned.
    done: usize,
    ended: bool,
    line: u64,
    delimiter: char,
}

impl<R: Read> Records<R> {
    /// The separator is the one that the first line has most of.
    pub fn new(source: R) -> Self {
        let mut records = Self { source, read: Vec::new(), done: 0, ended: false, line: 1, delimiter: ',' };
        loop {
            let first = records.text().split_inclusive(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default();
            if records.ended || first.ends_with(['\r', '\n']) {
                records.delimiter = delimiter(first);
                return records;
            }
            // What cannot be read fails with the first record.
            if records.read_on().is_err() {
                return records;
            }
        }
    }

    /// What was read and not returned.
    fn text(&self) -> &str {
        let bytes = &self.read[self.done..];
        std::str::from_utf8(bytes).unwrap_or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default())
    }

    /// Reads as much again as there is.
    fn read_on(&mut self) -> io::Result<()> {
        self.read.drain(..self.done);
        self.done = 0;
        let more = self.read.len().max(PIECE) as u64;
        self.ended = self.source.by_ref().take(more).read_to_end(&mut self.read)? == 0;
        Ok(())
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Record, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.text();
            let mut lines = Lines { rest: text, line: self.line, delimiter: self.delimiter };
            let record = lines.next();
            // What goes to the end of what was read may go on.
            if self.ended || (record.is_some() && !lines.rest.is_empty()) {
                let (done, line) = (text.len() - lines.rest.len(), lines.line);
                (self.done, self.line) = (self.done + done, line);
                return record;
            }
            if let Err(error) = self.read_on() {
                return Some(Err(Fault { line: self.line, why: format!("it cannot be read: {error}") }));
            }
        }
    }
}

/// Spreadsheets of some countries write semicolons, because their numbers have commas.
fn delimiter(header: &str) -> char {
    [',', ';', '\t'].into_iter().max_by_key(|sign| (header.matches(*sign).count(), *sign == ',')).unwrap_or(',')
}

/// The records of a text.
struct Lines<'a> {
    rest: &'a str,
    line: u64,
    delimiter: char,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<Result<Record, Fault>> {
        self.skip_blank_lines();
        if self.rest.trim().is_empty() { None } else { Some(self.record()) }
    }

    fn skip_blank_lines(&mut self) {
        while let Some(end) = self.rest.find(['\r', '\n']).filter(|end| self.rest[..*end].trim().is_empty()) {
            self.rest = &self.rest[end..];
            self.end_line();
        }
    }

    /// Passes over a line break, if there is one.
    fn end_line(&mut self) -> bool {
        let rest = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix(['\r', '\n']));
        if let Some(rest) = rest {
            (self.rest, self.line) = (rest, self.line + 1);
        }
        rest.is_some()
    }

    fn record(&mut self) -> Result<Record, Fault> {
        let mut record = Record { line: self.line, values: Vec::new() };
        loop {
            record.values.push(if self.rest.starts_with('"') { self.quoted()? } else { self.plain()? });
            match self.rest.strip_prefix(self.delimiter) {
                Some(rest) => self.rest = rest,
                None => {
                    self.end_line();
                    return Ok(record);
                }
            }
        }
    }

    fn plain(&mut self) -> Result<String, Fault> {
        let (value, rest) = self.rest.split_at(self.rest.find([self.delimiter, '\r', '\n']).unwrap_or(self.rest.len()));
        if value.contains('"') {
            let why = "a quote is in the middle of a value; put the whole value in quotes, and double each quote that is part of it";
            return Err(self.fault(why));
        }
        self.rest = rest;
        self.checked(value).map(str::to_owned)
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let (line, mut value) = (self.line, String::new());
        self.rest = &self.rest[1..];
        loop {
            let end = self.rest.find(['"', '\r', '\n']).unwrap_or(self.rest.len());
            let (part, rest) = self.rest.split_at(end);
            value.push_str(self.checked(part)?);
            self.rest = rest;
            if let Some(rest) = rest.strip_prefix("\"\"") {
                value.push('"');
                self.rest = rest;
            } else if let Some(rest) = rest.strip_prefix('"') {
                self.rest = rest;
                break;
            } else if self.end_line() {
                value.push_str(&rest[..rest.len() - self.rest.len()]);
            } else {
                let why = "a quote begins here that is not closed; double a quote that is part of a value".to_owned();
                return Err(Fault { line, why });
            }
        }
        if self.rest.is_empty() || self.rest.starts_with([self.delimiter, '\r', '\n']) {
            return Ok(value);
        }
        let why = format!(
            "a value in quotes begins here, and text follows its closing quote in line {}; double a quote that is part of a value",
            self.line
        );
        Err(Fault { line, why })
    }

    fn checked(&self, part: &'a str) -> Result<&'a str, Fault> {
        if part.contains('\0') { Err(self.fault("a NUL byte; save the file as text in UTF-8")) } else { Ok(part) }
    }

    fn fault(&self, why: &str) -> Fault {
        Fault { line: self.line, why: why.to_owned() }
    }
}
