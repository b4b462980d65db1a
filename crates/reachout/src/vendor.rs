//! The platforms.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// A platform that messages are sent through.
///
/// All are here whatever the features; [`connect`](crate::connect) tells when one was not compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Vendor {
    /// Leonar, the recruiting CRM.
    Leonar,
    /// SendPilot, LinkedIn outreach.
    SendPilot,
    /// Hoop AI, an edition of HighLevel.
    HoopAi,
    /// Leadway CRM, an edition of HighLevel.
    Leadway,
}

impl Vendor {
    /// Every vendor, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Leonar, Self::SendPilot, Self::HoopAi, Self::Leadway];

    /// The name of its crate and feature: `hoop-ai`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Leonar => "leonar",
            Self::SendPilot => "sendpilot",
            Self::HoopAi => "hoop-ai",
            Self::Leadway => "leadway",
        }
    }

    /// The name for people: `Hoop AI`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leonar => "Leonar",
            Self::SendPilot => "SendPilot",
            Self::HoopAi => "Hoop AI",
            Self::Leadway => "Leadway CRM",
        }
    }

    /// The environment variable that holds the credential: `LEONAR_API_KEY`.
    pub const fn credential_env(self) -> &'static str {
        match self {
            Self::Leonar => "LEONAR_API_KEY",
            Self::SendPilot => "SENDPILOT_API_KEY",
            Self::HoopAi => "HOOP_AI_TOKEN",
            Self::Leadway => "LEADWAY_TOKEN",
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Vendor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl FromStr for Vendor {
    type Err = UnknownVendor;

    /// Reads an [`id`](Self::id).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|vendor| vendor.id() == text);
        found.ok_or_else(|| UnknownVendor(text.to_owned()))
    }
}

/// A text that is no vendor's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no vendor; these are: leonar, sendpilot, hoop-ai, leadway")]
pub struct UnknownVendor(String);

#[cfg(test)]
mod tests {
    use super::Vendor;

    #[test]
    fn ids_read_back() {
        for vendor in Vendor::ALL {
            assert_eq!(vendor.id().parse(), Ok(vendor));
        }
        assert_eq!(
            "Leonard".parse::<Vendor>().unwrap_err().to_string(),
            "\"Leonard\" is no vendor; these are: leonar, sendpilot, hoop-ai, leadway"
        );
    }

    /// The ids and variables are spelled here for vendors that are not compiled in; those of the clients are the truth.
    #[test]
    #[cfg(all(feature = "leonar", feature = "sendpilot", feature = "hoop-ai", feature = "leadway"))]
    fn agrees_with_the_clients() {
        let clients = [&leonar::VENDOR, &sendpilot::VENDOR, &hoop_ai::VENDOR, &leadway::VENDOR];
        for (vendor, client) in Vendor::ALL.into_iter().zip(clients) {
            assert_eq!((vendor.id(), vendor.name(), vendor.credential_env()), (client.id, client.name, client.credential_env));
        }
    }
}
