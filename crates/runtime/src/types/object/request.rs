//! The macro that declares a request type, with its constructor and setters.

/// Declares a struct as [`object!`](crate::object) does, and gives it `new`, which takes what is required, and a setter for each other field. Behind
/// the type of a list stands that of its items: `tags: Vec<String> [String]`. Behind the name of a field of `nullable` stands that of the method
/// which sends null: `note clear_note: String`.
#[doc(hidden)]
#[macro_export]
macro_rules! request {
    (
        $(#[$meta:meta])* $vis:vis struct $name:ident
        $({ $($(#[$required_meta:meta])* $required:ident $($required_int:ident)? $($required_key:literal)?: $required_type:ty $([$required_item:ty])?),* $(,)? })?
        $(optional { $($(#[$optional_meta:meta])* $optional:ident $($optional_int:ident)? $($optional_key:literal)?: $optional_type:ty $([$optional_item:ty])?),* $(,)? })?
        $(nullable { $($(#[$nullable_meta:meta])* $nullable:ident $clear:ident $($nullable_int:ident)? $($nullable_key:literal)?: $nullable_type:ty $([$nullable_item:ty])?),* $(,)? })?
        $(with $extra:ident)?
    ) => {
        $crate::object! {
            $(#[$meta])*
            #[cfg_attr(feature = "schemars", schemars(transform = $crate::__private::close_schema))]
            $vis struct $name
            $({ $($(#[$required_meta])* $required $($required_int)? $($required_key)?: $required_type),* })?
            $(optional { $($(#[$optional_meta])* $optional $($optional_int)? $($optional_key)?: $optional_type),* })?
            $(nullable { $($(#[$nullable_meta])* $nullable $clear $($nullable_int)? $($nullable_key)?: $nullable_type),* })?
            $(with $extra)?
        }

        impl $name {
            #[doc = concat!("A [`", stringify!($name), "`] with everything that is required; the methods below set the rest.")]
            #[allow(clippy::new_without_default, clippy::too_many_arguments, reason = "as many as the vendor requires")]
            pub fn new($($($required: $crate::__argument!($required_type $(, $required_item)?)),*)?) -> Self {
                Self {
                    $($($required: $crate::__convert!($required $(, $required_item)?),)*)?
                    $($($optional: ::core::option::Option::None,)*)?
                    $($($nullable: ::core::option::Option::None,)*)?
                    $($extra: $crate::Extra::new(),)?
                }
            }

            #[doc = concat!("Reads a [`", stringify!($name), "`] from JSON: a field that is not documented is an error with the nearest name.")]
            pub fn from_json(json: &str) -> ::core::result::Result<Self, $crate::Error> {
                $crate::__private::from_json(stringify!($name), json)
            }

            $($(
                #[doc = concat!("Sets [`", stringify!($optional), "`](#structfield.", stringify!($optional), ").")]
                #[must_use]
                pub fn $optional(mut self, value: $crate::__argument!($optional_type $(, $optional_item)?)) -> Self {
                    self.$optional = ::core::option::Option::Some($crate::__convert!(value $(, $optional_item)?));
                    self
                }
            )*)?

            $($(
                #[doc = concat!("Sets [`", stringify!($nullable), "`](#structfield.", stringify!($nullable), ").")]
                #[must_use]
                pub fn $nullable(mut self, value: $crate::__argument!($nullable_type $(, $nullable_item)?)) -> Self {
                    self.$nullable = ::core::option::Option::Some(::core::option::Option::Some($crate::__convert!(value $(, $nullable_item)?)));
                    self
                }

                #[doc = concat!("Sends [`", stringify!($nullable), "`](#structfield.", stringify!($nullable), ") as null.")]
                #[must_use]
                pub fn $clear(mut self) -> Self {
                    self.$nullable = ::core::option::Option::Some(::core::option::Option::None);
                    self
                }
            )*)?
        }
    };
}

/// What an argument of this type is taken as; a list by its items.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    ($type:ty) => { impl ::core::convert::Into<$type> };
    ($type:ty, $item:ty) => { impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<$item>> };
}

/// From what `__argument` takes to the type.
#[doc(hidden)]
#[macro_export]
macro_rules! __convert {
    ($value:ident) => {
        ::core::convert::Into::into($value)
    };
    ($value:ident, $item:ty) => {
        ::core::iter::Iterator::collect(::core::iter::Iterator::map(
            ::core::iter::IntoIterator::into_iter($value),
            ::core::convert::Into::into,
        ))
    };
}
