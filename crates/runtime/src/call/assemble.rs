//! Puts the request of one attempt together.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::SecretString;

use super::{Mode, Prepared};
use crate::body::Body;
use crate::core::Core;
use crate::error::Error;
use crate::headers;
use crate::redact::Redactor;
use crate::redirect::Target;
use crate::vendor::Auth;

pub(super) async fn assemble(
    core: &Core,
    call: &Prepared,
    target: &Target,
    mode: Mode,
    credential: Option<&SecretString>,
    redactor: &mut Redactor,
) -> Result<reqwest::Request, Error> {
    let mut request = reqwest::Request::new(call.method.clone(), target.url.clone());
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, core.shared.user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static(if mode == Mode::Stream { "*/*" } else { "application/json" }));
    if !target.trusted {
        // Another host learns nothing but the URL it was named in.
        return Ok(request);
    }
    for layer in [&call.constant, &core.shared.headers, &call.headers] {
        headers::overlay(headers, layer);
    }
    let auth = core.vendor().auth;
    if let Some(credential) = credential {
        let (name, value) = headers::credential(auth, credential)?;
        headers.entry(name).or_insert(value);
    }
    learn(redactor, auth, headers);
    attach(core, &call.body, request).await
}

/// Credentials that the caller put into headers are kept out of errors as well.
fn learn(redactor: &mut Redactor, auth: Auth, headers: &HeaderMap) {
    for (name, value) in headers {
        if headers::is_credential(auth, name)
            && let Ok(secret) = value.to_str()
        {
            // Without the scheme, such as `Bearer`.
            redactor.learn(secret.rsplit(' ').next().unwrap_or(secret));
        }
    }
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
