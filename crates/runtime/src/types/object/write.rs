//! What `object!` writes a JSON object with.

use serde::ser::{Serialize, SerializeMap};

use super::Extra;

/// Writes fields one after another, up to the first error.
#[derive(Debug)]
pub struct Writer<'m, M: SerializeMap> {
    map: &'m mut M,
    written: Result<(), M::Error>,
}

impl<'m, M: SerializeMap> Writer<'m, M> {
    /// Nothing is written yet.
    #[inline]
    pub fn new(map: &'m mut M) -> Self {
        Self { map, written: Ok(()) }
    }

    /// A field that is always written.
    #[inline]
    pub fn put<T: Serialize>(&mut self, key: &'static str, value: &T) {
        if self.written.is_ok() {
            self.written = self.map.serialize_entry(key, value);
        }
    }

    /// A field that is written where it is set.
    #[inline]
    pub fn put_set<T: Serialize>(&mut self, key: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// The fields nobody documented.
    pub fn put_all(&mut self, extra: &Extra) {
        if self.written.is_ok() {
            self.written = extra.iter().try_for_each(|(key, value)| self.map.serialize_entry(key, value));
        }
    }

    /// The first error, if there was one.
    #[inline]
    pub fn end(self) -> Result<(), M::Error> {
        self.written
    }
}
