//! One call from its arguments to its response: attempts, waits and redirects.

mod attempt;
mod body;
mod clock;
mod credentials;
mod failure;
mod gate;
mod history;
mod observe;
mod prepared;
pub(crate) mod preview;
mod redirect;
mod report;
mod run;
mod secrets;
mod timer;

use std::fmt;
use std::future::{IntoFuture, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready as poll_ready};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use serde::de::DeserializeOwned;

use self::run::Run;
use crate::error::Error;
use crate::request::{IntoRequest, Request};
use crate::response::Response;
use crate::response::stream::ByteStream;

/// A call that is sent when it is awaited: `client.tasks().get(contact, task).await?` is the decoded body, and with
/// [`response`](Self::response) before the `.await` it is the body with status and headers.
///
/// It owns all it needs, so it can be spawned. Dropping the future gives the call up; whether the vendor has it by then is not known.
#[must_use = "nothing is sent before the call is awaited"]
pub struct Call<T> {
    request: Request,
    /// Prepares the run outside of its future, which would hold the request beside it otherwise.
    run: fn(Request) -> BoxFuture<'static, Result<Response<T>, Error>>,
}

impl Request {
    /// The call whose JSON response is decoded as `T`; `serde_json::Value` takes any.
    pub fn send<T: DeserializeOwned + Send + 'static>(self) -> Call<T> {
        let run = |request| -> BoxFuture<'static, _> {
            match Run::new(request) {
                Ok(mut run) => Box::pin(async move {
                    let (head, body) = run.whole().await?;
                    run.decoded(head, body)
                }),
                Err(error) => Box::pin(ready(Err(error))),
            }
        };
        Call { request: self, run }
    }

    /// The decoded body, and the body as it came.
    pub(crate) fn send_page<T: DeserializeOwned + Send + 'static>(self) -> BoxFuture<'static, Result<(T, Bytes), Error>> {
        match Run::new(self) {
            Ok(mut run) => Box::pin(async move {
                let (head, body) = run.whole().await?;
                Ok((run.decoded(head, body.clone())?.body, body))
            }),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    /// The call whose response body is ignored.
    pub fn send_empty(self) -> Call<()> {
        let run = |request| -> BoxFuture<'static, _> {
            match Run::new(request) {
                Ok(mut run) => Box::pin(async move { Ok(run.discarded().await?.with(())) }),
                Err(error) => Box::pin(ready(Err(error))),
            }
        };
        Call { request: self, run }
    }

    /// The call whose response body is read as it arrives, without a limit on its size.
    pub fn send_stream(self) -> Call<ByteStream> {
        let run = |request| -> BoxFuture<'static, _> {
            match Run::new(request) {
                Ok(mut run) => Box::pin(async move {
                    let (head, body) = run.stream().await?;
                    Ok(head.with(body))
                }),
                Err(error) => Box::pin(ready(Err(error))),
            }
        };
        Call { request: self, run }
    }
}

impl<T> Call<T> {
    /// Sends the call, for its response as a whole: status, headers and body.
    pub async fn response(self) -> Result<Response<T>, Error> {
        (self.run)(self.request).await
    }

    /// Changes the request; for the setters of generated code.
    #[doc(hidden)]
    pub fn map(mut self, change: impl FnOnce(Request) -> Request) -> Self {
        self.request = change(self.request);
        self
    }
}

impl<T> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = CallFuture<T>;

    fn into_future(self) -> CallFuture<T> {
        CallFuture((self.run)(self.request))
    }
}

/// A call that was awaited, for its body.
#[must_use = "nothing is sent before the future is polled"]
pub struct CallFuture<T>(BoxFuture<'static, Result<Response<T>, Error>>);

impl<T> Future for CallFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(poll_ready!(self.0.as_mut().poll(cx)).map(|response| response.body))
    }
}

impl<T> fmt::Debug for CallFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallFuture")
    }
}

impl<T> IntoRequest for Call<T> {
    type Response = T;

    fn into_request(self) -> Request {
        self.request
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

/// Makes a call with setters awaitable: `call!(SendMessage, types::SendMessageResponse);`.
#[doc(hidden)]
#[macro_export]
macro_rules! call {
    ($name:ident, $response:ty) => {
        impl ::std::future::IntoFuture for $name {
            type Output = ::core::result::Result<$response, $crate::Error>;
            type IntoFuture = $crate::CallFuture<$response>;

            fn into_future(self) -> Self::IntoFuture {
                ::std::future::IntoFuture::into_future(self.0)
            }
        }

        impl $name {
            /// Sends the call, for its response as a whole: status, headers and body.
            pub fn response(
                self,
            ) -> impl ::core::future::Future<Output = ::core::result::Result<$crate::Response<$response>, $crate::Error>> {
                self.0.response()
            }
        }

        impl $crate::IntoRequest for $name {
            type Response = $response;

            fn into_request(self) -> $crate::Request {
                $crate::IntoRequest::into_request(self.0)
            }
        }
    };
}

/// Makes a call that lists awaitable, for one page, and gives it `pages()` and `items()`.
#[doc(hidden)]
#[macro_export]
macro_rules! list_call {
    ($name:ident, $response:ty, $item:ty) => {
        $crate::call!($name, $response);

        impl $name {
            /// All pages, as [`List::pages`](reachout_runtime::List::pages) reads them.
            pub fn pages(self) -> $crate::BoxStream<'static, ::core::result::Result<$response, $crate::Error>> {
                self.0.pages()
            }

            /// All items, page after page, as [`List::items`](reachout_runtime::List::items) reads them.
            pub fn items(self) -> $crate::BoxStream<'static, ::core::result::Result<$item, $crate::Error>> {
                self.0.items()
            }
        }
    };
}

#[cfg(test)]
mod tests;
