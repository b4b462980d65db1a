//! What the string enums of all clients have in common.

use std::borrow::Cow;
use std::fmt;

/// A value that does not fit its type, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError(Cow<'static, str>);

impl ConversionError {
    /// A string that is none of the values of a closed enum.
    #[doc(hidden)]
    #[must_use]
    pub fn not_one_of(value: &str, known: &[&str]) -> Self {
        Self(format!("`{}` is not one of {}", value.escape_debug(), known.join(", ")).into())
    }
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConversionError {}

impl From<&'static str> for ConversionError {
    fn from(reason: &'static str) -> Self {
        Self(reason.into())
    }
}

impl From<String> for ConversionError {
    fn from(reason: String) -> Self {
        Self(reason.into())
    }
}

impl From<std::convert::Infallible> for ConversionError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Declares an enum of strings, for values that a vendor may add to.
///
/// It has the listed variants and `Unknown(String)`, with `as_str`, `KNOWN`, `Display`, `FromStr`, `From` for strings, `Serialize` and `Deserialize`.
/// A string outside the list becomes `Unknown` and is written back unchanged. If the calling crate has a feature `schemars`, it gets a `JsonSchema` as
/// well.
///
/// ```
/// reachout_runtime::open_enum! {
///     /// How a message travels.
///     pub enum Channel { Email = "email", Linkedin = "linkedin" }
/// }
///
/// assert_eq!(Channel::from("email"), Channel::Email);
/// assert_eq!(Channel::from("fax"), Channel::Unknown("fax".to_owned()));
/// assert_eq!(Channel::from("fax").to_string(), "fax");
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident = $value:literal),* $(,)? }) => {
        $(#[$meta])*
        ///
        /// The vendor may add values: one that this version does not know is [`Unknown`](Self::Unknown), and is sent back unchanged.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)*
            /// A value this version does not know, as it came.
            Unknown(::std::string::String),
        }

        impl $name {
            /// The values the vendor documents.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];

            /// The value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    unknown => Self::Unknown(::std::borrow::ToOwned::to_owned(unknown)),
                }
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                match value.as_str() {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown(value),
                }
            }
        }

        impl ::core::convert::From<&::std::string::String> for $name {
            fn from(value: &::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(value: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::from(value))
            }
        }

        $crate::__string_enum!($name);

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <::std::string::String as $crate::__private::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_: &mut $crate::__private::schemars::SchemaGenerator) -> $crate::__private::schemars::Schema {
                $crate::__private::open_schema(Self::KNOWN)
            }
        }
    };
}

/// Declares an enum of strings, for values that only the caller chooses.
///
/// It has the listed variants, and what [`open_enum!`](crate::open_enum) gives, except that a string outside the list is a
/// [`ConversionError`](crate::ConversionError) that names the accepted ones.
#[macro_export]
macro_rules! closed_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident = $value:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)*
        }

        impl $name {
            /// The accepted values.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];

            /// The value as it is on the wire.
            pub fn as_str(&self) -> &'static str {
                match *self {
                    $(Self::$variant => $value,)*
                }
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::ConversionError;

            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::ConversionError> {
                match value {
                    $($value => ::core::result::Result::Ok(Self::$variant),)*
                    other => ::core::result::Result::Err($crate::ConversionError::not_one_of(other, Self::KNOWN)),
                }
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: &str) -> ::core::result::Result<Self, $crate::ConversionError> {
                value.parse()
            }
        }

        impl ::core::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: ::std::string::String) -> ::core::result::Result<Self, $crate::ConversionError> {
                value.parse()
            }
        }

        impl ::core::convert::TryFrom<&::std::string::String> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: &::std::string::String) -> ::core::result::Result<Self, $crate::ConversionError> {
                value.parse()
            }
        }

        $crate::__string_enum!($name);

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let value = <::std::string::String as $crate::__private::serde::Deserialize>::deserialize(deserializer)?;
                value.parse().map_err($crate::__private::serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_: &mut $crate::__private::schemars::SchemaGenerator) -> $crate::__private::schemars::Schema {
                $crate::__private::closed_schema(Self::KNOWN)
            }
        }
    };
}

/// What both kinds of enum write.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// What the macros need of other crates, wherever they are called. Not for other use.
#[doc(hidden)]
pub mod private {
    #[cfg(feature = "schemars")]
    pub use schemars;
    pub use serde;
    pub use serde::de::MapAccess;
    pub use serde::ser::SerializeMap;

    pub use crate::types::object::choice::Choice;
    pub use crate::types::object::strict::from_json;
    pub use crate::types::object::write::Writer;
    pub use crate::types::object::{Fields, deserialize, read, serialize};

    /// A string for which the known values are suggestions.
    #[cfg(feature = "schemars")]
    #[must_use]
    pub fn open_schema(known: &[&str]) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": format!("One of {}, or a value the vendor added later.", known.join(", ")),
            "examples": known,
        })
    }

    /// An object that takes the documented fields alone, unless it says that it takes others.
    #[cfg(feature = "schemars")]
    pub fn close_schema(schema: &mut schemars::Schema) {
        if schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    }

    /// One of the known values.
    #[cfg(feature = "schemars")]
    #[must_use]
    pub fn closed_schema(known: &[&str]) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "enum": known })
    }
}

#[cfg(test)]
mod tests;
