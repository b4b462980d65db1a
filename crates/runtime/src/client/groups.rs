//! The macros that declare the groups of a client, and the features that bring them.

/// Declares a type for each group of operations, and the method of the client that returns it: `groups! { Client { contacts: Contacts } }`.
#[doc(hidden)]
#[macro_export]
macro_rules! groups {
    ($(#[$meta:meta])* $client:path { $($(#[$group_meta:meta])* $group:ident: $type:ident),+ $(,)? }) => {
        $(#[$meta])*
        impl $client {
            $(
                $(#[$group_meta])*
                pub fn $group(&self) -> $type {
                    $type::from(self.core.clone())
                }
            )+
        }

        $(
            $(#[$group_meta])*
            #[derive(Clone, Debug)]
            pub struct $type {
                core: $crate::Core,
            }

            impl ::core::convert::From<$crate::Core> for $type {
                fn from(core: $crate::Core) -> Self {
                    Self { core }
                }
            }
        )+
    };
}

/// Declares a module for each feature, with all of its items where the module itself is: `features! { "calendars" calendars }`.
#[doc(hidden)]
#[macro_export]
macro_rules! features {
    ($($feature:literal $module:ident)+) => {
        $(
            #[cfg(feature = $feature)]
            #[cfg_attr(docsrs, doc(cfg(feature = $feature)))]
            mod $module;
            #[cfg(feature = $feature)]
            #[cfg_attr(docsrs, doc(cfg(feature = $feature)))]
            pub use $module::*;
        )+
    };
}
