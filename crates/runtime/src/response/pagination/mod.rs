//! Lists that come page by page, as one stream of items.
//!
//! Nothing is sent before the first poll, and the next page only when the items of the last are used up. Whatever the
//! vendor returns, a stream ends: a page or a cursor seen before stops it.

use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::future::{Future, IntoFuture};

use futures_core::future::BoxFuture;
use futures_core::{Stream, stream::BoxStream};
use futures_util::stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;
use crate::request::{IntoRequest, Request};
use crate::response::Response;
use crate::route::Pagination;

/// A call of an operation that lists: awaited it is one page, and `stream()` reads page after page.
#[must_use = "nothing is sent before the call is awaited, or its stream polled"]
pub struct List<T, I> {
    request: Request,
    page: fn(T) -> Page<I>,
}

impl Request {
    /// The call of an operation that lists; `page` reads a page out of a response.
    #[doc(hidden)]
    pub fn list<T: DeserializeOwned, I>(self, page: fn(T) -> Page<I>) -> List<T, I> {
        List { request: self, page }
    }
}

impl<T, I> List<T, I> {
    /// Changes the request; for the setters of generated code.
    #[doc(hidden)]
    pub fn map(mut self, change: impl FnOnce(Request) -> Request) -> Self {
        self.request = change(self.request);
        self
    }
}

impl<T: DeserializeOwned + Send + 'static, I: Serialize + Send + 'static> List<T, I> {
    /// All items, page after page. Lazy: nothing is sent before the first poll, and the next page only when the last one is used up.
    ///
    /// An error comes after the items before it, and ends the stream.
    pub fn stream(self) -> BoxStream<'static, Result<I, Error>> {
        let Self { request, page } = self;
        let fetch = move |request: Request| async move { Ok(page(request.send::<T>().await?.into_inner())) };
        match request.parts.route.and_then(|route| route.pagination) {
            Some(Pagination::Offset(parameter)) => {
                let start = request.position(parameter).unwrap_or(0);
                Box::pin(by_offset(request, start, fetch, move |request, offset| request.turn_to(parameter, offset.into())))
            }
            Some(Pagination::Page(parameter)) => {
                let start = request.position(parameter).unwrap_or(1);
                Box::pin(by_page(request, start, fetch, move |request, number| request.turn_to(parameter, number.into())))
            }
            Some(Pagination::Token | Pagination::Cursor) | None => Box::pin(by_cursor(request, fetch, |request, next: Vec<(_, Value)>| {
                next.into_iter().fold(request, |request, (parameter, value)| request.turn_to(parameter, value))
            })),
        }
    }
}

impl<T: DeserializeOwned + Send + 'static, I> IntoFuture for List<T, I> {
    type Output = Result<Response<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.request.send::<T>().into_future()
    }
}

impl<T, I> IntoRequest for List<T, I> {
    type Response = T;

    fn into_request(self) -> Request {
        self.request
    }
}

impl<T, I> Debug for List<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("List").field(&self.request).finish()
    }
}

/// Where the next page begins: parameters and their values.
pub type Next = Vec<(&'static str, Value)>;

/// One page, as a client reads it out of a response; what the vendor does not say is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<I, C = Next> {
    /// The items, in the vendor's order.
    pub items: Vec<I>,
    /// Whether there are more pages.
    pub more: Option<bool>,
    /// The number of items on all pages.
    pub total: Option<u64>,
    /// The number of pages.
    pub total_pages: Option<u64>,
    /// Where the next page begins.
    pub next: Option<C>,
}

// Not derived: neither items nor cursors need a default for an empty page.
impl<I, C> Default for Page<I, C> {
    fn default() -> Self {
        Self { items: Vec::new(), more: None, total: None, total_pages: None, next: None }
    }
}

/// Streams a list that is read by the number of items to skip.
///
/// `start` is the first offset, `fetch` gets a page, and `advance` puts an offset into the request. The stream ends
/// when the page says so (`more`, `total`), is empty, or is the same as the one before. An error comes once, after all
/// items before it, and ends the stream.
pub fn by_offset<'a, R, I, C, F, Fut, A>(
    request: R,
    start: u64,
    fetch: F,
    advance: A,
) -> impl Stream<Item = Result<I, Error>> + Send + Unpin + 'a
where
    R: Clone + Send + 'a,
    I: Serialize + Send + 'a,
    F: Fn(R) -> Fut + Send + 'a,
    C: Send + 'a,
    Fut: Future<Output = Result<Page<I, C>, Error>> + Send + 'a,
    A: Fn(R, u64) -> R + Send + 'a,
{
    let mut read = Progress::default();
    items(request, fetch, move |request, page: &Page<I, C>| {
        let verdict = read.note(page);
        let offset = start.saturating_add(read.items);
        let complete = page.total.is_some_and(|total| offset >= total) || page.total_pages.is_some_and(|total| read.pages >= total);
        verdict.unless(complete, || Some(advance(request, offset)))
    })
}

/// Streams a list that is read by page number; `start` is the number of the first page. Otherwise like [`by_offset`].
pub fn by_page<'a, R, I, C, F, Fut, A>(
    request: R,
    start: u64,
    fetch: F,
    advance: A,
) -> impl Stream<Item = Result<I, Error>> + Send + Unpin + 'a
where
    R: Clone + Send + 'a,
    I: Serialize + Send + 'a,
    F: Fn(R) -> Fut + Send + 'a,
    C: Send + 'a,
    Fut: Future<Output = Result<Page<I, C>, Error>> + Send + 'a,
    A: Fn(R, u64) -> R + Send + 'a,
{
    let mut read = Progress::default();
    items(request, fetch, move |request, page: &Page<I, C>| {
        let verdict = read.note(page);
        let number = start.saturating_add(read.pages);
        // Pages are counted from 0 only if the first one has that number.
        let past_last = |total: u64| if start == 0 { number >= total } else { number > total };
        let complete = page.total.is_some_and(|total| read.items >= total) || page.total_pages.is_some_and(past_last);
        verdict.unless(complete, || Some(advance(request, number)))
    })
}

/// Streams a list that is read by a continuation token or cursor.
///
/// The stream ends without a next cursor, with one that was seen before, with `more: Some(false)`, with an empty page,
/// or with a page that is the same as the one before. Otherwise like [`by_offset`].
pub fn by_cursor<'a, R, I, C, F, Fut, A>(request: R, fetch: F, advance: A) -> impl Stream<Item = Result<I, Error>> + Send + Unpin + 'a
where
    R: Clone + Send + 'a,
    I: Serialize + Send + 'a,
    C: Clone + PartialEq + Debug + Send + 'a,
    F: Fn(R) -> Fut + Send + 'a,
    Fut: Future<Output = Result<Page<I, C>, Error>> + Send + 'a,
    A: Fn(R, C) -> R + Send + 'a,
{
    let mut read = Progress::default();
    let mut seen: Vec<C> = Vec::new();
    items(request, fetch, move |request, page: &Page<I, C>| {
        let verdict = read.note(page);
        let complete = page.total.is_some_and(|total| read.items >= total) || page.total_pages.is_some_and(|total| read.pages >= total);
        verdict.unless(complete, || {
            let cursor = page.next.clone().filter(|cursor| !seen.contains(cursor))?;
            seen.push(cursor.clone());
            Some(advance(request, cursor))
        })
    })
}

/// Fetches page after page; `next` reads one and makes the request that follows it.
fn items<'a, R, I, C, F, Fut, N>(request: R, fetch: F, next: N) -> BoxStream<'a, Result<I, Error>>
where
    R: Clone + Send + 'a,
    I: Send + 'a,
    C: Send + 'a,
    F: Fn(R) -> Fut + Send + 'a,
    Fut: Future<Output = Result<Page<I, C>, Error>> + Send + 'a,
    N: FnMut(R, &Page<I, C>) -> Following<R> + Send + 'a,
{
    struct State<R, I, F, N> {
        ready: VecDeque<I>,
        request: Option<R>,
        fetch: F,
        next: N,
    }

    let items = stream::unfold(State { ready: VecDeque::new(), request: Some(request), fetch, next }, |mut state| async move {
        loop {
            if let Some(item) = state.ready.pop_front() {
                return Some((Ok(item), state));
            }
            let request = state.request.take()?;
            match (state.fetch)(request.clone()).await {
                Ok(page) => match (state.next)(request, &page) {
                    Following::Repeated => return None,
                    Following::Page(following) => {
                        state.request = following;
                        state.ready = page.items.into();
                    }
                },
                Err(error) => return Some((Err(error), state)),
            }
        }
    });
    // Pinned here, so that callers can poll it where it stands.
    Box::pin(items)
}

/// What follows a page.
enum Following<R> {
    /// The page was the last one once more: the vendor ignores the position. Its items were handed out already.
    Repeated,
    /// The page is new; its successor, if there is one.
    Page(Option<R>),
}

/// How far a list has been read.
#[derive(Default)]
struct Progress {
    items: u64,
    pages: u64,
    /// The JSON of the last page's items.
    last: Option<Vec<u8>>,
}

/// A page by itself, before counting.
enum Verdict {
    Repeated,
    Last,
    Open,
}

impl Progress {
    fn note<I: Serialize, C>(&mut self, page: &Page<I, C>) -> Verdict {
        let ends = page.more == Some(false) || page.items.is_empty();
        // Of a list of one page, which most are, there is nothing to compare.
        let content = if ends && self.last.is_none() { None } else { serde_json::to_vec(&page.items).ok() };
        let repeats = content.is_some() && content == self.last;
        self.last = content;
        self.items = self.items.saturating_add(page.items.len() as u64);
        self.pages = self.pages.saturating_add(1);
        if repeats {
            Verdict::Repeated
        } else if ends {
            Verdict::Last
        } else {
            Verdict::Open
        }
    }
}

impl Verdict {
    fn unless<R>(self, complete: bool, following: impl FnOnce() -> Option<R>) -> Following<R> {
        match self {
            Self::Repeated => Following::Repeated,
            Self::Last => Following::Page(None),
            Self::Open if complete => Following::Page(None),
            Self::Open => Following::Page(following()),
        }
    }
}

/// A whole number, whatever type it is decoded as.
#[doc(hidden)]
pub fn count(value: &impl ToString) -> Option<u64> {
    value.to_string().parse().ok()
}

/// The parameters of the next page; nothing where the vendor has none of them.
#[doc(hidden)]
pub fn next<const N: usize>(values: [(&'static str, Option<Value>); N]) -> Option<Next> {
    let next: Next = values.into_iter().filter_map(|(parameter, value)| Some((parameter, value?))).collect();
    (!next.is_empty()).then_some(next)
}

/// The position of the next page, as it is sent back.
#[doc(hidden)]
pub fn token(value: &impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok().filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests;
