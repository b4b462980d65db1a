//! JSON objects of the clients: how their structs are written, read and put together.
//!
//! The macros stand for `#[derive(Serialize, Deserialize)]`: they compile in a fraction of its time, and no client needs a procedural macro.

pub(crate) mod choice;
pub(crate) mod field_path;
pub(crate) mod integer;
mod setters;

use std::fmt;
use std::marker::PhantomData;

pub use self::choice::Choice;
pub(crate) use self::integer::with_integers;
pub use self::integer::{Integers, IntegersSeed};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

/// A JSON object with any fields.
pub type Object = Map<String, Value>;

/// Fields that the vendor sends and nobody documented.
pub type Extra = Object;

/// Gives a struct `Serialize`, `Deserialize` and [`Fields`]: `object!(Contact { id!, first_name? "firstName" });`.
///
/// A field with `!` is required. One with `?` is an `Option` that is not written while it is `None`, and is `None` where the vendor sends
/// nothing or null. One with `~` is an `Option` of an `Option`: the inner `None` is null. `int` behind either reads integers that are written as
/// `3.0` too. The name on the wire follows where it is another. With `extra` at the end, the field `extra` keeps what is not listed.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    ($name:ident { $($field:ident $kind:tt $($int:ident)? $($key:literal)?),* } $($extra:ident)?) => {
        impl $crate::__private::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const KEYS: &'static [&'static str] = &[$($crate::__key!($field $($key)?)),*];

            fn write<M: $crate::__private::SerializeMap>(&self, map: &mut M) -> ::core::result::Result<(), M::Error> {
                $($crate::__field!(write $kind map self.$field, $crate::__key!($field $($key)?));)*
                $($crate::__private::write_extra(&self.$extra, map)?;)?
                ::core::result::Result::Ok(())
            }

            fn read<'de, M: $crate::__private::MapAccess<'de>>(mut map: M) -> ::core::result::Result<Self, M::Error> {
                #[allow(non_camel_case_types, reason = "named as the fields are")]
                enum Key { $($field,)* __Other($crate::__field!(other $($extra)?)) }
                $(let mut $field = ::core::option::Option::None;)*
                $(let mut $extra = $crate::Extra::new();)?
                while let ::core::option::Option::Some(key) = map.next_key_seed($crate::__private::KeyOf(|key: &str| match key {
                    $($crate::__key!($field $($key)?) => Key::$field,)*
                    other => Key::__Other(::core::convert::Into::into(other)),
                }))? {
                    match key {
                        $(Key::$field => $crate::__field!(read $kind $($int)? map $field, $crate::__key!($field $($key)?)),)*
                        Key::__Other(other) => $crate::__field!(keep map other $($extra)?),
                    }?;
                }
                ::core::result::Result::Ok(Self {
                    $($field: $crate::__field!(take $kind $field, $crate::__key!($field $($key)?)),)*
                    $($extra,)?
                })
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize(self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize(deserializer)
            }
        }
    };
}

/// The name of a field on the wire.
#[doc(hidden)]
#[macro_export]
macro_rules! __key {
    ($field:ident) => {
        ::core::stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// What `object!` does for one field.
#[doc(hidden)]
#[macro_export]
macro_rules! __field {
    (write ! $map:ident $self:ident.$field:ident, $key:expr) => {
        $map.serialize_entry($key, &$self.$field)?
    };
    (write ~ $map:ident $self:ident.$field:ident, $key:expr) => {
        $crate::__field!(write ? $map $self.$field, $key)
    };
    (write ? $map:ident $self:ident.$field:ident, $key:expr) => {
        if let ::core::option::Option::Some(value) = &$self.$field {
            $map.serialize_entry($key, value)?;
        }
    };
    (read ! int $map:ident $field:ident, $key:expr) => {
        $crate::__private::fill_integers(&mut $field, &mut $map, $key)
    };
    (read ? int $map:ident $field:ident, $key:expr) => {
        $crate::__private::assign_integers(&mut $field, &mut $map, $key)
    };
    (read ~ int $map:ident $field:ident, $key:expr) => {
        $crate::__private::fill_integers(&mut $field, &mut $map, $key)
    };
    (read ~ $map:ident $field:ident, $key:expr) => {
        $crate::__private::fill(&mut $field, &mut $map, $key)
    };
    (read ! $map:ident $field:ident, $key:expr) => {
        $crate::__private::fill(&mut $field, &mut $map, $key)
    };
    (read ? $map:ident $field:ident, $key:expr) => {
        $crate::__private::assign(&mut $field, &mut $map, $key)
    };
    (take ! $field:ident, $key:expr) => {
        $crate::__private::required($field, $key)?
    };
    (take ? $field:ident, $key:expr) => {
        $field
    };
    (take ~ $field:ident, $key:expr) => {
        $field
    };
    (other) => {
        $crate::__private::Ignored
    };
    (other $extra:ident) => {
        ::std::string::String
    };
    (keep $map:ident $other:ident) => {{
        let $crate::__private::Ignored = $other;
        $crate::__private::skip(&mut $map)
    }};
    (keep $map:ident $other:ident $extra:ident) => {{ $crate::__private::keep(&mut $extra, $other, &mut $map) }};
}

/// A struct as a JSON object; [`object!`](crate::object) implements it.
pub trait Fields: Sized {
    /// Name of the struct, for errors.
    const NAME: &'static str;

    /// Its fields, as they are on the wire.
    const KEYS: &'static [&'static str];

    /// Writes what is set.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Reads to the end of the object.
    fn read<'de, M: MapAccess<'de>>(map: M) -> Result<Self, M::Error>;
}

/// Writes a struct.
pub fn serialize<T: Fields, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    value.write(&mut map)?;
    map.end()
}

/// Reads a struct.
pub fn deserialize<'de, T: Fields, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Fields> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        T::read(map)
    }
}

/// Reads a key by a function of its text, without keeping the text.
#[derive(Debug)]
pub struct KeyOf<F>(pub F);

impl<'de, K, F: FnOnce(&str) -> K> DeserializeSeed<'de> for KeyOf<F> {
    type Value = K;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<K, F: FnOnce(&str) -> K> Visitor<'_> for KeyOf<F> {
    type Value = K;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<K, E> {
        Ok((self.0)(key))
    }
}

/// A key that is not kept.
#[derive(Debug)]
pub struct Ignored;

impl From<&str> for Ignored {
    fn from(_: &str) -> Self {
        Self
    }
}

/// Reads the value of a required field.
#[inline]
pub fn fill<'de, T: Deserialize<'de>, M: MapAccess<'de>>(field: &mut Option<T>, map: &mut M, key: &'static str) -> Result<(), M::Error> {
    *field = Some(map.next_value().inspect_err(|_| field_path::push(key))?);
    Ok(())
}

/// Reads the value of an optional field.
#[inline]
pub fn assign<'de, T: Deserialize<'de>, M: MapAccess<'de>>(field: &mut T, map: &mut M, key: &'static str) -> Result<(), M::Error> {
    *field = map.next_value().inspect_err(|_| field_path::push(key))?;
    Ok(())
}

/// Reads the value of a required field that holds whole numbers.
#[inline]
pub fn fill_integers<'de, T: Integers, M: MapAccess<'de>>(field: &mut Option<T>, map: &mut M, key: &'static str) -> Result<(), M::Error> {
    *field = Some(map.next_value_seed(IntegersSeed(PhantomData)).inspect_err(|_| field_path::push(key))?);
    Ok(())
}

/// Reads the value of an optional field that holds whole numbers.
#[inline]
pub fn assign_integers<'de, T: Integers, M: MapAccess<'de>>(field: &mut T, map: &mut M, key: &'static str) -> Result<(), M::Error> {
    *field = map.next_value_seed(IntegersSeed(PhantomData)).inspect_err(|_| field_path::push(key))?;
    Ok(())
}

/// Reads over a value that is not kept.
#[inline]
pub fn skip<'de, M: MapAccess<'de>>(map: &mut M) -> Result<(), M::Error> {
    map.next_value::<de::IgnoredAny>().map(drop)
}

/// Keeps the value of a field that is not listed.
#[inline]
pub fn keep<'de, M: MapAccess<'de>>(extra: &mut Extra, key: String, map: &mut M) -> Result<(), M::Error> {
    extra.insert(key, map.next_value()?);
    Ok(())
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

/// Writes the fields nobody documented.
pub fn write_extra<M: SerializeMap>(extra: &Extra, map: &mut M) -> Result<(), M::Error> {
    extra.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))
}

#[cfg(test)]
mod tests;
