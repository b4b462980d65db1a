//! The macro that declares the routes of a client.

/// Declares a static for each route, and the list of all: `routes! { pub static ALL; GET_TAG = new("get_tag", …).documented(…); }`.
///
/// A route is made by the function of [`Route`](crate::Route) that is named, and changed by those that follow. The first line says what the list is.
#[doc(hidden)]
#[macro_export]
macro_rules! routes {
    (
        $(#[$list_meta:meta])* $list_vis:vis $kind:ident $list:ident;
        $($(#[$meta:meta])* $name:ident = $make:ident($($argument:expr),+) $(.$with:ident($($with_argument:expr),*))*;)*
    ) => {
        $($(#[$meta])* pub static $name: $crate::Route = $crate::Route::$make($($argument),+)$(.$with($($with_argument),*))*;)*

        $(#[$list_meta])* $list_vis $kind $list: &[&$crate::Route] = &[$(&$name),*];
    };
}
