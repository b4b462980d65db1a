//! [`Filter`] as a condition of statements.

use reachout_messenger::Vendor;

use super::hash::hash;
use crate::State;
use crate::entry::Filter;

/// The condition on a message `m`. Its parameters are the first six of the statement: [`bound!`] binds them.
macro_rules! selected {
    () => {
        "($1 IS NULL OR m.vendor = $1) AND ($2 IS NULL OR m.credential = $2) AND ($3 IS NULL OR m.state = $3)
            AND ($4 IS NULL OR m.key = $4 OR SUBSTR(m.key, 1, LENGTH($4) + 1) = $4 || '/')
            AND ($5 IS NULL OR m.key_hash = $5)
            AND ($6 IS NULL OR m.id IN (SELECT message FROM reachout_outbox_addresses WHERE address = $6))"
    };
}

/// Binds the parameters of [`selected!`].
macro_rules! bound {
    ($query:expr, $terms:expr) => {
        $query
            .bind($terms.vendor)
            .bind(&$terms.credential)
            .bind($terms.state)
            .bind(&$terms.campaign)
            .bind(&$terms.key_hash)
            .bind(&$terms.person)
    };
}

/// A statement with [`selected!`], of which an index has what narrows the most: a parameter that may be NULL uses none.
macro_rules! narrowed {
    ($terms:expr, $before:expr, $after:expr) => {
        match $terms {
            Terms { key_hash: Some(_), .. } => concat!($before, "m.key_hash = $5 AND ", selected!(), $after),
            Terms { person: Some(_), .. } => {
                concat!($before, "m.id IN (SELECT message FROM reachout_outbox_addresses WHERE address = $6) AND ", selected!(), $after)
            }
            Terms { state: Some(_), .. } => concat!($before, "m.state = $3 AND ", selected!(), $after),
            _ => concat!($before, selected!(), $after),
        }
    };
}

pub(super) use {bound, narrowed, selected};

/// The parameters of a filter.
pub(super) struct Terms {
    pub(super) vendor: Option<&'static str>,
    pub(super) credential: Option<String>,
    pub(super) state: Option<&'static str>,
    pub(super) campaign: Option<String>,
    pub(super) key_hash: Option<Vec<u8>>,
    pub(super) person: Option<String>,
}

impl Terms {
    pub(super) fn of(filter: &Filter) -> Self {
        let Filter { vendor, credential, state, campaign, key, person } = filter;
        Self {
            vendor: vendor.map(Vendor::id),
            credential: credential.clone(),
            state: state.map(State::name),
            campaign: campaign.as_deref().map(|campaign| campaign.trim_end_matches('/').to_owned()),
            key_hash: key.as_deref().map(hash),
            person: person.clone(),
        }
    }
}
