//! The macro that gives a request type its constructor and setters.

/// Gives a request type `new`, which takes what is required, and a setter for each optional field:
/// `setters!(CreateContactRequest new(first_name: String) { last_name: String, tags: [String] });`. `[T]` is a list of `T`. Behind a field that can
/// be sent as null stands the method that does it: `note: String null clear_note`.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    ($name:ident new($($required:ident: $required_type:tt),*) { $($optional:ident: $optional_type:tt $(null $clear:ident)?),* } $($extra:ident)?) => {
        impl $name {
            #[doc = concat!("A [`", stringify!($name), "`] with everything that is required; the methods below set the rest.")]
            #[allow(clippy::new_without_default, clippy::too_many_arguments, reason = "as many as the vendor requires")]
            pub fn new($($required: $crate::__argument!($required_type)),*) -> Self {
                Self {
                    $($required: $crate::__convert!($required, $required_type),)*
                    $($optional: ::core::option::Option::None,)*
                    $($extra: $crate::Extra::new(),)?
                }
            }

            $(
                #[doc = concat!("Sets [`", stringify!($optional), "`](#structfield.", stringify!($optional), ").")]
                #[must_use]
                pub fn $optional(mut self, value: $crate::__argument!($optional_type)) -> Self {
                    let value = ::core::option::Option::Some($crate::__convert!(value, $optional_type));
                    self.$optional = $crate::__given!(value $($clear)?);
                    self
                }

                $(
                    #[doc = concat!("Sends [`", stringify!($optional), "`](#structfield.", stringify!($optional), ") as null.")]
                    #[must_use]
                    pub fn $clear(mut self) -> Self {
                        self.$optional = ::core::option::Option::Some(::core::option::Option::None);
                        self
                    }
                )?
            )*
        }
    };
}

/// A value that was given, in a field that can be sent as null or in one that cannot.
#[doc(hidden)]
#[macro_export]
macro_rules! __given {
    ($value:ident) => {
        $value
    };
    ($value:ident $clear:ident) => {
        ::core::option::Option::Some($value)
    };
}

/// What an argument of this type is taken as.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    ([$item:tt]) => { impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<$crate::__owned!($item)>> };
    ($type:tt) => { impl ::core::convert::Into<$crate::__owned!($type)> };
}

/// The type itself: `[T]` is a list, and parentheses hold what is more than a name.
#[doc(hidden)]
#[macro_export]
macro_rules! __owned {
    ([$item:tt]) => { ::std::vec::Vec<$crate::__owned!($item)> };
    (($($type:tt)+)) => { $($type)+ };
    ($type:tt) => { $type };
}

/// From what `__argument` takes to what `__owned` is.
#[doc(hidden)]
#[macro_export]
macro_rules! __convert {
    ($value:ident, [$item:tt]) => {
        ::core::iter::Iterator::collect(::core::iter::Iterator::map(
            ::core::iter::IntoIterator::into_iter($value),
            ::core::convert::Into::into,
        ))
    };
    ($value:ident, $type:tt) => {
        ::core::convert::Into::into($value)
    };
}
