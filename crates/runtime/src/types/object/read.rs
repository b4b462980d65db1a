//! What `object!` reads a JSON object with.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::{Extra, Fields, field_path, strict};

/// The next name of a field, borrowed where the text is at hand.
#[inline]
pub fn next_key<'de, M: MapAccess<'de>>(map: &mut M) -> Result<Option<Cow<'de, str>>, M::Error> {
    map.next_key_seed(Key)
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    #[inline]
    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_string<E: de::Error>(self, key: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key))
    }
}

/// Reads the value of a field that is required, or that null is a value of.
#[inline]
pub fn fill<'de, T: Deserialize<'de>, M: MapAccess<'de>>(field: &mut Option<T>, map: &mut M) -> Result<(), M::Error> {
    *field = Some(map.next_value()?);
    Ok(())
}

/// Reads the value of an optional field.
#[inline]
pub fn assign<'de, T: Deserialize<'de>, M: MapAccess<'de>>(field: &mut Option<T>, map: &mut M) -> Result<(), M::Error> {
    *field = map.next_value()?;
    Ok(())
}

/// The same for fields that hold whole numbers.
pub mod int {
    use std::marker::PhantomData;

    use serde::de::MapAccess;

    use crate::types::object::integer::{Integers, IntegersSeed};

    /// Reads the value of a field that is required, or that null is a value of.
    #[inline]
    pub fn fill<'de, T: Integers, M: MapAccess<'de>>(field: &mut Option<T>, map: &mut M) -> Result<(), M::Error> {
        *field = Some(map.next_value_seed(IntegersSeed(PhantomData))?);
        Ok(())
    }

    /// Reads the value of an optional field.
    #[inline]
    pub fn assign<'de, T: Integers, M: MapAccess<'de>>(field: &mut Option<T>, map: &mut M) -> Result<(), M::Error> {
        *field = map.next_value_seed(IntegersSeed(PhantomData))?;
        Ok(())
    }
}

/// What becomes of fields that are not listed: `()` reads over them, or refuses them where a request is read strictly.
pub trait Unlisted {
    /// Reads the value.
    fn keep<'de, M: MapAccess<'de>>(self, key: &str, keys: &[&str], map: &mut M) -> Result<(), M::Error>;
}

impl Unlisted for () {
    #[inline]
    fn keep<'de, M: MapAccess<'de>>(self, key: &str, keys: &[&str], map: &mut M) -> Result<(), M::Error> {
        map.next_value::<de::IgnoredAny>()?;
        // After the value, so that the error is found to lie at this field.
        strict::check(key, keys)
    }
}

impl Unlisted for &mut Extra {
    #[inline]
    fn keep<'de, M: MapAccess<'de>>(self, key: &str, _: &[&str], map: &mut M) -> Result<(), M::Error> {
        self.insert(key.to_owned(), map.next_value()?);
        Ok(())
    }
}

/// An error came through the field of this name.
#[inline]
pub fn located<T: Fields, E>(read: Result<(), E>, key: &str) -> Result<(), E> {
    if read.is_err() {
        field_path::push(T::KEYS, key);
    }
    read
}

/// The value of a required field. One that is missing is an error, unless its type takes null.
pub fn required<'de, T: Deserialize<'de>, E: de::Error>(value: Option<T>, key: &'static str) -> Result<T, E> {
    match value {
        Some(value) => Ok(value),
        None => T::deserialize(Missing(key, PhantomData)),
    }
}

struct Missing<E>(&'static str, PhantomData<E>);

impl<'de, E: de::Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
