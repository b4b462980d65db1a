//! What of a response is a list, and which of its fields a person wants to see first.

use serde_json::{Value, json};

/// Names that say most of a thing, in this order; without `_`, in lower case.
const MAIN: [&str; 30] = [
    "id",
    "name",
    "firstname",
    "lastname",
    "fullname",
    "contactname",
    "title",
    "subject",
    "email",
    "phone",
    "type",
    "channel",
    "direction",
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
const MOST: usize = 7;

/// The list that a response is or holds.
pub fn list<'a>(response: &'a Value, items: Option<&str>) -> Option<&'a [Value]> {
    if let Some(path) = items {
        let found = path.split('.').fold(response, |value, key| &value[key]);
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
fn unwrapped(value: &Value) -> &Value {
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
        let shown = !value.is_null() && !value.is_object() && value.as_array().is_none_or(|list| list.iter().any(|item| !item.is_object()));
        if shown && !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| rank(name));
    names.truncate(MOST);
    names.into_iter().cloned().collect()
}

/// Fields without a rank keep their order, as the sorting is stable.
fn rank(name: &str) -> usize {
    let plain = name.replace('_', "").to_lowercase();
    MAIN.iter().position(|main| *main == plain).unwrap_or(MAIN.len())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{columns, fields, list};

    #[test]
    fn finds_the_list() {
        let row = json!({ "id": 1 });
        let cases = [
            (json!({ "data": [row], "meta": { "total": 1 } }), Some("data"), Some(1)),
            (json!({ "data": { "profiles": [row, row] } }), Some("data.profiles"), Some(2)),
            (json!({ "meta": {} }), Some("data"), Some(0)),
            (json!({ "senders": [row] }), None, Some(1)),
            (json!([row]), None, Some(1)),
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
        assert_eq!(columns(&rows), ["id", "first_name", "status", "z", "tags"]);
    }
}
