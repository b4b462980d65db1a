//! Whether a vendor takes a credential: asked by an operation of its document that only reads.

use reachout_document::{Document, Location, Parameter};
use reachout_messenger::Api;
use reachout_runtime::{Core, ErrorKind, Method, Request, Route};
use secrecy::SecretString;
use serde_json::Value;

use crate::cli::{call::Access, failure::Failure, operation::documented};

/// What the vendor says of the given credential, or else of the one in force, and what it means for the exit code.
pub async fn credential(api: Api, given: Option<SecretString>, access: &Access<'_>) -> (String, Result<(), Failure>) {
    match ask(api, given, access).await {
        Ok((said, None)) => (said, Ok(())),
        Ok((said, Some(failure))) => (said, Err(failure)),
        Err(failure) => (failure.to_string(), Err(failure)),
    }
}

async fn ask(api: Api, given: Option<SecretString>, access: &Access<'_>) -> Result<(String, Option<Failure>), Failure> {
    let cheapest = documented(api.vendor.id).and_then(|(api, document)| cheapest(document, api.vendor.routes));
    let Some((route, parameters)) = cheapest else {
        return Ok((format!("{} has no operation that only reads", api.vendor.name), None));
    };
    access.calls.set_read_only();
    let core: Core = match given {
        Some(credential) => access.client_with(api, credential)?,
        None => access.client(api, true).await?,
    };
    let name = format!("{} {}", route.group, route.name);
    match request(route, &parameters, &core).send::<Value>().response().await {
        Ok(response) => Ok((format!("accepted (HTTP {}, {name})", response.status.as_u16()), None)),
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

/// The operation that reads with the fewest parameters, the shortest path first: an address such as `/me`. With what it requires.
fn cheapest<'d>(document: &'d Document, routes: &[&'static Route]) -> Option<(&'static Route, Vec<Parameter<'d>>)> {
    let reads = routes.iter().copied().filter(|route| route.method == Method::GET && route.authenticated);
    let all = reads.filter_map(|route| Some((route, required(document, route)?)));
    all.min_by_key(|(route, parameters)| (parameters.len(), route.path.len()))
}

fn required<'d>(document: &'d Document, route: &Route) -> Option<Vec<Parameter<'d>>> {
    let needed = |parameter: &Parameter<'_>| parameter.required && parameter.location != Location::Header;
    Some(document.operation(route.operation_id)?.parameters.into_iter().filter(needed).collect())
}

/// With the documented examples.
fn request(route: &'static Route, parameters: &[Parameter<'_>], core: &Core) -> Request {
    parameters.iter().fold(core.operation(route), |request, parameter| {
        let example = parameter.example.unwrap_or(&Value::Null);
        match parameter.location {
            Location::Path => request.path_param(parameter.name, &example.as_str().map_or_else(|| example.to_string(), str::to_owned)),
            Location::Query | Location::Header => request.query(parameter.name.to_owned(), example),
        }
    })
}
