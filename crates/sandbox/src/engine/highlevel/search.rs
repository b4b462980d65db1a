//! The filters of `POST /contacts/search`.

use serde_json::Value;

use crate::engine::store::Fields;

/// Whether a contact fits a filter: `{field, operator, value}`, or a `group` (AND, OR) of `filters`.
pub(crate) fn fits(filter: &Value, contact: &Fields) -> bool {
    if let Some(filters) = filter["filters"].as_array() {
        let mut filters = filters.iter().map(|filter| fits(filter, contact));
        return if filter["group"] == "OR" { filters.any(|fits| fits) } else { filters.all(|fits| fits) };
    }
    let actual = filter["field"].as_str().and_then(|field| field_of(contact, field));
    let asked = &filter["value"];
    match filter["operator"].as_str().unwrap_or("eq") {
        "not_eq" => !equal(actual, asked),
        "contains" => contains(actual, asked),
        "not_contains" => !contains(actual, asked),
        "exists" => actual.is_some(),
        "not_exists" => actual.is_none(),
        "range" => within(actual, asked),
        _ => equal(actual, asked),
    }
}

fn field_of<'a>(contact: &'a Fields, field: &str) -> Option<&'a Value> {
    // The search calls a contact's first name `firstNameLowerCase` as well, and its address `address`.
    contact.get(field).or_else(|| contact.get(&format!("{field}1"))).filter(|value| !value.is_null())
}

fn equal(actual: Option<&Value>, asked: &Value) -> bool {
    match (actual, asked) {
        (Some(Value::Array(items)), _) => items.iter().any(|item| equal(Some(item), asked)),
        (_, Value::Array(any)) => any.iter().any(|asked| equal(actual, asked)),
        (Some(Value::String(actual)), Value::String(asked)) => actual.eq_ignore_ascii_case(asked),
        (Some(actual), asked) => actual == asked,
        (None, _) => false,
    }
}

fn contains(actual: Option<&Value>, asked: &Value) -> bool {
    match (actual, asked) {
        (Some(Value::Array(items)), _) => items.iter().any(|item| contains(Some(item), asked)),
        (Some(Value::String(actual)), Value::String(asked)) => actual.to_lowercase().contains(&asked.to_lowercase()),
        _ => equal(actual, asked),
    }
}

/// `{gt, gte, lt, lte}` over numbers, or over dates, which order as text.
fn within(actual: Option<&Value>, asked: &Value) -> bool {
    let Some(actual) = actual else { return false };
    ["gt", "gte", "lt", "lte"].into_iter().filter(|bound| !asked[*bound].is_null()).all(|bound| {
        let order = match (actual.as_f64(), asked[bound].as_f64()) {
            (Some(actual), Some(asked)) => actual.total_cmp(&asked),
            _ => actual.as_str().unwrap_or_default().cmp(asked[bound].as_str().unwrap_or_default()),
        };
        match bound {
            "gt" => order.is_gt(),
            "gte" => order.is_ge(),
            "lt" => order.is_lt(),
            _ => order.is_le(),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::store::fields;

    #[test]
    fn a_filter_chooses_contacts() {
        let contact = fields(json!({ "email": "ada@example.com", "tags": ["vip"], "dateAdded": "2026-01-02T00:00:00Z" }));
        let by = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
        let cases = [
            (by("email", "eq", json!("ADA@example.com")), true),
            (by("email", "not_eq", json!("ada@example.com")), false),
            (by("email", "contains", json!("example")), true),
            (by("tags", "eq", json!(["new", "vip"])), true),
            (by("phone", "exists", json!(true)), false),
            (by("dateAdded", "range", json!({ "gte": "2026-01-01", "lt": "2026-01-03" })), true),
            (json!({ "group": "OR", "filters": [by("phone", "exists", json!(true)), by("tags", "eq", json!("vip"))] }), true),
            (json!({ "group": "AND", "filters": [by("phone", "exists", json!(true)), by("tags", "eq", json!("vip"))] }), false),
        ];
        for (filter, expected) in cases {
            assert_eq!(fits(&filter, &contact), expected, "{filter}");
        }
    }
}
