//! What the builders of generated crates are made of.

use std::fmt::Display;

/// Converts what a caller gave for an argument; the error names the argument.
#[doc(hidden)]
pub fn argument<T, V>(name: &str, value: V) -> Result<T, String>
where
    V: TryInto<T>,
    V::Error: Display,
{
    value.try_into().map_err(|error| format!("{name}: {error}"))
}

/// Converts what a caller gave for a list; the error names the argument and the place in the list.
#[doc(hidden)]
pub fn arguments<T, I>(name: &str, values: I) -> Result<Vec<T>, String>
where
    I: IntoIterator,
    I::Item: TryInto<T>,
    <I::Item as TryInto<T>>::Error: Display,
{
    values.into_iter().enumerate().map(|(index, value)| value.try_into().map_err(|error| format!("{name}[{index}]: {error}"))).collect()
}

/// Declares the builder of a struct of the parent module: `builder!(Contact, id = required::<String>, tags = optional_list::<String>);`.
///
/// Setters take whatever converts into the field. Nothing fails before the builder ends: `TryFrom<builder> for Struct` then names the first
/// field that is missing or did not fit.
#[doc(hidden)]
#[macro_export]
macro_rules! builder {
    ($name:ident $(, $field:ident = $kind:ident::<$ty:ty>)* $(,)?) => {
        #[doc = concat!("Builds a [`", stringify!($name), "`](super::", stringify!($name), ").")]
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct $name {
            $($field: Result<$crate::field_type!($kind, $ty), String>,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::field_default!($kind, $field),)* }
            }
        }

        impl $name {
            $($crate::field_setter!($name, $kind, $field, $ty);)*
        }

        impl TryFrom<$name> for super::$name {
            type Error = $crate::ConversionError;

            fn try_from(value: $name) -> Result<Self, Self::Error> {
                Ok(Self { $($field: value.$field?,)* })
            }
        }

        impl From<super::$name> for $name {
            fn from(value: super::$name) -> Self {
                Self { $($field: Ok(value.$field),)* }
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! field_type {
    (required, $ty:ty) => { $ty };
    (defaulted, $ty:ty) => { $ty };
    (optional, $ty:ty) => { Option<$ty> };
    (required_list, $ty:ty) => { Vec<$ty> };
    (list, $ty:ty) => { Vec<$ty> };
    (optional_list, $ty:ty) => { Option<Vec<$ty>> };
}

#[doc(hidden)]
#[macro_export]
macro_rules! field_default {
    (required, $field:ident) => {
        Err(concat!(stringify!($field), ": no value was given").to_owned())
    };
    (required_list, $field:ident) => {
        Err(concat!(stringify!($field), ": no value was given").to_owned())
    };
    ($kind:ident, $field:ident) => {
        Ok(Default::default())
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! field_setter {
    ($name:ident, required, $field:ident, $ty:ty) => { $crate::field_setter!(@one $name, $field, $ty, |value| value); };
    ($name:ident, defaulted, $field:ident, $ty:ty) => { $crate::field_setter!(@one $name, $field, $ty, |value| value); };
    ($name:ident, optional, $field:ident, $ty:ty) => { $crate::field_setter!(@one $name, $field, $ty, Some); };
    ($name:ident, required_list, $field:ident, $ty:ty) => { $crate::field_setter!(@list $name, $field, $ty, |value| value); };
    ($name:ident, list, $field:ident, $ty:ty) => { $crate::field_setter!(@list $name, $field, $ty, |value| value); };
    ($name:ident, optional_list, $field:ident, $ty:ty) => { $crate::field_setter!(@list $name, $field, $ty, Some); };
    (@one $name:ident, $field:ident, $ty:ty, $wrap:expr) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](super::", stringify!($name), "::", stringify!($field), ").")]
        pub fn $field<V>(mut self, value: V) -> Self
        where
            V: TryInto<$ty>,
            V::Error: ::std::fmt::Display,
        {
            self.$field = $crate::argument(stringify!($field), value).map($wrap);
            self
        }
    };
    (@list $name:ident, $field:ident, $ty:ty, $wrap:expr) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](super::", stringify!($name), "::", stringify!($field), ").")]
        pub fn $field<I>(mut self, values: I) -> Self
        where
            I: IntoIterator,
            I::Item: TryInto<$ty>,
            <I::Item as TryInto<$ty>>::Error: ::std::fmt::Display,
        {
            self.$field = $crate::arguments(stringify!($field), values).map($wrap);
            self
        }
    };
}

/// The conversions of a string whose limits its `FromStr` checks.
#[doc(hidden)]
#[macro_export]
macro_rules! checked_string {
    ($name:ident) => {
        impl ::std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: &str) -> Result<Self, Self::Error> {
                value.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: String) -> Result<Self, Self::Error> {
                value.parse()
            }
        }

        impl TryFrom<&String> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: &String) -> Result<Self, Self::Error> {
                value.parse()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                value.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    #[derive(Debug, PartialEq)]
    pub struct Sent {
        id: String,
        tags: Option<Vec<String>>,
        limit: Option<u8>,
    }

    mod builder {
        crate::builder!(Sent, id = required::<String>, tags = optional_list::<String>, limit = optional::<u8>);
    }

    #[test]
    fn a_builder_takes_what_converts() {
        let sent: Sent = builder::Sent::default().id("a").tags(["x", "y"]).limit(3_u16).try_into().unwrap();
        assert_eq!(sent, Sent { id: "a".into(), tags: Some(vec!["x".into(), "y".into()]), limit: Some(3) });
    }

    #[test]
    fn a_builder_names_the_field() {
        let cases = [
            (builder::Sent::default(), "id: no value was given"),
            (builder::Sent::default().id("a").limit(300), "limit: out of range integral type conversion attempted"),
        ];
        for (builder, message) in cases {
            assert_eq!(Sent::try_from(builder).unwrap_err().to_string(), message);
        }
    }
}
