//! `x-pagination`: how an operation pages.

use serde_json::Value;

/// How an operation pages through a list. Paths are dot paths into a response, such as `meta.total`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// How the next page is requested.
    pub style: Style,
    /// Path of the items.
    pub items: String,
    /// Path of whether pages follow.
    pub more: Option<String>,
    /// Path of the number of items on all pages.
    pub total: Option<String>,
    /// Path of the number of pages.
    pub total_pages: Option<String>,
}

/// How the next page is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// By the number of items to skip, in this parameter.
    Offset(String),
    /// By page number, in this parameter.
    Page(String),
    /// By a continuation token: parameters, each with the path of its next value; `last.` begins a path in the last item.
    Token(Vec<(String, String)>),
    /// By the position of the last item; otherwise the same.
    Cursor(Vec<(String, String)>),
}

impl Pagination {
    /// Reads `x-pagination`; nothing where its style is none of the four.
    #[must_use]
    pub fn read(node: &Value) -> Option<Self> {
        let path = |key: &str| node[key].as_str().map(str::to_owned);
        let param = || path("param").unwrap_or_default();
        let next = || {
            let values = node["next"].as_object().into_iter().flatten();
            values.filter_map(|(parameter, from)| Some((parameter.clone(), from.as_str()?.to_owned()))).collect()
        };
        Some(Self {
            style: match node["style"].as_str()? {
                "offset" => Style::Offset(param()),
                "page" => Style::Page(param()),
                "token" => Style::Token(next()),
                "cursor" => Style::Cursor(next()),
                _ => return None,
            },
            items: path("items").unwrap_or_default(),
            more: path("more"),
            total: path("total"),
            total_pages: path("total-pages"),
        })
    }
}

impl Style {
    /// The parameter that counts items or pages.
    #[must_use]
    pub fn counter(&self) -> Option<&str> {
        match self {
            Self::Offset(parameter) | Self::Page(parameter) => Some(parameter),
            Self::Token(_) | Self::Cursor(_) => None,
        }
    }

    /// The parameters of the next page, each with the path of its value.
    #[must_use]
    pub fn next(&self) -> &[(String, String)] {
        match self {
            Self::Offset(_) | Self::Page(_) => &[],
            Self::Token(next) | Self::Cursor(next) => next,
        }
    }
}
