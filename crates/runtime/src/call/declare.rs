//! The macro that declares a call with optional parameters.

/// Declares the type of a call with setters, which is awaited for its body:
/// `call! { Tags::list => ListTags(List<types::Tags, types::Tag>) { limit: impl Into<i64> => parameter::<i64>("limit") } }`.
///
/// What the call is made of stands in parentheses: `Call<response>`, or `List<response, item>` of one that pages, which gets `pages()` and `items()`
/// too. A setter has its argument, and the function of [`Request`](crate::Request) that takes it.
#[doc(hidden)]
#[macro_export]
macro_rules! call {
    ($group:ident::$method:ident => $name:ident(List<$response:ty, $item:ty>) { $($setters:tt)* }) => {
        $crate::call! { $group $method $name $response, ($crate::List<$response, $item>) { $($setters)* } }

        impl $name {
            /// All pages, as [`List::pages`](reachout_runtime::List::pages) reads them.
            pub fn pages(self) -> $crate::BoxStream<'static, ::core::result::Result<$response, $crate::Error>> {
                self.0.pages()
            }

            /// All items, page after page, as [`List::items`](reachout_runtime::List::items) reads them.
            pub fn items(self) -> $crate::BoxStream<'static, ::core::result::Result<$item, $crate::Error>> {
                self.0.items()
            }
        }
    };
    ($group:ident::$method:ident => $name:ident(Call<$response:ty>) { $($setters:tt)* }) => {
        $crate::call! { $group $method $name $response, ($crate::Call<$response>) { $($setters)* } }
    };
    ($group:ident $method:ident $name:ident $response:ty, ($inner:ty) { $(
        $(#[$meta:meta])* $setter:ident: $argument:ty => $set:ident $(::<$type:ty>)?($wire:literal $(, $check:expr)?)
    ),* $(,)? }) => {
        #[doc = concat!("A call of [`", stringify!($group), "::", stringify!($method), "`], with its optional parameters.")]
        #[derive(Debug)]
        #[must_use = "nothing is sent before the call is awaited"]
        pub struct $name($inner);

        impl ::std::future::IntoFuture for $name {
            type Output = ::core::result::Result<$response, $crate::Error>;
            type IntoFuture = $crate::CallFuture<$response>;

            fn into_future(self) -> Self::IntoFuture {
                ::std::future::IntoFuture::into_future(self.0)
            }
        }

        impl $name {
            $(
                $(#[$meta])*
                pub fn $setter(self, $setter: $argument) -> Self {
                    Self(self.0.map(|request| request.$set$(::<$type>)?($wire, $setter $(, $check)?)))
                }
            )*

            /// Sends the call, for its response as a whole: status, headers and body.
            pub fn response(
                self,
            ) -> impl ::core::future::Future<Output = ::core::result::Result<$crate::Response<$response>, $crate::Error>> {
                self.0.response()
            }
        }

        impl $crate::IntoRequest for $name {
            type Response = $response;

            fn into_request(self) -> $crate::Request {
                $crate::IntoRequest::into_request(self.0)
            }
        }
    };
}
