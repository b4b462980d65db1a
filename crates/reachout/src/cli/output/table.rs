//! Aligned columns, as wide as the terminal and no wider.

use std::io::IsTerminal as _;

use heck::ToShoutySnakeCase;
use serde_json::Value;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::shape::{self, text_at};

/// The widest a cell of a list gets.
const WIDEST: usize = 40;
/// A cell that does not fit keeps so much, before its column is left out.
const LEAST: usize = 16;
/// The same of a column of ids, once more columns would have to go.
const LEAST_ID: usize = 9;
/// With fewer columns than this, the ids are cut to make room for others.
const ENOUGH: usize = 4;
/// Values of single things are wrapped to no less.
const LEAST_WRAPPED: usize = 12;
/// Between two columns.
const GAP: usize = 2;
/// Nothing fits a narrower terminal.
const NARROWEST: usize = 20;

/// How wide the output may be; nothing where nobody says. `COLUMNS` comes first, as in other programs.
pub fn width() -> Option<usize> {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    given.or_else(terminal).map(|width: usize| width.max(NARROWEST))
}

/// The columns of a table and their widths.
#[derive(Debug)]
pub struct Table {
    columns: Vec<String>,
    widths: Vec<usize>,
    room: Option<usize>,
}

impl Table {
    /// The columns of these rows that matter most, as many as there is room for.
    pub fn of(rows: &[Value], room: Option<usize>) -> Self {
        let mut columns = shape::columns(rows);
        if columns.is_empty() {
            columns.push("value".to_owned());
        }
        Self::with(columns, rows, room)
    }

    /// These columns; the last ones are left out where there is no room for them.
    pub fn with(mut columns: Vec<String>, rows: &[Value], room: Option<usize>) -> Self {
        let mut widths: Vec<_> = columns.iter().map(|column| natural(column, rows)).collect();
        if let Some(room) = room {
            widths = fitted(&columns, &widths, room.saturating_sub(1));
            columns.truncate(widths.len());
        }
        Self { columns, widths, room }
    }

    /// Lays rows out; those after the first portion come without a header, in the same columns.
    pub fn render(&self, rows: &[Value], header: bool) -> String {
        let bold = |text: String| if is_bold() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text };
        let header = header.then(|| bold(self.line(self.columns.iter().map(|column| heading(column)))));
        let rows = rows.iter().map(|row| self.line(self.columns.iter().map(|column| cell(row, column))));
        header.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
    }

    fn line(&self, cells: impl Iterator<Item = String>) -> String {
        let mut line = String::new();
        for (cell, width) in cells.zip(&self.widths) {
            // Where nobody says how wide a line may be, what a later portion brings is not cut.
            let cell = if self.room.is_some() { cut(&cell, *width) } else { cell };
            let gap = " ".repeat(if line.is_empty() { 1 } else { GAP });
            line.push_str(&format!("{gap}{cell}{}", " ".repeat(width.saturating_sub(cell.width()))));
        }
        line.trim_end().to_owned()
    }
}

/// Names and values, one below the other. What is too long is wrapped, and nothing is cut.
pub fn fields(rows: &[(String, String)], room: Option<usize>) -> String {
    let names = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let indent = 1 + names + GAP;
    let width = room.map_or(usize::MAX, |room| room.saturating_sub(indent).max(LEAST_WRAPPED));
    let lines = rows.iter().flat_map(|(name, value)| {
        wrapped(value, width).into_iter().enumerate().map(move |(index, line)| {
            let name = if index == 0 { name } else { "" };
            format!(" {name}{}{line}", " ".repeat(names - name.width() + GAP)).trim_end().to_owned()
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_bold() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// As wide as its cells and its title.
fn natural(column: &str, rows: &[Value]) -> usize {
    rows.iter().map(|row| cell(row, column).width()).chain([heading(column).width()]).max().unwrap_or(0)
}

/// `firstName` and `first_name` alike: `FIRST_NAME`.
fn heading(column: &str) -> String {
    column.split('.').map(ToShoutySnakeCase::to_shouty_snake_case).collect::<Vec<_>>().join(".")
}

/// The widths of as many columns as fit. Ids stay whole as long as other columns that matter do not have to go for them.
fn fitted(columns: &[String], natural: &[usize], room: usize) -> Vec<usize> {
    let is_id = |index: usize| columns[index] == "id" || columns[index].ends_with("_id") || columns[index].ends_with("Id");
    let least = |index: usize, whole_ids: bool| match (is_id(index), whole_ids) {
        (true, true) => natural[index],
        (true, false) => natural[index].min(LEAST_ID),
        (false, _) => natural[index].min(LEAST),
    };
    let total = |widths: &[usize]| widths.iter().sum::<usize>() + widths.len().saturating_sub(1) * GAP;
    let fitting = |whole_ids| {
        let mut widths: Vec<_> = (0..columns.len()).map(|index| least(index, whole_ids)).collect();
        while widths.len() > 1 && total(&widths) > room {
            widths.pop();
        }
        widths
    };
    let mut widths = fitting(true);
    if widths.len() < ENOUGH.min(columns.len()) {
        widths = fitting(false);
    }
    // A single column takes what there is; of several, the first get the room that is left.
    if let [only] = widths.as_mut_slice() {
        *only = natural[0].min(room);
        return widths;
    }
    let mut left = room.saturating_sub(total(&widths));
    let (ids, others): (Vec<_>, Vec<_>) = (0..widths.len()).partition(|&index| is_id(index));
    for index in others.into_iter().chain(ids) {
        let more = left.min(natural[index] - widths[index]);
        widths[index] += more;
        left -= more;
    }
    widths
}

fn cell(row: &Value, column: &str) -> String {
    cut(&text_at(row, column), WIDEST)
}

/// At most so wide, with `…` where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > width {
            break;
        }
        cut.push(letter);
    }
    cut.push('…');
    cut
}

/// Lines of at most this width, broken at spaces where there are any.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.width() > width {
        let (mut used, mut end, mut space) = (0, rest.len(), None);
        for (at, letter) in rest.char_indices() {
            used += letter.width().unwrap_or(0);
            if used > width {
                end = at;
                break;
            }
            if letter == ' ' {
                space = Some(at + 1);
            }
        }
        let end = space.unwrap_or(end).max(rest.chars().next().map_or(0, char::len_utf8));
        lines.push(rest[..end].trim_end().to_owned());
        rest = &rest[end..];
    }
    lines.push(rest.to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use unicode_width::UnicodeWidthStr as _;

    use super::{Table, fields};

    fn contacts() -> [Value; 2] {
        let contact = |first: &str, email: &str| {
            json!({
                "id": "a1b2c3d4-5678-90ab-cdef-1234567890ab", "first_name": first, "last_name": "Martin", "title": "Senior Software Engineer",
                "current_company": "Doctolib", "emails": [{ "email": email, "type": "work" }], "created_at": "2025-01-15T10:30:00Z",
            })
        };
        [contact("Sophie", "sophie.martin@example.com"), contact("名前の長い人は", "a@b.c")]
    }

    #[test]
    fn aligns_and_cuts() {
        let rows = [json!({ "id": "a", "text": "x".repeat(50) }), json!({ "id": "bcd", "text": "two\nlines\u{1b}[31m" })];
        let text = Table::of(&rows, None).render(&rows, true);
        let expected = format!(" ID   TEXT\n a    {}…\n bcd  two lines [31m", "x".repeat(39));
        assert_eq!(text, expected);
    }

    #[test]
    fn later_rows_keep_the_columns() {
        let rows = [json!({ "id": "abcdef", "n": 1 })];
        let table = Table::of(&rows, None);
        table.render(&rows, true);
        assert_eq!(table.render(&[json!({ "n": 2, "id": "a", "other": true })], false), " a       2");
    }

    #[test]
    fn headings_are_alike_for_all_vendors() {
        let rows = [json!({ "firstName": "A", "global_status": "b", "emails": [{ "email": "c" }] })];
        let table = Table::with(["firstName", "global_status", "emails.email"].map(str::to_owned).into(), &rows, None);
        assert_eq!(table.render(&rows, true).lines().next(), Some(" FIRST_NAME  GLOBAL_STATUS  EMAILS.EMAIL"));
    }

    #[test]
    fn rows_may_be_texts() {
        let rows = [json!("a"), json!("b")];
        assert_eq!(Table::of(&rows, None).render(&rows, true), " VALUE\n a\n b");
    }

    #[test]
    fn every_width_keeps_the_columns_that_matter_and_breaks_no_row() {
        let rows = contacts();
        // The width of a terminal, and the columns in it.
        let cases = [
            (60, "ID FIRST_NAME LAST_NAME EMAILS"),
            (80, "ID FIRST_NAME LAST_NAME EMAILS TITLE"),
            (100, "ID FIRST_NAME LAST_NAME EMAILS TITLE"),
            (200, "ID FIRST_NAME LAST_NAME EMAILS TITLE CURRENT_COMPANY CREATED_AT"),
        ];
        for (room, columns) in cases {
            let text = Table::of(&rows, Some(room)).render(&rows, true);
            let lines: Vec<_> = text.lines().collect();
            assert_eq!(lines.len(), 3, "{text}");
            assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>().join(" "), columns, "{room}");
            assert!(lines.iter().all(|line| line.width() <= room), "{room}:\n{text}");
            assert_eq!(text.contains("a1b2c3d4-5678-90ab-cdef-1234567890ab"), room >= 100, "ids are cut last:\n{text}");
        }
        for room in 1..200 {
            let text = Table::of(&rows, Some(room)).render(&rows, true);
            assert!(text.lines().all(|line| line.width() <= room.max(3)), "{room}:\n{text}");
        }
    }

    #[test]
    fn long_values_are_wrapped_and_whole() {
        let rows = [("id".to_owned(), "a".to_owned()), ("note".to_owned(), "one two three four".to_owned())];
        assert_eq!(fields(&rows, None), " id    a\n note  one two three four");
        assert_eq!(fields(&rows, Some(19)), " id    a\n note  one two\n       three four");
        assert_eq!(fields(&[("n".to_owned(), "x".repeat(14))], Some(4)), " n  xxxxxxxxxxxx\n    xx");
    }
}
