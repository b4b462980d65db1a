//! Puts the request of one attempt together.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use secrecy::SecretString;

use super::{Mode, Prepared};
use crate::call::redirect::Target;
use crate::client::Core;
use crate::error::Error;
use crate::request::body::Body;
use crate::request::headers;

pub(super) async fn assemble(
    core: &Core,
    call: &Prepared,
    target: &Target,
    mode: Mode,
    credential: Option<&SecretString>,
) -> Result<reqwest::Request, Error> {
    let mut request = reqwest::Request::new(call.method.clone(), target.url.clone());
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, core.shared.user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static(if mode == Mode::Stream { "*/*" } else { "application/json" }));
    if !target.trusted {
        // Another host sees nothing but the URL it was named in.
        return Ok(request);
    }
    for layer in [&call.constant, &core.shared.headers, &call.headers] {
        headers::overlay(headers, layer);
    }
    if let Some(credential) = credential {
        let (name, value) = headers::credential(core.vendor().auth, credential)?;
        headers.entry(name).or_insert(value);
    }
    attach(core, &call.body, request).await
}

async fn attach(core: &Core, body: &Body, mut request: reqwest::Request) -> Result<reqwest::Request, Error> {
    match body {
        Body::None => Ok(request),
        Body::Bytes { media_type, bytes } => {
            *request.body_mut() = Some(bytes.clone().into());
            request.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
            Ok(request)
        }
        Body::Multipart(form) => {
            let form = form.open().await?;
            let builder = reqwest::RequestBuilder::from_parts(core.shared.http.clone(), request).multipart(form);
            builder.build().map_err(|error| Error::invalid_request("the form cannot be sent").with_source(error.without_url()))
        }
    }
}
