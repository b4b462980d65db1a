//! [`Pagination`]: how an operation pages through a list.

use serde_json::Value;

/// How an operation pages through a list. Paths are dot paths into a response, such as `meta.total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Pagination {
    /// How the next page is requested.
    pub style: PageStyle,
    /// Path of the items; empty where the response is the list itself.
    pub items: &'static str,
    /// Path of whether pages follow.
    pub more: Option<&'static str>,
    /// Path of the number of items on all pages.
    pub total: Option<&'static str>,
    /// Path of the number of pages.
    pub total_pages: Option<&'static str>,
}

/// How the next page of a list is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PageStyle {
    /// By the number of items to skip, in the named parameter.
    Offset(&'static str),
    /// By page number, in the named parameter.
    Page(&'static str),
    /// By a continuation token: parameters, each with the path of its next value. `last.` begins a path in the last item.
    Token(&'static [(&'static str, &'static str)]),
    /// By the position of the last item seen; otherwise like a token.
    Cursor(&'static [(&'static str, &'static str)]),
}

impl PageStyle {
    /// The parameter that counts items or pages.
    pub fn counter(self) -> Option<&'static str> {
        match self {
            Self::Offset(parameter) | Self::Page(parameter) => Some(parameter),
            Self::Token(_) | Self::Cursor(_) => None,
        }
    }

    /// The parameters of the next page, each with the path of its value.
    pub fn next(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Offset(_) | Self::Page(_) => &[],
            Self::Token(next) | Self::Cursor(next) => next,
        }
    }
}

impl Pagination {
    /// In this style, with the items at this path.
    pub const fn new(style: PageStyle, items: &'static str) -> Self {
        Self { style, items, more: None, total: None, total_pages: None }
    }

    /// With the path of whether pages follow.
    #[must_use]
    pub const fn more(mut self, path: &'static str) -> Self {
        self.more = Some(path);
        self
    }

    /// With the path of the number of items on all pages.
    #[must_use]
    pub const fn total(mut self, path: &'static str) -> Self {
        self.total = Some(path);
        self
    }

    /// With the path of the number of pages.
    #[must_use]
    pub const fn total_pages(mut self, path: &'static str) -> Self {
        self.total_pages = Some(path);
        self
    }

    /// The items of a response; none where there is no list. A vendor that sends the list in the place of what should hold it is understood.
    pub fn items<'v>(&self, response: &'v Value) -> &'v [Value] {
        let place = steps(self.items).fold(response, |place, step| if place.is_array() { place } else { &place[step] });
        place.as_array().map_or(&[], Vec::as_slice)
    }
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|step| !step.is_empty())
}
