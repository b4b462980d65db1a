//! The names of enums in logs, metrics and JSON.

/// Gives each variant its name: `as_str`, and the same text as JSON and in a JSON Schema.
macro_rules! names {
    ($type:ident { $($variant:ident $name:literal),* $(,)? }) => {
        impl $type {
            /// Its name in logs, metrics and JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <::std::borrow::Cow<'de, str> as ::serde::Deserialize<'de>>::deserialize(deserializer)?;
                match &*name {
                    $($name => Ok(Self::$variant),)*
                    other => Err(::serde::de::Error::unknown_variant(other, &[$($name),*])),
                }
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", "enum": [$($name),*] })
            }
        }
    };
}

pub(crate) use names;
