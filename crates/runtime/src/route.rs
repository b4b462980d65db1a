//! The static table of a vendor's operations.

use reqwest::Method;

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

    /// The method only reads: GET and HEAD.
    pub fn is_safe(&self) -> bool {
        MethodClass::of(&self.method) == MethodClass::Safe
    }

    /// Sending twice has the effect of sending once: GET, HEAD, PUT and DELETE.
    pub fn is_repeatable(&self) -> bool {
        MethodClass::of(&self.method) != MethodClass::Once
    }
}

/// How an operation pages through a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pagination {
    /// By the number of items to skip, in the named parameter.
    Offset(&'static str),
    /// By page number, in the named parameter.
    Page(&'static str),
    /// By a continuation token from the last page.
    Token,
    /// By the position of the last item seen.
    Cursor,
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
