//! What a call would send, read without sending it.

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::prepared::Prepared;
use super::redirect::Target;
use crate::error::Error;
use crate::request::Request;
use crate::request::body::Body;
use crate::route::Route;
use crate::vendor::Vendor;

/// What a request would send, but for the credential.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whose operation it is.
    pub vendor: &'static Vendor,
    /// The operation, if the document has it.
    pub route: Option<&'static Route>,
    /// The method.
    pub method: Method,
    /// Below the client's base URL, percent-encoded.
    pub path: String,
    /// In its order.
    pub query: Vec<(String, String)>,
    /// Also those that every request has.
    pub headers: HeaderMap,
    /// Read to its end.
    pub body: Bytes,
}

impl Request {
    /// What would be sent. Nothing is, but files of a form are read.
    ///
    /// # Errors
    /// What the call would fail with before anything is sent.
    #[doc(hidden)]
    pub async fn preview(self) -> Result<Preview, Error> {
        let (prepared, url) = Prepared::new(self)?;
        let base = prepared.core().shared().base.path();
        let path = url.path().strip_prefix(base).unwrap_or(url.path()).to_owned();
        let query = url.query_pairs().into_owned().collect();
        let form = match prepared.body() {
            Body::Multipart(form) => Some(form.open().await?),
            Body::None | Body::Bytes { .. } => None,
        };
        let mut request = prepared.assemble(&Target::new(url), None, form)?;
        let mut body = BytesMut::new();
        if let Some(mut sent) = request.body_mut().take() {
            let unread = |error| Error::invalid_request("the body cannot be read").with_source(error);
            while let Some(frame) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut sent).poll_frame(cx)).await {
                body.extend_from_slice(&frame.map_err(unread)?.into_data().unwrap_or_default());
            }
        }
        Ok(Preview {
            vendor: prepared.core().vendor(),
            route: prepared.route(),
            method: request.method().clone(),
            path,
            query,
            headers: request.headers().clone(),
            body: body.freeze(),
        })
    }
}
