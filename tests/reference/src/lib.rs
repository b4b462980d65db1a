//! Progenitor's clients of the vendors, built from the documents that users get: the reference for what ours send and decode.
#![forbid(unsafe_code)]

#[expect(clippy::pedantic, missing_docs, reason = "it is as progenitor makes it")]
pub mod clients {
    include!(concat!(env!("OUT_DIR"), "/clients.rs"));
}

use std::{fmt::Debug, pin::Pin};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use progenitor_client::{ByteStream, Error, ResponseValue};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use clients::{IS_FULL, find};

/// Calls an operation at this base URL, with the values that its document shows.
pub type Send = fn(base_url: &str) -> Sent;

/// A call on its way.
pub type Sent = Pin<Box<dyn Future<Output = Result<Content, String>> + std::marker::Send>>;

/// What a response carried.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A decoded value, as its type writes it.
    Json(Value),
    /// A file.
    Bytes(Bytes),
    /// Nothing that the client reads.
    Empty,
}

/// A documented value as the type of the argument.
fn value<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("the documented value is refused: {error}: {text}"))
}

fn json<T: Serialize, E: Debug>(result: Result<ResponseValue<T>, Error<E>>) -> Result<Content, String> {
    let value = result.map_err(|error| format!("{error:?}"))?.into_inner();
    serde_json::to_value(value).map(Content::Json).map_err(|error| error.to_string())
}

async fn bytes<E: Debug>(result: Result<ResponseValue<ByteStream>, Error<E>>) -> Result<Content, String> {
    let stream = result.map_err(|error| format!("{error:?}"))?.into_inner().into_inner();
    let chunks: Vec<Bytes> = stream.try_collect().await.map_err(|error| error.to_string())?;
    Ok(Content::Bytes(chunks.concat().into()))
}

fn empty<E: Debug>(result: Result<ResponseValue<()>, Error<E>>) -> Result<Content, String> {
    result.map(|_| Content::Empty).map_err(|error| format!("{error:?}"))
}
