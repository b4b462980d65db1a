//! What of a response is a list, and which of its fields a person wants to see first.

use serde_json::{Value, json};

use crate::cli::print::plain;

/// Names that say most of a thing, in this order; without `_`, in lower case, in the singular.
const MAIN: [&str; 31] = [
    "id",
    "name",
    "fullname",
    "contactname",
    "firstname",
    "lastname",
    "subject",
    "email",
    "phone",
    "title",
    "type",
    "channel",
    "direction",
    "state",
    "status",
    "globalstatus",
    "stage",
    "body",
    "content",
    "message",
    "lastmessagebody",
    "text",
    "company",
    "currentcompany",
    "companyname",
    "linkedinurl",
    "value",
    "date",
    "createdat",
    "dateadded",
    "sentat",
];
/// One of these is enough, without another and without its [`PARTS`].
const WHOLE: [&str; 3] = ["name", "fullname", "contactname"];
const PARTS: [&str; 2] = ["firstname", "lastname"];
const MOST: usize = 7;

/// The list that a response is or holds.
pub fn list<'a>(response: &'a Value, items: Option<&str>) -> Option<&'a [Value]> {
    if let Some(path) = items {
        let found = path.split('.').filter(|key| !key.is_empty()).fold(response, |value, key| &value[key]);
        // An empty list may be left out.
        return if found.is_null() { Some(&[]) } else { found.as_array().map(Vec::as_slice) };
    }
    match unwrapped(response) {
        Value::Array(list) => Some(list),
        Value::Object(fields) => {
            let mut lists = fields.values().filter_map(Value::as_array).filter(|list| list.iter().any(Value::is_object));
            let list = lists.next()?;
            // Beside a list, only a page's numbers are left out without loss.
            let alone = lists.next().is_none() && fields.values().filter(|value| value.is_string()).count() == 0;
            alone.then_some(list)
        }
        _ => None,
    }
}

/// `{"data": {…}}` is about what is in `data`.
pub fn unwrapped(value: &Value) -> &Value {
    match value.as_object().map(|fields| (fields.len(), fields.values().next())) {
        Some((1, Some(inner))) if inner.is_object() || inner.is_array() => unwrapped(inner),
        _ => value,
    }
}

/// The fields of a response, one row each: what matters first, nested ones by dot paths.
pub fn fields(response: &Value) -> Vec<Value> {
    match unwrapped(response) {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| rank(name));
            rows(fields)
        }
        value => vec![json!({ "field": "value", "value": value })],
    }
}

/// The same of an object of our own, whose order is meant.
pub fn fields_in_order(object: &Value) -> Vec<Value> {
    rows(object.as_object().into_iter().flatten())
}

fn rows<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Vec<Value> {
    let mut rows = Vec::new();
    fields.into_iter().for_each(|(name, value)| collect(value, name, &mut rows));
    rows
}

fn collect(value: &Value, path: &str, rows: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(value, &format!("{path}.{key}"), rows)),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            list.iter().enumerate().for_each(|(index, item)| collect(item, &format!("{path}[{index}]"), rows));
        }
        Value::Null => {}
        value => rows.push(json!({ "field": path, "value": value })),
    }
}

/// The fields of the rows that are worth a column.
pub fn columns(rows: &[Value]) -> Vec<String> {
    let mut names: Vec<&String> = Vec::new();
    for (name, value) in rows.iter().filter_map(Value::as_object).flatten() {
        if !names.contains(&name) && !short(name, value).is_empty() {
            names.push(name);
        }
    }
    names.sort_by_key(|name| rank(name));
    if let Some(whole) = names.iter().find(|name| WHOLE.contains(&&*plain_name(name))).copied() {
        names.retain(|name| *name == whole || ![&WHOLE[..], &PARTS].concat().contains(&&*plain_name(name)));
    }
    names.truncate(MOST);
    names.into_iter().cloned().collect()
}

/// Every field of the rows, in their order.
pub fn every_column(rows: &[Value]) -> Vec<String> {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().cloned().collect()
}

/// The value at a dot path. Of a list on the way, that of each item.
pub fn value_at(row: &Value, path: &str) -> Value {
    let Some(fields) = row.as_object() else { return row.clone() };
    if let Some(value) = fields.get(path) {
        return value.clone();
    }
    let Some((first, rest)) = path.split_once('.') else { return Value::Null };
    match fields.get(first) {
        Some(Value::Array(items)) => items.iter().map(|item| value_at(item, rest)).collect(),
        Some(inner) if inner.is_object() => value_at(inner, rest),
        _ => Value::Null,
    }
}

/// The same on one line, as a table shows it.
pub fn text_at(row: &Value, path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    one_line(&short(name, &value_at(row, path)))
}

/// A text that stays in its line and does not steer the terminal.
pub fn one_line(text: &str) -> String {
    plain(&text.replace('\n', " "))
}

/// What a person wants to see of a value: of an email address with its kind, the address.
fn short(name: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(|item| short(name, item)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => main_field(name, fields).map(|value| short(name, value)).unwrap_or_default(),
        value => value.to_string(),
    }
}

/// The field that is named as what holds it (`emails[].email`), or else the one that says most, ids apart.
fn main_field<'v>(name: &str, fields: &'v serde_json::Map<String, Value>) -> Option<&'v Value> {
    let holder = plain_name(name);
    let scalars = || fields.iter().filter(|(_, value)| value.is_string() || value.is_number());
    let same = scalars().find(|(field, _)| plain_name(field) == holder);
    let ranked = || scalars().filter(|(field, _)| (1..MAIN.len()).contains(&rank(field))).min_by_key(|(field, _)| rank(field));
    same.or_else(ranked).map(|(_, value)| value)
}

/// Fields without a rank keep their order, as the sorting is stable.
fn rank(name: &str) -> usize {
    let plain = plain_name(name);
    MAIN.iter().position(|main| *main == plain).unwrap_or(MAIN.len())
}

fn plain_name(name: &str) -> String {
    let plain = name.replace('_', "").to_lowercase();
    match plain.strip_suffix('s') {
        // `status` is one.
        Some(singular) if !singular.ends_with(['s', 'u']) => singular.to_owned(),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{columns, fields, list, text_at};

    #[test]
    fn finds_the_list() {
        let row = json!({ "id": 1 });
        let cases = [
            (json!({ "data": [row], "meta": { "total": 1 } }), Some("data"), Some(1)),
            (json!({ "data": { "profiles": [row, row] } }), Some("data.profiles"), Some(2)),
            (json!({ "meta": {} }), Some("data"), Some(0)),
            (json!({ "senders": [row] }), None, Some(1)),
            (json!([row]), None, Some(1)),
            (json!([row, row]), Some(""), Some(2)),
            (json!({ "tasks": [row], "traceId": "t" }), None, None),
            (json!({ "data": { "id": 1, "emails": [{ "email": "a" }], "name": "x" } }), None, None),
            (json!({ "data": { "id": "a" } }), None, None),
        ];
        for (response, items, length) in cases {
            assert_eq!(list(&response, items).map(<[Value]>::len), length, "{response}");
        }
    }

    #[test]
    fn names_nested_fields() {
        let object = json!({ "data": { "id": "a", "meta": { "n": 1, "none": null }, "tags": ["x"] } });
        let expected =
            [json!({ "field": "id", "value": "a" }), json!({ "field": "meta.n", "value": 1 }), json!({ "field": "tags", "value": ["x"] })];
        assert_eq!(fields(&object), expected);
    }

    #[test]
    fn puts_what_matters_first() {
        let rows = [
            json!({ "z": 1, "emails": [{ "email": "a" }], "status": "new" }),
            json!({ "first_name": "Sophie", "id": "a", "tags": ["x"], "nothing": null }),
        ];
        assert_eq!(columns(&rows), ["id", "first_name", "emails", "status", "z", "tags"]);
        let named = [json!({ "firstName": "A", "lastName": "B", "contactName": "A B", "fullName": "A B", "email": "a@b.c" })];
        assert_eq!(columns(&named), ["fullName", "email"], "a whole name says its parts");
    }

    #[test]
    fn nested_values_have_a_short_form_and_a_path() {
        let row = json!({
            "emails": [{ "email": "a@b.c", "type": "work" }, { "email": "d@e.f" }], "tags": ["x", "y"], "meta": { "n": 1 },
            "contact": { "id": 7, "name": "Ada" }, "a.b": "dotted",
        });
        let cases = [
            ("emails", "a@b.c, d@e.f"),
            ("emails.type", "work"),
            ("tags", "x, y"),
            ("meta", ""),
            ("meta.n", "1"),
            ("contact", "Ada"),
            ("contact.id", "7"),
            ("a.b", "dotted"),
            ("none.at.all", ""),
        ];
        for (path, text) in cases {
            assert_eq!(text_at(&row, path), text, "{path}");
        }
    }
}
