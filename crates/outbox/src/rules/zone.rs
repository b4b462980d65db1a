//! [`Zone`] and [`Clock`]: by whose time the rules go.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::RulesError;

/// Whose clock counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Clock {
    /// The sender's, in this time zone.
    Sender(Zone),
    /// The recipient's, as [`Envelope::time_zone`](crate::Envelope::time_zone) has it; this one where it has none.
    Recipient(Zone),
}

impl Clock {
    /// The sender's time zone.
    pub fn sender(zone: &str) -> Result<Self, RulesError> {
        Zone::new(zone).map(Self::Sender)
    }

    /// UTC, whoever it is.
    pub fn utc() -> Self {
        Self::Sender(Zone { name: "UTC".to_owned(), zone: TimeZone::UTC })
    }

    /// The recipient's time zone, and the one where it is not known.
    pub fn recipient(otherwise: &str) -> Result<Self, RulesError> {
        Zone::new(otherwise).map(Self::Recipient)
    }

    /// The time zone that counts where the recipient's is not known.
    pub fn zone(&self) -> &Zone {
        let (Self::Sender(zone) | Self::Recipient(zone)) = self;
        zone
    }

    /// The same clock, with another time zone.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        match self {
            Self::Sender(_) => Self::Sender(zone),
            Self::Recipient(_) => Self::Recipient(zone),
        }
    }

    pub(crate) fn time_zone(&self, recipient: Option<&str>) -> TimeZone {
        match self {
            Self::Sender(zone) => zone.get(),
            Self::Recipient(zone) => recipient.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| zone.get()),
        }
    }
}

/// A time zone, which is stored by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Looks the name up: `Europe/Paris`.
    pub fn new(name: &str) -> Result<Self, RulesError> {
        let zone = TimeZone::get(name).map_err(|_| RulesError::TimeZone { name: name.to_owned(), nearest: nearest(name) })?;
        Ok(Self { name: zone.iana_name().unwrap_or(name).to_owned(), zone })
    }

    /// Its name, such as `Europe/Paris`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn get(&self) -> TimeZone {
        self.zone.clone()
    }
}

/// The names of time zones that are most like this one.
fn nearest(name: &str) -> Vec<String> {
    const SHOWN: usize = 3;
    let wanted = name.trim().to_lowercase().replace([' ', '-'], "_");
    let distance = |known: &str| {
        let known = known.to_lowercase();
        // A city is typed without its region more often than it is misspelled.
        let city = known.rsplit('/').next().unwrap_or_default();
        let of = |part: &str| strsim::damerau_levenshtein(&wanted, part);
        (of(&known).min(of(city)), known.len())
    };
    let most = 1 + wanted.len() / 4;
    let mut known: Vec<_> = jiff::tz::db().available().map(|known| (distance(known.as_str()), known.as_str().to_owned())).collect();
    known.sort();
    let best = known.first().map_or(0, |((distance, _), _)| *distance);
    known.retain(|((distance, _), _)| *distance <= most.min(best + 1));
    known.truncate(SHOWN);
    let names: Vec<_> = known.into_iter().map(|(_, name)| name).collect();
    if names.is_empty() { vec!["Europe/Paris".to_owned()] } else { names }
}

impl TryFrom<String> for Zone {
    type Error = RulesError;

    fn try_from(name: String) -> Result<Self, RulesError> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}
