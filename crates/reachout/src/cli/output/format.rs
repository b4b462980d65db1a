//! The forms of the output.

use clap::ValueEnum;
use serde::Deserialize;
use serde_json::Value;

use super::shape;
use crate::cli::failure::Failure;

/// The form of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    // Not doc comments, which would make the help of every command twice as long.
    #[default]
    Table,
    Json,
    // One line an item.
    Jsonl,
    // Lists are joined by semicolons, other nested values are JSON.
    Csv,
    Yaml,
}

/// JSON, on one line where several programs may write to the same place.
pub fn json(value: &Value, on_terminal: bool) -> String {
    if on_terminal { format!("{value:#}") } else { value.to_string() }
}

pub fn yaml(value: &Value) -> Result<String, Failure> {
    let text = serde_saphyr::to_string(value).map_err(|error| Failure::Output(error.into()))?;
    Ok(text.trim_end().to_owned())
}

/// Rows as comma-separated values (RFC 4180).
pub fn csv(columns: &[String], rows: &[Value], header: bool) -> Result<String, Failure> {
    let failed = |error: csv::Error| Failure::Output(error.into());
    let mut writer = csv::Writer::from_writer(Vec::new());
    if header {
        writer.write_record(columns).map_err(failed)?;
    }
    for row in rows {
        writer.write_record(columns.iter().map(|column| cell(&shape::value_at(row, column)))).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::Output(error.into_error().into()))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|item| !item.is_object() && !item.is_array()) => {
            list.iter().map(cell).collect::<Vec<_>>().join("; ")
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{csv, json, yaml};

    #[test]
    fn each_form_keeps_the_values() {
        let rows =
            [json!({ "name": "A, \"B\"", "tags": ["x", "y"], "note": "two\nlines", "n": 1, "none": null }), json!({ "name": "=1+1" })];
        let columns = ["name", "tags", "note", "n", "none"].map(str::to_owned);
        let expected = "name,tags,note,n,none\n\"A, \"\"B\"\"\",x; y,\"two\nlines\",1,\n=1+1,,,,";
        assert_eq!(csv(&columns, &rows, true).unwrap(), expected);
        assert_eq!(yaml(&rows[1]).unwrap(), "name: =1+1");
        assert_eq!(
            (json(&rows[1], false), json(&rows[1], true)),
            ("{\"name\":\"=1+1\"}".to_owned(), "{\n  \"name\": \"=1+1\"\n}".to_owned())
        );
    }
}
