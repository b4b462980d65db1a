//! The static table of a vendor's operations.

pub(crate) mod pagination;
mod table;

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
    /// Whose token it takes, where the vendor gives out tokens of several kinds.
    pub token: Option<Token>,
    effect: Option<Effect>,
    repeat: Option<Repeat>,
    guessed: bool,
    /// How the operation pages through a list, if it does.
    pub pagination: Option<Pagination>,
    /// How well the operation is documented by the vendor.
    pub evidence: Evidence,
    /// The vendor's page.
    pub docs: &'static str,
    /// The operation of the platform, where this is an edition's own account of it.
    pub(crate) platform: Option<&'static Route>,
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
            token: None,
            effect: None,
            repeat: None,
            guessed: false,
            pagination: None,
            evidence: Evidence::Full,
            docs: "",
            platform: None,
        }
    }

    /// A platform's operation in one of its editions, which has a page, evidence and constant headers of its own. An edition's client sends the
    /// platform's call by this route.
    pub const fn edition(platform: &'static Self, method: Method) -> Self {
        Self {
            operation_id: platform.operation_id,
            group: platform.group,
            name: platform.name,
            method,
            path: platform.path,
            headers: platform.headers,
            authenticated: platform.authenticated,
            token: platform.token,
            effect: platform.effect,
            repeat: platform.repeat,
            guessed: platform.guessed,
            pagination: platform.pagination,
            evidence: platform.evidence,
            docs: platform.docs,
            platform: Some(platform),
        }
    }

    /// The routes of several lists in one: what `N` counts.
    #[doc(hidden)]
    pub const fn joined<const N: usize>(lists: &[&[&'static Self]]) -> [&'static Self; N] {
        let mut joined = [lists[0][0]; N];
        let (mut list, mut at, mut filled) = (0, 0, 0);
        while filled < N {
            if at == lists[list].len() {
                (list, at) = (list + 1, 0);
            } else {
                joined[filled] = lists[list][at];
                (at, filled) = (at + 1, filled + 1);
            }
        }
        joined
    }

    /// How many routes are in several lists.
    #[doc(hidden)]
    pub const fn count(lists: &[&[&'static Self]]) -> usize {
        let (mut list, mut count) = (0, 0);
        while list < lists.len() {
            (count, list) = (count + lists[list].len(), list + 1);
        }
        count
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

    /// With a token of this kind.
    #[must_use]
    pub const fn takes(mut self, token: Token) -> Self {
        self.token = Some(token);
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

    /// The greatest effect that a request of the operation may have: the documented one. What nobody has looked at
    /// [reaches a person](Effect::ReachesAPerson), unless its method only reads.
    pub(crate) fn greatest_effect(&self) -> Effect {
        match self.effect {
            Some(effect) if !self.guessed => effect,
            guess if MethodClass::of(&self.method) == MethodClass::Safe => guess.unwrap_or(Effect::Reads),
            _ => Effect::ReachesAPerson,
        }
    }

    /// Whether a path without its query is one of the operation's: `/contacts/c1` of `/contacts/{contactId}`.
    pub(crate) fn has_path(&self, path: &str) -> bool {
        let mut segments = path.split('/');
        let fits = |template: &str| segments.next().is_some_and(|segment| template.starts_with('{') || segment == template);
        self.path.split('/').all(fits) && segments.next().is_none()
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

/// Whose token an operation takes, at a vendor whose accounts belong to agencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Token {
    /// That of one account, which the vendor calls a location.
    Location,
    /// That of the agency that the accounts belong to.
    Agency,
    /// Either.
    Any,
}

impl Token {
    /// Whether an operation that takes this kind can be sent with that one.
    pub(crate) fn accepts(self, other: Self) -> bool {
        self == Self::Any || other == Self::Any || self == other
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Location => "the token of a location",
            Self::Agency => "the token of an agency",
            Self::Any => "the token of a location or of an agency",
        })
    }
}

/// What an operation does, by the document. The order is from what nobody notices to what somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
