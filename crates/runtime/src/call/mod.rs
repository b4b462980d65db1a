//! One call from its arguments to its answer: attempts, waits, redirects, and the account of them.

mod assemble;
mod attempt;
mod failure;
mod gate;
pub(crate) mod redirect;
pub(crate) mod retry;
mod run;
mod secrets;
pub(crate) mod transport;
pub(crate) mod watch;

use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use url::Url;

use self::failure::Received;
use self::run::Run;
use crate::client::Core;
use crate::client::Vendor;
use crate::error::{Context, Error};
use crate::request::Request;
use crate::request::body::Body;
use crate::request::headers;
use crate::response::stream::ByteStream;
use crate::response::{self, DecodeFailure, Response};
use crate::route::Route;

/// A call that is sent when it is awaited: `client.tasks().get(contact, task).await?`.
///
/// It owns all it needs, so it can be spawned. Dropping the future gives the call up; whether the vendor has it by then is not known.
#[must_use = "nothing is sent before the call is awaited"]
pub struct Call<T> {
    request: Request,
    mode: Mode,
    read: fn(Payload) -> Result<T, (Bytes, DecodeFailure)>,
}

/// A request that passed all checks.
pub(crate) struct Prepared {
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

/// What is done with the body of a successful response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read it as a whole, up to the client's limit.
    Whole,
    /// Read it so that the connection can be used again, and forget it.
    Discard,
    /// Hand it out as it arrives.
    Stream,
}

/// A successful response.
pub(crate) struct Success {
    status: reqwest::StatusCode,
    headers: HeaderMap,
    payload: Payload,
}

enum Payload {
    Whole(Bytes),
    Discarded,
    Stream(ByteStream),
}

impl<T: DeserializeOwned> Call<T> {
    pub(crate) fn decoded(request: Request) -> Self {
        let read = |payload| {
            let body = match payload {
                Payload::Whole(body) => body,
                Payload::Discarded | Payload::Stream(_) => Bytes::new(),
            };
            response::decode(&body).map_err(|failure| (body, failure))
        };
        Self { request, mode: Mode::Whole, read }
    }
}

impl Call<()> {
    pub(crate) fn empty(request: Request) -> Self {
        Self { request, mode: Mode::Discard, read: |_| Ok(()) }
    }
}

impl Call<ByteStream> {
    pub(crate) fn streamed(request: Request) -> Self {
        let read = |payload| {
            Ok(match payload {
                Payload::Stream(stream) => stream,
                Payload::Whole(body) => ByteStream::whole(body),
                Payload::Discarded => ByteStream::whole(Bytes::new()),
            })
        };
        Self { request, mode: Mode::Stream, read }
    }
}

impl<T> Call<T> {
    /// Changes the request; for the setters of generated code.
    #[doc(hidden)]
    pub fn map(mut self, change: impl FnOnce(Request) -> Request) -> Self {
        self.request = change(self.request);
        self
    }

    async fn run(self) -> Result<Response<T>, Error> {
        let Self { mut request, mode, read } = self;
        let core = request.core.clone();
        let context = request.context();
        let prepared = request.checked().and_then(|()| Prepared::new(request)).map_err(|error| error.with_context(&context))?;
        let mut run = Run::new(&core, prepared, mode);
        let Success { status, headers, payload } = run.response().await?;
        match read(payload) {
            Ok(value) => Ok(Response::new(value, status, headers)),
            Err((body, failure)) => Err(run.undecodable(Received { status, headers, body }, failure)),
        }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<Response<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

impl Prepared {
    fn new(request: Request) -> Result<Self, Error> {
        let context = request.context();
        let Request { core, method, path, route, query, headers, body, .. } = request;
        let mut url = core.shared.base.join(&path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut own = headers.check()?.clone();
        headers::overlay(&mut own, core.options.headers.check()?);
        Ok(Self {
            context,
            method,
            constant: constant_headers(&core, route)?,
            path: match route {
                Some(route) => route.path.into(),
                None => url.path().to_owned().into(),
            },
            url,
            headers: own,
            body,
            authenticated: route.is_none_or(|route| route.authenticated),
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
    let versions = || vendor.routes.iter().flat_map(|route| route.headers.iter()).filter(|(name, _)| name.eq_ignore_ascii_case(VERSION));
    versions().map(|(_, version)| *version).max_by_key(|version| versions().filter(|(_, other)| other == version).count())
}

/// Makes a call with setters awaitable: `call!(SendMessage, types::SendMessageResponse);`.
#[doc(hidden)]
#[macro_export]
macro_rules! call {
    ($name:ident, $response:ty) => {
        impl ::std::future::IntoFuture for $name {
            type Output = ::core::result::Result<$crate::Response<$response>, $crate::Error>;
            type IntoFuture = $crate::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                ::std::future::IntoFuture::into_future(self.0)
            }
        }
    };
}

/// Makes a call that lists awaitable, for one page, and gives it `stream()`.
#[doc(hidden)]
#[macro_export]
macro_rules! list_call {
    ($name:ident, $response:ty, $item:ty) => {
        $crate::call!($name, $response);

        impl $name {
            /// All items, page after page, as [`List::stream`](reachout_runtime::List::stream) reads them.
            pub fn stream(self) -> $crate::BoxStream<'static, ::core::result::Result<$item, $crate::Error>> {
                self.0.stream()
            }
        }
    };
}

#[cfg(test)]
mod tests;
