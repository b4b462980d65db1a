//! `anyOf` and `oneOf` as true alternatives: those that are one thing become it, nulls are `nullable`.

use serde_json::{Value, json};

use super::{
    flat::{Flat, ORIGIN},
    flatten::MAX_DEPTH,
    schemas::Schemas,
    words,
};

impl Schemas<'_> {
    /// Settles the alternatives of a schema.
    pub(super) fn alternatives(&mut self, flat: &mut Flat, written: &[Value], any: bool, at: &str, depth: usize) {
        let mut alternatives = Vec::new();
        Self::collect(flat, written, &mut alternatives, depth);
        let constraints = |one: &Value| {
            one.as_object().is_some_and(|map| map.keys().all(|key| ["required", "not", "description", "title"].contains(&key.as_str())))
        };
        if alternatives.iter().any(|one| !constraints(one)) {
            alternatives.retain(|one| !constraints(one));
        } else {
            if !alternatives.is_empty() {
                self.notes.add("Which fields are needed together is not kept (`required` in `anyOf` or `oneOf`)", at);
            }
            return;
        }
        let any_value = |one: &Value| {
            one.as_object().is_none_or(|map| map.keys().all(|key| ["description", "title", "nullable"].contains(&key.as_str())))
        };
        if alternatives.iter().any(any_value) {
            self.notes.add("Alternatives one of which is any value are any value", at);
            flat.map.clear();
            return;
        }
        let mut distinct: Vec<Value> = Vec::new();
        for one in alternatives {
            if !distinct.iter().any(|known| without_prose(known) == without_prose(&one)) {
                distinct.push(one);
            }
        }
        if self.one_text(flat, &distinct, at, depth) {
            return;
        }
        if distinct.len() == 1 {
            let one = self.flatten_within(&distinct[0], at, depth + 1);
            let bare = flat.map.keys().all(|key| ["type", "example", "default", "title"].contains(&key.as_str()));
            if bare {
                *flat = Flat { nullable: flat.nullable || one.nullable, description: flat.description.take().or(one.description), ..one };
            } else {
                let one = self.written_out(one, at, depth + 1);
                self.merge(flat, one, at);
            }
            return;
        }
        if any {
            self.notes.add("`anyOf` became `oneOf`: a value that fits several is read as the one that knows most of its fields", at);
        }
        let structure = flat.map.get("properties").and_then(Value::as_object).is_some_and(|own| !own.is_empty());
        if structure {
            distribute(flat, distinct);
        } else {
            flat.map.retain(|key, _| key == "example" || key == "title");
            flat.map.insert("oneOf".into(), distinct.into());
        }
    }

    /// The alternatives without null, and those of inline alternatives among them.
    fn collect(flat: &mut Flat, written: &[Value], into: &mut Vec<Value>, depth: usize) {
        for one in written {
            if words::is_null(one) {
                flat.nullable = true;
                continue;
            }
            let nested =
                one["oneOf"].as_array().or(one["anyOf"].as_array()).filter(|_| one.get("properties").is_none() && depth < MAX_DEPTH);
            match nested {
                Some(nested) => {
                    flat.nullable |= one["nullable"] == true;
                    Self::collect(flat, nested, into, depth + 1);
                }
                None => into.push(one.clone()),
            }
        }
    }

    /// Alternatives that are all texts, or all numbers, are one.
    fn one_text(&mut self, flat: &mut Flat, alternatives: &[Value], at: &str, depth: usize) -> bool {
        if alternatives.len() < 2 {
            return false;
        }
        let mut resolved = Vec::new();
        for one in alternatives {
            let one = self.flatten_within(one, at, depth + 1);
            resolved.push(self.written_out(one, at, depth + 1));
        }
        let kind = |flat: &Flat| flat.map.get("type").and_then(Value::as_str).map(str::to_owned);
        let all = |wanted: &[&str]| {
            resolved.iter().all(|one| kind(one).is_some_and(|kind| wanted.contains(&kind.as_str())) && !one.map.contains_key("oneOf"))
        };
        if all(&["string"]) {
            let values: Vec<Option<&Vec<Value>>> = resolved.iter().map(|one| one.map.get("enum").and_then(Value::as_array)).collect();
            let mut lines = String::new();
            for one in &resolved {
                if let (Some([Value::String(value)]), Some(text)) =
                    (one.map.get("enum").and_then(Value::as_array).map(Vec::as_slice), &one.description)
                {
                    lines += &format!("\n- `{value}`: {}", text.split('\n').next().unwrap_or_default());
                }
            }
            flat.map.retain(|key, _| key == "example" || key == "title");
            flat.map.insert("type".into(), "string".into());
            if values.iter().all(Option::is_some) {
                let mut union: Vec<Value> = Vec::new();
                for value in values.into_iter().flatten().flatten() {
                    if !union.contains(value) {
                        union.push(value.clone());
                    }
                }
                flat.map.insert("enum".into(), union.into());
            } else {
                let known: Vec<&Value> = values.into_iter().flatten().flatten().collect();
                if !known.is_empty() {
                    flat.description = Some(listed(flat.description.take(), "Known values", &known));
                }
                self.notes.add("Alternatives that are all texts became one text", at);
            }
            if !lines.is_empty() {
                flat.description = Some(format!("{}\n{lines}", flat.description.take().unwrap_or_default()).trim().to_owned());
            }
            return true;
        }
        if all(&["integer", "number"]) {
            let integer = resolved.iter().all(|one| kind(one).as_deref() == Some("integer"));
            flat.map.retain(|key, _| key == "example" || key == "title");
            flat.map.insert("type".into(), if integer { "integer" } else { "number" }.into());
            self.notes.add("Alternatives that are all numbers became one number", at);
            return true;
        }
        false
    }
}

/// Every alternative with the properties that stand beside them.
pub fn distribute(flat: &mut Flat, alternatives: Vec<Value>) {
    let base = Value::Object(std::mem::take(&mut flat.map));
    let whole: Vec<Value> = alternatives
        .into_iter()
        .map(|one| {
            let reference = one.get("$ref").cloned();
            let referred = reference.as_ref().and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
            let title = one["title"].as_str().or(referred).map(str::to_owned);
            let mut whole = json!({ "allOf": [one, base] });
            whole.as_object_mut().into_iter().for_each(|whole| whole.extend(reference.clone().map(|node| (ORIGIN.to_owned(), node))));
            if let Some(title) = title {
                whole["title"] = title.into();
            }
            whole
        })
        .collect();
    flat.map.insert("oneOf".into(), whole.into());
}

/// A description with a list of values behind it.
pub fn listed(description: Option<String>, what: &str, values: &[&Value]) -> String {
    let values: Vec<String> =
        values.iter().map(|value| format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect();
    let text = description.unwrap_or_default();
    let text = text.trim_end();
    format!("{text}{}{what}: {}.", if text.is_empty() { "" } else { "\n\n" }, values.join(", "))
}

/// What an alternative is, without what people read.
fn without_prose(schema: &Value) -> Value {
    let mut plain = schema.clone();
    if let Some(map) = plain.as_object_mut() {
        map.retain(|key, _| !["title", "description", "example", "summary"].contains(&key.as_str()));
    }
    plain
}
