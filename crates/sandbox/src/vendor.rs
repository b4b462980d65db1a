//! [`Vendor`]: who is played, and what of that is written in no document.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A platform the sandbox plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Vendor {
    /// Leonar, the recruiting CRM.
    #[serde(rename = "leonar")]
    Leonar,
    /// SendPilot, LinkedIn outreach.
    #[serde(rename = "sendpilot")]
    SendPilot,
    /// Hoop AI, an edition of HighLevel.
    #[serde(rename = "hoop-ai")]
    HoopAi,
    /// Leadway CRM, an edition of HighLevel.
    #[serde(rename = "leadway")]
    Leadway,
}

impl Vendor {
    /// Every vendor, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Leonar, Self::SendPilot, Self::HoopAi, Self::Leadway];

    /// The name in addresses and filters: `leonar`, `sendpilot`, `hoop-ai`, `leadway`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Leonar => "leonar",
            Self::SendPilot => "sendpilot",
            Self::HoopAi => "hoop-ai",
            Self::Leadway => "leadway",
        }
    }

    /// A credential that is accepted. So is every other that has the vendor's form, but [`refused_key`](Self::refused_key).
    pub const fn api_key(self) -> &'static str {
        match self {
            Self::Leonar => "leo_sandbox",
            Self::SendPilot => "sp_live_sandbox",
            Self::HoopAi | Self::Leadway => "pit-sandbox",
        }
    }

    /// The one credential that has the vendor's form and is always refused with 401: a revoked key, for tests.
    pub const fn refused_key(self) -> &'static str {
        match self {
            Self::Leonar => "leo_revoked",
            Self::SendPilot => "sp_live_revoked",
            Self::HoopAi | Self::Leadway => "pit-revoked",
        }
    }

    /// What every credential of the vendor starts with, where its documents say so.
    pub(crate) const fn key_prefix(self) -> &'static str {
        match self {
            Self::Leonar => "leo_",
            _ => "",
        }
    }

    /// Whether the vendor is an edition of HighLevel.
    pub(crate) const fn is_highlevel(self) -> bool {
        matches!(self, Self::HoopAi | Self::Leadway)
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// A name that is no vendor's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no vendor; these are: leonar, sendpilot, hoop-ai, leadway")]
pub struct UnknownVendor(String);

impl FromStr for Vendor {
    type Err = UnknownVendor;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|vendor| vendor.slug() == name).ok_or_else(|| UnknownVendor(name.to_owned()))
    }
}
