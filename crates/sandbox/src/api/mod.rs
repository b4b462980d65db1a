//! The operations of a vendor, compiled from its OpenAPI document.

pub(crate) mod check;
mod document;
mod multipart;
mod number;
mod operation;
pub(crate) mod refusal;
pub(crate) mod response;
mod validator;

use std::sync::{Arc, OnceLock};

use http::Method;
use percent_encoding::percent_decode_str;
use reachout_schema::{Definitions, Unknown};
use url::Url;

pub(crate) use self::document::Document;
pub(crate) use self::operation::{Content, Credential, Location, MediaType, Operation, Pagination, Parameter, RequestBody, Style};
use crate::vendor::Vendor;

/// One vendor's API.
#[derive(Debug)]
pub(crate) struct Api {
    pub vendor: Vendor,
    /// The path under which it is served, such as `/leonar/api/v1`.
    pub mount: String,
    pub document: Document,
    pub operations: Vec<Operation>,
    router: matchit::Router<Vec<usize>>,
}

/// What a method and a path stand for.
pub(crate) enum Route<'a> {
    Operation(&'a Operation, Vec<(String, String)>),
    /// The path exists; these are its methods.
    OtherMethod(String),
    Unknown,
}

/// The APIs of all vendors. They are compiled once in a process, however many sandboxes it starts.
pub(crate) fn all() -> Result<&'static [Api], String> {
    static APIS: OnceLock<Result<Vec<Api>, String>> = OnceLock::new();
    let compile = || Vendor::ALL.into_iter().map(Api::compile).collect();
    APIS.get_or_init(compile).as_deref().map_err(Clone::clone)
}

impl Api {
    fn compile(vendor: Vendor) -> Result<Self, String> {
        let document = Document::parse(vendor.openapi()).map_err(|error| format!("{vendor}: {error}"))?;
        let definitions = Arc::new(Definitions::new(document.root(), Unknown::Refused));
        let mut operations = Vec::new();
        let mut router = matchit::Router::new();
        for (template, item) in document.root()["paths"].as_object().into_iter().flatten() {
            let start = operations.len();
            for method in ["get", "post", "put", "patch", "delete"].into_iter().filter(|method| item.get(method).is_some()) {
                let operation = Operation::read(&document, &definitions, template, method);
                operations.push(operation.map_err(|error| format!("{vendor}: {method} {template}: {error}"))?);
            }
            router.insert(template, (start..operations.len()).collect()).map_err(|error| format!("{vendor}: {template}: {error}"))?;
        }
        let server = document.root()["servers"][0]["url"].as_str().and_then(|url| Url::parse(url).ok());
        let base = server.map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        Ok(Self { vendor, mount: format!("/{vendor}{base}"), document, operations, router })
    }

    /// The operation at `path`, which starts after the mount point.
    pub(crate) fn route(&self, method: &Method, path: &str) -> Route<'_> {
        let Ok(found) = self.router.at(path) else { return Route::Unknown };
        let mut operations = found.value.iter().map(|index| &self.operations[*index]);
        match operations.clone().find(|operation| operation.method == method) {
            Some(operation) => {
                let decode = |value: &str| percent_decode_str(value).decode_utf8_lossy().into_owned();
                Route::Operation(operation, found.params.iter().map(|(name, value)| (name.to_owned(), decode(value))).collect())
            }
            None => {
                let first = operations.next().map(|operation| operation.method.to_string()).unwrap_or_default();
                Route::OtherMethod(operations.fold(first, |allow, operation| format!("{allow}, {}", operation.method)))
            }
        }
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}
