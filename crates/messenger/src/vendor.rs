//! The platforms.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use crate::vendors::Vendor;

/// What a client crate knows of its vendor: enough to call every operation without the crate's types.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Api {
    /// Which vendor.
    pub id: Vendor,
    /// Its constants and its routes.
    pub vendor: &'static reachout_runtime::Vendor,
    /// Its OpenAPI document, as its client embeds it.
    pub openapi: &'static [u8],
}

/// The enum of all vendors, and what is known of each, from the list of them.
macro_rules! vendors {
    ($($(#[$doc:meta])* $variant:ident($client:ident, $id:tt, $name:literal, $credential_env:literal, $platform:ident),)*) => {
        /// A platform that messages are sent through.
        ///
        /// All are here whatever the features; [`connect`](crate::connect) tells when one was not compiled in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Vendor {
            $($(#[$doc])* $variant,)*
        }

        impl Vendor {
            /// Every vendor, in the order of the documentation.
            pub const ALL: [Self; [$($id),*].len()] = [$(Self::$variant),*];

            /// The name of its crate and feature: `hoop-ai`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The name for people: `Hoop AI`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The environment variable that holds the credential: `LEONAR_API_KEY`.
            pub const fn credential_env(self) -> &'static str {
                match self {
                    $(Self::$variant => $credential_env,)*
                }
            }

            /// The vendor whose API it speaks: of an edition the platform under it, of every other vendor itself.
            pub const fn platform(self) -> Self {
                match self {
                    $(Self::$variant => Self::$platform,)*
                }
            }

            /// What its client crate knows of it; nothing where its feature is off.
            pub const fn api(self) -> Option<$crate::Api> {
                match self {
                    $(
                        #[cfg(feature = $id)]
                        Self::$variant => Some($crate::Api { id: self, vendor: &::$client::VENDOR, openapi: ::$client::OPENAPI }),
                    )*
                    #[allow(unreachable_patterns, reason = "reachable where a feature is off")]
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use vendors;

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl<'de> Deserialize<'de> for Vendor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Vendor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Vendor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Vendor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "enum": Self::ALL.map(Self::id) })
    }
}

impl FromStr for Vendor {
    type Err = UnknownVendor;

    /// Reads an [`id`](Self::id).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|vendor| vendor.id() == text);
        found.ok_or_else(|| UnknownVendor(text.to_owned()))
    }
}

/// A text that is not a vendor's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a vendor; these are: {list}", list = Vendor::ALL.map(Vendor::id).join(", "))]
pub struct UnknownVendor(String);

#[cfg(test)]
mod tests {
    use super::Vendor;

    #[test]
    fn ids_read_back() {
        for vendor in Vendor::ALL {
            assert_eq!(vendor.id().parse(), Ok(vendor));
        }
        assert_eq!(
            "Leonard".parse::<Vendor>().unwrap_err().to_string(),
            format!("\"Leonard\" is not a vendor; these are: {}", Vendor::ALL.map(Vendor::id).join(", "))
        );
    }

    /// The ids and variables are in the list for vendors that are not compiled in; those of the clients are the truth.
    #[test]
    fn agrees_with_the_clients() {
        for vendor in Vendor::ALL {
            let Some(api) = vendor.api() else { continue };
            let client = api.vendor;
            assert_eq!((vendor.id(), vendor.name(), vendor.credential_env()), (client.id, client.name, client.credential_env));
        }
    }
}
