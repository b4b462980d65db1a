//! Separated values by RFC 4180, and nothing that only looks like them.
//!
//! The `csv` crate reads on where a quote is not closed, and takes text around a quoted value as part of it: then the people of a hundred lines
//! are one text, which is sent to the first of them. Here both end the file.

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

/// Reads records one by one. Lines end with LF, CRLF or CR, and blank ones are passed over.
pub struct Records<'a> {
    rest: &'a str,
    line: u64,
    delimiter: char,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str, delimiter: char) -> Self {
        Self { rest: text, line: 1, delimiter }
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

impl Iterator for Records<'_> {
    type Item = Result<Record, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank_lines();
        if self.rest.trim().is_empty() { None } else { Some(self.record()) }
    }
}
