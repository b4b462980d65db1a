//! The static table of a vendor's operations.

pub(crate) mod pagination;

use std::fmt;

use reqwest::Method;

pub use self::pagination::{PageStyle, Pagination};

/// One documented operation. Generated crates have one static for each, and list them all.
#[derive(Debug)]
#[non_exhaustive]
pub struct Route {
    /// The operation's name in the spec, such as `send_message`.
    pub operation_id: &'static str,
    /// The group it belongs to, such as `messages`.
    pub group: &'static str,
    /// Its name in the group, such as `send`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Path below the base URL, with parameters in braces: `/contacts/{contactId}`.
    pub path: &'static str,
    /// Headers that every request of the operation carries, such as `Version`.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether the credential is sent.
    pub authenticated: bool,
    effect: Option<Effect>,
    repeat: Option<Repeat>,
    guessed: bool,
    /// How the operation pages through a list, if it does.
    pub pagination: Option<Pagination>,
    /// How well the operation is documented by the vendor.
    pub evidence: Evidence,
    /// The vendor's page.
    pub docs: &'static str,
}

impl Route {
    /// An operation that sends the credential, does not page, and is documented in full.
    pub const fn new(operation_id: &'static str, group: &'static str, name: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            operation_id,
            group,
            name,
            method,
            path,
            headers: &[],
            authenticated: true,
            effect: None,
            repeat: None,
            guessed: false,
            pagination: None,
            evidence: Evidence::Full,
            docs: "",
        }
    }

    /// With headers that every request carries.
    #[must_use]
    pub const fn headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Without the credential.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.authenticated = false;
        self
    }

    /// With what the operation does.
    #[must_use]
    pub const fn does(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// With what a second request does, where the method does not say it.
    #[must_use]
    pub const fn repeated(mut self, repeat: Repeat) -> Self {
        self.repeat = Some(repeat);
        self
    }

    /// Effect and repeat are guesses of an import, which nobody has looked at.
    #[must_use]
    pub const fn guessed(mut self) -> Self {
        self.guessed = true;
        self
    }

    /// Listing page by page.
    #[must_use]
    pub const fn paged(mut self, pagination: Pagination) -> Self {
        self.pagination = Some(pagination);
        self
    }

    /// With the vendor's page, and how well it documents the operation.
    #[must_use]
    pub const fn documented(mut self, evidence: Evidence, page: &'static str) -> Self {
        self.evidence = evidence;
        self.docs = page;
        self
    }

    /// What the operation does. Where the document does not say it, the method does: GET and HEAD read, DELETE deletes, the others change.
    pub fn effect(&self) -> Effect {
        self.effect.unwrap_or(match self.method {
            Method::GET | Method::HEAD => Effect::Reads,
            Method::DELETE => Effect::Deletes,
            _ => Effect::Changes,
        })
    }

    /// Whether the effect is a guess of an import, which nobody has looked at. A guess never makes more requests be repeated.
    pub fn is_guessed(&self) -> bool {
        self.guessed
    }

    /// The operation only reads, so that it is repeated whatever went wrong: GET and HEAD, and what the document says [reads](Effect::Reads).
    pub fn is_safe(&self) -> bool {
        self.class() == MethodClass::Safe
    }

    /// Sending twice has the effect of sending once: what only reads, PUT and DELETE, and what the document says is the
    /// [same](Repeat::Same) when repeated.
    pub fn is_repeatable(&self) -> bool {
        self.class() != MethodClass::Once
    }

    /// What a repeat may do. The document may know it better than the method; a guess may only forbid.
    pub(crate) fn class(&self) -> MethodClass {
        let by_method = MethodClass::of(&self.method);
        match (self.repeat, self.effect) {
            (Some(Repeat::Twice), _) => MethodClass::Once,
            (_, Some(effect)) if by_method == MethodClass::Safe && effect != Effect::Reads => MethodClass::Repeatable,
            _ if self.guessed => by_method,
            (_, Some(Effect::Reads)) => MethodClass::Safe,
            (Some(Repeat::Same), _) if by_method == MethodClass::Once => MethodClass::Repeatable,
            _ => by_method,
        }
    }
}

/// What an operation does, by the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// It changes nothing.
    Reads,
    /// It makes or changes something at the vendor.
    Changes,
    /// Something is gone afterwards.
    Deletes,
    /// Somebody notices it: it sends a message, or starts what sends messages.
    ReachesAPerson,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reads => "reads",
            Self::Changes => "changes",
            Self::Deletes => "deletes",
            Self::ReachesAPerson => "reaches a person",
        })
    }
}

/// What a second request of an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Nothing more than the first.
    Same,
    /// The same once more.
    Twice,
}

/// What is known of an operation, and from where; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Evidence {
    /// Live responses were recorded.
    Recorded,
    /// The vendor's page was read in full.
    Full,
    /// Parts of the vendor's page were missing or contradictory.
    Partial,
    /// Taken from the vendor's published file, and not reviewed.
    Official,
    /// Known only from other people's clients.
    ClientOnly,
}

/// What a repeat of a request may do, by its method (RFC 9110, section 9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MethodClass {
    /// GET and HEAD: reads only.
    Safe,
    /// PUT and DELETE: a repeat changes nothing more.
    Repeatable,
    /// POST, PATCH and everything unknown: a repeat may do it twice.
    Once,
}

impl MethodClass {
    pub(crate) fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD => Self::Safe,
            Method::PUT | Method::DELETE => Self::Repeatable,
            _ => Self::Once,
        }
    }
}

#[cfg(test)]
mod tests;
