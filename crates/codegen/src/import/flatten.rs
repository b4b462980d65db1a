//! A schema as one thing: `allOf` merged, `anyOf` and `oneOf` down to true alternatives, nulls as `nullable`.

use serde_json::{Value, json};

use super::{
    flat::{Flat, ORIGIN},
    schemas::Schemas,
};

/// How deep schemas are merged into each other.
const MAX_DEPTH: usize = 96;

/// How many parts are merged for one document. Parts that contain each other in circles have no end.
const MAX_PARTS: usize = 200_000;

impl Schemas<'_> {
    /// Settles a schema.
    pub fn flatten(&mut self, schema: &Value, at: &str) -> Flat {
        self.flatten_within(schema, at, 0)
    }

    fn flatten_within(&mut self, schema: &Value, at: &str, depth: usize) -> Flat {
        let Some(map) = schema.as_object().filter(|_| depth < MAX_DEPTH) else { return Flat::default() };
        let text = |key: &str| map.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let mut flat =
            Flat { description: text("description"), nullable: map.get("nullable") == Some(&Value::Bool(true)), ..Flat::default() };
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            return self.referred(flat, reference, at, depth);
        }
        flat.map = map
            .iter()
            .filter(|(key, _)| KEPT.iter().chain(&LIMITS).any(|kept| kept == key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        for (key, note) in LOST {
            if map.contains_key(key) {
                self.notes.add(note, at);
            }
        }
        flat.discriminator = map.get("discriminator").filter(|discriminator| discriminator["propertyName"].is_string()).cloned();
        self.kind(&mut flat, at);
        if let Some(parts) = map.get("allOf").and_then(Value::as_array) {
            self.all_of(&mut flat, parts, at, depth);
        }
        let one_of = map.get("oneOf").and_then(Value::as_array);
        let any_of = map.get("anyOf").and_then(Value::as_array);
        if let (Some(_), Some(_)) = (one_of, any_of) {
            self.notes.add("`anyOf` beside `oneOf` was left out", at);
        }
        if let Some(alternatives) = one_of.or(any_of) {
            if flat.reference.is_some() {
                flat = self.written_out(flat, at, depth);
            }
            self.alternatives(&mut flat, alternatives, one_of.is_none(), at, depth);
        }
        if flat.reference.is_none() {
            self.enumeration(&mut flat, at);
        }
        flat
    }

    /// A `$ref`: to a component it stays, anything else is written out.
    fn referred(&mut self, flat: Flat, reference: &str, at: &str, depth: usize) -> Flat {
        if self.name_of(reference).is_some() {
            let nullable = flat.nullable || self.is_nullable(reference);
            return Flat { reference: Some(reference.to_owned()), nullable, ..flat };
        }
        let Some(target) = self.target(reference).cloned() else {
            self.notes.add("References to nothing became values of any type", format!("{at}: `{reference}`"));
            return flat;
        };
        let target = self.flatten_within(&target, reference, depth + 1);
        Flat { nullable: flat.nullable || target.nullable, description: flat.description.or(target.description), ..target }
    }

    /// What a reference stands for, in words of its own.
    fn written_out(&mut self, flat: Flat, at: &str, depth: usize) -> Flat {
        let Some(reference) = flat.reference.clone() else { return flat };
        if self.visiting.contains(&reference) || depth >= MAX_DEPTH {
            self.circles += 1;
            self.notes.add("A part that contains itself was left out", format!("{at}: `{reference}`"));
            return Flat { reference: None, ..flat };
        }
        let Some(target) = self.target(&reference).cloned() else { return Flat { reference: None, ..flat } };
        let target = match self.settled.get(&reference) {
            Some(settled) => settled.clone(),
            None if self.parts >= MAX_PARTS => {
                self.notes.add("Parts beyond what can be merged were left out (`allOf`)", format!("{at}: `{reference}`"));
                return Flat { reference: None, ..flat };
            }
            None => {
                self.parts += 1;
                self.visiting.push(reference.clone());
                let circles = self.circles;
                let target = self.flatten_within(&target, &reference, depth + 1);
                let target = self.written_out(target, &reference, depth + 1);
                self.visiting.pop();
                // What was cut off within a circle is whole elsewhere.
                if circles == self.circles {
                    self.settled.insert(reference.clone(), target.clone());
                }
                target
            }
        };
        Flat { nullable: flat.nullable || target.nullable, description: flat.description.or(target.description), ..target }
    }

    /// A schema with its references followed.
    pub fn resolved(&mut self, schema: &Value, at: &str) -> Flat {
        let flat = self.flatten(schema, at);
        self.written_out(flat, at, 0)
    }

    fn all_of(&mut self, flat: &mut Flat, parts: &[Value], at: &str, depth: usize) {
        let (plain, real): (Vec<&Value>, Vec<&Value>) = parts.iter().partition(|part| is_metadata(part));
        for part in plain {
            flat.nullable |= part["nullable"] == true;
            if flat.description.is_none() {
                flat.description = part["description"].as_str().map(str::to_owned);
            }
        }
        let own = flat
            .map
            .iter()
            .any(|(key, value)| !(key == "type" && (value == "object" || value == "string") || key == "example" || key == "default"));
        if let ([one], false) = (real.as_slice(), own)
            && one.get("$ref").is_some()
        {
            let only = self.flatten_within(one, &format!("{at}/allOf"), depth + 1);
            *flat = Flat { nullable: flat.nullable || only.nullable, description: flat.description.take().or(only.description), ..only };
            return;
        }
        for (index, part) in real.into_iter().enumerate() {
            let at = format!("{at}/allOf/{index}");
            let part = self.flatten_within(part, &at, depth + 1);
            let part = self.written_out(part, &at, depth + 1);
            self.merge(flat, part, &at);
        }
    }

    /// Puts the words of a part beside those that are there.
    fn merge(&mut self, flat: &mut Flat, part: Flat, at: &str) {
        flat.nullable |= part.nullable;
        if flat.description.is_none() {
            flat.description = part.description;
        }
        if part.map.contains_key("oneOf") && flat.discriminator.is_none() {
            flat.discriminator = part.discriminator;
        }
        for (key, value) in part.map {
            match (flat.map.get_mut(&key), value) {
                (Some(Value::Object(own)), Value::Object(other)) if key == "properties" => {
                    for (name, property) in other {
                        match own.get_mut(&name) {
                            Some(known) if *known != property => {
                                let both = json!({ "allOf": [known.take(), property] });
                                *known = both;
                            }
                            Some(_) => {}
                            None => {
                                own.insert(name, property);
                            }
                        }
                    }
                }
                (Some(Value::Array(own)), Value::Array(other)) if key == "required" => {
                    for name in other {
                        if !own.contains(&name) {
                            own.push(name);
                        }
                    }
                }
                (Some(Value::Array(own)), Value::Array(other)) if key == "enum" => own.retain(|value| other.contains(value)),
                (Some(own), Value::Array(_)) if key == "oneOf" => {
                    if own.as_array().is_some() {
                        self.notes.add("A second list of alternatives was left out (`oneOf` in `allOf`)", at);
                    }
                }
                (Some(own), value) => {
                    if key == "type" && *own != value {
                        self.notes.add("Parts of different types: the first was kept (`allOf`)", at);
                    }
                }
                (None, value) => {
                    flat.map.insert(key, value);
                }
            }
        }
        // Alternatives beside properties: each alternative has all of them.
        if flat.map.contains_key("properties")
            && let Some(Value::Array(alternatives)) = flat.map.shift_remove("oneOf")
        {
            distribute(flat, alternatives);
        }
    }

    fn alternatives(&mut self, flat: &mut Flat, written: &[Value], any: bool, at: &str, depth: usize) {
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
            let is_null = one["type"] == "null"
                || one["enum"].as_array().is_some_and(|values| values.iter().all(Value::is_null))
                || one.as_object().is_some_and(|map| map.len() == 1 && one["nullable"] == true);
            if is_null {
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
fn distribute(flat: &mut Flat, alternatives: Vec<Value>) {
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

fn is_metadata(part: &Value) -> bool {
    const WORDS: [&str; 8] = ["description", "nullable", "title", "example", "default", "deprecated", "readOnly", "writeOnly"];
    part.as_object().is_none_or(|map| map.keys().all(|key| WORDS.contains(&key.as_str())))
}

/// The words of a schema that mean something here, beside its limits.
const KEPT: [&str; 14] = [
    "type",
    "format",
    "enum",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "title",
    "default",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-extra",
];

/// The words that limit a value.
pub const LIMITS: [&str; 11] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
];

/// Words that say something the draft cannot.
const LOST: [(&str, &str); 8] = [
    ("not", "What a value is not is not kept (`not`)"),
    ("if", "Conditions are not kept (`if`, `then`, `else`)"),
    ("dependentRequired", "Fields that need each other are not kept (`dependentRequired`)"),
    ("dependentSchemas", "Fields that need each other are not kept (`dependentSchemas`)"),
    ("contains", "What a list contains is not kept (`contains`)"),
    ("propertyNames", "Names of properties are not limited (`propertyNames`)"),
    ("readOnly", "Properties of responses alone stand in requests too (`readOnly`)"),
    ("writeOnly", "Properties of requests alone stand in responses too (`writeOnly`)"),
];
