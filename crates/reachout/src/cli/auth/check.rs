//! Whether a vendor takes a credential: asked by an operation of its document that only reads.

use reachout_messenger::Api;
use reachout_runtime::{Core, ErrorKind, Method, Request, Route};
use secrecy::SecretString;
use serde_json::Value;

use crate::cli::{
    call::Access,
    failure::Failure,
    operation::document::{Document, text},
};

/// What the vendor says of the given credential, or else of the one in force, and what it means for the exit code.
pub async fn credential(api: Api, given: Option<SecretString>, access: &Access<'_>) -> (String, Result<(), Failure>) {
    match ask(api, given, access).await {
        Ok((said, None)) => (said, Ok(())),
        Ok((said, Some(failure))) => (said, Err(failure)),
        Err(failure) => (failure.to_string(), Err(failure)),
    }
}

async fn ask(api: Api, given: Option<SecretString>, access: &Access<'_>) -> Result<(String, Option<Failure>), Failure> {
    let document = Document::read(api.openapi);
    let Some(route) = cheapest(&document, api.vendor.routes) else {
        return Ok((format!("{} has no operation that only reads", api.vendor.name), None));
    };
    access.calls.set_read_only();
    let core: Core = match given {
        Some(credential) => access.client_with(api.vendor, credential)?,
        None => access.client(api.vendor, true).await?,
    };
    let name = format!("{} {}", route.group, route.name);
    match request(&document, route, &core).send::<Value>().await {
        Ok(response) => Ok((format!("accepted (HTTP {}, {name})", response.status().as_u16()), None)),
        Err(error) => match (error.kind(), error.status()) {
            (ErrorKind::Unauthorized, _) => Ok((format!("refused (HTTP 401, {name})"), Some(error.into()))),
            // The vendor knows whose it is, and does not like the example that was asked for.
            (_, Some(status)) if status.is_client_error() && status.as_u16() != 429 => {
                Ok((format!("accepted (HTTP {}, {name})", status.as_u16()), None))
            }
            _ => Err(error.into()),
        },
    }
}

/// The operation that reads with the fewest parameters, the shortest path first: an address such as `/me`.
fn cheapest<'r>(document: &Document, routes: &[&'r Route]) -> Option<&'r Route> {
    let reads = routes.iter().copied().filter(|route| route.method == Method::GET && route.authenticated);
    reads.min_by_key(|route| (required(document, route).len(), route.path.len()))
}

fn required<'d>(document: &'d Document, route: &Route) -> Vec<&'d Value> {
    let needed = |parameter: &&Value| parameter["required"] == true && text(parameter, "in") != "header";
    document.parameters(route).into_iter().filter(needed).collect()
}

/// With the documented examples.
fn request(document: &Document, route: &'static Route, core: &Core) -> Request {
    required(document, route).into_iter().fold(core.operation(route), |request, parameter| {
        let (name, example) = (text(parameter, "name").to_owned(), &parameter["example"]);
        match text(parameter, "in") {
            "path" => request.path_param(&name, &example.as_str().map_or_else(|| example.to_string(), str::to_owned)),
            _ => request.query(name, example),
        }
    })
}
