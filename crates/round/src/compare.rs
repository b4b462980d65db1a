//! Whether a value came back whole.

use serde_json::{Number, Value};

/// The first place where what came back is not what was sent, and how. In an object null and absence are one: an optional field has both.
pub fn difference(sent: &Value, returned: &Value) -> Option<String> {
    at("", sent, returned)
}

fn at(path: &str, sent: &Value, returned: &Value) -> Option<String> {
    match (sent, returned) {
        (Value::Object(sent), Value::Object(returned)) => {
            let mut names: Vec<&String> = sent.keys().chain(returned.keys()).collect();
            names.dedup();
            names.iter().find_map(|name| {
                let of = |map: &serde_json::Map<String, Value>| map.get(*name).cloned().unwrap_or_default();
                at(&format!("{path}/{name}"), &of(sent), &of(returned))
            })
        }
        (Value::Array(sent), Value::Array(returned)) if sent.len() == returned.len() => {
            sent.iter().zip(returned).enumerate().find_map(|(index, (sent, returned))| at(&format!("{path}/{index}"), sent, returned))
        }
        (Value::Number(sent), Value::Number(returned)) if same_number(sent, returned) => None,
        _ if sent == returned => None,
        _ => Some(format!("{path}: {sent} became {returned}")),
    }
}

/// `3` is `3.0`.
fn same_number(one: &Number, other: &Number) -> bool {
    one == other || (one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn what_is_lost_or_changed_is_named_with_its_place() {
        let cases = [
            (json!({ "a": [1, { "b": "x" }] }), json!({ "a": [1, { "b": "x" }] }), None),
            (json!({ "a": 3.0, "b": null }), json!({ "a": 3, "c": null }), None),
            (json!({ "a": [{ "b": 1 }] }), json!({ "a": [{}] }), Some("/a/0/b: 1 became null")),
            (json!({}), json!({ "b": 1 }), Some("/b: null became 1")),
            (json!([1]), json!([1, 2]), Some(": [1] became [1,2]")),
            (json!([null]), json!([1]), Some("/0: null became 1")),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), Some(": 9007199254740993 became 9007199254740992")),
        ];
        for (sent, returned, expected) in cases {
            assert_eq!(difference(&sent, &returned).as_deref(), expected, "{sent}");
        }
    }
}
