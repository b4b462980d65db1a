//! A request that passed all checks, and the HTTP requests of its attempts.

use std::borrow::Cow;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use url::Url;

use crate::call::redirect::Target;
use crate::client::credential::Credential;
use crate::client::{Core, Vendor};
use crate::error::{Context, Error};
use crate::request::body::Body;
use crate::request::multipart::Form;
use crate::request::{Request, headers};
use crate::route::Route;

/// A request that passed all checks.
pub(super) struct Prepared {
    pub(super) context: Context,
    pub(super) method: Method,
    /// The path, for people to read; of a documented operation its template.
    pub(super) path: Cow<'static, str>,
    /// The caller's headers for this call.
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    pub(super) authenticated: bool,
    route: Option<&'static Route>,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Prepared {
    /// The request, and where it goes.
    pub(super) fn new(request: Request) -> Result<(Core, Self, Url), Error> {
        let context = request.context();
        let problems = request.problems();
        let Request { core, method, path, route, query, headers, body, .. } = request;
        let checked = || -> Result<_, Error> {
            problems?;
            let url = core.shared().base.join(&path.into_path(), &query)?;
            let mut own = headers.into_checked()?;
            headers::overlay(&mut own, core.options().headers.check()?);
            Ok((own, url))
        };
        let (headers, url) = checked().map_err(|error| error.with_context(&context))?;
        let path = route.map_or_else(|| url.path().to_owned().into(), |route| route.path.into());
        let authenticated = route.is_none_or(|route| route.authenticated);
        Ok((core, Self { context, method, path, headers, body, authenticated, route }, url))
    }

    /// The request of one attempt, but for a form, which [`with_form`](Self::with_form) adds; `accept`: what the caller takes, if not JSON.
    pub(super) fn assemble(
        &self,
        core: &Core,
        target: &Target,
        accept: Option<HeaderValue>,
        credential: Option<&Credential>,
    ) -> Result<reqwest::Request, Error> {
        let mut request = reqwest::Request::new(self.method.clone(), target.url.clone());
        let headers = request.headers_mut();
        // What a call has most often; with less, the map would grow on the way.
        headers.reserve(8);
        headers.insert(USER_AGENT, core.shared().user_agent.clone());
        headers.insert(ACCEPT, accept.unwrap_or(JSON));
        if !target.trusted {
            // Another host sees nothing but the URL it was named in.
            return Ok(request);
        }
        constant_headers(headers, core, self.route)?;
        headers::overlay(headers, &core.shared().headers);
        headers::overlay(headers, &self.headers);
        if let Some(credential) = credential {
            let value = credential.value()?;
            headers.entry(headers::credential_name(core.vendor().auth)?).or_insert(value);
        }
        if let Body::Bytes { media_type, bytes } = &self.body {
            *request.body_mut() = Some(bytes.clone().into());
            request.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
        }
        Ok(request)
    }

    /// Adds a form, whose files are opened for each attempt.
    pub(super) async fn with_form(core: &Core, request: reqwest::Request, form: &Form) -> Result<reqwest::Request, Error> {
        let form = form.open().await?;
        let builder = reqwest::RequestBuilder::from_parts(core.shared().sender.connections.client()?.into_owned(), request).multipart(form);
        builder.build().map_err(|error| Error::invalid_request("the form cannot be sent").with_source(error.without_url()))
    }
}

/// The headers of the route, or for an endpoint outside the spec the `Version` that most routes have.
fn constant_headers(headers: &mut HeaderMap, core: &Core, route: Option<&'static Route>) -> Result<(), Error> {
    let usual = route.is_none().then(|| usual_version(core.vendor())).flatten().map(|version| (VERSION, version));
    for (name, value) in route.map_or(&[][..], |route| route.headers).iter().copied().chain(usual) {
        let unusable = || Error::configuration(format!("the spec's constant header `{name}` cannot be sent"));
        let (name, value): (HeaderName, _) = (name.parse().map_err(|_| unusable())?, HeaderValue::from_str(value).map_err(|_| unusable())?);
        headers.insert(name, value);
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
