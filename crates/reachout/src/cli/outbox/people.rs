//! The people of a campaign: a file of comma-separated values, or of one JSON object a line.

use std::path::Path;

use serde_json::{Map, Value};

use super::separated::{Record, Records};
use crate::cli::{
    arguments::{exact, input},
    failure::Failure,
};

/// Maximum number of wrong lines that are listed.
const LISTED: usize = 20;

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
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
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

/// Nothing is queued while a line of the file is wrong.
pub fn none_wrong(mut wrong: Vec<String>) -> Result<(), Failure> {
    if wrong.is_empty() {
        return Ok(());
    }
    let more = wrong.len().saturating_sub(LISTED);
    wrong.truncate(LISTED);
    if more > 0 {
        wrong.push(format!("and {more} more"));
    }
    wrong.push("nothing was queued".to_owned());
    Err(Failure::usage(wrong.join("\n")))
}

/// Spreadsheets of some countries write semicolons, because their numbers have commas.
fn delimiter(header: &str) -> char {
    [',', ';', '\t'].into_iter().max_by_key(|sign| (header.matches(*sign).count(), *sign == ',')).unwrap_or(',')
}

fn values(name: String, text: &str) -> Result<People, Failure> {
    let refused = |line: u64, why: &str| Failure::usage(format!("{name} line {line}: {why}"));
    let mut records = Records::new(text, delimiter(text.split(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default()));
    let Some(header) = records.next().transpose().map_err(|fault| refused(fault.line, &fault.why))? else {
        return Ok(People { name, columns: Vec::new(), rows: Vec::new() });
    };
    let columns: Vec<String> = header.values.iter().map(|column| column.trim().to_owned()).collect();
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
        if columns[..at].contains(column) {
            return Err(refused(header.line, &format!("the column `{}` is there twice", column.escape_debug())));
        }
    }
    let mut rows = Vec::new();
    for record in records {
        let Record { line, values } = record.map_err(|fault| refused(fault.line, &fault.why))?;
        if values.len() != columns.len() {
            let why = format!("it has {} values, and the header has {}; quote a value that holds a separator", values.len(), columns.len());
            return Err(refused(line, &why));
        }
        let mut fields = Map::new();
        for (at, (column, value)) in (1..).zip(columns.iter().zip(values)).filter(|(_, (_, value))| !value.trim().is_empty()) {
            if column.is_empty() {
                return Err(refused(line, &format!("its value {at} is in a column without a name; name it in line {}", header.line)));
            }
            fields.insert(column.clone(), Value::from(value));
        }
        if !fields.is_empty() {
            rows.push(Person { line, fields });
        }
    }
    let columns = columns.into_iter().filter(|column| !column.is_empty()).collect();
    Ok(People { name, columns, rows })
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
    fn what_is_not_a_table_is_refused_with_its_line() {
        let cases = [
            ("to,name\n1,\"A\nB\"\n2,a,b\n", "line 4: it has 3 values, and the header has 2; quote a value that holds a separator"),
            ("to,name\n1\n", "line 2: it has 1 values, and the header has 2; quote a value that holds a separator"),
            ("to,to\n", "line 1: the column `to` is there twice"),
            ("\nto, to \n1,2\n", "line 2: the column `to` is there twice"),
            ("to,name\n1,\"5 inch\n2,Bo\n3,Cy\n", "line 2: a quote begins here that is not closed"),
            ("\"to,name\n1,Ada\n", "line 1: a quote begins here that is not closed"),
            ("to,name\r1,Ada\r2,\"Bo\r3,Cy\r", "line 3: a quote begins here that is not closed"),
            ("to,name\n1,\"5 inch\n2,\"Bo\"\n", "line 2: a value in quotes begins here, and text follows its closing quote in line 3"),
            ("to,name\n1,\"A\"b\n", "line 2: a value in quotes begins here, and text follows its closing quote in line 2"),
            ("to,name\n1,5\" pipe\n", "line 2: a quote is in the middle of a value"),
            ("to,name\n1, \"A, B\"\n", "line 2: a quote is in the middle of a value"),
            ("to,name\n1,A\0\n", "line 2: a NUL byte"),
            ("to,name\n1,\"A\nB\0\"\n", "line 3: a NUL byte"),
            ("to,,\n1,,x\n", "line 2: its value 3 is in a column without a name; name it in line 1"),
        ];
        for (text, why) in cases {
            let error = values("p.csv".to_owned(), text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("p.csv {why}")), "{text:?}: {error}");
        }
        for (text, line) in [("{}\n[1]\n", 2), ("{\"to\": 1}\n\n{\"to\": ", 3), ("{\"to\": 1} {\"to\": 2}\n", 1)] {
            let error = lines_of_json("p.jsonl".to_owned(), text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("p.jsonl line {line}: ")), "{error}");
        }
    }

    #[test]
    fn tables_of_other_programs_are_read() {
        let quoted = "to,note\n1,\"a \"\"b\"\", c\r\nd\"\n2,é\n";
        for (text, rows) in [
            (quoted, json!([[2, "1", "a \"b\", c\r\nd"], [4, "2", "é"]])),
            ("to;note\r1;a, b\r\r2;\"x\"", json!([[2, "1", "a, b"], [4, "2", "x"]])),
            ("to\tnote\r\n1\ta;b\r\n", json!([[2, "1", "a;b"]])),
            ("to,note,,\n1,a,,\n,,,\n \n2,b,,", json!([[2, "1", "a"], [5, "2", "b"]])),
            ("\"to\",\"note\"\n1,\"\"\n2,b", json!([[2, "1", null], [3, "2", "b"]])),
        ] {
            let people = values("p.csv".to_owned(), text).unwrap();
            let read: Vec<_> = people.rows.iter().map(|row| json!([row.line, row.fields.get("to"), row.fields.get("note")])).collect();
            assert_eq!((people.columns.as_slice(), json!(read)), (["to".to_owned(), "note".to_owned()].as_slice(), rows), "{text:?}");
        }
    }
}
