//! Aligned columns, as wide as the terminal and no wider.

use comfy_table::{Attribute, Cell, ColumnConstraint, Width, presets};
use serde_json::Value;

use super::{output::harmless, shape};

/// The widest a cell of a list gets, in characters.
const WIDEST: usize = 40;

/// The columns of a table and their widths.
pub struct Table {
    columns: Vec<String>,
    widths: Vec<usize>,
    /// Cells are not cut.
    whole: bool,
}

impl Table {
    /// The main columns of these rows, as many as the terminal has room for.
    pub fn of(rows: &[Value]) -> Self {
        let mut columns = shape::columns(rows);
        if columns.is_empty() {
            columns.push("value".to_owned());
        }
        let mut table = Self::measured(columns, rows);
        let room = comfy_table::Table::new().width().map_or(usize::MAX, usize::from);
        while table.columns.len() > 1 && table.widths.iter().map(|width| width + 2).sum::<usize>() > room {
            table.columns.pop();
            table.widths.pop();
        }
        table
    }

    /// These columns.
    pub fn with(columns: &[&str], rows: &[Value]) -> Self {
        Self::measured(columns.iter().map(|&column| column.to_owned()).collect(), rows)
    }

    /// Cuts nothing; what is too long is wrapped at the end of the terminal's line.
    pub fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    fn measured(columns: Vec<String>, rows: &[Value]) -> Self {
        let width =
            |column: &String| rows.iter().map(|row| cell(row, column, true).chars().count()).max().unwrap_or(0).max(column.chars().count());
        let widths = columns.iter().map(width).collect();
        Self { columns, widths, whole: false }
    }

    /// Lays rows out; those after the first portion come without a header, in the same columns.
    pub fn render(&self, rows: &[Value], header: bool) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        if header {
            let bold = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            table.set_header(self.columns.iter().map(|column| {
                let cell = Cell::new(column.to_uppercase());
                if bold { cell.add_attribute(Attribute::Bold) } else { cell }
            }));
        }
        for row in rows {
            table.add_row(self.columns.iter().map(|column| cell(row, column, !self.whole)));
        }
        if self.whole {
            table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
        } else {
            // Plus the space on both sides of a cell.
            let widths =
                self.widths.iter().map(|width| ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(width + 2).unwrap_or(u16::MAX))));
            table.set_constraints(widths);
        }
        let lines = table.lines().map(|line| line.trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn cell(row: &Value, column: &str, cut: bool) -> String {
    let text = match row {
        Value::Object(fields) => text(fields.get(column).unwrap_or(&Value::Null)),
        scalar => text(scalar),
    };
    if cut && text.chars().count() > WIDEST {
        return text.chars().take(WIDEST - 1).chain(['…']).collect();
    }
    text
}

fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|item| !item.is_object()) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    };
    harmless(&text.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Table;

    #[test]
    fn aligns_and_cuts() {
        let rows = [json!({ "id": "a", "text": "x".repeat(50) }), json!({ "id": "bcd", "text": "two\nlines\u{1b}[31m" })];
        let text = Table::of(&rows).render(&rows, true);
        let expected = format!(" ID   TEXT\n a    {}…\n bcd  two lines [31m", "x".repeat(39));
        assert_eq!(text, expected);
    }

    #[test]
    fn later_rows_keep_the_columns() {
        let rows = [json!({ "id": "abcdef", "n": 1 })];
        let table = Table::of(&rows);
        table.render(&rows, true);
        assert_eq!(table.render(&[json!({ "n": 2, "id": "a", "other": true })], false), " a       2");
    }

    #[test]
    fn rows_may_be_texts() {
        let rows = [json!("a"), json!("b")];
        assert_eq!(Table::of(&rows).render(&rows, true), " VALUE\n a\n b");
    }
}
