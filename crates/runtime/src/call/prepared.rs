//! A request that passed all checks, and the HTTP requests of its attempts.

use std::borrow::Cow;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use secrecy::SecretString;
use url::Url;

use super::redirect::Target;
use crate::client::Core;
use crate::client::credential::{Credential, Credentials};
use crate::error::{Context, Error};
use crate::request::body::Body;
use crate::request::multipart::Attach;
use crate::request::{Parts, Request, headers};
use crate::response::redaction::{self, Redactor};
use crate::route::{Effect, MethodClass, Route};
use crate::vendor::{Auth, Vendor};

/// A request that passed all checks.
pub(crate) struct Prepared {
    request: Box<Parts>,
    /// What the caller takes.
    pub(super) accept: &'static str,
    /// The path, for people to read; of a documented operation its template.
    pub(super) path: Cow<'static, str>,
}

impl Prepared {
    /// The request, and where it goes.
    pub(super) fn new(Request { parts: mut request }: Request) -> Result<(Self, Url), Error> {
        let url = check(&mut request).map_err(|error| {
            let redactor = Redactor::new(&secrets(&request));
            error.redacted(&redactor).with_context(&request.context(&redactor))
        })?;
        let path = request.route.map_or_else(|| url.path().to_owned().into(), |route| route.path.into());
        Ok((Self { request, accept: "application/json", path }, url))
    }

    pub(crate) fn core(&self) -> &Core {
        &self.request.core
    }

    /// Which call an error belongs to; only the path of a raw request needs the redactor.
    pub(super) fn context(&self, redactor: impl FnOnce() -> Redactor) -> Context {
        match &self.request.operation {
            Cow::Borrowed(_) => self.request.context(&Redactor::default()),
            Cow::Owned(_) => self.request.context(&redactor()),
        }
    }

    pub(crate) fn operation(&self) -> &str {
        &self.request.operation
    }

    /// The operation by a name that few calls do not share: of a raw request it is the method alone.
    pub(crate) fn operation_name(&self) -> &str {
        self.request.route.map_or(self.request.method.as_str(), |route| route.operation_id)
    }

    /// The path of a documented operation, with parameters in braces.
    pub(crate) fn template(&self) -> Option<&'static str> {
        self.request.route.map(|route| route.path)
    }

    pub(super) fn effect(&self) -> Effect {
        self.request.greatest_effect()
    }

    /// What the caller put into it, and the client has for all requests.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        secrets(&self.request)
    }

    pub(super) fn route(&self) -> Option<&'static Route> {
        self.request.route
    }

    pub(crate) fn method(&self) -> &Method {
        &self.request.method
    }

    /// What a repeat may do, by the document or else by the method.
    pub(super) fn method_class(&self) -> MethodClass {
        self.request.route.map_or_else(|| MethodClass::of(&self.request.method), Route::class)
    }

    pub(super) fn body(&self) -> &Body {
        &self.request.body
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.request.route.is_none_or(|route| route.authenticated)
    }

    /// The request of one attempt; `form`: its body, where that is one.
    #[inline(never)]
    pub(super) fn assemble(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        form: Option<Attach>,
    ) -> Result<reqwest::Request, Error> {
        let Parts { core, method, route, headers: own, body, .. } = &*self.request;
        let mut request = reqwest::Request::new(method.clone(), target.url.clone());
        let headers = request.headers_mut();
        // What a call has most often; with less, the map would grow on the way.
        headers.reserve(6);
        headers.insert(USER_AGENT, core.shared().user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static(self.accept));
        if !target.trusted {
            // Another host sees nothing but the URL it was named in.
            return Ok(request);
        }
        constant_headers(headers, core, *route)?;
        headers::merge(headers, &core.shared().headers);
        headers::merge(headers, own);
        if let Some(credential) = credential {
            for (auth, value) in credential.values()? {
                match auth {
                    Auth::Query(name) => {
                        request.url_mut().query_pairs_mut().append_pair(name, value.to_str().unwrap_or_default());
                    }
                    header => {
                        if let Some(name) = headers::credential_name(header)? {
                            request.headers_mut().entry(name).or_insert(value);
                        }
                    }
                }
            }
        }
        if let Body::Bytes { media_type, bytes } = body {
            *request.body_mut() = Some(bytes.clone().into());
            request.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
        }
        let empty = request.body().is_none_or(|body| body.as_bytes().is_some_and(<[u8]>::is_empty));
        if empty && form.is_none() && matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
            // Servers respond 411 to such a request that does not say that it has no body (RFC 9110, section 8.6).
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        match form {
            None => Ok(request),
            Some(attach) => {
                let client = core.shared().sender.connections.client()?.into_owned();
                let builder = attach(reqwest::RequestBuilder::from_parts(client, request));
                builder.build().map_err(|error| Error::invalid_request("the form cannot be sent").with_source(error.without_url()))
            }
        }
    }
}

/// The client's own credential, if it never changes, and those that callers put into headers.
fn secrets(request: &Parts) -> Vec<SecretString> {
    let core = &request.core;
    let auth = core.vendor().auth;
    let headers = [&core.shared().headers, &request.headers].into_iter().flatten();
    let own = headers.filter(|(name, _)| headers::is_credential(auth, name)).flat_map(|(name, value)| redaction::secrets_in(name, value));
    let fixed = match &core.tenant().credentials {
        Credentials::Fixed(credential) => Some(credential),
        Credentials::Provider(_) => None,
    };
    fixed.into_iter().flat_map(Credential::secrets).chain(own).collect()
}

/// Where the request goes, if it can be sent. What all calls of its client carry is put into it.
fn check(request: &mut Parts) -> Result<Url, Error> {
    request.problems()?;
    request.permission()?;
    let url = request.core.shared().base.join(request.path.finish(), &request.query)?;
    headers::merge(&mut request.headers, request.core.options().headers.check()?);
    Ok(url)
}

/// The headers of the route, or for an endpoint outside the spec the `Version` that most routes have.
fn constant_headers(headers: &mut HeaderMap, core: &Core, route: Option<&'static Route>) -> Result<(), Error> {
    let usual = route.is_none().then(|| usual_version(core.vendor())).flatten().map(|version| (VERSION, version));
    for (name, value) in route.map_or(&[][..], |route| route.headers).iter().copied().chain(usual) {
        let unusable = || Error::configuration(format!("the spec's constant header `{name}` cannot be sent"));
        headers.insert(name.parse::<HeaderName>().map_err(|_| unusable())?, headers::constant(value).ok_or_else(unusable)?);
    }
    if let Some(version) = &core.shared().api_version
        && (route.is_none() || headers.contains_key(VERSION))
    {
        headers.insert(VERSION, version.clone());
    }
    Ok(())
}

const VERSION: &str = "version";

fn usual_version(vendor: &Vendor) -> Option<&'static str> {
    let versions = || vendor.routes.iter().flat_map(|route| route.headers.iter()).filter(|(name, _)| name.eq_ignore_ascii_case(VERSION));
    versions().map(|(_, version)| *version).max_by_key(|version| versions().filter(|(_, other)| other == version).count())
}
