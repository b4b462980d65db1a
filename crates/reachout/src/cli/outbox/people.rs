//! The people of a campaign: a file of comma-separated values, or of one JSON object a line.

use std::path::Path;

use serde_json::{Map, Value};

use crate::cli::{
    arguments::{exact, input},
    failure::Failure,
};

/// A file of people.
#[derive(Debug)]
pub struct People {
    /// The file, for errors.
    pub name: String,
    /// What is known of anybody.
    pub columns: Vec<String>,
    pub rows: Vec<Person>,
}

/// One of them. An empty cell, or `null`, is as none.
#[derive(Debug)]
pub struct Person {
    /// Where they are in the file, from 1.
    pub line: u64,
    pub fields: Map<String, Value>,
}

impl Person {
    /// A field as a text; numbers and switches as they are written.
    pub fn text(&self, column: &str) -> Option<String> {
        match self.fields.get(column)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(switch) => Some(switch.to_string()),
            _ => None,
        }
    }
}

impl People {
    /// Reads a file, or standard input for `-`: JSON where its name or its first character says so, comma-separated values otherwise.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = input::text(path)?;
        let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
        let text = text.trim_start_matches('\u{feff}');
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let json = match ending.as_str() {
            "jsonl" | "ndjson" | "json" => true,
            "csv" | "tsv" => false,
            _ => text.trim_start().starts_with('{'),
        };
        let people = if json { lines_of_json(name, text) } else { values(name, text) }?;
        if people.rows.is_empty() { Err(Failure::usage(format!("{} names nobody", people.name))) } else { Ok(people) }
    }
}

/// Spreadsheets of some countries write semicolons, because their numbers have commas.
fn delimiter(header: &str) -> u8 {
    [b',', b';', b'\t'].into_iter().max_by_key(|sign| (header.bytes().filter(|byte| byte == sign).count(), *sign == b',')).unwrap_or(b',')
}

fn values(name: String, text: &str) -> Result<People, Failure> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text.lines().next().unwrap_or_default())).from_reader(text.as_bytes());
    let wrong = |error: csv::Error| {
        let line = error.position().map_or_else(String::new, |position| format!(" line {}", Lines::new(text).at(position)));
        Failure::usage(match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{name}{line}: it has {len} values, and the header has {expected_len}; quote a value that holds a separator")
            }
            _ => format!("{name}{line}: {error}"),
        })
    };
    let columns: Vec<String> = reader.headers().map_err(wrong)?.iter().map(|column| column.trim().to_owned()).collect();
    if let Some(column) = columns.iter().enumerate().find_map(|(at, column)| columns[..at].contains(column).then_some(column)) {
        return Err(Failure::usage(format!("{name} line 1: the column `{}` is there twice", column.escape_debug())));
    }
    let (mut rows, mut lines) = (Vec::new(), Lines::new(text));
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, |position| lines.at(position));
        let filled = columns.iter().zip(&record).filter(|(_, value)| !value.trim().is_empty());
        let fields: Map<_, _> = filled.map(|(column, value)| (column.clone(), Value::from(value))).collect();
        if !fields.is_empty() {
            rows.push(Person { line, fields });
        }
    }
    Ok(People { name, columns, rows })
}

/// Finds the lines of places that follow each other. The reader's own count takes empty lines before a record as part of it.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, counted: 0, line: 1 }
    }

    fn at(&mut self, position: &csv::Position) -> u64 {
        let bytes = self.text.as_bytes();
        let mut begin = usize::try_from(position.byte()).map_or(bytes.len(), |begin| begin.min(bytes.len()));
        begin += bytes[begin..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let passed = self.text.get(self.counted..begin).unwrap_or_default().matches('\n').count();
        self.line += u64::try_from(passed).unwrap_or(0);
        self.counted = begin;
        self.line
    }
}

fn lines_of_json(name: String, text: &str) -> Result<People, Failure> {
    let (mut columns, mut rows) = (Vec::<String>::new(), Vec::new());
    for (line, json) in (1..).zip(text.lines()) {
        if json.trim().is_empty() {
            continue;
        }
        let wrong = |why: String| Failure::usage(format!("{name} line {line}: {why}; one JSON object a line is expected"));
        let mut fields: Map<String, Value> = exact::object(json).map_err(|error| wrong(error.to_string()))?;
        fields.retain(|column, value| {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
            !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
        });
        rows.push(Person { line, fields });
    }
    Ok(People { name, columns, rows })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{lines_of_json, values};

    #[test]
    fn empty_cells_are_as_none() {
        let people = values("p.csv".to_owned(), "to; name \n1;Ada\n\n2;\n;\n").unwrap();
        assert_eq!(people.columns, ["to", "name"]);
        let rows: Vec<_> = people.rows.iter().map(|row| (row.line, json!(row.fields))).collect();
        assert_eq!(rows, [(2, json!({ "to": "1", "name": "Ada" })), (4, json!({ "to": "2" }))]);
        let people = lines_of_json("p.jsonl".to_owned(), "{\"to\": 1}\n\n{\"to\": null, \"tags\": [\"x\"]}\n").unwrap();
        assert_eq!(people.columns, ["to", "tags"]);
        assert_eq!((people.rows[0].text("to").as_deref(), people.rows[1].line, people.rows[1].text("to")), (Some("1"), 3, None));
    }

    #[test]
    fn errors_name_the_line() {
        let unequal = values("p.csv".to_owned(), "to,name\n1,\"A\nB\"\n2,a,b\n").unwrap_err().to_string();
        assert_eq!(unequal, "p.csv line 4: it has 3 values, and the header has 2; quote a value that holds a separator");
        assert_eq!(values("p.csv".to_owned(), "to,to\n").unwrap_err().to_string(), "p.csv line 1: the column `to` is there twice");
        let json = lines_of_json("p.jsonl".to_owned(), "{}\n[1]\n").unwrap_err().to_string();
        assert!(json.starts_with("p.jsonl line 2: "), "{json}");
    }
}
