//! One call from its arguments to its answer: attempts, waits, redirects, and the account of them.

mod assemble;
mod attempt;
mod failure;
mod run;
mod secrets;

use std::borrow::Cow;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use url::Url;

use self::failure::Received;
use self::run::Run;
use crate::arguments::Arguments;
use crate::body::Body;
use crate::core::Core;
use crate::error::{Context, Error};
use crate::headers;
use crate::response::{self, ResponseValue};
use crate::route::Route;
use crate::stream::ByteStream;
use crate::vendor::Vendor;

/// A request before its first attempt.
pub(crate) struct Call {
    context: Context,
    method: Method,
    /// The path template, for people to read.
    path: Cow<'static, str>,
    url: Url,
    /// Headers that the spec fixes.
    constant: HeaderMap,
    headers: HeaderMap,
    body: Body,
    authenticated: bool,
}

/// What is done with the body of a successful answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read it as a whole, up to the client's limit.
    Whole,
    /// Read it so that the connection can be used again, and forget it.
    Discard,
    /// Hand it out as it arrives.
    Stream,
}

/// A successful answer.
pub(crate) struct Answer {
    status: reqwest::StatusCode,
    headers: HeaderMap,
    payload: Payload,
}

enum Payload {
    Whole(Bytes),
    Discarded,
    Stream(ByteStream),
}

/// What operations and free requests have in common when they are sent.
pub(crate) struct Draft {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    /// Filled and encoded.
    pub(crate) path: String,
    pub(crate) arguments: Arguments,
    /// What the spec says, if it has the operation.
    pub(crate) route: Option<&'static Route>,
}

/// Sends, and decodes the answer's JSON.
pub(crate) async fn send<T: DeserializeOwned>(core: &Core, draft: Draft) -> Result<ResponseValue<T>, Error> {
    let mut run = Run::new(core, draft.into_call(core)?, Mode::Whole);
    let Answer { status, headers, payload } = run.answer().await?;
    let body = match payload {
        Payload::Whole(body) => body,
        Payload::Discarded | Payload::Stream(_) => Bytes::new(),
    };
    match response::decode(&body) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(failure) => Err(run.undecodable(Received { status, headers, body }, failure)),
    }
}

/// Sends, and ignores what a successful answer says.
pub(crate) async fn send_empty(core: &Core, draft: Draft) -> Result<ResponseValue<()>, Error> {
    let answer = Run::new(core, draft.into_call(core)?, Mode::Discard).answer().await?;
    Ok(ResponseValue::new((), answer.status, answer.headers))
}

/// Sends, and hands out a successful answer as it arrives.
pub(crate) async fn send_stream(core: &Core, draft: Draft) -> Result<ResponseValue<ByteStream>, Error> {
    let Answer { status, headers, payload } = Run::new(core, draft.into_call(core)?, Mode::Stream).answer().await?;
    let stream = match payload {
        Payload::Stream(stream) => stream,
        Payload::Whole(body) => ByteStream::whole(body),
        Payload::Discarded => ByteStream::whole(Bytes::new()),
    };
    Ok(ResponseValue::new(stream, status, headers))
}

impl Draft {
    fn into_call(self, core: &Core) -> Result<Call, Error> {
        let context = Context { vendor: core.vendor().name, operation: self.operation.clone() };
        self.check(core).map_err(|error| error.with_context(&context))
    }

    fn check(self, core: &Core) -> Result<Call, Error> {
        let Arguments { query, headers, body, failure } = self.arguments;
        if let Some(failure) = failure {
            return Err(failure);
        }
        let mut url = core.shared.base.join(&self.path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut own = headers.check()?.clone();
        headers::overlay(&mut own, core.options.headers.check()?);
        Ok(Call {
            context: Context { vendor: core.vendor().name, operation: self.operation },
            method: self.method,
            constant: constant_headers(core, self.route)?,
            path: match self.route {
                Some(route) => route.path.into(),
                None => url.path().to_owned().into(),
            },
            url,
            headers: own,
            body,
            authenticated: self.route.is_none_or(|route| route.authenticated),
        })
    }
}

/// The headers of the route, or for an endpoint outside the spec the `Version` that most routes have.
fn constant_headers(core: &Core, route: Option<&Route>) -> Result<HeaderMap, Error> {
    let mut constant = HeaderMap::new();
    match route {
        Some(route) => {
            for (name, value) in route.headers {
                set_constant(&mut constant, name, value)?;
            }
        }
        None => {
            if let Some(version) = usual_version(core.vendor()) {
                set_constant(&mut constant, VERSION, version)?;
            }
        }
    }
    if let Some(version) = &core.shared.api_version
        && (route.is_none() || constant.contains_key(VERSION))
    {
        constant.insert(VERSION, version.clone());
    }
    Ok(constant)
}

const VERSION: &str = "version";

fn set_constant(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Error> {
    let unusable = || Error::configuration(format!("the spec's constant header `{name}` cannot be sent"));
    let name_checked: HeaderName = name.parse().map_err(|_| unusable())?;
    headers.insert(name_checked, HeaderValue::from_str(value).map_err(|_| unusable())?);
    Ok(())
}

fn usual_version(vendor: &Vendor) -> Option<&'static str> {
    let versions = || vendor.routes.iter().flat_map(|route| route.headers).filter(|(name, _)| name.eq_ignore_ascii_case(VERSION));
    versions().map(|(_, version)| *version).max_by_key(|version| versions().filter(|(_, other)| other == version).count())
}

#[cfg(test)]
mod tests;
