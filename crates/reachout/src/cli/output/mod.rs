//! What the program prints: tables for people, and forms for programs.

pub mod file;
mod filter;
mod format;
mod progress;
mod shape;
mod table;

use std::{io::IsTerminal as _, path::Path};

use serde::Serialize;
use serde_json::{Value, json};

use self::table::Table;
pub use self::{filter::Filter, format::Format, progress::Progress};
pub use super::print::{note, plain};
use super::{arguments::with_nearest, failure::Failure, print};

/// Rows of a streamed list that are laid out together.
const CHUNK: usize = 100;

/// Standard output, in the form that was asked for.
pub struct Output {
    format: Format,
    filter: Option<Filter>,
    /// Those that were asked for; none: those that matter.
    columns: Vec<String>,
    /// Those that the vendor documents.
    known: Vec<String>,
    /// Streamed items that are not printed yet.
    waiting: Vec<Value>,
    /// Layout of a streamed list, made by its first rows.
    layout: Option<Layout>,
    progress: Option<Progress>,
    /// What programs read only after their JSON.
    notes: Vec<String>,
}

enum Layout {
    Table(Table),
    Csv(Vec<String>),
}

impl Output {
    /// `--columns` are for forms that have columns.
    pub fn new(format: Format, columns: Vec<String>, filter: Option<Filter>) -> Result<Self, Failure> {
        if !columns.is_empty() && !matches!(format, Format::Table | Format::Csv) {
            return Err(Failure::usage("--columns is for tables and CSV; --jq chooses from JSON"));
        }
        Ok(Self { format, filter, columns, known: Vec::new(), waiting: Vec::new(), layout: None, progress: None, notes: Vec::new() })
    }

    /// Whether programs read it.
    pub fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::Jsonl)
    }

    pub fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether nothing was asked of it.
    pub fn is_default(&self) -> bool {
        self.is_table() && self.columns.is_empty() && self.filter.is_none()
    }

    /// Refuses columns that no row will have. `known`: dot paths of those that the vendor documents; none where it does not say.
    pub fn expect_columns(&mut self, known: Vec<String>) -> Result<(), Failure> {
        if !known.is_empty()
            && let Some(column) = self.columns.iter().find(|column| !known.contains(column))
        {
            let names = || known.iter().map(String::as_str);
            let listed = names().filter(|name| !name.contains('.')).collect::<Vec<_>>().join(", ");
            let sentence = format!("--columns: there is no column `{}`; there are {listed}", column.escape_debug());
            return Err(Failure::usage(with_nearest(sentence, column, names())));
        }
        self.known = known;
        Ok(())
    }

    /// Prints a response. `items`: where its list is, if that is known.
    pub fn response(&mut self, response: &Value, items: Option<&str>) -> Result<(), Failure> {
        match self.format {
            Format::Json | Format::Yaml => self.value(response),
            Format::Jsonl => match shape::list(response, items) {
                Some(rows) => rows.iter().try_for_each(|row| line(&row.to_string())),
                None => line(&response.to_string()),
            },
            Format::Csv => self.csv(shape::list(response, items).unwrap_or(std::slice::from_ref(shape::unwrapped(response)))),
            Format::Table => match shape::list(response, items) {
                Some([]) => line("nothing found"),
                Some(rows) => line(&self.table(rows).render(rows, true)),
                None if self.columns.is_empty() => fields(&shape::fields(response)),
                None => {
                    let row = std::slice::from_ref(shape::unwrapped(response));
                    line(&self.table(row).render(row, true))
                }
            },
        }
    }

    /// Prints something of our own, such as a receipt.
    pub fn object(&mut self, object: &impl Serialize) -> Result<(), Failure> {
        let object = serde_json::to_value(object).map_err(|error| Failure::Output(error.into()))?;
        if self.is_table() && self.columns.is_empty() { fields(&shape::fields_in_order(&object)) } else { self.rows_or_value(&object) }
    }

    /// Prints rows of our own under these columns.
    pub fn rows(&mut self, columns: &[&str], rows: &[impl Serialize]) -> Result<(), Failure> {
        let rows = serde_json::to_value(rows).map_err(|error| Failure::Output(error.into()))?;
        if self.columns.is_empty() && matches!(self.format, Format::Table | Format::Csv) {
            self.columns = columns.iter().map(|&column| column.to_owned()).collect();
        }
        self.rows_or_value(&rows)
    }

    fn rows_or_value(&mut self, value: &Value) -> Result<(), Failure> {
        let rows = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        self.expect_columns(shape::every_column(rows))?;
        match self.format {
            Format::Json | Format::Yaml => self.value(value),
            Format::Jsonl => rows.iter().try_for_each(|row| line(&row.to_string())),
            Format::Csv => self.csv(rows),
            Format::Table => line(&self.table(rows).render(rows, true)),
        }
    }

    /// Begins a streamed list; `what` is in it.
    pub fn begin(&mut self, what: &str) {
        self.progress = Some(Progress::of(what));
    }

    /// Prints one item of a streamed list: at once as JSON, in portions as a table.
    pub fn item(&mut self, item: Value) -> Result<(), Failure> {
        if let Some(progress) = &self.progress {
            progress.one_more();
        }
        self.waiting.push(item);
        let portion = if matches!(self.format, Format::Table | Format::Csv) { CHUNK } else { 1 };
        if self.waiting.len() >= portion { self.flush() } else { Ok(()) }
    }

    /// Ends a streamed list.
    pub fn end(&mut self) -> Result<(), Failure> {
        let nothing = self.format == Format::Table && self.waiting.is_empty() && self.layout.is_none();
        self.break_off()?;
        if nothing { line("nothing found") } else { Ok(()) }
    }

    /// Prints the part of a list that ends too early.
    pub fn break_off(&mut self) -> Result<(), Failure> {
        let printed = if self.waiting.is_empty() { Ok(()) } else { self.flush() };
        self.progress = None;
        printed
    }

    /// Says that a response had no content.
    pub fn done(&mut self, status: u16) -> Result<(), Failure> {
        match self.format {
            Format::Table => line(&format!("done (HTTP {status})")),
            Format::Csv => Ok(()),
            Format::Json | Format::Jsonl | Format::Yaml => self.value(&Value::Null),
        }
    }

    /// Says where a file is.
    pub fn saved(&mut self, path: &Path, length: usize) -> Result<(), Failure> {
        if self.is_table() {
            return line(&format!("{length} bytes in {}", path.display()));
        }
        self.object(&json!({ "path": path, "bytes": length }))
    }

    /// A hint for people after a table.
    pub fn hint(&self, text: &str) {
        if self.is_table() && std::io::stderr().is_terminal() {
            note(&format!("\n{text}"));
        }
    }

    /// A note beside the output, on standard error.
    pub fn note(&mut self, text: String) {
        if self.is_json() { self.notes.push(text) } else { note(&format!("note: {text}")) }
    }

    /// What was noted and not printed yet.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn value(&self, value: &Value) -> Result<(), Failure> {
        let on_terminal = std::io::stdout().is_terminal();
        match &self.filter {
            Some(filter) => filter.run(value)?.iter().try_for_each(|result| match result {
                Value::String(text) => line(&if on_terminal { plain(text) } else { text.clone() }),
                result => line(&format::json(result, on_terminal)),
            }),
            None if self.format == Format::Yaml => line(&format::yaml(value)?),
            None => line(&format::json(value, on_terminal)),
        }
    }

    fn csv(&self, rows: &[Value]) -> Result<(), Failure> {
        let columns = self.csv_columns(rows);
        if columns.is_empty() { Ok(()) } else { line(&format::csv(&columns, rows, true)?) }
    }

    /// All that is documented, so that the header does not depend on the rows, and what else is there.
    fn csv_columns(&self, rows: &[Value]) -> Vec<String> {
        if !self.columns.is_empty() {
            return self.columns.clone();
        }
        let mut columns: Vec<_> = self.known.iter().filter(|name| !name.contains('.')).cloned().collect();
        columns.extend(shape::every_column(rows).into_iter().filter(|name| !self.known.contains(name)));
        columns
    }

    fn table(&self, rows: &[Value]) -> Table {
        match self.columns.is_empty() {
            true => Table::of(rows, table::width()),
            false => Table::with(self.columns.clone(), rows, table::width()),
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.waiting);
        let first = self.layout.is_none();
        if first && self.format == Format::Table {
            self.layout = Some(Layout::Table(self.table(&rows)));
        } else if first && self.format == Format::Csv {
            self.layout = Some(Layout::Csv(self.csv_columns(&rows)));
        }
        let print = || match &self.layout {
            Some(Layout::Table(table)) => line(&table.render(&rows, first)),
            Some(Layout::Csv(columns)) => line(&format::csv(columns, &rows, first)?),
            // Each item of its own is a line of JSON, or an entry of one YAML list.
            None if self.format == Format::Yaml => line(&format::yaml(&Value::Array(rows.clone()))?),
            None => rows.iter().try_for_each(|row| match &self.filter {
                Some(_) => self.value(row),
                None => line(&row.to_string()),
            }),
        };
        match &self.progress {
            Some(progress) => progress.aside(print),
            None => print(),
        }
    }
}

fn fields(rows: &[Value]) -> Result<(), Failure> {
    let rows: Vec<_> = rows.iter().map(|row| (shape::text_at(row, "field"), shape::text_at(row, "value"))).collect();
    line(&table::fields(&rows, table::width()))
}

/// A line on standard output.
pub fn line(text: &str) -> Result<(), Failure> {
    Ok(print::line(text)?)
}
