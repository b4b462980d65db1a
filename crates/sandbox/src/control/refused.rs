//! [`Refused`]: a control that is refused, and what all controls take.

use std::fmt::Display;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use reachout_messenger::Vendor;
use serde_json::json;

use crate::api::refusal::Refusal;
use crate::fault::unknown;
use crate::server::Server;

pub(super) type SharedServer = Arc<Server>;
pub(super) type Shared = State<SharedServer>;

/// A control that is refused: a status and a sentence.
pub(super) struct Refused(pub StatusCode, pub String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Refused {
    fn from(rejection: QueryRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

pub(super) fn bad(message: impl Display) -> Refused {
    Refused(StatusCode::BAD_REQUEST, format!("{message}"))
}

pub(super) fn missing(message: impl Display) -> Refused {
    Refused(StatusCode::NOT_FOUND, format!("{message}"))
}

/// The vendor that an address of a control names.
pub(super) fn vendor(name: &str) -> Result<Vendor, Refused> {
    name.parse().map_err(|_| missing(unknown("vendor", name, "a vendor", Vendor::ALL.map(Vendor::id).into_iter())))
}

pub(super) fn refused(refusal: &Refusal, vendor: Vendor) -> Refused {
    Refused(refusal.status(vendor), refusal.sentence(vendor))
}
