//! The credentials that the simulated vendors know.

use reachout_messenger::Vendor;

/// A credential that a vendor accepts. So is every other that has the vendor's form, but the [`refused_key`].
pub(crate) const fn api_key(vendor: Vendor) -> &'static str {
    match vendor.platform() {
        Vendor::Leonar => "leo_sandbox",
        Vendor::SendPilot => "sp_live_sandbox",
        Vendor::HighLevel => "pit-sandbox",
        _ => "sandbox",
    }
}

/// The one credential that has the vendor's form and is always refused with 401: a revoked key, for tests.
pub(crate) const fn refused_key(vendor: Vendor) -> &'static str {
    match vendor.platform() {
        Vendor::Leonar => "leo_revoked",
        Vendor::SendPilot => "sp_live_revoked",
        Vendor::HighLevel => "pit-revoked",
        _ => "revoked",
    }
}

/// What every credential of the vendor starts with, where its documents say so.
pub(crate) const fn key_prefix(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Leonar => "leo_",
        _ => "",
    }
}
