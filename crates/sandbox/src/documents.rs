//! The bundled OpenAPI documents that the vendors are played from.

use crate::Vendor;

/// The document of a vendor, as its client crate exports it.
pub(crate) const fn of(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Leonar => leonar::OPENAPI,
        Vendor::SendPilot => sendpilot::OPENAPI,
        Vendor::HoopAi => hoop_ai::OPENAPI,
        Vendor::Leadway => leadway::OPENAPI,
    }
}
