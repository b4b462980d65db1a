//! `--jq`: JSON through a filter.

use std::fmt;

use jaq_core::{
    Compiler, Ctx, Vars, data,
    load::{Arena, File, Loader},
    unwrap_valr,
};
use jaq_json::Val;
use serde_json::Value;

use crate::cli::failure::Failure;

/// A filter that can run.
pub struct Filter(jaq_core::Filter<data::JustLut<Val>>);

impl Filter {
    /// Reads an expression; a wrong one is refused before anything is sent.
    pub fn new(expression: &str) -> Result<Self, Failure> {
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions).load(&arena, File { code: expression, path: () });
        let modules = modules.map_err(|errors| wrong(expression, errors.first().map(|(_, error)| syntax(error))))?;
        let filter = Compiler::default().with_funs(functions).compile(modules);
        let filter = filter.map_err(|errors| {
            let undefined = errors.first().and_then(|(_, undefined)| undefined.first());
            wrong(expression, undefined.map(|(name, kind)| format!("there is no {} `{name}`", kind.as_str())))
        });
        Ok(Self(filter?))
    }

    /// What the filter makes of a value.
    pub fn run(&self, value: &Value) -> Result<Vec<Value>, Failure> {
        let input: Val = serde_json::from_value(value.clone()).map_err(failed)?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let results = self.0.id.run((context, input)).map(unwrap_valr);
        results.map(|result| result.map_err(failed).map(|value| json(&value))).collect()
    }
}

/// What JSON cannot say, such as an infinite number, as a text.
fn json(value: &Val) -> Value {
    let text = value.to_string();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn wrong(expression: &str, why: Option<String>) -> Failure {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    Failure::usage(format!("--jq `{}` is not a jq expression{why}", expression.escape_debug()))
}

fn syntax(error: &jaq_core::load::Error<&str>) -> String {
    use jaq_core::load::Error;
    let near = |text: &str| match text.chars().take(20).collect::<String>() {
        text if text.is_empty() => "at its end".to_owned(),
        text => format!("at `{}`", text.escape_debug()),
    };
    match error {
        Error::Io(errors) => errors.first().map(|(path, why)| format!("{path}: {why}")).unwrap_or_default(),
        Error::Lex(errors) => {
            errors.first().map(|(expected, at)| format!("{} is expected {}", expected.as_str(), near(at))).unwrap_or_default()
        }
        Error::Parse(errors) => {
            errors.first().map(|(expected, at)| format!("{} is expected {}", expected.as_str(), near(at))).unwrap_or_default()
        }
    }
}

fn failed(error: impl fmt::Display) -> Failure {
    Failure::Output(anyhow::anyhow!("--jq failed: {error}"))
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Filter;

    #[test]
    fn values_go_through_the_expression() {
        let contacts = json!({ "data": [{ "name": "Ada", "age": 36 }, { "name": "Eve", "age": 7 }] });
        let cases = [
            (".data[].name", vec![json!("Ada"), json!("Eve")]),
            ("[.data[] | select(.age > 10)] | length", vec![json!(1)]),
            (r#".data | map("\(.name) \(.age)") | join(", ")"#, vec![json!("Ada 36, Eve 7")]),
            (".none?", vec![json!(null)]),
            ("empty", vec![]),
        ];
        for (expression, expected) in cases {
            assert_eq!(Filter::new(expression).unwrap().run(&contacts).unwrap(), expected, "{expression}");
        }
        assert!(Filter::new(".data | error(\"no\")").unwrap().run(&contacts).is_err());
    }

    #[test]
    fn a_wrong_expression_is_told_before_it_runs() {
        for (expression, problem) in [(".data[", "is not a jq expression: "), ("nonsense", "`nonsense`"), (".a | ", "at its end")] {
            let error = format!("{:?}", Filter::new(expression).unwrap_err());
            assert!(error.contains(problem), "{expression}: {error}");
        }
    }
}
