//! Every operation of every vendor, called by its typed client with the values that its document shows.

#[expect(clippy::unreadable_literal, reason = "values are as the documents write them")]
mod generated;

use std::fmt;

use reachout_runtime::{BoxFuture, ByteStream, ClientBuilder, Core, Error, IntoRequest, Request, Vendor};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Documented;
pub use generated::*;

/// The operations of a vendor.
#[derive(Debug)]
pub struct Calls {
    /// Whose they are.
    pub vendor: &'static Vendor,
    /// Its document.
    pub openapi: &'static [u8],
    /// One for each operation.
    pub calls: Vec<Call>,
    /// One for each component.
    pub types: Vec<Type>,
}

/// A component that has a type of its own.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Its name in Rust.
    pub name: &'static str,
    /// Makes its example, and writes that as JSON.
    pub example: fn() -> serde_json::Result<Value>,
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Call {
    /// Its id: `list_contacts`.
    pub operation: &'static str,
    /// Another edition of the platform, which comes before this one, sends the same and documents the same values.
    pub is_covered: bool,
    /// Calls it.
    pub call: fn(Core, &Documented) -> Result<Prepared, Problem>,
}

/// What kept a documented value from being sent, or its response from being decoded.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// A call with its documented values: awaited, it is sent.
#[derive(Debug)]
pub struct Prepared {
    /// What is sent.
    pub request: Request,
    send: fn(Request) -> Sent,
}

/// A call on its way.
pub type Sent = BoxFuture<'static, Result<Content, Problem>>;

/// What a response carried.
#[derive(Debug)]
pub enum Content {
    /// A decoded value.
    Json(Json),
    /// A file.
    Bytes(ByteStream),
    /// Nothing that the client reads.
    Empty,
}

/// A value of a response's type.
#[derive(Clone, Debug)]
pub struct Json {
    /// As the type writes it.
    pub value: Value,
    /// Decodes another response of the type, and writes it again.
    pub decode: fn(&str) -> serde_json::Result<Value>,
}

impl Calls {
    /// A client of the vendor that sends to this base URL.
    ///
    /// # Errors
    /// A credential or a URL that a client cannot have.
    pub fn core(&self, credential: &str, base_url: &str) -> Result<Core, Error> {
        ClientBuilder::new(self.vendor).credential(credential).base_url(base_url).build()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.operation).finish()
    }
}

impl IntoFuture for Prepared {
    type Output = Result<Content, Problem>;
    type IntoFuture = Sent;

    fn into_future(self) -> Sent {
        (self.send)(self.request)
    }
}

fn json<T: Serialize + DeserializeOwned + Send + 'static>(call: impl IntoRequest<Response = T>) -> Prepared {
    let send = |request: Request| -> Sent {
        Box::pin(async {
            let value = serde_json::to_value(request.send::<T>().await?)?;
            let decode = |text: &str| serde_json::from_str::<T>(text).and_then(serde_json::to_value);
            Ok(Content::Json(Json { value, decode }))
        })
    };
    Prepared { request: call.into_request(), send }
}

fn bytes(call: impl IntoRequest<Response = ByteStream>) -> Prepared {
    let send = |request: Request| -> Sent { Box::pin(async { Ok(Content::Bytes(request.send_stream().await?)) }) };
    Prepared { request: call.into_request(), send }
}

fn empty(call: impl IntoRequest<Response = ()>) -> Prepared {
    let send = |request: Request| -> Sent { Box::pin(async { Ok(request.send_empty().await.map(|()| Content::Empty)?) }) };
    Prepared { request: call.into_request(), send }
}

/// The calls of one client, or also of each edition's: `once` where the editions add nothing to what the first shows.
macro_rules! calls {
    ([$first:ident $($other:ident)*] |$client:ident, $documented:ident| $rows:tt types $types:tt) => {
        calls!(@client $first false |$client, $documented| $rows types $types);
        $(calls!(@client $other true |$client, $documented| $rows types $types);)*
    };
    (@client $vendor:ident $other:literal |$client:ident, $documented:ident| {
        $($(#[$attribute:meta])* $operation:ident $($once:ident)?: $call:expr;)*
    } types { $($type:ident)* }) => {
        pub(super) fn $vendor() -> (Vec<$crate::calls::Call>, Vec<$crate::calls::Type>) {
            let calls = vec![$($crate::calls::Call {
                operation: stringify!($operation),
                is_covered: false $(|| calls!(@$once $other))?,
                call: {
                    $(#[$attribute])*
                    fn call(core: ::reachout_runtime::Core, $documented: &$crate::Documented) -> Result<$crate::calls::Prepared, $crate::calls::Problem> {
                        let ($client, _) = ($vendor::Client::from(core), $documented);
                        Ok($call)
                    }
                    call
                },
            }),*];
            let types = vec![$($crate::calls::Type {
                name: stringify!($type),
                example: || serde_json::to_value(<$vendor::types::$type as $vendor::Example>::example()),
            }),*];
            (calls, types)
        }
    };
    (@once $other:literal) => { $other };
}
use calls;

/// The vendors: each with the tables of its operations, which a platform and its editions have in common.
macro_rules! vendors {
    ($($vendor:ident: $table:ident $(+ $other:ident)*;)*) => {
        $(
        /// Every operation of the vendor.
        #[must_use]
        pub fn $vendor() -> $crate::calls::Calls {
            let tables = [$table::$vendor() $(, $other::$vendor())*];
            let (calls, types): (Vec<_>, Vec<_>) = tables.into_iter().unzip();
            $crate::calls::Calls { vendor: &::$vendor::VENDOR, openapi: ::$vendor::OPENAPI, calls: calls.concat(), types: types.concat() }
        }
        )*

        /// The operations of every vendor.
        #[must_use]
        pub fn all() -> Vec<$crate::calls::Calls> {
            vec![$($vendor()),*]
        }
    };
}
use vendors;
