//! Examples: the vendor's where they fit, and made up from the schema where they do not. What is made up is marked.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use reachout_document::{Document, Strictness};
use serde_json::{Map, Value, json};

use super::{notes::Notes, pattern, relax, split};
use crate::load::Position;

/// The mark beside an example that no vendor published.
pub const MARK: &str = "x-synthesised";

/// Gives every parameter and every body an example that fits. Where none can be made by the schemas as they are, they are relaxed: single values that
/// nothing can be made for lose their limits, then what they stand in does, and then becomes a value of any type.
pub fn fill(document: &mut Value, samples: &Samples, notes: &mut Notes) {
    unlimited_values(document, notes);
    let failed = pass(document, samples, notes);
    if failed.is_empty() {
        return;
    }
    for schema in &failed {
        relax::limits(document, schema, notes);
    }
    for schema in pass(document, samples, notes) {
        relax::to_any(document, &schema, notes);
    }
    pass(document, samples, notes);
}

/// The published example of a property, by the draft's name of its component and its own.
pub type Samples = BTreeMap<(String, String), Value>;

/// The examples that the properties of published components have: a body is composed of them where it has none itself.
pub fn samples(source: &Value, names: &[(String, String)]) -> Samples {
    let mut samples = Samples::new();
    for (published, own) in names {
        let properties = source["components"]["schemas"][published]["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            if let Some(example) = property.get("example").filter(|example| !example.is_null() && **example != "") {
                samples.insert((own.clone(), name.clone()), example.clone());
            }
        }
    }
    samples
}

/// Takes the limits of each text and number that no value can be made for, and of nothing else.
fn unlimited_values(document: &mut Value, notes: &mut Notes) {
    let definitions = Document::default();
    let mut known: HashMap<String, bool> = HashMap::new();
    let texts = Made::default();
    for section in ["/components/schemas", "/paths"] {
        if let Some(node) = document.pointer_mut(section) {
            relax::values(
                node,
                section,
                Position::Names,
                &mut |schema| {
                    let made = match schema["type"].as_str() {
                        Some("string") => text(schema, "", &texts).into(),
                        Some("integer") => integer(schema),
                        _ => number(schema).unwrap_or_default(),
                    };
                    *known.entry(schema.to_string()).or_insert_with(|| definitions.problems(schema, &made, Strictness::Exact).is_empty())
                },
                notes,
            );
        }
    }
}

/// Fills what has no example yet, and returns the schemas that none could be made for.
fn pass(document: &mut Value, samples: &Samples, notes: &mut Notes) -> Vec<Value> {
    let definitions = Document::new(document.clone());
    let schemas = document["components"]["schemas"].clone();
    let mut maker = Maker { schemas: &schemas, definitions, notes, failed: Vec::new(), texts: Made::default(), samples };
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let at = format!("{} {path}", method.to_uppercase());
            for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
                maker.parameter(parameter, &at);
            }
            if let Some(content) = operation.get_mut("requestBody").and_then(|body| body["content"].as_object_mut()) {
                content.values_mut().filter(|media| media["schema"]["format"] != "binary").for_each(|media| maker.media(media, &at));
            }
            for (_, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
                let content = response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten();
                content.filter(|(media_type, _)| media_type.contains("json")).for_each(|(_, media)| maker.media(media, &at));
            }
        }
    }
    if let Some(media) = document.pointer_mut("/components/responses/Error/content/application~1json") {
        maker.media(media, "the shared error");
    }
    maker.failed
}

struct Maker<'a, 'n> {
    schemas: &'a Value,
    definitions: Document,
    notes: &'n mut Notes,
    failed: Vec<Value>,
    texts: Made,
    samples: &'a Samples,
}

/// The texts that were made up, by the schemas with a pattern that they are of.
type Made = RefCell<HashMap<String, Option<String>>>;

/// How much of a schema an example shows.
#[derive(Clone, Copy)]
struct Extent {
    depth: usize,
    optional: bool,
    /// Which alternatives are taken: the first, the second …
    choice: usize,
}

impl Maker<'_, '_> {
    fn parameter(&mut self, parameter: &mut Value, at: &str) {
        if parameter.get(MARK).is_some() {
            return;
        }
        let constant = parameter["in"] == "header" && parameter["schema"]["enum"].as_array().is_some_and(|values| values.len() == 1);
        if constant {
            return;
        }
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let schema = parameter["schema"].clone();
        let published = parameter.as_object_mut().and_then(|map| map.shift_remove("example"));
        let filled = published.as_ref().is_some_and(|example| *example != "");
        if let Some(example) = published.clone().filter(|_| filled).and_then(|example| self.fitting(&schema, example)) {
            parameter["example"] = example;
            return;
        }
        if filled {
            self.notes.add("Published examples that do not fit their schema were replaced", format!("{at}: parameter `{name}`"));
        }
        let mut made = self.made(&schema, &name);
        if made.is_none() {
            self.notes.add("Limits that no example could be made for were left out", format!("{at}: parameter `{name}`"));
            if let Some(schema) = parameter["schema"].as_object_mut() {
                schema.retain(|key, _| ["type", "format", "items", "$ref", "description"].contains(&key.as_str()));
            }
            made = self.made(&parameter["schema"].clone(), &name);
        }
        parameter["example"] = made.unwrap_or_default();
        parameter[MARK] = true.into();
    }

    fn media(&mut self, media: &mut Value, at: &str) {
        let schema = media["schema"].clone();
        let Some(map) = media.as_object_mut().filter(|map| !map.contains_key(MARK)) else { return };
        let published = map.shift_remove("example");
        if let Some(example) = published.clone().and_then(|example| self.fitting(&schema, example)) {
            map.insert("example".into(), example);
            return;
        }
        if published.is_some() {
            self.notes.add("Published examples that do not fit their schema were replaced", at);
        }
        match self.made(&schema, "") {
            Some(example) => {
                map.insert("example".into(), example);
                map.insert(MARK.into(), true.into());
            }
            None => self.failed.push(schema),
        }
    }

    fn fits(&self, schema: &Value, example: &Value) -> bool {
        self.definitions.problems(schema, example, Strictness::Exact).is_empty()
    }

    /// The published example, or what is left of it without the fields that its schema does not know.
    fn fitting(&mut self, schema: &Value, example: Value) -> Option<Value> {
        // Texts are quoted in some documents and numbers are not in others.
        let as_text = example.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let as_number = (example.is_number() || example.is_boolean()).then(|| Value::from(example.to_string()));
        let listed = (!example.is_array()).then(|| json!([example]));
        let pruned = self.pruned(schema, &example, 0);
        [Some(example), Some(pruned), as_text, as_number, listed].into_iter().flatten().find(|example| self.fits(schema, example))
    }

    fn pruned(&self, schema: &Value, example: &Value, depth: usize) -> Value {
        let schema = self.resolved(schema);
        match example {
            _ if depth > 20 => example.clone(),
            Value::Object(map) if schema.get("properties").is_some() => {
                let known = map.iter().filter_map(|(name, value)| {
                    let property = schema["properties"].get(name)?;
                    let dropped = value.is_null() && property["nullable"] != true;
                    (!dropped).then(|| (name.clone(), self.pruned(property, value, depth + 1)))
                });
                Value::Object(known.collect())
            }
            Value::Array(items) if schema.get("items").is_some() => {
                items.iter().map(|item| self.pruned(&schema["items"], item, depth + 1)).collect()
            }
            other => other.clone(),
        }
    }

    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        for _ in 0..16 {
            let one = schema["allOf"].as_array().and_then(|parts| parts.first()).unwrap_or(schema);
            match one["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()).and_then(|name| self.schemas.get(name)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// A value that fits: with optional fields where that works, without where it does not.
    fn made(&mut self, schema: &Value, name: &str) -> Option<Value> {
        let extents = [(4, true), (2, true), (12, false)];
        let choices = (0..6).flat_map(|choice| extents.map(|(depth, optional)| Extent { depth, optional, choice }));
        for extent in choices {
            let value = self.value(schema, name, extent, &mut Vec::new());
            if let Some(value) = value
                && self.fits(schema, &value)
            {
                return Some(value);
            }
        }
        None
    }

    /// The published example of a property of the component that is being made, where it fits. One that went into two is looked up by the first's name.
    fn sample(&self, property: &Value, name: &str, above: &[String]) -> Option<Value> {
        let holder = above.last()?;
        let of = |holder: &str| self.samples.get(&(holder.to_owned(), name.to_owned()));
        let sample = of(holder).or_else(|| of(holder.strip_suffix(split::INPUT)?))?;
        self.fits(property, sample).then(|| sample.clone())
    }

    fn value(&self, schema: &Value, name: &str, extent: Extent, above: &mut Vec<String>) -> Option<Value> {
        let reference = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
        if let Some(reference) = reference {
            let target = reference.rsplit('/').next()?;
            if above.iter().filter(|known| *known == target).count() > 1 {
                return None;
            }
            above.push(target.to_owned());
            let value = self.schemas.get(target).and_then(|schema| self.value(schema, name, extent, above));
            above.pop();
            return value;
        }
        if let Some(alternatives) = schema["oneOf"].as_array() {
            let start = extent.choice % alternatives.len().max(1);
            return alternatives.iter().cycle().skip(start).take(alternatives.len()).find_map(|one| self.value(one, name, extent, above));
        }
        if let Some(values) = schema["enum"].as_array() {
            return values.first().cloned();
        }
        match schema["type"].as_str() {
            Some("string") => Some(text(schema, name, &self.texts).into()),
            Some("boolean") => Some(true.into()),
            Some("integer") => Some(integer(schema)),
            Some("number") => number(schema),
            Some("array") => {
                let least = usize::try_from(schema["minItems"].as_u64().unwrap_or_default()).unwrap_or_default().min(20);
                match self.value(&schema["items"], name, below(extent), above).filter(|_| extent.depth > 0 || least > 0) {
                    Some(item) => Some(vec![item; least.max(1)].into()),
                    None => Some(json!([])),
                }
            }
            Some("object") => {
                let required = |name: &String| schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name));
                let mut object = Map::new();
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    if !required(name) && (!extent.optional || extent.depth == 0) {
                        continue;
                    }
                    match self.sample(property, name, above).or_else(|| self.value(property, name, below(extent), above)) {
                        Some(value) => {
                            object.insert(name.clone(), value);
                        }
                        None if required(name) => return None,
                        None => {}
                    }
                }
                Some(object.into())
            }
            _ => Some(json!({})),
        }
    }
}

fn below(extent: Extent) -> Extent {
    Extent { depth: extent.depth.saturating_sub(1), ..extent }
}

/// A text that says what it is, within its limits.
fn text(schema: &Value, name: &str, made: &Made) -> String {
    match schema["format"].as_str() {
        Some("uuid") => return "123e4567-e89b-12d3-a456-426614174000".to_owned(),
        Some("date-time") => return "2026-01-31T12:00:00Z".to_owned(),
        Some("date") => return "2026-01-31".to_owned(),
        Some("email") => return "ada@example.com".to_owned(),
        Some("uri") => return "https://example.com".to_owned(),
        _ => {}
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut text = if plain.is_empty() { "text".to_owned() } else { plain };
    let limit = |key: &str| schema[key].as_u64().and_then(|limit| usize::try_from(limit).ok());
    if let Some(pattern) = schema["pattern"].as_str() {
        let own = schema["example"].as_str().map(str::to_owned);
        let within = |text: &String| {
            let length = text.chars().count();
            limit("minLength").is_none_or(|least| length >= least) && limit("maxLength").is_none_or(|most| length <= most)
        };
        let candidates = own.into_iter().chain([text.clone()]).chain((0..4).filter_map(|more| pattern::matching(pattern, more)));
        let matching = || candidates.filter(within).find(|candidate| reachout_document::is_match(pattern, candidate));
        // A pattern is compiled for each candidate, and stands in many places.
        let found = made.borrow_mut().entry(schema.to_string()).or_insert_with(matching).clone();
        if let Some(found) = found {
            return found;
        }
    }
    if let Some(most) = limit("maxLength") {
        text.truncate(most);
    }
    while let Some(least) = limit("minLength")
        && text.len() < least.min(10_000)
    {
        text.push('x');
    }
    text
}

fn integer(schema: &Value) -> Value {
    let least = schema["minimum"].as_f64();
    let most = schema["maximum"].as_f64();
    let step = schema["multipleOf"].as_f64().unwrap_or(1.0).max(1.0);
    let mut value = match (least, most) {
        (Some(least), _) => (least / step).ceil() * step,
        (None, Some(most)) if most < 1.0 => (most / step).floor() * step,
        _ => step,
    };
    if schema["exclusiveMinimum"] == true && least == Some(value) {
        value += step;
    }
    if schema["exclusiveMaximum"] == true && most == Some(value) {
        value -= step;
    }
    #[allow(clippy::cast_possible_truncation, reason = "an example is small, and what is not does not fit and is made anew")]
    let whole = value as i64;
    whole.into()
}

fn number(schema: &Value) -> Option<Value> {
    let least = schema["minimum"].as_f64();
    let value = match (least, schema["maximum"].as_f64()) {
        (Some(least), Some(most)) => least.midpoint(most),
        (Some(least), None) => least + 1.0,
        (None, Some(most)) => most - 1.0,
        _ => 1.5,
    };
    // The next multiple, or the one before where that is too much.
    let value = match schema["multipleOf"].as_f64().filter(|step| *step > 0.0) {
        Some(step) => {
            let next = (value / step).ceil() * step;
            if schema["maximum"].as_f64().is_some_and(|most| next > most) { (value / step).floor() * step } else { next }
        }
        None => value,
    };
    serde_json::Number::from_f64(value).map(Value::Number)
}
