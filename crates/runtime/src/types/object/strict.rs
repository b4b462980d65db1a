//! Strict reading of a request: a field that nobody documented is an error, in the objects within it too.

use std::cell::Cell;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{Error, response};

thread_local! {
    static STRICT: Cell<bool> = const { Cell::new(false) };
}

/// Reads a request from JSON, for its `from_json`.
pub fn from_json<T: DeserializeOwned>(name: &str, json: &str) -> Result<T, Error> {
    let before = STRICT.replace(true);
    let read = response::decode(&Bytes::copy_from_slice(json.as_bytes()));
    STRICT.set(before);
    read.map_err(|failure| {
        let mut error = Error::invalid_request(format!("the JSON is not a {name}: {}", failure.reason));
        error.inner_mut().json_path = failure.path;
        error
    })
}

/// Whether a field that is not among the keys may be read over.
pub(super) fn check<E: serde::de::Error>(key: &str, keys: &[&str]) -> Result<(), E> {
    // On a thread that ends, nothing is read strictly.
    if STRICT.try_with(Cell::get).unwrap_or(false) { Err(unknown(key, keys)) } else { Ok(()) }
}

#[cold]
fn unknown<E: serde::de::Error>(key: &str, keys: &[&str]) -> E {
    let nearest = nearest(key, keys.iter().copied()).map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
    E::custom(format_args!("the field `{}` is not known{nearest}", key.escape_debug()))
}

/// The nearest of the known words, if it is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&lower, &known.to_lowercase());
    let near = known.into_iter().map(|known| (distance(known), known)).filter(|(distance, known)| *distance <= 1 + known.len() / 4);
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}
