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

/// The components of a document, and which of them its vendor may send.
type Components<'a> = (&'a Value, &'a dyn Fn() -> &'a BTreeSet<String>);

impl Validators {
    /// Everything in `value` that does not fit `schema`.
    pub(crate) fn problems(&self, of: Components<'_>, schema: &Value, value: &Value, strictness: Strictness) -> Vec<Problem> {
        let name = named(of.0, schema);
        if let Some(name) = name.filter(|_| self.is_whole_due(of.0, schema, strictness)) {
            // Every component at once: a value stands in it under the name of its component.
            let validator = self.validator(strictness, String::new(), || compile(&whole(of, strictness)));
            if let Some(Ok(whole)) = validator.get() {
                let mut problems = problems(whole, &json!({ &name: value }));
                for problem in &mut problems {
                    problem.path = problem.path.strip_prefix(&name).unwrap_or(&problem.path).trim_start_matches('.').to_owned();
                }
                return problems;
            }
        }
        let validator = self.validator(strictness, schema.to_string(), || {
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
    fn is_whole_due(&self, components: &Value, schema: &Value, strictness: Strictness) -> bool {
        let compiled = self.compiled();
        compiled.components > components.as_object().map_or(0, Map::len) && !compiled.each.contains_key(&(strictness, schema.to_string()))
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
fn alone((components, received): Components<'_>, schema: &Value, strictness: Strictness) -> (Value, usize) {
    let mut definitions = Map::new();
    let mut found = Vec::new();
    references(schema, Position::Node, &mut found);
    while let Some(reference) = found.pop() {
        let Some(name) = reference::holder_of(reference) else { continue };
        if let Some(component) = components.get(&name).filter(|_| !definitions.contains_key(&name)) {
            references(component, Position::Node, &mut found);
            let received = strictness == Strictness::Request && received().contains(&name);
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

/// Every component under its name.
fn whole((components, received): Components<'_>, strictness: Strictness) -> Value {
    let received = |name: &str| strictness == Strictness::Request && received().contains(name);
    let all = || components.as_object().into_iter().flatten();
    let definitions: Map<String, Value> =
        all().map(|(name, schema)| (name.clone(), strictness.component(schema, received(name)))).collect();
    let properties: Map<String, Value> = all().map(|(name, _)| (name.clone(), json!({ "$ref": reference::to(name) }))).collect();
    json!({ "properties": properties, "components": { "schemas": definitions } })
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
