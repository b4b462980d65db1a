//! Texts and numbers.

use reachout_document::is_match;
use serde_json::{Map, Value, json};

use super::Maker;

impl Maker {
    pub(super) fn text(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let formatted = match schema.get("format").and_then(Value::as_str) {
            Some("uuid") => Some("3c90c3cc-0d44-4b50-8888-8dd25736052a"),
            Some("date-time") => Some("2026-01-31T12:00:00Z"),
            Some("date") => Some("2026-01-31"),
            Some("time") => Some("12:00:00Z"),
            Some("duration") => Some("P3D"),
            Some("email" | "idn-email") => Some("ada@example.com"),
            Some("uri" | "url" | "iri") => Some("https://example.com/a?b=c"),
            Some("uri-reference") => Some("/a?b=c"),
            Some("hostname") => Some("example.com"),
            Some("ipv4") => Some("192.0.2.1"),
            Some("ipv6") => Some("2001:db8::1"),
            Some("byte") => Some("QWRh"),
            _ => None,
        };
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            let mut texts =
                formatted.map(str::to_owned).into_iter().chain((0..12).filter_map(|more| reachout_codegen::matching(pattern, more)));
            let fits = |text: &String| {
                let length = text.chars().count();
                limit("minLength").is_none_or(|least| length >= least)
                    && limit("maxLength").is_none_or(|most| length <= most)
                    && is_match(pattern, text)
            };
            return texts.find(fits).map(Value::from);
        }
        if let Some(formatted) = formatted {
            return Some(formatted.into());
        }
        let mut text = (*self.random.one(&["text", "Zoë 🙂", "a \"quoted\" line\nand another", "12", "true"])?).to_owned();
        let least = limit("minLength").unwrap_or_default();
        while text.chars().count() < least.min(10_000) {
            text.push('x');
        }
        Some(limit("maxLength").map_or(text.clone(), |most| text.chars().take(most).collect()).into())
    }

    pub(super) fn integer(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let step = bound("multipleOf").unwrap_or(1.0).max(1.0);
        let big = match schema.get("format").and_then(Value::as_str) {
            Some("int64") => 9_007_199_254_740_993_i64,
            _ => 70_000,
        };
        let free = bound("minimum").is_none() && bound("maximum").is_none() && schema.get("exclusiveMinimum").is_none() && step <= 1.0;
        if free {
            return self.random.one(&[0, 1, 42, -3, big]).map(|value| Value::from(*value));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a bound that is no integer of this size fits nothing, and the validator says so"
        )]
        let whole = self.within(schema, step, 1.0).round() as i64;
        Some(whole.into())
    }

    pub(super) fn number(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let free =
            ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].iter().all(|key| !schema.contains_key(*key));
        if free {
            return self.random.one(&[json!(0.5), json!(3), json!(-1.25), json!(1e21), json!(12.34)]).cloned();
        }
        let step = schema.get("multipleOf").and_then(Value::as_f64).unwrap_or_default();
        serde_json::Number::from_f64(self.within(schema, step, 0.5)).map(Value::Number)
    }

    /// A number between the bounds, `inside` of those that are excluded.
    fn within(&mut self, schema: &Map<String, Value>, step: f64, inside: f64) -> f64 {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let excluded =
            |key: &str| bound(key).or_else(|| bound(&key.replace("exclusiveM", "m")).filter(|_| schema.get(key) == Some(&true.into())));
        let least = excluded("exclusiveMinimum").map(|least| least + inside).or(bound("minimum"));
        let most = excluded("exclusiveMaximum").map(|most| most - inside).or(bound("maximum"));
        let value = match (least, most) {
            (Some(least), Some(most)) => {
                if self.random.percent(50) {
                    least
                } else {
                    most
                }
            }
            (Some(least), None) => least + if self.random.percent(50) { 0.0 } else { step.max(1.0) },
            (None, Some(most)) => most,
            (None, None) => step,
        };
        let rounded = if step > 0.0 { (value / step).ceil() * step } else { value };
        if most.is_some_and(|most| rounded > most) { (value / step).floor() * step } else { rounded }
    }
}
