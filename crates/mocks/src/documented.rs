//! What the vendor's document says of an operation.

use reachout_document::{Document, Location, Operation, nearest};
use reachout_runtime::Value;

/// The document of a vendor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Documented(&'static Document);

impl Documented {
    /// The document of a client.
    pub(crate) fn of(openapi: &'static [u8]) -> Self {
        Self(Document::embedded(openapi))
    }

    /// The status of an operation's success, and its example.
    pub(crate) fn success(self, operation: Option<&str>) -> (u16, Option<&'static Value>) {
        let success = operation.and_then(|id| self.0.operation(id)?.success);
        success.map_or((200, None), |success| (success.code(), success.content.and_then(|content| content.example)))
    }

    /// The parameters by which the next page is requested.
    pub(crate) fn paging(self, operation: Option<&str>) -> Vec<String> {
        let pagination = operation.and_then(|id| self.0.operation(id)?.pagination());
        let Some(pagination) = pagination else { return Vec::new() };
        let next = pagination.style.next().iter().map(|(parameter, _)| parameter.clone());
        pagination.style.counter().map(str::to_owned).into_iter().chain(next).collect()
    }

    /// Panics where an operation has no such parameter.
    #[track_caller]
    pub(crate) fn check_parameter(self, operation: Option<&str>, location: Location, name: &str) {
        let Some(operation) = self.operation(operation) else { return };
        let known: Vec<&str> = operation.parameters_in(location).map(|parameter| parameter.name).collect();
        let same = |known: &&str| *known == name || location == Location::Header && known.eq_ignore_ascii_case(name);
        let place = match location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
        };
        assert!(known.iter().any(same), "`{}` has no {place} parameter `{name}`{}", operation.id, instead(name, &known));
    }

    /// Panics where the body of an operation has no such field.
    #[track_caller]
    pub(crate) fn check_field(self, operation: Option<&str>, path: &str) {
        let Some(operation) = self.operation(operation) else { return };
        let Some(body) = operation.body else { panic!("`{}` has no body, and so no field `{path}`", operation.id) };
        let mut schema = body.content.schema;
        for step in path.split('.') {
            if step.parse::<usize>().is_ok()
                && let Some(items) = self.0.items(schema)
            {
                schema = items;
                continue;
            }
            let properties = self.0.properties(schema);
            match properties.iter().find(|(name, _)| *name == step) {
                Some((_, property)) => schema = property,
                None if self.0.allows_unknown(schema) => return,
                None => {
                    let mut known: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
                    known.sort_unstable();
                    panic!("the body of `{}` has no field `{path}`: there is no `{step}`{}", operation.id, instead(step, &known));
                }
            }
        }
    }

    fn operation(self, id: Option<&str>) -> Option<Operation<'static>> {
        self.0.operation(id?)
    }
}

/// `; it has …; did you mean …?`
fn instead(name: &str, known: &[&str]) -> String {
    let meant = nearest(name, known.iter().copied()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    match known {
        [] => "; it has none".to_owned(),
        known => format!("; it has `{}`{meant}", known.join("`, `")),
    }
}
