//! Request bodies, kept so that each attempt can have its own.

use bytes::Bytes;
use serde::Serialize;

use crate::address;
use crate::error::Error;
use crate::multipart::Form;

#[derive(Debug, Default)]
pub(crate) enum Body {
    #[default]
    None,
    Bytes {
        media_type: &'static str,
        bytes: Bytes,
    },
    Multipart(Form),
}

impl Body {
    pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let bytes =
            serde_json::to_vec(value).map_err(|error| Error::invalid_request("the body cannot be written as JSON").with_source(error))?;
        Ok(Self::Bytes { media_type: "application/json", bytes: bytes.into() })
    }

    pub(crate) fn form(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(address::form_pairs(value)?).finish();
        Ok(Self::Bytes { media_type: "application/x-www-form-urlencoded", bytes: text.into() })
    }

    /// Whether another attempt can have this body.
    pub(crate) fn is_repeatable(&self) -> bool {
        match self {
            Self::None | Self::Bytes { .. } => true,
            Self::Multipart(form) => form.is_repeatable(),
        }
    }
}
