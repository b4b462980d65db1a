//! Compares JSON as values.

use chrono::DateTime;
use serde_json::Value;

/// What of `expected` is missing or different in `actual`, as dot paths. Null and absent are the same, and so are two spellings of one instant.
#[must_use]
pub fn lost(expected: &Value, actual: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    walk(expected, actual, "", &mut paths);
    paths
}

fn walk(expected: &Value, actual: &Value, at: &str, paths: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected.iter().filter(|(_, value)| !value.is_null()) {
                walk(value, actual.get(key).unwrap_or(&Value::Null), &format!("{at}.{key}"), paths);
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                walk(expected, actual, &format!("{at}[{index}]"), paths);
            }
        }
        (expected, actual) if same(expected, actual) => {}
        (expected, actual) => paths.push(format!("{at}: {expected} became {actual}")),
    }
}

fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        // `3` is `3.0`; two integers are compared to the last digit.
        (Value::Number(expected), Value::Number(actual)) => {
            expected == actual || (expected.is_f64() || actual.is_f64()) && expected.as_f64() == actual.as_f64()
        }
        (Value::String(expected), Value::String(actual)) => {
            let instant = |text: &str| DateTime::parse_from_rfc3339(text).ok();
            expected == actual || instant(expected).is_some_and(|expected| instant(actual) == Some(expected))
        }
        (expected, actual) => expected == actual,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::lost;

    #[test]
    fn tells_what_is_lost() {
        let cases = [
            (json!({ "a": 1, "b": null }), json!({ "a": 1.0 }), vec![]),
            (json!({ "at": "2024-02-24T15:30:00.000Z" }), json!({ "at": "2024-02-24T15:30:00Z" }), vec![]),
            (
                json!({ "at": "2024-02-24T15:30:00.500Z" }),
                json!({ "at": "2024-02-24T15:30:00Z" }),
                vec![".at: \"2024-02-24T15:30:00.500Z\" became \"2024-02-24T15:30:00Z\""],
            ),
            (json!({ "a": { "b": ["x"] } }), json!({ "a": { "b": [] } }), vec![".a.b: [\"x\"] became []"]),
            (json!({ "a": [] }), json!({}), vec![".a: [] became null"]),
            (json!({ "a": "1" }), json!({ "a": 1 }), vec![".a: \"1\" became 1"]),
            (json!({ "a": [{ "b": 1 }] }), json!({ "a": [{}] }), vec![".a[0].b: 1 became null"]),
            (json!([null]), json!([1]), vec!["[0]: null became 1"]),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), vec![": 9007199254740993 became 9007199254740992"]),
        ];
        for (expected, actual, paths) in cases {
            assert_eq!(lost(&expected, &actual), paths);
        }
    }
}
