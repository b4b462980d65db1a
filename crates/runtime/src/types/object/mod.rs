//! JSON objects of the clients: how their structs are declared, written, read and put together.
//!
//! The macros stand for `#[derive(Serialize, Deserialize)]`: they compile in a fraction of its time, and no client needs a procedural macro.

pub(crate) mod choice;
pub(crate) mod field_path;
pub(crate) mod integer;
pub mod read;
mod request;
pub mod strict;
pub(crate) mod write;

use std::fmt;
use std::marker::PhantomData;

pub use self::integer::Integers;
pub(crate) use self::integer::with_integers;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

/// A JSON object with any fields.
pub type Object = Map<String, Value>;

/// Fields that the vendor sends and nobody documented.
pub type Extra = Object;

/// Declares a struct that is a JSON object, with `Serialize`, `Deserialize` and [`Fields`]:
/// `object! { pub struct Contact { id: String } optional { first_name "firstName": String } with extra }`.
///
/// The fields of the first braces are required. Those of `optional` are declared as `Option`s that are not written while they are `None`, and are
/// `None` where the vendor sends nothing or null. Those of `nullable` are `Option`s of `Option`s: the inner `None` is null. The name on the wire
/// follows a field's name where it is another; `int` before it reads integers that are written as `3.0` too. With `with extra` at the end, the field
/// `extra` keeps what is not listed. What stands in brackets behind a type, and the name behind that of a field of `nullable`, are for `request!`.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    (
        $(#[$meta:meta])* $vis:vis struct $name:ident
        $({ $($(#[$required_meta:meta])* $required:ident $($required_int:ident)? $($required_key:literal)?: $required_type:ty $([$required_item:ty])?),* $(,)? })?
        $(optional { $($(#[$optional_meta:meta])* $optional:ident $($optional_int:ident)? $($optional_key:literal)?: $optional_type:ty $([$optional_item:ty])?),* $(,)? })?
        $(nullable { $($(#[$nullable_meta:meta])* $nullable:ident $clear:ident $($nullable_int:ident)? $($nullable_key:literal)?: $nullable_type:ty $([$nullable_item:ty])?),* $(,)? })?
        $(with $extra:ident)?
    ) => {
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        $(#[$meta])*
        $vis struct $name {
            $($($(#[$required_meta])* $(#[cfg_attr(feature = "schemars", schemars(rename = $required_key))])? pub $required: $required_type,)*)?
            $($($(#[$optional_meta])* $(#[cfg_attr(feature = "schemars", schemars(rename = $optional_key))])? pub $optional: ::core::option::Option<$optional_type>,)*)?
            $($($(#[$nullable_meta])* $(#[cfg_attr(feature = "schemars", schemars(rename = $nullable_key))])? pub $nullable: ::core::option::Option<::core::option::Option<$nullable_type>>,)*)?
            $(
                /// Fields that the vendor sends and nobody documented.
                #[cfg_attr(feature = "schemars", schemars(flatten))]
                pub $extra: $crate::Extra,
            )?
        }

        impl $crate::__private::Fields for $name {
            const NAME: &'static str = ::core::stringify!($name);
            const KEYS: &'static [&'static str] = &[
                $($($crate::__key!($required $($required_key)?),)*)?
                $($($crate::__key!($optional $($optional_key)?),)*)?
                $($($crate::__key!($nullable $($nullable_key)?),)*)?
            ];

            fn write<M: $crate::__private::SerializeMap>(&self, map: &mut M) -> ::core::result::Result<(), M::Error> {
                let mut fields = $crate::__private::Writer::new(map);
                $($(fields.put($crate::__key!($required $($required_key)?), &self.$required);)*)?
                $($(fields.put_set($crate::__key!($optional $($optional_key)?), &self.$optional);)*)?
                $($(fields.put_set($crate::__key!($nullable $($nullable_key)?), &self.$nullable);)*)?
                $(fields.put_all(&self.$extra);)?
                fields.end()
            }

            fn read<'de, M: $crate::__private::MapAccess<'de>>(mut map: M) -> ::core::result::Result<Self, M::Error> {
                $($(let mut $required = ::core::option::Option::None;)*)?
                $($(let mut $optional = ::core::option::Option::None;)*)?
                $($(let mut $nullable = ::core::option::Option::None;)*)?
                $(let mut $extra = $crate::Extra::new();)?
                while let ::core::option::Option::Some(key) = $crate::__private::read::next_key(&mut map)? {
                    let read = match &*key {
                        $($($crate::__key!($required $($required_key)?) => $crate::__private::read$(::$required_int)?::fill(&mut $required, &mut map),)*)?
                        $($($crate::__key!($optional $($optional_key)?) => $crate::__private::read$(::$optional_int)?::assign(&mut $optional, &mut map),)*)?
                        $($($crate::__key!($nullable $($nullable_key)?) => $crate::__private::read$(::$nullable_int)?::fill(&mut $nullable, &mut map),)*)?
                        unlisted => $crate::__private::read::Unlisted::keep(($(&mut $extra)?), unlisted, <Self as $crate::__private::Fields>::KEYS, &mut map),
                    };
                    $crate::__private::read::located::<Self, _>(read, &key)?;
                }
                ::core::result::Result::Ok(Self {
                    $($($required: $crate::__private::read::required($required, $crate::__key!($required $($required_key)?))?,)*)?
                    $($($optional,)*)?
                    $($($nullable,)*)?
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

#[cfg(test)]
mod tests;
