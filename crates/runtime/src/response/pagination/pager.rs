//! [`Pager`]: from page to page, whoever sends the requests.

use serde_json::Value;

use crate::route::pagination::{PageStyle, Pagination, at};

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
    /// The items of the last page.
    last: Vec<Value>,
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
        Self { pagination, start, items: 0, pages: 0, last: Vec::new(), seen: Vec::new() }
    }

    /// Reads a page.
    pub fn turn(&mut self, response: &Value) -> Turn {
        let Pagination { style, more, total, total_pages, .. } = *self.pagination;
        let count = |path: Option<&str>| at(response, path?).to_string().trim_matches('"').parse::<u64>().ok();
        let (total, total_pages) = (count(total), count(total_pages));
        let more = more.and_then(|path| at(response, path).as_bool());
        let items = self.pagination.items(response);
        if !items.is_empty() && self.last == items {
            return Turn::Repeated;
        }
        self.items = self.items.saturating_add(items.len() as u64);
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
        let complete = more == Some(false) || total.is_some_and(|total| read >= total) || total_pages.is_some_and(is_past_last);
        let turn = match style {
            _ if items.is_empty() || complete => Turn::Last,
            PageStyle::Offset(parameter) => Turn::Next(vec![(parameter, offset.into())]),
            PageStyle::Page(parameter) => Turn::Next(vec![(parameter, number.into())]),
            PageStyle::Token(next) | PageStyle::Cursor(next) => self.follow(next, response, items.last()),
        };
        self.last = items.to_vec();
        turn
    }

    /// By the values that the page, or its last item, has for the next.
    fn follow(&mut self, next: &[(&'static str, &'static str)], response: &Value, last: Option<&Value>) -> Turn {
        let value = |from: &str| match from.strip_prefix("last.") {
            Some(path) => at(last.unwrap_or(&Value::Null), path).clone(),
            None => at(response, from).clone(),
        };
        let values: Vec<_> = next.iter().map(|(parameter, from)| (*parameter, value(from))).filter(|(_, value)| !value.is_null()).collect();
        if values.is_empty() || self.seen.contains(&values) {
            return Turn::Last;
        }
        self.seen.push(values.clone());
        Turn::Next(values)
    }
}
