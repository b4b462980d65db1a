//! Request bodies, kept so that each attempt can have its own.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::request::multipart::Form;
use crate::request::url;

const JSON: &str = "application/json";

#[derive(Clone, Debug, Default)]
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
    pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, String> {
        let bytes = serde_json::to_vec(value).map_err(|error| format!("the body cannot be written as JSON: {error}"))?;
        Ok(Self::Bytes { media_type: JSON, bytes: bytes.into() })
    }

    pub(crate) fn object(fields: &Map<String, Value>) -> Self {
        Self::Bytes { media_type: JSON, bytes: Value::from(fields.clone()).to_string().into() }
    }

    /// The fields of a JSON object.
    pub(crate) fn fields(&self) -> Option<Map<String, Value>> {
        match self {
            Self::Bytes { media_type: JSON, bytes } => serde_json::from_slice(bytes).ok(),
            Self::None | Self::Bytes { .. } | Self::Multipart(_) => None,
        }
    }

    pub(crate) fn form(value: &(impl Serialize + ?Sized)) -> Result<Self, String> {
        let text = ::url::form_urlencoded::Serializer::new(String::new()).extend_pairs(url::form_pairs(value)?).finish();
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
