//! [`Problem`]: where a value does not fit its schema, and why.

use std::fmt;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};

/// Where a value does not fit, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Dot path of the field, empty for the value itself.
    pub path: String,
    /// One sentence without a full stop.
    pub message: String,
    /// The fields that are too much, where that is the problem; `path` is that of the object around them.
    pub unexpected: Vec<String>,
}

impl Problem {
    /// A problem at a dot path.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), unexpected: Vec::new() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

/// The problems that an error stands for: its own, or those of the alternative that comes closest.
pub(crate) fn explain(error: &ValidationError<'_>, problems: &mut Vec<Problem>) {
    let alternatives: &[Vec<ValidationError<'_>>] = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context,
        _ => &[],
    };
    let is_other_type = |alternative: &&Vec<ValidationError<'_>>| {
        alternative.iter().any(|e| matches!(e.kind(), ValidationErrorKind::Type { .. }) && e.instance_path() == error.instance_path())
    };
    let is_null = |alternative: &&Vec<ValidationError<'_>>| {
        alternative.iter().all(|e| matches!(e.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) }))
    };
    let of_the_type = alternatives.iter().filter(|a| !is_other_type(a)).min_by_key(|alternative| alternative.len());
    let nearest = of_the_type.or_else(|| match alternatives {
        [null, other] if is_null(&null) => Some(other),
        _ => None,
    });
    match nearest {
        Some(nearest) => nearest.iter().for_each(|error| explain(error, problems)),
        None => problems.push(Problem {
            unexpected: match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected } => unexpected.clone(),
                _ => Vec::new(),
            },
            ..Problem::new(error.instance_path().to_string().trim_start_matches('/').replace('/', "."), error.to_string())
        }),
    }
}
