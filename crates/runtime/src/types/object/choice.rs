//! Which alternative of a `oneOf` a value is.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{field_path, integer::with_integers};

/// Declares an enum of alternatives, with `Serialize`, `Deserialize` and conversions:
/// `one_of! { pub enum Recipients { List(Vec<String>), Text(String) } from List(Vec<String>), Text(String), Text(&str) }`.
///
/// Behind an alternative stand the objects whose fields it knows and the tags that it has:
/// `pub enum Message { Email(Email) by Email if "type" = "email", Sms(Sms) by Sms if "type" = "sms" | "text" } else Unknown`. A tag of another
/// alternative rules one out. Of those that are left and fit, the one with more tags is taken, then the one that knows more fields, then the first.
/// `else Unknown` keeps an object whose tags no alternative has.
#[doc(hidden)]
#[macro_export]
macro_rules! one_of {
    (
        $(#[$meta:meta])* $vis:vis enum $name:ident { $(
            $(#[$variant_meta:meta])* $variant:ident($type:ty) $(by $($object:ident)|+)? $(if $($tag:literal = $($value:literal)|+)and+)?
        ),+ $(,)? }
        $(else $unknown:ident)?
        $(from $($target:ident($source:ty)),+)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
        $vis enum $name {
            $($(#[$variant_meta])* $variant($type),)+
            $(
                /// An alternative that this version does not know, as it came.
                $unknown($crate::Value),
            )?
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::__private::serde::Serialize::serialize(value, serializer),)+
                    $(Self::$unknown(value) => $crate::__private::serde::Serialize::serialize(value, serializer),)?
                }
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let value = <$crate::Value as $crate::__private::serde::Deserialize>::deserialize(deserializer)?;
                let mut choice = $crate::__private::Choice::new(&value);
                $(
                    if choice.may_be(
                        &[$($(($tag, &[$($value),+])),+)?],
                        &[$($(<$object as $crate::__private::Fields>::KEYS),+)?],
                    ) {
                        choice.offer(choice.read::<$type>().map(Self::$variant));
                    }
                )+
                $(if choice.is_unknown() {
                    return ::core::result::Result::Ok(Self::$unknown(value));
                })?
                choice.end(stringify!($name)).map_err(<D::Error as $crate::__private::serde::de::Error>::custom)
            }
        }

        $($(
            impl ::core::convert::From<$source> for $name {
                fn from(value: $source) -> Self {
                    Self::$target(::core::convert::Into::into(value))
                }
            }
        )+)?
    };
}

/// The alternative that a value fits best so far.
#[derive(Debug)]
pub struct Choice<'v, T> {
    value: &'v Value,
    best: Option<(Rank, T)>,
    /// Of the alternative that is being offered.
    rank: Rank,
    /// Why the alternative that the tags decided for does not fit.
    error: Option<serde_json::Error>,
    /// The value has a tag, and no alternative so far has it.
    unknown: bool,
}

/// How well an alternative fits: the tags that it has in common with the value, then the fields that it knows, then whether it keeps the rest.
type Rank = (usize, usize, bool);

/// A property, and the values that it has in an alternative.
type Tag<'t> = (&'t str, &'t [&'t str]);

impl<'v, T> Choice<'v, T> {
    /// Nothing is chosen yet.
    pub fn new(value: &'v Value) -> Self {
        Self { value, best: None, rank: (0, 0, false), error: None, unknown: false }
    }

    /// Whether an alternative with these tags, of these objects, could fit better than those before it.
    pub fn may_be(&mut self, tags: &[Tag<'_>], objects: &[&[&str]]) -> bool {
        let mut shared = 0;
        for (name, values) in tags {
            match tag(self.value, name) {
                Some(own) if values.contains(&own) => shared += 1,
                Some(_) => {
                    self.unknown |= self.best.is_none() && self.error.is_none();
                    return false;
                }
                None => {}
            }
        }
        let known = objects.iter().map(|keys| known_fields(self.value, keys)).max().unwrap_or_default();
        self.rank = (shared, known, objects.is_empty());
        self.best.as_ref().is_none_or(|(best, _)| *best < self.rank)
    }

    /// The value as the type of an alternative; `3.0` is an integer, too.
    pub fn read<A: DeserializeOwned>(&self) -> Result<A, serde_json::Error> {
        A::deserialize(self.value).or_else(|error| match with_integers(self.value) {
            Some(value) if !value.is_object() => A::deserialize(value),
            _ => Err(error),
        })
    }

    /// The value, read as the alternative that may fit.
    pub fn offer(&mut self, read: Result<T, serde_json::Error>) {
        match read {
            Ok(read) => {
                self.best = Some((self.rank, read));
                self.unknown = false;
            }
            Err(error) if self.rank.0 > 0 && self.error.is_none() => {
                self.error = Some(error);
                self.unknown = false;
            }
            // What could not be read one way is read another.
            Err(_) if self.error.is_none() => field_path::clear(),
            Err(_) => {}
        }
    }

    /// The value is an object with a tag that no alternative has.
    pub fn is_unknown(&self) -> bool {
        self.unknown && self.best.is_none() && self.error.is_none()
    }

    /// The alternative, or why there is none.
    pub fn end(self, name: &str) -> Result<T, String> {
        match (self.best, self.error) {
            (Some((_, read)), _) => Ok(read),
            (None, Some(error)) => Err(error.to_string()),
            (None, None) => Err(format!("the value fits no alternative of {name}")),
        }
    }
}

/// A tag of an object; of a list, that of its first item.
fn tag<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    match value {
        Value::Array(items) => items.first().and_then(|first| tag(first, name)),
        value => value.get(name)?.as_str(),
    }
}

/// How many fields of an object, or of all objects in a list, are among the keys.
fn known_fields(value: &Value, keys: &[&str]) -> usize {
    match value {
        Value::Object(fields) => fields.keys().filter(|key| keys.contains(&key.as_str())).count(),
        Value::Array(items) => items.iter().map(|item| known_fields(item, keys)).sum(),
        _ => 0,
    }
}
