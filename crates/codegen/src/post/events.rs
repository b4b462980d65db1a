//! Webhook events: one enum over the payloads.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Event, Vendor};

pub fn write(vendor: &Vendor) -> TokenStream {
    if vendor.events.is_empty() {
        return TokenStream::new();
    }
    let variants = vendor.events.iter().map(|event| {
        let (variant, payload) = (variant(event), format_ident!("{}", event.payload));
        let aliases = if event.aliases.is_empty() { String::new() } else { format!(" Also called `{}`.", event.aliases.join("`, `")) };
        let doc = format!("`{}`: {}{aliases}", event.name, event.description);
        quote!(#[doc = #doc] #variant(Box<types::#payload>))
    });
    let arms = vendor.events.iter().map(|event| {
        let (variant, name) = (variant(event), &event.name);
        let aliases = event.aliases.iter().map(|alias| quote!(| #alias));
        quote!(#name #(#aliases)* => Self::#variant(reachout_runtime::payload(payload)?))
    });
    let (name, data) = &vendor.envelope;
    let data = match data {
        Some(data) => quote!(Some(#data)),
        None => quote!(None),
    };
    let doc = format!(
        "An event that {} sends to a webhook, with its payload.\n\n\
         Deserialises from the whole body. Verify the body's signature first: anybody can post to a public URL.",
        vendor.name
    );
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum WebhookEvent {
            #(#variants,)*
            /// An event that this version does not know.
            Unknown {
                /// Its name; empty where the body has none.
                name: String,
                /// Its payload, as it came.
                payload: serde_json::Value,
            },
        }

        impl<'de> serde::Deserialize<'de> for WebhookEvent {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let (name, payload) = reachout_runtime::envelope(deserializer, #name, #data)?;
                Ok(match name.as_str() {
                    #(#arms,)*
                    _ => Self::Unknown { name, payload },
                })
            }
        }
    }
}

fn variant(event: &Event) -> syn::Ident {
    format_ident!("{}", event.name.to_upper_camel_case())
}
