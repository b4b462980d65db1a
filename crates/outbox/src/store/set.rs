//! Statements over many rows at once, which come as one parameter: a JSON array of objects.

use serde::Serialize;

/// The rows of a parameter, with columns that are made of the objects `e.value`: of SQLite, or of Postgres.
///
/// Postgres expects a hundred rows of a function that returns JSON, for which it would read a small table whole instead of its index. Of an
/// array it expects ten.
macro_rules! set {
    (sqlite, $parameter:literal, $columns:literal) => {
        concat!("SELECT ", $columns, " FROM json_each(", $parameter, ") AS e")
    };
    (postgres, $parameter:literal, $columns:literal) => {
        concat!("SELECT ", $columns, " FROM unnest(ARRAY(SELECT json_array_elements(CAST(", $parameter, " AS json)))) AS e (value)")
    };
}
pub(super) use set;

/// The parameter. It takes what Postgres' TEXT can hold, which is no NUL: [`text`].
pub(super) fn rows<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    // Structures of texts and numbers, whose names are fields: there is nothing that JSON cannot hold.
    serde_json::to_string(&rows).unwrap_or_default()
}

/// A vendor's text as both databases can hold it.
pub(super) fn text(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}
