//! The people of a campaign: a file of comma-separated values, or of one JSON object a line.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
    path::Path,
};

use serde_json::{Map, Value};

use super::separated::{Fault, Record, Records};
use crate::cli::{
    arguments::{exact, input, spool::Spool},
    failure::Failure,
};

/// Maximum number of wrong lines that are listed.
const LISTED: usize = 20;

/// A file of people, who are read one after the other and as often as it takes: there may be a million.
#[derive(Debug)]
pub struct People {
    /// The file, for errors.
    pub name: String,
    /// What is known of anybody.
    pub columns: Vec<String>,
    text: Spool,
    is_json: bool,
    /// A column that the file does not have, with its values by line.
    added: Option<(String, HashMap<u64, String>)>,
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
        let text = Spool::copy(path)?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let is_json = match ending.as_str() {
            "jsonl" | "ndjson" | "json" => true,
            "csv" | "tsv" => false,
            _ => text.first() == Some(b'{'),
        };
        Self::of(input::name(path), text, is_json)
    }

    /// Nothing is done with a file that has a line which is none.
    fn of(name: String, text: Spool, is_json: bool) -> Result<Self, Failure> {
        let mut people = Self { name, columns: Vec::new(), text, is_json, added: None };
        let (mut columns, mut is_empty) = (Vec::<String>::new(), true);
        if is_json {
            for row in people.objects() {
                is_empty = false;
                for column in row?.1.keys().filter(|column| !columns.contains(column)).cloned().collect::<Vec<_>>() {
                    columns.push(column);
                }
            }
        } else {
            columns = people.table()?.0.into_iter().filter(|column| !column.is_empty()).collect();
            for row in people.rows() {
                row?;
                is_empty = false;
            }
        }
        people.columns = columns;
        if is_empty { Err(Failure::usage(format!("{} names nobody", people.name))) } else { Ok(people) }
    }

    /// Everybody, in the order of the file. What was read once can be read again, unless the machine fails.
    pub fn rows(&self) -> impl Iterator<Item = Result<Person, Failure>> + Send + '_ {
        self.read_rows().map(|row| {
            let mut person = row?;
            if let Some((column, values)) = &self.added
                && let Some(value) = values.get(&person.line)
            {
                person.fields.insert(column.clone(), value.clone().into());
            }
            Ok(person)
        })
    }

    /// Gives everybody a value of a column that the file does not have, by their lines; one that was given before is replaced.
    pub fn set_column(&mut self, name: &str, values: HashMap<u64, String>) {
        if !self.columns.iter().any(|column| column == name) {
            self.columns.push(name.to_owned());
        }
        self.added = Some((name.to_owned(), values));
    }

    fn read_rows(&self) -> Box<dyn Iterator<Item = Result<Person, Failure>> + Send + '_> {
        if self.is_json {
            return Box::new(self.objects().map(|row| {
                let (line, mut fields) = row?;
                fields.retain(|_, value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()));
                Ok(Person { line, fields })
            }));
        }
        match self.table() {
            Ok((columns, header, records)) => Box::new(records.filter_map(move |record| {
                let person = self.person(&columns, header, record);
                Some(person).filter(|person| !matches!(person, Ok(person) if person.fields.is_empty()))
            })),
            Err(failure) => Box::new(std::iter::once(Err(failure))),
        }
    }

    /// Each object with its line.
    fn objects(&self) -> impl Iterator<Item = Result<(u64, Map<String, Value>), Failure>> + Send + '_ {
        let lines = (1..).zip(self.text.lines());
        lines.filter(|(_, json)| json.as_ref().map_or(true, |json| !json.trim().is_empty())).map(|(line, json)| {
            let wrong = |why: String| self.refused(line, &format!("{why}; one JSON object a line is expected"));
            let json = json.map_err(|error| self.refused(line, &format!("it cannot be read: {error}")))?;
            Ok((line, exact::object(&json).map_err(|error| wrong(error.to_string()))?))
        })
    }

    /// The columns of a table, the line that names them, and its records.
    fn table(&self) -> Result<(Vec<String>, u64, Records<impl Read + Send + '_>), Failure> {
        let mut records = Records::new(self.text.reader());
        let header = records.next().transpose().map_err(|fault| self.refused(fault.line, &fault.why))?;
        let Some(Record { line, values }) = header else { return Ok((Vec::new(), 0, records)) };
        let columns: Vec<String> = values.iter().map(|column| column.trim().to_owned()).collect();
        for (at, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
            if columns[..at].contains(column) {
                return Err(self.refused(line, &format!("the column `{}` is there twice", column.escape_debug())));
            }
        }
        Ok((columns, line, records))
    }

    fn person(&self, columns: &[String], header: u64, record: Result<Record, Fault>) -> Result<Person, Failure> {
        let Record { line, values } = record.map_err(|fault| self.refused(fault.line, &fault.why))?;
        if values.len() != columns.len() {
            let why = format!("it has {} values, and the header has {}; quote a value that holds a separator", values.len(), columns.len());
            return Err(self.refused(line, &why));
        }
        let mut fields = Map::new();
        for (at, (column, value)) in (1..).zip(columns.iter().zip(values)).filter(|(_, (_, value))| !value.trim().is_empty()) {
            if column.is_empty() {
                return Err(self.refused(line, &format!("its value {at} is in a column without a name; name it in line {header}")));
            }
            fields.insert(column.clone(), Value::from(value));
        }
        Ok(Person { line, fields })
    }

    fn refused(&self, line: u64, why: &str) -> Failure {
        Failure::usage(format!("{} line {line}: {why}", self.name))
    }
}

/// What is wrong with a file: the first lines of it, and how many there are.
#[derive(Debug, Default)]
pub struct Wrong {
    first: BTreeMap<u64, String>,
    count: usize,
}

impl Wrong {
    /// `why` begins with its place.
    pub fn add(&mut self, line: u64, why: String) {
        self.count += 1;
        self.first.insert(line, why);
        if self.first.len() > LISTED {
            self.first.pop_last();
        }
    }

    /// Nothing is queued while a line of the file is wrong.
    pub fn none(self) -> Result<(), Failure> {
        if self.count == 0 {
            return Ok(());
        }
        let more = self.count - self.first.len();
        let more = (more > 0).then(|| format!("and {more} more"));
        let all: Vec<_> = self.first.into_values().chain(more).chain(["nothing was queued".to_owned()]).collect();
        Err(Failure::usage(all.join("\n")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{People, Person, Spool};
    use crate::cli::failure::Failure;

    fn read(name: &str, text: &str) -> Result<People, Failure> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        People::of(name.to_owned(), Spool::copy(file.path()).unwrap(), name == "p.jsonl")
    }

    fn rows(people: &People) -> Vec<Person> {
        people.rows().map(Result::unwrap).collect()
    }

    #[test]
    fn empty_cells_are_as_none() {
        let people = read("p.csv", "to; name \n1;Ada\n\n2;\n;\n").unwrap();
        assert_eq!(people.columns, ["to", "name"]);
        let all: Vec<_> = rows(&people).into_iter().map(|row| (row.line, json!(row.fields))).collect();
        assert_eq!(all, [(2, json!({ "to": "1", "name": "Ada" })), (4, json!({ "to": "2" }))]);
        let people = read("p.jsonl", "{\"to\": 1}\n\n{\"to\": null, \"tags\": [\"x\"]}\n").unwrap();
        assert_eq!(people.columns, ["to", "tags"]);
        let read = rows(&people);
        assert_eq!((read[0].text("to").as_deref(), read[1].line, read[1].text("to")), (Some("1"), 3, None));
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
            let error = read("p.csv", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("p.csv {why}")), "{text:?}: {error}");
        }
        for (text, line) in [("{}\n[1]\n", 2), ("{\"to\": 1}\n\n{\"to\": ", 3), ("{\"to\": 1} {\"to\": 2}\n", 1)] {
            let error = read("p.jsonl", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("p.jsonl line {line}: ")), "{error}");
        }
    }

    #[test]
    fn tables_of_other_programs_are_read() {
        let quoted = "to,note\n1,\"a \"\"b\"\", c\r\nd\"\n2,é\n";
        for (text, expected) in [
            (quoted, json!([[2, "1", "a \"b\", c\r\nd"], [4, "2", "é"]])),
            ("to;note\r1;a, b\r\r2;\"x\"", json!([[2, "1", "a, b"], [4, "2", "x"]])),
            ("to\tnote\r\n1\ta;b\r\n", json!([[2, "1", "a;b"]])),
            ("to,note,,\n1,a,,\n,,,\n \n2,b,,", json!([[2, "1", "a"], [5, "2", "b"]])),
            ("\"to\",\"note\"\n1,\"\"\n2,b", json!([[2, "1", null], [3, "2", "b"]])),
        ] {
            let people = read("p.csv", text).unwrap();
            let read: Vec<_> =
                rows(&people).into_iter().map(|row| json!([row.line, row.fields.get("to"), row.fields.get("note")])).collect();
            assert_eq!((people.columns.as_slice(), json!(read)), (["to".to_owned(), "note".to_owned()].as_slice(), expected), "{text:?}");
        }
    }

    /// A text is read in pieces, and a record may stand across any two.
    #[test]
    fn a_table_of_any_length_is_read_line_by_line() {
        let line = |number: usize| format!("{number},\"é \"\"{number}\"\"\r\nand on\"\r\n");
        let text: String = std::iter::once("to,note\r\n".to_owned()).chain((1..20_000).map(line)).collect();
        let people = read("p.csv", &text).unwrap();
        for (number, row) in (1..).zip(people.rows()) {
            let row = row.unwrap();
            assert_eq!((row.line, row.text("to")), (2 * number, Some(number.to_string())));
            assert_eq!(row.text("note"), Some(format!("é \"{number}\"\r\nand on")));
        }
        assert_eq!(people.rows().count(), 19_999);
    }
}
