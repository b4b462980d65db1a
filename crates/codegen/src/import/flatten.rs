//! A schema as one thing: `allOf` merged, `anyOf` and `oneOf` down to true alternatives, nulls as `nullable`.

use serde_json::{Map, Value, json};

use super::{alternatives::distribute, flat::Flat, schemas::Schemas, words::Words};

/// How deep schemas are merged into each other.
pub(super) const MAX_DEPTH: usize = 96;

/// How many parts are merged for one document. Parts that contain each other in circles have no end.
const MAX_PARTS: usize = 200_000;

impl Schemas<'_> {
    /// Settles a schema.
    pub fn flatten(&mut self, schema: &Value, at: &str) -> Flat {
        self.flatten_within(schema, at, 0)
    }

    pub(super) fn flatten_within(&mut self, schema: &Value, at: &str, depth: usize) -> Flat {
        let Some(map) = schema.as_object().filter(|_| depth < MAX_DEPTH) else { return Flat::default() };
        let description = map.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            if self.siblings && map.keys().any(|key| !PROSE.contains(&key.as_str())) {
                return self.flatten_within(&beside_reference(map, reference), at, depth);
            }
            let nullable = map.get("nullable") == Some(&Value::Bool(true));
            return self.referred(Flat { nullable, description, ..Flat::default() }, reference, at, depth);
        }
        let words = Words::read(map, at, self.notes);
        let mut flat = Flat { map: words.map, nullable: words.nullable, description, ..Flat::default() };
        flat.discriminator = map.get("discriminator").filter(|discriminator| discriminator["propertyName"].is_string()).cloned();
        self.kind(&mut flat, at);
        if let Some(parts) = map.get("allOf").and_then(Value::as_array) {
            self.all_of(&mut flat, parts, at, depth);
        }
        let one_of = map.get("oneOf").and_then(Value::as_array).or(Some(&words.alternatives).filter(|types| !types.is_empty()));
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
    pub(super) fn written_out(&mut self, flat: Flat, at: &str, depth: usize) -> Flat {
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
        let own = flat.map.iter().any(|(key, value)| !(is_prose(key) || key == "type" && (value == "object" || value == "string")));
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
    pub(super) fn merge(&mut self, flat: &mut Flat, part: Flat, at: &str) {
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
}

/// What may stand beside a reference and is no part: it is read where it stands.
const PROSE: [&str; 4] = ["$ref", "summary", "description", "nullable"];

/// A reference with more beside it, which 3.1 brought: a part among others.
fn beside_reference(map: &Map<String, Value>, reference: &str) -> Value {
    let mut own: Map<String, Value> =
        map.iter().filter(|(key, _)| *key != "$ref" && *key != "allOf").map(|(key, value)| (key.clone(), value.clone())).collect();
    let parts = map.get("allOf").and_then(Value::as_array).into_iter().flatten().cloned();
    own.insert("allOf".into(), std::iter::once(json!({ "$ref": reference })).chain(parts).collect());
    own.into()
}

/// A part that says nothing of what a value is.
fn is_metadata(part: &Value) -> bool {
    part.as_object().is_none_or(|map| map.keys().all(|key| is_prose(key) || key == "description" || key == "nullable"))
}

/// Words that leave a type as it is.
fn is_prose(word: &str) -> bool {
    ["title", "example", "examples", "default", "deprecated", "readOnly", "writeOnly"].contains(&word)
}
