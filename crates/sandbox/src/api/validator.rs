//! [`LazyValidator`]: a schema that is compiled when the first value is validated by it.

use std::sync::{Arc, OnceLock};

use reachout_schema::{Definitions, Problem, Validator, problems};
use serde_json::Value;

/// A schema of a document. Compiling all of them would be most of a sandbox's start, and few are used by one test.
#[derive(Debug)]
pub(crate) struct LazyValidator {
    definitions: Arc<Definitions>,
    schema: Value,
    compiled: OnceLock<Result<Box<Validator>, String>>,
}

impl LazyValidator {
    pub(super) fn new(definitions: &Arc<Definitions>, schema: &Value) -> Self {
        Self { definitions: Arc::clone(definitions), schema: schema.clone(), compiled: OnceLock::new() }
    }

    /// Everything in `value` that the schema refuses.
    pub(crate) fn problems(&self, value: &Value) -> Vec<Problem> {
        match self.compiled.get_or_init(|| self.definitions.validator(&self.schema).map(Box::new)) {
            Ok(validator) => problems(validator, value),
            // The lint of the specs compiles every schema, so that this is a document of another build.
            Err(message) => vec![Problem::new("", format!("the schema of this document cannot be compiled: {message}"))],
        }
    }
}
