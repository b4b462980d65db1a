//! Operations: what they are called, what they do and what they are given.

use reachout_document::{Effect, Location as Place, Pagination, Repeat};
use serde_json::Value;

use super::{Body, BodyContent, Limits, Part, Success, TypeRef};

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
