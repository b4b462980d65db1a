//! The enum of all vendors.

/// The enum of all vendors, and what their crates know of them, from the list of them.
macro_rules! vendors {
    ($($(#[$doc:meta])* $variant:ident($client:ident, $id:literal),)*) => {
        /// A platform that the sandbox simulates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum Vendor {
            $($(#[$doc])* #[serde(rename = $id)] $variant,)*
        }

        impl Vendor {
            /// Every vendor, in the order of the documentation.
            pub const ALL: [Self; [$($id),*].len()] = [$(Self::$variant),*];

            /// The name in addresses and filters: `leonar`, `hoop-ai`.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The OpenAPI document, as the client crate exports it.
            pub(crate) const fn openapi(self) -> &'static str {
                match self {
                    $(Self::$variant => ::$client::OPENAPI,)*
                }
            }

            /// What its client knows of it.
            pub(crate) fn client(self) -> &'static reachout_runtime::Vendor {
                match self {
                    $(Self::$variant => &::$client::VENDOR,)*
                }
            }
        }
    };
}
pub(crate) use vendors;
