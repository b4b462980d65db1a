//! Lists that come page by page.

mod page;
mod pager;

use std::fmt::{self, Debug};
use std::future::IntoFuture;

use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use serde::de::DeserializeOwned;

pub use self::pager::{Pager, Turn};
use crate::call::CallFuture;
use crate::error::Error;
use crate::request::{IntoRequest, Request};
use crate::response::{Response, json_text};

/// A call of an operation that lists: awaited it is one page, `pages()` are all pages, and `items()` is every item of them.
#[must_use = "nothing is sent before the call is awaited, or its stream polled"]
pub struct List<T, I> {
    request: Request,
    items: fn(T) -> Vec<I>,
}

impl Request {
    /// The call of an operation that lists; `items` takes the items out of a response.
    #[doc(hidden)]
    pub fn list<T: DeserializeOwned, I>(self, items: fn(T) -> Vec<I>) -> List<T, I> {
        List { request: self, items }
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

impl<T: DeserializeOwned + Send + 'static, I: Send + 'static> List<T, I> {
    /// Sends the call, for one page as a whole: status, headers and body.
    pub async fn response(self) -> Result<Response<T>, Error> {
        self.request.send().response().await
    }

    /// All pages, each as the vendor returned it. Lazy: a page is requested when it is polled for.
    ///
    /// Whatever the vendor returns, the stream ends: with a page that says so, an empty page, a position that was seen before, or a page that is the
    /// last one once more, which is not handed out. An error comes after the pages before it, and ends the stream.
    pub fn pages(self) -> BoxStream<'static, Result<T, Error>> {
        let request = self.request;
        let pagination = request.parts.route.and_then(|route| route.pagination.as_ref());
        let pager = pagination.map(|pagination| Pager::new(pagination, |parameter| request.position(parameter)));
        Box::pin(stream::unfold(Some((request, pager)), |state| async move {
            let (request, mut pager) = state?;
            let (page, body) = match request.clone().send_page::<T>().await {
                Ok(page) => page,
                Err(error) => return Some((Err(error), None)),
            };
            let turn = match &mut pager {
                Some(pager) => pager.turn_text(json_text(&body)),
                None => Turn::Last,
            };
            match turn {
                Turn::Repeated => None,
                Turn::Last => Some((Ok(page), None)),
                Turn::Next(position) => {
                    let request = position.into_iter().fold(request, |request, (parameter, value)| request.set_position(parameter, value));
                    Some((Ok(page), Some((request, pager))))
                }
            }
        }))
    }

    /// All items, page after page, as [`pages`](Self::pages) reads them. Lazy: nothing is sent before the first poll, and the next page only when
    /// the items of the last are used up.
    pub fn items(self) -> BoxStream<'static, Result<I, Error>> {
        let items = self.items;
        let each = move |page: Result<T, Error>| match page {
            Ok(page) => stream::iter(items(page)).map(Ok).left_stream(),
            Err(error) => stream::iter([Err(error)]).right_stream(),
        };
        self.pages().flat_map(each).boxed()
    }
}

impl<T: DeserializeOwned + Send + 'static, I> IntoFuture for List<T, I> {
    type Output = Result<T, Error>;
    type IntoFuture = CallFuture<T>;

    fn into_future(self) -> CallFuture<T> {
        self.request.send().into_future()
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

#[cfg(test)]
mod tests;
