//! The operations of a vendor, as its OpenAPI document has them.

pub(crate) mod check;
mod multipart;
mod number;
mod project;
pub(crate) mod refusal;
pub(crate) mod response;

use std::collections::HashMap;
use std::sync::OnceLock;

use percent_encoding::percent_decode_str;
use reachout_document::Document;
use reachout_messenger::Vendor;
use reachout_runtime::{Pagination, Route as ClientRoute, Vendor as ClientVendor};
use url::Url;

pub(crate) use self::project::project;
use crate::parallel;

/// An operation of one of the documents, which live as long as the process.
pub(crate) type Operation = reachout_document::Operation<'static>;

/// One vendor's API.
#[derive(Debug)]
pub(crate) struct Api {
    pub vendor: Vendor,
    /// What its client knows of it.
    pub client: &'static ClientVendor,
    /// The path under which it is served, such as `/leonar/api/v1`.
    pub mount: String,
    pub document: &'static Document,
    pub operations: Vec<Operation>,
    router: matchit::Router<Vec<usize>>,
    /// What its client knows of an operation, by its id.
    routes: HashMap<&'static str, &'static ClientRoute>,
}

/// What a method and a path stand for.
pub(crate) enum Route<'a> {
    Operation(&'a Operation, Vec<(String, String)>),
    /// The path exists; these are its methods.
    OtherMethod(String),
    Unknown,
}

/// The APIs of all vendors. Their documents are read once in a process, however many sandboxes it starts.
pub(crate) fn all() -> Result<&'static [Api], String> {
    static APIS: OnceLock<Result<Vec<Api>, String>> = OnceLock::new();
    let known = || Vendor::ALL.into_iter().filter_map(|vendor| Some((vendor, vendor.api()?)));
    let read = || parallel::map(known(), |(vendor, api)| Api::read(vendor, api.vendor, Document::embedded(api.openapi)));
    APIS.get_or_init(|| read().into_iter().collect()).as_deref().map_err(Clone::clone)
}

impl Api {
    fn read(vendor: Vendor, client: &'static ClientVendor, document: &'static Document) -> Result<Self, String> {
        let operations: Vec<Operation> = document.operations().collect();
        let mut router = matchit::Router::new();
        let mut start = 0;
        for methods in operations.chunk_by(|one, next| one.path == next.path) {
            let (path, end) = (methods[0].path, start + methods.len());
            router.insert(path, (start..end).collect()).map_err(|error| format!("{vendor}: {path}: {error}"))?;
            start = end;
        }
        let by_id = client.routes.iter().map(|route| (route.operation_id, *route)).collect();
        let server = document.json()["servers"][0]["url"].as_str().and_then(|url| Url::parse(url).ok());
        let base = server.map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        Ok(Self { vendor, client, mount: format!("/{vendor}{base}"), document, operations, router, routes: by_id })
    }

    /// The operation at `path`, which starts after the mount point.
    pub(crate) fn route(&self, method: &str, path: &str) -> Route<'_> {
        let Ok(found) = self.router.at(path) else { return Route::Unknown };
        let mut operations = found.value.iter().map(|index| &self.operations[*index]);
        match operations.clone().find(|operation| operation.method == method) {
            Some(operation) => {
                let decode = |value: &str| percent_decode_str(value).decode_utf8_lossy().into_owned();
                Route::Operation(operation, found.params.iter().map(|(name, value)| (name.to_owned(), decode(value))).collect())
            }
            None => {
                let first = operations.next().map(|operation| operation.method.to_owned()).unwrap_or_default();
                Route::OtherMethod(operations.fold(first, |allow, operation| format!("{allow}, {}", operation.method)))
            }
        }
    }

    /// Whether the vendor is HighLevel or an edition of it.
    pub(crate) fn is_highlevel(&self) -> bool {
        self.vendor.platform() == Vendor::HighLevel
    }

    /// How an operation pages, as its client knows it.
    pub(crate) fn pagination(&self, operation: &Operation) -> Option<&'static Pagination> {
        self.route_of(operation)?.pagination.as_ref()
    }

    /// What its client knows of an operation.
    pub(crate) fn route_of(&self, operation: &Operation) -> Option<&'static ClientRoute> {
        self.routes.get(operation.id).copied()
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}
