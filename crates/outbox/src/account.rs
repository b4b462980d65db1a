//! [`Account`]: through whom messages are sent.

use std::fmt;
use std::str::FromStr;

use reachout_messenger::Vendor;
use reachout_runtime::BudgetKey;
use serde::{Deserialize, Serialize};

/// A vendor and one of the accounts there, by a name of one's own: what a worker needs a client for.
///
/// The name stands for a credential that is kept elsewhere; no secret is ever written to the outbox. [`Accounts`](crate::Accounts) has
/// what it stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

/// A text that names no account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an account; write a vendor and the name of a credential, such as leonar/default{why}", .text.escape_debug())]
pub struct NotAnAccount {
    text: String,
    why: String,
}

impl FromStr for Account {
    type Err = NotAnAccount;

    /// Reads `leonar/acme`; `leonar` alone is `leonar/default`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (vendor, credential) = text.split_once('/').unwrap_or((text, Self::DEFAULT));
        let wrong = |why: String| NotAnAccount { text: text.to_owned(), why };
        let vendor = vendor.trim().parse::<Vendor>().map_err(|error| wrong(format!(": {error}")))?;
        let credential = credential.trim();
        if credential.is_empty() { Err(wrong(String::new())) } else { Ok(Self::new(vendor, credential)) }
    }
}

impl TryFrom<String> for Account {
    type Error = NotAnAccount;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.to_string()
    }
}
