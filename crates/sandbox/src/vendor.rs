//! [`Vendor`]: who is simulated, and what of that is written in no document.

use std::fmt;
use std::str::FromStr;

pub use crate::vendors::Vendor;

impl Vendor {
    /// A credential that is accepted. So is every other that has the vendor's form, but [`refused_key`](Self::refused_key).
    pub const fn api_key(self) -> &'static str {
        match self {
            Self::Leonar => "leo_sandbox",
            Self::SendPilot => "sp_live_sandbox",
            vendor if vendor.is_highlevel() => "pit-sandbox",
            _ => "sandbox",
        }
    }

    /// The one credential that has the vendor's form and is always refused with 401: a revoked key, for tests.
    pub const fn refused_key(self) -> &'static str {
        match self {
            Self::Leonar => "leo_revoked",
            Self::SendPilot => "sp_live_revoked",
            vendor if vendor.is_highlevel() => "pit-revoked",
            _ => "revoked",
        }
    }

    /// What every credential of the vendor starts with, where its documents say so.
    pub(crate) const fn key_prefix(self) -> &'static str {
        match self {
            Self::Leonar => "leo_",
            _ => "",
        }
    }

    /// Whether the vendor is HighLevel or an edition of it.
    pub(crate) const fn is_highlevel(self) -> bool {
        matches!(self, Self::HighLevel | Self::HoopAi | Self::Leadway)
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// A name that is not a vendor's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a vendor; these are: {list}", list = Vendor::ALL.map(Vendor::slug).join(", "))]
pub struct UnknownVendor(String);

impl FromStr for Vendor {
    type Err = UnknownVendor;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|vendor| vendor.slug() == name).ok_or_else(|| UnknownVendor(name.to_owned()))
    }
}
