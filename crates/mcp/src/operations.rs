//! The vendors' operations: what each does, what it takes, and the request of a call.

use reachout_document::{Document, Location, Operation, nearest};
use reachout_messenger::Vendor;
use reachout_runtime::{Core, Effect, Evidence, Method, Request, Route};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::catalog::documented;
use crate::failure::Failure;
use crate::policy::Policy;

/// How deep references are followed in a schema that is shown.
const DEPTH: usize = 6;

/// What an operation does, by the words of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OperationEffect {
    /// It changes nothing.
    Reads,
    /// It makes or changes something at the vendor.
    Changes,
    /// Something is gone afterwards.
    Deletes,
    /// Somebody notices it.
    ReachesAPerson,
}

impl OperationEffect {
    /// Its name: `reads`, `changes`, `deletes` or `reaches-a-person`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Changes => "changes",
            Self::Deletes => "deletes",
            Self::ReachesAPerson => "reaches-a-person",
        }
    }
}

impl From<Effect> for OperationEffect {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Reads => Self::Reads,
            Effect::Changes => Self::Changes,
            Effect::Deletes => Self::Deletes,
            // What is not known may be it.
            _ => Self::ReachesAPerson,
        }
    }
}

/// An operation, as tools and scripts read it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Described {
    /// The vendor's id: `leonar`.
    pub vendor: &'static str,
    /// The operation's id: `list_contacts`.
    pub operation: &'static str,
    /// Its group: `contacts`.
    pub group: &'static str,
    /// One sentence.
    pub summary: String,
    /// The HTTP method.
    pub method: String,
    /// The path template.
    pub path: &'static str,
    /// What it does.
    pub effect: OperationEffect,
    /// Effect and repeat are guesses of an import, which nobody has looked at.
    pub guessed: bool,
    /// A second call does no more than the first.
    pub repeatable: bool,
    /// How well it is documented: `recorded`, `full`, `partial`, `official` or `client-only`.
    pub evidence: &'static str,
    /// The vendor's page.
    pub docs: &'static str,
    /// The JSON Schema of its arguments: `parameters` and `body`.
    pub schema: Value,
    #[serde(skip)]
    route: &'static Route,
}

impl Described {
    /// Whether an assistant may call it under the policy.
    pub fn is_callable(&self, policy: &Policy) -> bool {
        refusal(self.route, policy).is_none()
    }
}

/// Every operation of a vendor, in the order of its document.
pub fn operations(vendor: Vendor) -> Vec<Described> {
    known(vendor).into_iter().map(|(document, route, operation)| described(vendor, document, route, &operation)).collect()
}

/// Every operation with its route.
pub(crate) fn known(vendor: Vendor) -> Vec<(&'static Document, &'static Route, Operation<'static>)> {
    let Some((api, document)) = documented(vendor) else { return Vec::new() };
    let route = |id: &str| api.vendor.routes.iter().copied().find(|route| route.operation_id == id);
    document.operations().filter_map(|operation| Some((document, route(operation.id)?, operation))).collect()
}

/// The operation of this id, or what to write instead.
pub(crate) fn find(vendor: Vendor, id: &str) -> Result<(&'static Document, &'static Route, Operation<'static>), Failure> {
    let found = documented(vendor).and_then(|(api, document)| {
        let route = api.vendor.routes.iter().copied().find(|route| route.operation_id == id)?;
        Some((document, route, document.operation(id)?))
    });
    found.ok_or_else(|| {
        let routes = vendor.api().map(|api| api.vendor.routes).unwrap_or_default();
        let hint = nearest(id, routes.iter().map(|route| route.operation_id));
        let hint = hint.map_or_else(|| "search_operations lists them".to_owned(), |name| format!("did you mean `{name}`?"));
        Failure::arguments(format!("{} does not have an operation `{id}`; {hint}", vendor.name()))
    })
}

pub(crate) fn described(vendor: Vendor, document: &Document, route: &'static Route, operation: &Operation<'_>) -> Described {
    Described {
        vendor: vendor.id(),
        operation: route.operation_id,
        group: route.group,
        summary: operation.summary().to_owned(),
        method: route.method.to_string(),
        path: route.path,
        effect: route.effect().into(),
        guessed: route.is_guessed(),
        repeatable: route.is_repeatable(),
        evidence: match route.evidence {
            Evidence::Recorded => "recorded",
            Evidence::Full => "full",
            Evidence::Partial => "partial",
            Evidence::Official => "official",
            _ => "client-only",
        },
        docs: route.docs,
        schema: schema(document, operation),
        route,
    }
}

/// Why the operation may not be called under the policy; nothing if it may be.
///
/// A guess never counts as reading: of an operation that nobody has looked at, a GET counts as changing something, and everything else as
/// reaching a person.
pub(crate) fn refusal(route: &Route, policy: &Policy) -> Option<Failure> {
    let reaches = |why: &str| {
        let advice =
            "nothing was done: messages go through prepare_message and send_message, and a person can call the operation with `reachout`";
        Some(Failure::refused(format!("{} {why}, so call_operation does not call it", route.operation_id), advice))
    };
    match (route.effect(), route.is_guessed()) {
        (Effect::Reads, false) => None,
        (Effect::ReachesAPerson, _) => reaches("reaches a person"),
        (_, true) if route.method != Method::GET => reaches("may reach a person: what it does is a guess that nobody has reviewed"),
        _ if policy.dry_run => Some(Failure::refused(
            format!("{} is not known to be reading only, and the server runs with --dry-run", route.operation_id),
            "nothing was done, and nothing is in a dry run",
        )),
        _ if policy.read_only => Some(Failure::refused(
            format!("{} is not known to be reading only, and the server was started with --read-only", route.operation_id),
            "nothing was done: a person has to allow it",
        )),
        _ if !policy.allow_changes => Some(Failure::refused(
            format!("{} is not known to be reading only, and the server was started without --allow-changes", route.operation_id),
            "nothing was done: a person has to allow it",
        )),
        _ => None,
    }
}

/// The request of a call, if its arguments fit what the operation takes.
pub(crate) fn request(
    core: &Core,
    (document, route, operation): &(&'static Document, &'static Route, Operation<'static>),
    parameters: &Map<String, Value>,
    body: Option<&Value>,
) -> Result<Request, Failure> {
    let mistakes = mistakes(document, operation, parameters, body);
    if !mistakes.is_empty() {
        return Err(Failure::arguments(format!("{}: {}", route.operation_id, mistakes.join("; "))));
    }
    let mut request = core.operation(route);
    for parameter in taken(document, operation) {
        let Some(value) = parameters.get(parameter.name) else { continue };
        request = match parameter.location {
            Location::Path => request.path_param(parameter.name, &plain(value)),
            Location::Query => request.query(parameter.name.to_owned(), value),
            Location::Header => request.header(parameter.name, &plain(value)),
        };
    }
    Ok(match (body, operation.body.map(|body| body.content)) {
        (Some(body), Some(content)) if content.is_form() => request.form(body),
        (Some(body), _) => request.json(body),
        (None, _) => request,
    })
}

/// Everything that is wrong with the arguments.
fn mistakes(document: &Document, operation: &Operation<'_>, parameters: &Map<String, Value>, body: Option<&Value>) -> Vec<String> {
    let mut mistakes = Vec::new();
    let names = || taken(document, operation).map(|parameter| parameter.name);
    for unknown in parameters.keys().filter(|name| !names().any(|known| known == name.as_str())) {
        let hint = nearest(unknown, names()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        mistakes.push(format!("parameters.{unknown}: there is no such parameter{hint}"));
    }
    for parameter in taken(document, operation) {
        match parameters.get(parameter.name) {
            Some(value) => {
                let found = document.mistakes(parameter.schema, value);
                mistakes.extend(found.into_iter().map(|mistake| format!("parameters.{}: {mistake}", parameter.name)));
            }
            None if parameter.required || parameter.location == Location::Path => {
                mistakes.push(format!("parameters.{}: is missing", parameter.name));
            }
            None => {}
        }
    }
    match (operation.body, body) {
        (Some(written), _) if !written.content.is_json() && !written.content.is_form() => {
            mistakes.push(format!("it takes {}, which is for `reachout` on the command line", written.content.media_type));
        }
        (Some(written), Some(body)) => {
            mistakes.extend(document.mistakes(written.content.schema, body).into_iter().map(|mistake| format!("body: {mistake}")));
        }
        (Some(written), None) if written.required => mistakes.push("body: is missing".to_owned()),
        (None, Some(_)) => mistakes.push("body: the operation takes none".to_owned()),
        _ => {}
    }
    mistakes
}

/// The parameters that a caller sets: those of one value alone are sent by themselves.
fn taken<'o, 'd>(document: &'d Document, operation: &'o Operation<'d>) -> impl Iterator<Item = &'o reachout_document::Parameter<'d>> {
    operation.parameters.iter().filter(move |parameter| parameter.constant(document).is_none())
}

/// A scalar as it stands in a path or a header.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The JSON Schema of the arguments.
fn schema(document: &Document, operation: &Operation<'_>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in taken(document, operation) {
        let mut shown = inlined(document, parameter.schema, DEPTH);
        if let Some(node) = shown.as_object_mut().filter(|_| !parameter.description.is_empty()) {
            node.insert("description".to_owned(), parameter.description.into());
        }
        properties.insert(parameter.name.to_owned(), shown);
        if parameter.required || parameter.location == Location::Path {
            required.push(parameter.name);
        }
    }
    let mut all = Map::new();
    let mut needed = Vec::new();
    if !properties.is_empty() {
        if !required.is_empty() {
            needed.push("parameters");
        }
        all.insert(
            "parameters".to_owned(),
            json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false }),
        );
    }
    if let Some(body) = operation.body {
        if body.required {
            needed.push("body");
        }
        all.insert("body".to_owned(), inlined(document, body.content.schema, DEPTH));
    }
    json!({ "type": "object", "properties": all, "required": needed })
}

/// A schema with what it refers to in place, without examples and extensions.
fn inlined(document: &Document, schema: &Value, depth: usize) -> Value {
    match document.resolve(schema) {
        Value::Object(node) => {
            let keep = |name: &str| !name.starts_with("x-") && !matches!(name, "example" | "examples" | "externalDocs");
            let fields = node.iter().filter(|(name, _)| keep(name)).map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    ("properties", Value::Object(properties)) if depth > 0 => properties
                        .iter()
                        .map(|(name, value)| (name.clone(), inlined(document, value, depth - 1)))
                        .collect::<Map<_, _>>()
                        .into(),
                    ("items" | "additionalProperties", Value::Object(_)) if depth > 0 => inlined(document, value, depth - 1),
                    ("oneOf" | "anyOf" | "allOf", Value::Array(parts)) if depth > 0 => {
                        parts.iter().map(|part| inlined(document, part, depth - 1)).collect()
                    }
                    ("properties" | "items" | "additionalProperties" | "oneOf" | "anyOf" | "allOf", _) if !value.is_boolean() => json!({}),
                    _ => value.clone(),
                };
                (name.clone(), value)
            });
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}
