//! [`Settings`]: what may be changed while the sandbox runs.

use serde::{Deserialize, Serialize};

/// Which values of HighLevel's `Version` header are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Versions {
    /// The one that the operation documents.
    #[default]
    Documented,
    /// Any that HighLevel ever published: 2021-04-15, 2021-07-28 and 2023-02-21, and in a body the fields that any edition documents. Its
    /// own SDKs send one version with every call, and `subType` and `status` with every message.
    Published,
}

impl Versions {
    pub(crate) fn accept(self, version: &str) -> bool {
        self == Self::Published && ["2021-04-15", "2021-07-28", "2023-02-21"].contains(&version)
    }
}

/// What may be changed while the sandbox runs, at its start through [`Builder`](crate::Builder) or later with `PATCH /_sandbox/settings`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Which `Version` headers are accepted.
    pub versions: Versions,
    /// Whether the documented rate limits are enforced.
    pub rate_limits: bool,
    /// Whether an id that the sandbox never gave out stands for a new object with documented data, instead of a 404.
    pub adopt_unknown_ids: bool,
    /// Lifetime of the access tokens that the token endpoints give out, in seconds.
    pub token_seconds: u64,
    /// How long a lead database search or an extractor campaign runs, in milliseconds.
    pub job_milliseconds: u64,
    /// How many objects of a kind are kept; the oldest go first.
    pub capacity: usize,
    /// How many requests the log keeps; the oldest go first.
    pub log_capacity: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            versions: Versions::Documented,
            rate_limits: false,
            adopt_unknown_ids: false,
            token_seconds: 86_399,
            job_milliseconds: 300,
            capacity: 2_000,
            log_capacity: 1_000,
        }
    }
}
