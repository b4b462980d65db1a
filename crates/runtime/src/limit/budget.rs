//! Which calls share a rate-limit budget.

use std::fmt;
use std::sync::Arc;

/// Names a rate-limit budget: all calls with the same key are counted together, as the vendor counts them.
///
/// Choose it by what the vendor counts: one API key, or for HighLevel one app and one location. It is shown in logs and written to
/// stores, so never make it of a credential; a tenant's id will do. Clones are cheap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetKey(Arc<str>);

impl BudgetKey {
    /// A key of any characters.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// The key as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for BudgetKey {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

impl From<String> for BudgetKey {
    fn from(key: String) -> Self {
        Self::new(key)
    }
}

impl fmt::Display for BudgetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
