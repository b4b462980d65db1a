//! One call from its arguments to its response: attempts, waits and redirects.

mod attempt;
mod attempt_report;
mod body;
mod clock;
mod credentials;
mod declare;
mod failure;
mod gate;
mod history;
mod observe;
pub(crate) mod prepared;
pub(crate) mod preview;
pub(crate) mod redirect;
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
                    let (head, body, report) = run.whole().await?;
                    run.decoded(head, body, &report)
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
                let (head, body, report) = run.whole().await?;
                Ok((run.decoded(head, body.clone(), &report)?.body, body))
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

#[cfg(test)]
mod tests;
