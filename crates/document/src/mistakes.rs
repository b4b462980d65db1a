//! What is wrong with a request's value, in sentences for whoever wrote it.

use serde_json::Value;

use crate::document::Document;
use crate::nearest::nearest;
use crate::problem::Problem;
use crate::strictness::Strictness;

impl Document {
    /// Everything of a request's `value` that does not fit `schema`, one sentence each with its place: `emails[0].mail: unknown field; did you
    /// mean `email`?`.
    #[must_use]
    pub fn mistakes(&self, schema: &Value, value: &Value) -> Vec<String> {
        let problems = self.problems(schema, value, Strictness::Request);
        problems.iter().flat_map(|problem| self.describe(schema, problem)).collect()
    }

    /// One line for each field that is too much; one for every other problem.
    fn describe(&self, schema: &Value, problem: &Problem) -> Vec<String> {
        let path = problem.place();
        if problem.unexpected.is_empty() {
            return vec![Problem { path, ..problem.clone() }.to_string()];
        }
        let known = self.known(schema, &problem.path);
        let line = |name: &String| {
            let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let hint = nearest(name, known.iter().copied()).map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
            format!("{place}: unknown field{hint}")
        };
        problem.unexpected.iter().map(line).collect()
    }

    /// The fields that a schema has at a path, in any of its alternatives.
    fn known<'d>(&'d self, schema: &'d Value, path: &str) -> Vec<&'d str> {
        let mut steps = path.split('.').filter(|step| !step.is_empty());
        let inner = steps.try_fold(schema, |schema, step| self.items(schema).or_else(|| self.property(schema, step)));
        inner.into_iter().flat_map(|schema| self.properties(schema)).map(|(name, _)| name).collect()
    }
}

impl Problem {
    /// Its path as people write it: `emails[0].mail`.
    #[must_use]
    pub fn place(&self) -> String {
        let mut text = String::new();
        for segment in self.path.split('.') {
            if segment.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
                text.push_str(&format!("[{segment}]"));
            } else {
                let dot = if text.is_empty() { "" } else { "." };
                text.push_str(&format!("{dot}{segment}"));
            }
        }
        text
    }
}
