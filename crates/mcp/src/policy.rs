//! [`Policy`]: what an assistant may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use reachout_outbox::SendCaps;

/// What an assistant may do. The default reads, and writes drafts that a person approves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a permission that a person gives or not")]
pub struct Policy {
    /// Nothing but reading, whatever else is permitted.
    pub read_only: bool,
    /// Messages that are prepared may be sent.
    pub allow_send: bool,
    /// Operations that change or delete something at a vendor may be called, and those whose effect is a guess.
    pub allow_changes: bool,
    /// What confirms a message where the client cannot ask a person.
    pub confirm: Confirm,
    /// How many messages may be sent.
    pub caps: SendCaps,
    /// The only recipients that may be written to, in the [canonical form](reachout_outbox::Address); anybody where it is empty.
    pub recipients: BTreeSet<String>,
    /// The only campaigns that messages may be counted to; any where it is empty.
    pub campaigns: BTreeSet<String>,
    /// Everything as ever, but nothing is sent.
    pub dry_run: bool,
    /// The content of messages is kept in the audit trail.
    pub audit_content: bool,
    /// The groups of tools that exist; all where it is empty.
    pub toolsets: BTreeSet<Toolset>,
    /// The only tools that exist, by name, of those groups; all where it is empty.
    pub tools: BTreeSet<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            read_only: false,
            allow_send: false,
            allow_changes: false,
            confirm: Confirm::default(),
            caps: SendCaps::new(20, 100),
            recipients: BTreeSet::new(),
            campaigns: BTreeSet::new(),
            dry_run: false,
            audit_content: false,
            toolsets: BTreeSet::new(),
            tools: BTreeSet::new(),
        }
    }
}

/// What confirms a message where the client cannot ask a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirm {
    /// Nothing: such a client sends nothing, and a person approves drafts with `reachout outbox approve`.
    #[default]
    Never,
    /// The draft's confirmation code alone, which the assistant has from preparing it.
    Code,
}

/// A group of tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Toolset {
    /// People and their conversations.
    People,
    /// Preparing, sending and following messages.
    Messages,
    /// Campaigns, pauses and the suppression list.
    Campaigns,
    /// Every other operation of the vendors.
    Operations,
}

impl Toolset {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::People, Self::Messages, Self::Campaigns, Self::Operations];

    /// Its name: `people`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Messages => "messages",
            Self::Campaigns => "campaigns",
            Self::Operations => "operations",
        }
    }
}

impl fmt::Display for Toolset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no group of tools.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a toolset; these are: {list}", list = Toolset::ALL.map(Toolset::name).join(", "))]
pub struct UnknownToolset(String);

impl FromStr for Toolset {
    type Err = UnknownToolset;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|toolset| toolset.name() == text).ok_or_else(|| UnknownToolset(text.to_owned()))
    }
}
