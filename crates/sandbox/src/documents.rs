//! The bundled OpenAPI documents that the vendors are played from.

use crate::Vendor;

/// The document of a vendor, as its client crate exports it.
pub(crate) const fn of(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Leonar => include_str!("../../leonar/openapi.json"),
        Vendor::SendPilot => include_str!("../../sendpilot/openapi.json"),
        Vendor::HoopAi => include_str!("../../hoop-ai/openapi.json"),
        Vendor::Leadway => include_str!("../../leadway/openapi.json"),
    }
}
