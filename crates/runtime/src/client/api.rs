//! The client of a vendor, for code that serves any of them.

use crate::client::core::Core;
use crate::vendor::Vendor;

/// The client of a vendor, with what is known of its API.
pub trait Api: From<Core> {
    /// What the runtime knows of the vendor.
    const VENDOR: &'static Vendor;
    /// The OpenAPI document that the client is generated from: JSON, or JSON in an LZ4 frame.
    const OPENAPI: &'static [u8];
}
