//! What the program prints: tables for people, JSON for programs.

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
};

use serde::Serialize;
use serde_json::Value;

use super::{failure::Failure, shape, table::Table};

/// Rows of a streamed list that are laid out together.
const CHUNK: usize = 100;

/// Standard output, in the form that was asked for.
pub struct Output {
    json: bool,
    /// Streamed items that are not printed yet.
    waiting: Vec<Value>,
    /// Layout of a streamed list, made by its first rows.
    table: Option<Table>,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json, waiting: Vec::new(), table: None }
    }

    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a response. `items`: where its list is, if that is known.
    pub fn response(&mut self, response: &Value, items: Option<&str>) -> Result<(), Failure> {
        if self.json {
            return pretty(response);
        }
        match shape::list(response, items) {
            Some([]) => line("nothing found"),
            Some(rows) => {
                line(&Table::of(rows).render(rows, true))?;
                if items.is_some() && std::io::stderr().is_terminal() {
                    note("\nOne page; --all fetches every page.");
                }
                Ok(())
            }
            None => fields(&shape::fields(response)),
        }
    }

    /// Prints something of our own, such as a receipt.
    pub fn object(&mut self, object: &impl Serialize) -> Result<(), Failure> {
        let object = serde_json::to_value(object).map_err(|error| Failure::Output(error.into()))?;
        if self.json { pretty(&object) } else { fields(&shape::fields_in_order(&object)) }
    }

    /// Prints rows of our own under these columns.
    pub fn rows(&mut self, columns: &[&str], rows: &[impl Serialize]) -> Result<(), Failure> {
        let rows = serde_json::to_value(rows).map_err(|error| Failure::Output(error.into()))?;
        if self.json {
            return pretty(&rows);
        }
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        line(&Table::with(columns, rows).render(rows, true))
    }

    /// Prints one item of a streamed list: at once as JSON, in portions as a table.
    pub fn item(&mut self, item: Value) -> Result<(), Failure> {
        if self.json {
            return line(&item.to_string());
        }
        self.waiting.push(item);
        if self.waiting.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    /// Ends a streamed list.
    pub fn end(&mut self) -> Result<(), Failure> {
        match (self.json, self.waiting.is_empty(), &self.table) {
            (true, ..) | (false, true, Some(_)) => Ok(()),
            (false, true, None) => line("nothing found"),
            (false, false, _) => self.flush(),
        }
    }

    /// Says that a response had no content.
    pub fn done(&mut self, status: u16) -> Result<(), Failure> {
        if self.json { line("null") } else { line(&format!("done (HTTP {status})")) }
    }

    /// Says where a file is.
    pub fn saved(&mut self, path: &Path, length: usize) -> Result<(), Failure> {
        if self.json {
            return pretty(&serde_json::json!({ "path": path, "bytes": length }));
        }
        line(&format!("{length} bytes in {}", path.display()))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.waiting);
        let first = self.table.is_none();
        let table = self.table.get_or_insert_with(|| Table::of(&rows));
        line(&table.render(&rows, first))
    }
}

fn fields(rows: &[Value]) -> Result<(), Failure> {
    line(&Table::with(&["field", "value"], rows).whole().render(rows, false))
}

fn pretty(value: &Value) -> Result<(), Failure> {
    line(&format!("{value:#}"))
}

/// `println!` panics where nobody reads the output any more.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}

/// `eprintln!` panics where standard error cannot be written, and the exit code would be lost.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A vendor's text must not steer the terminal.
pub fn harmless(text: &str) -> String {
    text.chars().map(|character| if character.is_control() && character != '\n' { ' ' } else { character }).collect()
}
