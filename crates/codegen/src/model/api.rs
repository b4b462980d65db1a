//! A vendor and its API.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

use super::{Operation, Schema, TypeRef};
use crate::names;

/// A vendor and its API, in the order of the document.
#[derive(Debug)]
pub struct Api {
    /// Folder and package name: `hoop-ai`.
    pub id: String,
    /// As people write it: `Hoop AI`.
    pub name: String,
    /// What it is, in a few words: `recruiting CRM`.
    pub about: String,
    /// Its site.
    pub home: String,
    /// `info.description`.
    pub description: String,
    /// Prefix of the environment variables.
    pub env: String,
    /// Environment variable of the credential.
    pub credential_env: String,
    /// Production base URL.
    pub base_url: String,
    /// How the credential travels.
    pub auth: Auth,
    /// Documented rate limit.
    pub rate_limit: Option<RateLimit>,
    /// What the vendor counts requests by, where that is not the credential: `location`.
    pub counted_by: Option<String>,
    /// Dot paths into an error body: code, message, request id.
    pub error: [Option<String>; 3],
    /// The tags, in their order.
    pub groups: Vec<Group>,
    /// All operations.
    pub operations: Vec<Operation>,
    /// All components that have a Rust type of their own, by component name.
    pub schemas: BTreeMap<String, Schema>,
    /// Webhook events.
    pub events: Vec<Event>,
    /// Fields of a webhook's body that hold the event's name and, unless the body itself is the payload, the payload.
    pub envelope: (String, Option<String>),
    /// What people call the platform that this vendor is an edition of: another vendor's name.
    pub platform: Option<String>,
    /// The folder of that platform.
    pub base: Option<String>,
    /// The events are the platform's.
    pub shares_events: bool,
    /// The bundled document.
    pub openapi: Value,
}

impl Api {
    /// Whether the conventions ask for more than the document has.
    pub fn is_draft(&self) -> bool {
        self.openapi["x-draft"] == true
    }

    /// The crate as it is named in Rust: `hoop_ai`.
    pub fn module(&self) -> String {
        self.id.replace('-', "_")
    }

    /// The vendor as a variant of an enum: `HoopAi`. The name's capitals are taken where it is the folder's name too.
    pub fn variant(&self) -> String {
        let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
        names::type_name(if letters(&self.name) == letters(&self.id) { &self.name } else { &self.id })
    }

    /// The operations of a group.
    pub fn operations_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Operation> {
        self.operations.iter().filter(move |operation| operation.group == group.name)
    }

    /// The groups that have operations, of one feature or of none.
    pub fn groups_of<'a>(&'a self, feature: Option<&'a str>) -> impl Iterator<Item = &'a Group> {
        let is_used = |group: &&Group| self.operations_of(group).next().is_some();
        self.groups.iter().filter(move |group| group.feature.as_deref() == feature && is_used(group))
    }

    /// The feature that an operation needs.
    pub fn feature_of(&self, operation: &Operation) -> Option<&str> {
        self.groups.iter().find(|group| group.name == operation.group)?.feature.as_deref()
    }

    /// The features that groups need, sorted.
    pub fn features(&self) -> BTreeSet<&str> {
        self.operations.iter().filter_map(|operation| self.feature_of(operation)).collect()
    }

    /// The platform's crate in Rust.
    pub fn base_module(&self) -> Option<String> {
        self.base.as_ref().map(|base| base.replace('-', "_"))
    }
}

/// A documented rate limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Maximum number of requests.
    pub requests: u64,
    /// In this number of seconds.
    pub seconds: u64,
    /// The response headers that tell of it.
    pub headers: RateLimitHeaders,
}

/// Names of the response headers that tell of a rate limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimitHeaders {
    /// Requests allowed in each interval.
    pub limit: Option<String>,
    /// Requests left in the current interval.
    pub remaining: Option<String>,
    /// Length of an interval in milliseconds.
    pub interval_milliseconds: Option<String>,
    /// Requests allowed in a day.
    pub daily_limit: Option<String>,
    /// Requests left today.
    pub daily_remaining: Option<String>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name of the client's method: `lead_database`.
    pub name: String,
    /// Name of its type: `LeadDatabase`.
    pub type_name: String,
    /// What it is about.
    pub description: String,
    /// The feature of the crate that it needs; nothing where it is always there.
    pub feature: Option<String>,
}

/// How the credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …`.
    Bearer,
    /// `Authorization: Basic …`, of `user:password`.
    Basic,
    /// The credential alone, in this header, in lower case.
    Header(String),
    /// The credential alone, in this parameter of the query.
    Query(String),
    /// Several at once; the credential has a part for each.
    Each(Vec<Auth>),
}

impl fmt::Display for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer => f.write_str("Authorization: Bearer"),
            Self::Basic => f.write_str("Authorization: Basic"),
            Self::Header(name) => f.write_str(name),
            Self::Query(name) => write!(f, "{name} in the query"),
            Self::Each(each) => f.write_str(&each.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")),
        }
    }
}

/// A webhook event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// As the vendor names it today.
    pub name: String,
    /// Older or other names of the same event.
    pub aliases: Vec<String>,
    /// When it is sent.
    pub description: String,
    /// Its payload.
    pub payload: TypeRef,
}
