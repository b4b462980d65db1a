//! Validators of a document's schemas: compiled when they are needed, and kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::problem::{Problem, explain};
use crate::reference::{self, Position, references};
use crate::strictness::Strictness;

/// The validators of one document.
#[derive(Debug, Default)]
pub(crate) struct Validators {
    compiled: Mutex<Compiled>,
    /// Once all are compiled together: those that are no component, by their texts.
    inline: OnceLock<HashMap<String, usize>>,
}

#[derive(Debug, Default)]
struct Compiled {
    /// By strictness and the text of the schema.
    each: HashMap<(Strictness, String), Compilation>,
    /// How many components were compiled for single schemas.
    components: usize,
}

/// A validator, or why there is none, once it was needed.
type Compilation = Arc<OnceLock<Result<Validator, String>>>;

/// A document whose schemas validate.
#[derive(Clone, Copy)]
pub(crate) struct Schemas<'a> {
    /// All of it.
    pub(crate) document: &'a Value,
    /// The names of the components that its vendor may send.
    pub(crate) received: &'a dyn Fn() -> &'a BTreeSet<String>,
}

impl<'a> Schemas<'a> {
    fn components(self) -> &'a Value {
        &self.document["components"]["schemas"]
    }
}

impl Validators {
    /// Everything in `value` that does not fit `schema`.
    pub(crate) fn problems(&self, of: Schemas<'_>, schema: &Value, value: &Value, strictness: Strictness) -> Vec<Problem> {
        let text = schema.to_string();
        if self.is_whole_due(of, (schema, &text), strictness) {
            let inline = self.inline.get_or_init(|| inline(of));
            // Every schema at once: a value stands in it under the name of its own.
            let name = named(of.components(), schema).or_else(|| inline.get(&text).map(|place| at(*place)));
            let whole = || {
                let validator = self.validator(strictness, String::new(), || compile(&whole(of, inline, strictness)));
                Some((name?, validator))
            };
            if let Some((name, validator)) = whole()
                && let Some(Ok(whole)) = validator.get()
            {
                let mut problems = problems(whole, &json!({ &name: value }));
                for problem in &mut problems {
                    problem.path = problem.path.strip_prefix(&name).unwrap_or(&problem.path).trim_start_matches('.').to_owned();
                }
                return problems;
            }
        }
        let validator = self.validator(strictness, text, || {
            let (schema, components) = alone(of, schema, strictness);
            self.compiled().components += components;
            compile(&schema)
        });
        match validator.get() {
            Some(Ok(validator)) => problems(validator, value),
            Some(Err(message)) => vec![Problem::new("", format!("not a schema: {message}"))],
            None => Vec::new(),
        }
    }

    /// What single schemas refer to is compiled with each of them. When that came to as many components as there are, a validator of all of them
    /// is the cheaper one for those that have none yet.
    fn is_whole_due(&self, of: Schemas<'_>, (schema, text): (&Value, &String), strictness: Strictness) -> bool {
        let mut found = Vec::new();
        references(schema, Position::Node, &mut found);
        let compiled = self.compiled();
        let due = compiled.components > of.components().as_object().map_or(0, Map::len);
        due && !found.is_empty() && !compiled.each.contains_key(&(strictness, text.clone()))
    }

    fn validator(&self, strictness: Strictness, schema: String, compile: impl FnOnce() -> Result<Validator, String>) -> Compilation {
        let validator = Arc::clone(self.compiled().each.entry((strictness, schema)).or_default());
        validator.get_or_init(compile);
        validator
    }

    fn compiled(&self) -> std::sync::MutexGuard<'_, Compiled> {
        // A panic while it was locked left a map that is whole.
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of the component that a schema is nothing but a reference to.
fn named(components: &Value, schema: &Value) -> Option<String> {
    let name = reference::component(schema).filter(|_| schema.as_object().is_some_and(|map| map.len() == 1))?;
    components.get(&name).is_some_and(|_| !name.contains(['~', '/', '%'])).then_some(name)
}

/// A schema with the components that it refers to, directly or through others, and how many these are. A validator that holds no more is compiled
/// many times faster than one of all components.
fn alone(of: Schemas<'_>, schema: &Value, strictness: Strictness) -> (Value, usize) {
    let components = of.components();
    let mut definitions = Map::new();
    let mut found = Vec::new();
    references(schema, Position::Node, &mut found);
    while let Some(reference) = found.pop() {
        let Some(name) = reference::holder_of(reference) else { continue };
        if let Some(component) = components.get(&name).filter(|_| !definitions.contains_key(&name)) {
            references(component, Position::Node, &mut found);
            let received = strictness == Strictness::Request && (of.received)().contains(&name);
            definitions.insert(name, strictness.component(component, received));
        }
    }
    let count = definitions.len();
    let mut root = strictness.schema(schema);
    if let Some(root) = root.as_object_mut() {
        // A sibling of `$ref` is read in draft 2020-12, so the components can stand beside it.
        root.insert("components".to_owned(), json!({ "schemas": definitions }));
    }
    (root, count)
}

/// Every component under its name, and every other schema that refers to some under its place.
fn whole(of: Schemas<'_>, inline: &HashMap<String, usize>, strictness: Strictness) -> Value {
    let received = |name: &str| strictness == Strictness::Request && (of.received)().contains(name);
    let all = || of.components().as_object().into_iter().flatten();
    let definitions: Map<String, Value> =
        all().map(|(name, schema)| (name.clone(), strictness.component(schema, received(name)))).collect();
    let named = all().map(|(name, _)| (name.clone(), json!({ "$ref": reference::to(name) })));
    let placed = inline.iter().filter_map(|(text, place)| {
        let schema: Value = serde_json::from_str(text).ok()?;
        Some((at(*place), strictness.schema(&schema)))
    });
    // Of a component with the name of a place, the place is not looked up.
    let properties: Map<String, Value> = placed.chain(named).collect();
    json!({ "properties": properties, "components": { "schemas": definitions } })
}

/// The name of a schema that has none.
fn at(place: usize) -> String {
    format!("inline schema {place}")
}

/// The schemas of parameters and bodies that refer to components and are more than that, each once.
fn inline(of: Schemas<'_>) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    collect(of.document, &mut found);
    found
}

fn collect(node: &Value, found: &mut HashMap<String, usize>) {
    match node {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => {
            for (name, value) in map {
                match name.as_str() {
                    // Components are found by their names, and an example is no part of the document.
                    "schemas" | "example" | "examples" => {}
                    "schema" if value.is_object() => {
                        let mut references_of = Vec::new();
                        references(value, Position::Node, &mut references_of);
                        let place = found.len();
                        if !references_of.is_empty() && value.as_object().is_some_and(|map| map.len() > 1 || !map.contains_key("$ref")) {
                            found.entry(value.to_string()).or_insert(place);
                        }
                    }
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).map_err(|error| error.to_string())
}

fn problems(validator: &Validator, value: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    validator.iter_errors(value).for_each(|error| explain(&error, &mut problems));
    problems
}

/// Whether a text is a regular expression that validators can compile.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    compile(&json!({ "pattern": pattern })).is_ok()
}

/// Whether a text matches a regular expression as validators read it.
#[must_use]
pub fn is_match(pattern: &str, text: &str) -> bool {
    compile(&json!({ "pattern": pattern })).is_ok_and(|validator| validator.is_valid(&text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    const COUNT: usize = 40;

    /// A document of components that all refer to the next, and of bodies that are lists of them.
    fn chain() -> Document {
        let reference = |number: usize| json!({ "$ref": format!("#/components/schemas/C{}", number % COUNT) });
        let component =
            |number: usize| json!({ "type": "object", "properties": { "id": { "type": "string" }, "next": reference(number + 1) } });
        let components: Map<String, Value> = (0..COUNT).map(|number| (format!("C{number}"), component(number))).collect();
        let body = |number: usize| json!({ "post": { "requestBody": { "content": { "application/json": { "schema": list(number) } } } } });
        let paths: Map<String, Value> = (0..COUNT).map(|number| (format!("/{number}"), body(number))).collect();
        Document::new(json!({ "components": { "schemas": components }, "paths": paths }))
    }

    fn list(number: usize) -> Value {
        json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/C{number}") } })
    }

    #[test]
    fn components_that_refer_to_each_other_are_compiled_as_often_for_many_bodies_as_for_few() {
        let document = chain();
        let value = json!([{ "next": { "id": 1 } }]);
        for number in 0..COUNT {
            let problems = document.problems(&list(number), &value, Strictness::Exact);
            assert_eq!(problems, chain().problems(&list(number), &value, Strictness::Exact), "{number}");
            assert_eq!(problems.len(), 1, "{number}: {problems:?}");
        }
        let compiled = document.validators().compiled().components;
        assert!(compiled <= 2 * COUNT, "{compiled} components were compiled for {COUNT} bodies");
    }
}
