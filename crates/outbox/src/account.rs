//! [`Account`]: through whom messages are sent.

use std::fmt;

use reachout_messenger::Vendor;
use reachout_runtime::BudgetKey;

/// A vendor and one of the accounts there, by a name of one's own: what a worker needs a client for.
///
/// The name stands for a credential that is kept elsewhere; no secret is ever written to the outbox. [`Accounts`](crate::Accounts) has
/// what it stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Account {
    /// The vendor.
    pub vendor: Vendor,
    /// The credential's name, such as a tenant's id.
    pub credential: String,
}

impl Account {
    /// The name of the credential where there is only one.
    pub const DEFAULT: &'static str = "default";

    /// The account `credential` at `vendor`.
    pub fn new(vendor: Vendor, credential: impl Into<String>) -> Self {
        Self { vendor, credential: credential.into() }
    }

    /// Under which its calls are counted, unless its [`Rules`](crate::Rules) name another.
    pub fn budget_key(&self) -> BudgetKey {
        BudgetKey::new(format!("{}/{}", self.vendor.id(), self.credential))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor.id(), self.credential)
    }
}
