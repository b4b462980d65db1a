//! [`Pager`]: from page to page, whoever sends the requests.

use serde_json::Value;

use super::page::Page;
use crate::route::pagination::{PageStyle, Pagination};

/// Decides after each page of a list whether and how the next is requested.
///
/// Whatever the vendor returns, a list ends: with a page that says so (`more`, the totals), an empty page, a position that was seen before, or a
/// page that is the last one once more.
#[derive(Debug)]
pub struct Pager {
    pagination: &'static Pagination,
    /// Where the list begins: an offset or the number of a page.
    start: u64,
    items: u64,
    pages: u64,
    /// The number and digest of the last page's items.
    last: Option<(u64, u64)>,
    seen: Vec<Vec<(&'static str, Value)>>,
}

/// What follows a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// The page was the one before once more: the vendor ignores the position. Its items were handed out already.
    Repeated,
    /// Nothing: the page was the last.
    Last,
    /// Another page: these parameters, each with its value, in the place of those before.
    Next(Vec<(&'static str, Value)>),
}

impl Pager {
    /// For a request whose parameter of a name is what `position` returns.
    pub fn new(pagination: &'static Pagination, position: impl FnOnce(&str) -> Option<u64>) -> Self {
        let first = u64::from(matches!(pagination.style, PageStyle::Page(_)));
        let start = pagination.style.counter().and_then(position).unwrap_or(first);
        Self { pagination, start, items: 0, pages: 0, last: None, seen: Vec::new() }
    }

    /// Reads a page.
    pub fn turn(&mut self, response: &Value) -> Turn {
        self.follow(Page::read(self.pagination, response).unwrap_or_default())
    }

    /// Reads a page that has no value yet.
    pub(super) fn turn_text(&mut self, response: &[u8]) -> Turn {
        self.follow(Page::read(self.pagination, &mut serde_json::Deserializer::from_slice(response)).unwrap_or_default())
    }

    fn follow(&mut self, page: Page) -> Turn {
        let style = self.pagination.style;
        let count = |value: &Value| value.to_string().trim_matches('"').parse::<u64>().ok();
        let (total, total_pages) = (count(&page.total), count(&page.total_pages));
        let items = Some((page.items, page.digest)).filter(|_| page.items > 0);
        if items.is_some() && self.last == items {
            return Turn::Repeated;
        }
        self.last = items;
        self.items = self.items.saturating_add(page.items);
        self.pages = self.pages.saturating_add(1);
        let number = self.start.saturating_add(self.pages);
        let offset = self.start.saturating_add(self.items);
        let is_past_last = |total_pages: u64| match style {
            // Pages are counted from 0 only if the first one has that number.
            PageStyle::Page(_) if self.start > 0 => number > total_pages,
            PageStyle::Page(_) => number >= total_pages,
            _ => self.pages >= total_pages,
        };
        let read = if matches!(style, PageStyle::Offset(_)) { offset } else { self.items };
        let complete = page.more == Value::Bool(false) || total.is_some_and(|total| read >= total) || total_pages.is_some_and(is_past_last);
        match style {
            _ if items.is_none() || complete => Turn::Last,
            PageStyle::Offset(parameter) => Turn::Next(vec![(parameter, offset.into())]),
            PageStyle::Page(parameter) => Turn::Next(vec![(parameter, number.into())]),
            PageStyle::Token(next) | PageStyle::Cursor(next) => self.position(next, page.next),
        }
    }

    /// By the values that the page, or its last item, has for the next.
    fn position(&mut self, next: &[(&'static str, &'static str)], values: Vec<Value>) -> Turn {
        let values: Vec<_> = next.iter().map(|(parameter, _)| *parameter).zip(values).filter(|(_, value)| !value.is_null()).collect();
        if values.is_empty() || self.seen.contains(&values) {
            return Turn::Last;
        }
        self.seen.push(values.clone());
        Turn::Next(values)
    }
}
