//! Which messages or which account a command is about.

use std::fmt;

use clap::Args;
use reachout_messenger::Vendor;
use reachout_outbox::{Account, Filter};

use crate::cli::{
    arguments::{Choice, credential_name},
    call::Access,
};

/// Which messages are meant; what is left out means all.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which messages")]
pub struct Selection {
    /// Those through this vendor
    #[arg(long, value_name = "VENDOR", value_parser = Choice::<Vendor>::of(Vendor::ALL.map(Vendor::id)))]
    pub via: Option<Vendor>,
    /// Those with the credential of this name
    #[arg(long, value_name = "NAME", value_parser = credential_name)]
    pub credential: Option<String>,
    /// Those of this campaign: the first part of their keys
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// The one with this key
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Those to this person: an email address, a phone number, the URL of a profile, or the vendor's id
    #[arg(long, value_name = "ADDRESS")]
    pub person: Option<String>,
}

impl Selection {
    pub fn filter(&self) -> Filter {
        let mut filter = Filter::all();
        filter.vendor = self.via;
        filter.credential.clone_from(&self.credential);
        filter.campaign.clone_from(&self.campaign);
        filter.key.clone_from(&self.key);
        filter.person.clone_from(&self.person);
        filter
    }

    /// Whether it is about some messages of an account, rather than an account.
    pub fn is_of_messages(&self) -> bool {
        self.campaign.is_some() || self.key.is_some() || self.person.is_some()
    }

    /// Whether it says more than "all".
    pub fn is_given(&self) -> bool {
        self.filter() != Filter::all()
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("via", self.via.map(|vendor| vendor.id().to_owned())),
            ("credential", self.credential.clone()),
            ("campaign", self.campaign.clone()),
            ("key", self.key.clone()),
            ("person", self.person.clone()),
        ];
        let given = parts.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?)));
        f.write_str(&given.collect::<Vec<_>>().join(", "))
    }
}

/// An account, by its vendor and the name of its credential.
pub fn account(vendor: Vendor, credential: Option<&str>, access: &Access<'_>) -> Account {
    Account::new(vendor, credential.unwrap_or_else(|| access.settings.profile()))
}
