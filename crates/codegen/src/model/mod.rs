//! Stage 4: everything that is known of a vendor, typed, read once from its linted document.

mod build;
mod edition;
mod feature;
mod limits;
mod operations;
mod schemas;
mod tags;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

use crate::names;
pub use crate::typing::TypeRef;
pub use build::build;
pub use edition::{is_alike, references, share, shows_the_same};
pub use feature::mark;
pub use limits::Limits;
pub use schemas::{Checked, checked};

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
    /// So many requests.
    pub requests: u64,
    /// In so many seconds.
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

/// One operation.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the document")]
pub struct Operation {
    /// `send_message`.
    pub id: String,
    /// Its group: `messages`.
    pub group: String,
    /// Name of its method in the group: `send`.
    pub name: String,
    /// Name of its type, where it has optional parameters: `SendMessage`.
    pub type_name: String,
    /// Upper case.
    pub method: String,
    /// Path template.
    pub path: String,
    /// One sentence without a full stop.
    pub summary: String,
    /// The rest.
    pub description: String,
    /// The vendor's page.
    pub docs: String,
    /// `recorded`, `full`, `partial`, `official` or `client-only`, and the note.
    pub evidence: (String, Option<String>),
    /// Sent as they are.
    pub constant_headers: Vec<(String, String)>,
    /// Parameters that the caller gives: of the path first, then what else is required, then the rest.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// The one success response.
    pub success: Success,
    /// False where the document says `security: []`.
    pub authenticated: bool,
    /// Whose token it takes.
    pub token: Option<Token>,
    /// What it does.
    pub effect: Effect,
    /// What a second request does, where the document says it.
    pub repeat: Option<Repeat>,
    /// Effect and repeat are an import's guess.
    pub guessed: bool,
    /// True where the vendor calls it deprecated.
    pub deprecated: bool,
    /// How it pages.
    pub pagination: Option<Pagination>,
    /// Its route differs from the platform's in nothing but page, evidence and constant headers.
    pub inherited: bool,
    /// So it does, and the call is the platform's.
    pub shared: bool,
}

impl Operation {
    /// A request sent twice does no harm, as the runtime's `Route` decides it.
    pub fn is_repeatable(&self) -> bool {
        let by_method = matches!(self.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE");
        let by_document = !self.guessed && (self.effect == Effect::Reads || self.repeat == Some(Repeat::Same));
        self.repeat != Some(Repeat::Twice) && (by_method || by_document)
    }

    /// Name of its route: `LIST_CONTACTS`.
    pub fn route(&self) -> String {
        self.id.to_uppercase()
    }

    /// What a call cannot be made without.
    pub fn required(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.required)
    }

    /// What a call can be made without.
    pub fn optional(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| !parameter.required)
    }

    /// The parts of a multipart body.
    pub fn parts(&self) -> &[Part] {
        match &self.body {
            Some(Body { content: BodyContent::Multipart(parts), .. }) => parts,
            _ => &[],
        }
    }

    /// Whether setters follow the call, so that it needs a type of its own.
    pub fn has_setters(&self) -> bool {
        self.optional().next().is_some() || self.parts().iter().any(|part| !part.required || part.list)
    }
}

/// What an operation does: `x-effect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing changes.
    Reads,
    /// Something is made or changed.
    Changes,
    /// Something is gone.
    Deletes,
    /// Somebody notices it.
    ReachesAPerson,
}

impl Effect {
    /// Each with its word in a document.
    pub const WORDS: [(&str, Self); 4] =
        [("reads", Self::Reads), ("changes", Self::Changes), ("deletes", Self::Deletes), ("reaches-a-person", Self::ReachesAPerson)];

    /// The effect that a document calls so.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, effect)| effect)
    }

    /// In a sentence: `reaches a person`.
    pub fn words(self) -> String {
        Self::WORDS.into_iter().find(|(_, effect)| *effect == self).map_or_else(String::new, |(word, _)| word.replace('-', " "))
    }

    /// What the method says, where the document says nothing.
    pub fn of_method(method: &str) -> Self {
        match method.to_ascii_lowercase().as_str() {
            "get" | "head" => Self::Reads,
            "delete" => Self::Deletes,
            _ => Self::Changes,
        }
    }
}

/// Whose token an operation takes: `x-token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// That of a location.
    Location,
    /// That of an agency.
    Agency,
    /// Either.
    Any,
}

impl Token {
    /// Each with its word in a document.
    pub const WORDS: [(&str, Self); 3] = [("location", Self::Location), ("agency", Self::Agency), ("any", Self::Any)];

    /// The kind that a document calls so.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, token)| token)
    }
}

/// What a second request of an operation does: `x-repeat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing more than the first.
    Same,
    /// The same once more.
    Twice,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// On the wire.
    pub wire: String,
    /// As an argument or setter.
    pub name: String,
    /// Where it travels.
    pub place: Place,
    /// May not be left out.
    pub required: bool,
    /// Shown in the docs.
    pub description: String,
    /// Its type.
    pub ty: TypeRef,
    /// What the vendor takes.
    pub limits: Limits,
    /// A documented value.
    pub example: Option<Value>,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

/// A request body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// What it is.
    pub content: BodyContent,
    /// What the vendor takes, where the body is a list.
    pub limits: Limits,
    /// The documented example.
    pub example: Option<Value>,
}

/// What a request body is.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyContent {
    /// JSON.
    Json(TypeRef),
    /// URL-encoded fields.
    Form(TypeRef),
    /// Bytes of this media type.
    Bytes(String),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// On the wire.
    pub wire: String,
    /// As an argument or setter.
    pub name: String,
    /// May not be left out.
    pub required: bool,
    /// Shown in the docs.
    pub description: String,
    /// A file; else a text.
    pub file: bool,
    /// May be given more than once.
    pub list: bool,
}

/// A success response.
#[derive(Clone, Debug, PartialEq)]
pub struct Success {
    /// `200`, `2XX`.
    pub status: String,
    /// What it carries.
    pub content: Content,
    /// The documented example.
    pub example: Option<Value>,
}

/// What a response carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing the client reads.
    Empty,
    /// JSON.
    Json(TypeRef),
    /// A file.
    Bytes,
}

/// `x-pagination`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// How the next page is asked for.
    pub style: Style,
    /// Dot path of the items.
    pub items: String,
    /// Dot path of whether pages follow.
    pub more: Option<String>,
    /// Dot path of the number of items.
    pub total: Option<String>,
    /// Dot path of the number of pages.
    pub total_pages: Option<String>,
}

/// How the next page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// By the number of items to skip, in this parameter.
    Offset(String),
    /// By page number, in this parameter.
    Page(String),
    /// By what the last page says: parameters, and where their next values come from.
    Token(Vec<(String, String)>),
    /// The same, by the last item.
    Cursor(Vec<(String, String)>),
}

/// A component with a Rust type of its own.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Schema {
    /// Its Rust name.
    pub name: String,
    /// Shown in the docs.
    pub description: String,
    /// What it is.
    pub shape: Shape,
    /// Part of a request body.
    pub sent: bool,
    /// Part of a response or webhook, or of nothing at all: the vendor may send more than it documents.
    pub received: bool,
    /// It, or something in it, has limits to check before it is sent.
    pub limited: bool,
    /// The feature whose operations alone it is for; nothing where it is always there.
    pub feature: Option<String>,
    /// It is the platform's.
    pub shared: bool,
}

/// What a component is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object, its fields sorted by name.
    Struct {
        /// Its fields.
        fields: Vec<Field>,
        /// The order in which the spec lists what is required: places in `fields`.
        required: Vec<usize>,
        /// Fields that nobody documented are kept.
        extra: bool,
    },
    /// One of some strings.
    Enum(Vec<Variant>),
    /// One of some alternatives.
    OneOf {
        /// In the order in which they are tried where nothing decides.
        alternatives: Vec<Alternative>,
        /// A tag decides between all of them, and the vendor may add alternatives.
        open: bool,
    },
    /// Another name for a type.
    Alias(TypeRef),
}

/// One of several things that a value can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Name of the variant.
    pub name: String,
    /// Its type.
    pub ty: TypeRef,
    /// What the vendor takes.
    pub limits: Limits,
    /// Properties that tell it from the others, each with the values it has here.
    pub tags: Vec<(String, Vec<String>)>,
}

impl Alternative {
    /// A tag of the value is another alternative's.
    pub fn is_excluded_by(&self, value: &Value) -> bool {
        self.tags.iter().any(|(tag, values)| value[tag].as_str().is_some_and(|own| values.iter().all(|known| known != own)))
    }
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub name: String,
    /// Shown in the docs.
    pub description: String,
    /// Its type.
    pub ty: TypeRef,
    /// May not be left out.
    pub required: bool,
    /// Null is a value.
    pub nullable: bool,
    /// Null is sent as null: an optional field of what is only sent, where an absent one means something else.
    pub cleared: bool,
    /// What the vendor takes.
    pub limits: Limits,
}

impl Field {
    /// The field is an `Option`.
    pub fn is_option(&self) -> bool {
        !self.required || self.nullable
    }
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub name: String,
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
