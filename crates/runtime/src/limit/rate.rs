//! What a budget allows.

use crate::vendor::RateLimit;

/// A limit, and how it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(super) limit: RateLimit,
    /// Whether a limit in the vendor's headers replaces this one, or can only lower it.
    pub(super) follows_vendor: bool,
    pub(super) steady: bool,
}
